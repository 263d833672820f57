//! Whoever connects an identity provider, and what that person may do here: somebody with a role in the organization, or
//! somebody without an account who has a link.

use wicketgate_auth::OrgId;
use wicketgate_domain::{Error, Owner, Setup, StepProgress, UniqueIdentifier};

use super::{
    guide::{Guide, Makes, Way},
    guides,
};
use crate::{
    call::{Call, Guest, Person},
    failure::Failure,
    org::{Entered, enter},
    page::{Frame, Section},
};

/// Where somebody connects an identity provider.
pub(crate) struct Desk {
    who: Who,
    /// What the path leaves open behind what says whose page it is.
    rest: Vec<String>,
}

enum Who {
    /// Somebody with a role in the organization.
    Account(Box<Account>),
    /// Somebody who has a link.
    Guest(Box<Guest>),
}

struct Account {
    entered: Entered,
    person: Person,
}

impl Desk {
    /// The desk of somebody who has a role in the organization that the path names.
    pub(crate) async fn of(call: &Call, person: Person) -> Result<Self, Failure> {
        let entered = enter(call, &person).await?;
        Ok(Self {
            rest: call.segments.iter().skip(1).cloned().collect(),
            who: Who::Account(Box::new(Account { entered, person })),
        })
    }

    /// The desk of somebody who has a link.
    pub(crate) fn of_guest(call: &Call, guest: Guest) -> Self {
        Self {
            who: Who::Guest(Box::new(guest)),
            rest: call.segments.clone(),
        }
    }

    /// What the path leaves open first.
    pub(super) fn first(&self) -> Result<&str, Failure> {
        self.rest.first().map(String::as_str).ok_or(Failure::NotFound)
    }

    /// The guide that the path names.
    pub(super) fn guide(&self) -> Result<&'static Guide, Failure> {
        guides::of(self.first()?).ok_or(Failure::NotFound)
    }

    /// The way of a guide that a word names, as far as the person may connect in it.
    pub(super) fn way(&self, guide: &'static Guide, word: &str) -> Result<&'static Way, Failure> {
        let way = guide.way(word).filter(|way| self.may_use(way));
        way.ok_or(Failure::NotFound)
    }

    /// What the path leaves open behind the guide.
    pub(super) fn thing(&self) -> Result<&str, Failure> {
        self.rest.get(1).map(String::as_str).ok_or(Failure::NotFound)
    }

    /// What may be done to connect an identity provider. Of those with a role only owners may.
    pub(super) fn setup(&self) -> Result<Setup<'_>, Error> {
        match &self.who {
            Who::Account(account) => Ok(account.entered.owner()?.setup()),
            Who::Guest(guest) => Ok(guest.visit.setup()),
        }
    }

    /// How far what the guide is about has come.
    pub(super) async fn progress(&self, guide: &Guide) -> Result<Vec<StepProgress>, Error> {
        match &self.who {
            Who::Account(account) => account.entered.viewer()?.setup_progress(guide.service_user).await,
            Who::Guest(guest) => guest.visit.setup().progress(guide.service_user).await,
        }
    }

    /// Whether what opened this desk still does. Asking does not prolong it.
    pub(super) async fn is_still_open(&self) -> bool {
        match &self.who {
            Who::Account(account) => account.entered.is_still_open(&account.person).await,
            Who::Guest(guest) => guest.visit.goes_on().await.unwrap_or(false),
        }
    }

    /// Whether the person may make credentials.
    pub(super) fn may_make(&self) -> bool {
        match &self.who {
            Who::Account(account) => account.entered.is_owner(),
            Who::Guest(_) => true,
        }
    }

    /// Whether the person may do it without showing again who it is.
    pub(super) fn is_fresh(&self) -> bool {
        match &self.who {
            Who::Account(account) => account.entered.org.require_fresh().is_ok(),
            Who::Guest(_) => true,
        }
    }

    /// Whether the person may connect in this way: consent is given by an owner who is signed in.
    pub(super) fn may_use(&self, way: &Way) -> bool {
        match &self.who {
            Who::Account(_) => true,
            Who::Guest(_) => way.makes != Makes::OktaClient,
        }
    }

    /// The organization as its owner, for its settings and its links.
    pub(super) fn owner(&self) -> Result<Owner<'_>, Failure> {
        match &self.who {
            Who::Account(account) => Ok(account.entered.owner()?),
            Who::Guest(_) => Err(Failure::NotFound),
        }
    }

    /// Whether the person may change the settings of the organization, and hand out links.
    pub(super) fn is_owner(&self) -> bool {
        self.owner().is_ok()
    }

    pub(super) fn org_id(&self) -> OrgId {
        match &self.who {
            Who::Account(account) => account.entered.org.id(),
            Who::Guest(guest) => guest.visit.setup().org_id(),
        }
    }

    /// What the organization looks users up by.
    pub(super) fn identifier(&self) -> UniqueIdentifier {
        match &self.who {
            Who::Account(account) => account.entered.org.settings().unique_identifier,
            Who::Guest(guest) => guest.visit.setup().unique_identifier(),
        }
    }

    /// For how many days a token may be issued at most, and whether it may be without an end.
    pub(super) fn token_life(&self) -> (u16, bool) {
        match &self.who {
            Who::Account(account) => {
                let settings = account.entered.org.settings();
                (settings.longest_token_days, settings.endless_tokens)
            }
            Who::Guest(guest) => {
                let setup = guest.visit.setup();
                (setup.longest_token_days(), setup.has_endless_tokens())
            }
        }
    }

    /// The path of a page of these.
    pub(super) fn path(&self, rest: &str) -> String {
        match &self.who {
            Who::Account(account) => account.entered.path(&format!("/setup{rest}")),
            Who::Guest(_) => format!("/console/connect{rest}"),
        }
    }

    /// The path of the links of the organization, and of one of them.
    pub(super) fn links_path(&self, rest: &str) -> String {
        match &self.who {
            Who::Account(account) => account.entered.path(&format!("/setup-links{rest}")),
            Who::Guest(_) => String::new(),
        }
    }

    /// The path of the provisioning log, for those who may read it.
    pub(super) fn log_path(&self) -> Option<String> {
        match &self.who {
            Who::Account(account) => Some(account.entered.path("/log")),
            Who::Guest(_) => None,
        }
    }

    /// The token of the forms.
    pub(super) fn form_token(&self) -> &str {
        match &self.who {
            Who::Account(account) => account.person.form_token(),
            Who::Guest(guest) => guest.form_token(),
        }
    }

    pub(super) fn frame<'a>(&'a self, call: &'a Call) -> Frame<'a> {
        match &self.who {
            Who::Account(account) => account.entered.frame(call, &account.person, Section::Setup),
            Who::Guest(guest) => guest.frame(call),
        }
    }
}
