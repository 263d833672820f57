//! What the pages of users and of groups share: attributes in words, in whose hands something is, and what happened to it.

mod facts;

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{Entered, audit, log};
use crate::{call::Call, failure::Failure};
pub(crate) use facts::{Section, name_of, sections, text};

/// How many rows of each log a page shows.
const HISTORY: u16 = 10;

/// What happened to a user or group.
pub(crate) struct History {
    /// The last rows of the provisioning log.
    pub(crate) rows: Vec<log::Line>,
    /// The last entries of the audit log, for owners.
    pub(crate) entries: Vec<audit::Line>,
    pub(crate) all_rows: String,
    pub(crate) all_entries: String,
}

impl History {
    /// What happened to the resource of this id.
    pub(crate) async fn of(entered: &Entered, id: Uuid) -> Result<Self, Failure> {
        let text = id.to_string();
        Ok(Self {
            rows: log::about(entered, id, HISTORY).await?,
            entries: if entered.is_owner() {
                audit::about(entered, id, HISTORY).await?
            } else {
                Vec::new()
            },
            all_rows: crate::page::address(&entered.path("/log"), &[("about", &text)]),
            all_entries: crate::page::address(&entered.path("/audit"), &[("resource", &text)]),
        })
    }
}

/// The organization's SCIM base URL.
pub(crate) fn scim_base(call: &Call, entered: &Entered) -> String {
    call.site().at(&format!("/scim/v2/{}", entered.org.id()))
}

/// In whose hands something is, in words.
pub(crate) fn hands(managed_by: Option<&str>) -> String {
    match managed_by {
        None => "Your organization".to_owned(),
        Some("default") => "The identity provider".to_owned(),
        Some(domain) => format!("The identity provider ({domain})"),
    }
}

/// What each provisioning domain calls something, as rows.
pub(crate) fn external_ids(ids: &BTreeMap<String, String>) -> Vec<(String, String)> {
    ids.iter()
        .map(|(domain, id)| (domain.clone(), id.clone()))
        .collect()
}
