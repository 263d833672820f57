//! Connecting an identity provider: what it needs is made in one step, in the name of the identity provider.

mod credential;
mod link;
mod progress;
mod reached;
mod step;

use wicketgate_auth::OrgId;

use crate::{Org, Owner, organization::UniqueIdentifier};

pub use credential::Connection;
pub use link::{SetupLinkInfo, SetupLinks, SetupVisit};
pub use progress::StepProgress;
pub use step::SetupStep;

pub(crate) use reached::{Reached, Waiting};
pub(crate) use step::Steps;

/// What may be done in an organization to connect an identity provider to it, and nothing else.
///
/// An identity provider goes by its name: that of the service user which was made for it.
#[derive(Debug)]
pub struct Setup<'o> {
    org: &'o Org,
}

impl<'o> Owner<'o> {
    /// Connects identity providers to the organization.
    pub fn setup(&self) -> Setup<'o> {
        Setup { org: self.org }
    }
}

impl Setup<'_> {
    /// The id of the organization, which is in the address that the identity provider is given.
    pub fn org_id(&self) -> OrgId {
        self.org.id
    }

    /// What the organization looks users up by.
    pub fn unique_identifier(&self) -> UniqueIdentifier {
        self.org.settings.unique_identifier
    }

    /// For how many days a token may be issued, at most.
    pub fn longest_token_days(&self) -> u16 {
        self.org.settings.longest_token_days
    }

    /// Whether a token may be issued that never expires.
    pub fn has_endless_tokens(&self) -> bool {
        self.org.settings.endless_tokens
    }
}
