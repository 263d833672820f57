//! An organization's own pages. Which organization it is says the path; whether the person may see it says the domain,
//! and nothing here goes on without its answer.

pub(crate) mod audit;
pub(crate) mod clients;
mod end;
pub(crate) mod groups;
mod life;
pub(crate) mod log;
pub(crate) mod overview;
pub(crate) mod people;
pub(crate) mod resource;
mod role;
pub(crate) mod service_users;
pub(crate) mod settings;
pub(crate) mod tokens;
pub(crate) mod users;

use wicketgate_auth::{OrgId, OrgState};
use wicketgate_domain::{Error, Org, Organization, Owner, Refusal, Viewer};

use crate::{
    call::{Call, Person},
    failure::Failure,
    page::{Frame, Place, Section},
};

/// An organization that somebody has entered.
pub(crate) struct Entered {
    pub(crate) org: Org,
    /// What is known of it at a glance.
    pub(crate) known: Organization,
    path: String,
}

/// Enters the organization that the path names first. One where the person has no role, and one that does not exist, are
/// the same: there is no such page.
pub(crate) async fn enter(call: &Call, person: &Person) -> Result<Entered, Failure> {
    let named = call.segments.first().ok_or(Failure::NotFound)?;
    let id: OrgId = named.parse().map_err(|_| Failure::NotFound)?;
    let org = match person.session.org(id, call.id.to_string()).await {
        Ok(org) => org,
        Err(Refusal::Denied(_)) => return Err(Failure::NotFound),
        Err(Refusal::Store(error)) => return Err(error.into()),
    };
    let known = org.viewer()?.show().await?;
    Ok(Entered {
        path: format!("/console/orgs/{id}"),
        org,
        known,
    })
}

impl Entered {
    /// Whether the person's session goes on and still opens the organization, for answers that take long. Asking does not
    /// prolong the session.
    pub(crate) async fn is_still_open(&self, person: &Person) -> bool {
        let goes_on = person.session.goes_on().await.unwrap_or(false);
        goes_on && person.session.org(self.org.id(), String::new()).await.is_ok()
    }

    /// What an Org Owner may do here.
    pub(crate) fn owner(&self) -> Result<Owner<'_>, Error> {
        self.org.owner()
    }

    /// What everybody with a role may see here.
    pub(crate) fn viewer(&self) -> Result<Viewer<'_>, Error> {
        self.org.viewer()
    }

    /// Sends whoever has not shown recently enough who it is to show that, and back to this page.
    pub(crate) fn fresh(&self, call: &Call) -> Result<(), Failure> {
        self.org.require_fresh().map_err(|error| match error {
            Error::ReauthenticationNeeded => Failure::Reauthenticate(call.here()),
            other => other.into(),
        })
    }

    /// Whether the person may change what is here.
    pub(crate) fn is_owner(&self) -> bool {
        self.org.owner().is_ok()
    }

    /// The path of a page of the organization: `/users` and the like, or nothing for its first page.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("{}{rest}", self.path)
    }

    /// A page of a section of the organization.
    pub(crate) fn frame<'a>(&'a self, call: &'a Call, person: &'a Person, section: Section) -> Frame<'a> {
        person.frame(call, section).within(Place {
            name: &self.known.name,
            path: &self.path,
            is_owner: self.is_owner(),
            is_paused: self.known.state == OrgState::Paused,
        })
    }
}
