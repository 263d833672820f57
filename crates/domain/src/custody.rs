//! In whose hands a user or a group is: those of the identity provider that writes it, or of the organization's owners.
//! What an identity provider manages is not changed by hand here, because it would be changed back.

use std::{collections::BTreeMap, ops::Deref};

use jiff::Timestamp;
use serde_json::Value;
use wicketgate_scim::Object;

use crate::{Error, event::object};

/// In whose hands a user or a group is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Custody {
    /// The provisioning domain whose identity provider manages it: the one that changed it last. `None` where an owner
    /// released it and no identity provider has written it since.
    pub managed_by: Option<String>,
    /// Since when an owner keeps the user deactivated. No identity provider activates it until an owner does. Groups
    /// have none.
    pub blocked: Option<Timestamp>,
}

impl Custody {
    /// The same in the hands of the identity provider of `domain`, which has just written it.
    pub(crate) fn of_provider(&self, domain: &str) -> Self {
        Self {
            managed_by: Some(domain.to_owned()),
            ..self.clone()
        }
    }

    /// Whether an identity provider has taken up what was released.
    pub(crate) fn is_taken_up_as(&self, after: &Self) -> bool {
        self.managed_by.is_none() && after.managed_by.is_some()
    }

    /// Refuses an owner's act on what an identity provider manages.
    pub(crate) fn by_hand(&self, resource: &'static str) -> Result<(), Error> {
        match &self.managed_by {
            None => Ok(()),
            Some(domain) => Err(Error::Managed {
                resource,
                domain: domain.clone(),
            }),
        }
    }

    /// Who manages it and what it is called there, as events say it.
    pub(crate) fn shown(&self, external_ids: &BTreeMap<String, String>) -> Object {
        let external_ids: Object = external_ids
            .iter()
            .map(|(domain, id)| (domain.clone(), Value::from(id.as_str())))
            .collect();
        object([
            (
                "managedBy",
                self.managed_by.as_deref().map_or(Value::Null, Value::from),
            ),
            ("externalIds", external_ids.into()),
        ])
    }
}

/// A resource that was read for being changed, and in whose hands it is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Held<T> {
    pub(crate) resource: T,
    pub(crate) custody: Custody,
}

impl<T> Deref for Held<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.resource
    }
}
