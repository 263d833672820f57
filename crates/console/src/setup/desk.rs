//! Whoever connects an identity provider, and what that person may do here.

use wicketgate_auth::OrgId;
use wicketgate_domain::{Error, Setup};

use super::{guide::Guide, guides};
use crate::{
    call::{Call, Person},
    failure::Failure,
    org::{Entered, enter},
    page::{Frame, Section},
};

/// Where somebody connects an identity provider.
pub(crate) struct Desk {
    entered: Entered,
    person: Person,
    /// What the path leaves open behind the organization.
    rest: Vec<String>,
}

impl Desk {
    /// The desk of somebody who has a role in the organization that the path names.
    pub(crate) async fn of(call: &Call, person: Person) -> Result<Self, Failure> {
        Ok(Self {
            entered: enter(call, &person).await?,
            rest: call.segments.iter().skip(1).cloned().collect(),
            person,
        })
    }

    /// The guide that the path names.
    pub(super) fn guide(&self) -> Result<&'static Guide, Failure> {
        let slug = self.rest.first().ok_or(Failure::NotFound)?;
        guides::of(slug).ok_or(Failure::NotFound)
    }

    /// What the path leaves open behind the guide.
    pub(super) fn thing(&self) -> Result<&str, Failure> {
        self.rest.get(1).map(String::as_str).ok_or(Failure::NotFound)
    }

    /// What may be done to connect an identity provider. Only owners of the organization may.
    pub(super) fn setup(&self) -> Result<Setup<'_>, Error> {
        Ok(self.entered.owner()?.setup())
    }

    /// Whether the person may do it.
    pub(super) fn may_make(&self) -> bool {
        self.entered.is_owner()
    }

    /// Whether the person may do it without showing again who it is.
    pub(super) fn is_fresh(&self) -> bool {
        self.entered.org.require_fresh().is_ok()
    }

    /// The organization with its settings, which only its owners change.
    pub(super) fn entered(&self) -> &Entered {
        &self.entered
    }

    pub(super) fn org_id(&self) -> OrgId {
        self.entered.org.id()
    }

    /// The path of a page of these.
    pub(super) fn path(&self, rest: &str) -> String {
        self.entered.path(&format!("/setup{rest}"))
    }

    /// The token of the forms.
    pub(super) fn form_token(&self) -> &str {
        self.person.form_token()
    }

    pub(super) fn frame<'a>(&'a self, call: &'a Call) -> Frame<'a> {
        self.entered.frame(call, &self.person, Section::Setup)
    }
}
