//! The audit log: who changed what in an organization.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use wicketgate_domain::{AuditEntry, AuditQuery};

use super::{
    Answer, Call, Org,
    openapi::{Doc, Parameter, shape},
    page, time,
};

const ACTOR: &str = "actor";
const KIND: &str = "kind";
const RESOURCE: &str = "resource";
const FROM: &str = "from";
const TO: &str = "to";
const TIMES: &str = "write a time such as 2026-12-01T00:00:00Z";

/// One entry of the audit log.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AuditEntry)]
struct Shown {
    /// Its number: consecutive within the organization, from 1 on.
    number: i64,
    /// The number of the event that it records.
    event_seq: i64,
    /// What happened, such as credential.revoked.
    kind: String,
    /// The resource it happened to.
    #[schema(required)]
    resource: Option<String>,
    /// Who acted, with the credential or session.
    #[schema(value_type = Object)]
    actor: Value,
    /// What the actor is called now.
    #[schema(required)]
    actor_name: Option<String>,
    /// What is called now what it happened to.
    #[schema(required)]
    target_name: Option<String>,
    /// The request in which it happened.
    request_id: String,
    /// The state after it, and what was before.
    #[schema(value_type = Object)]
    payload: Value,
    /// When it happened.
    occurred_at: String,
    /// The hash that the next entry is chained to.
    hash: String,
}

impl Shown {
    fn new(entry: AuditEntry) -> Self {
        Self {
            number: entry.number,
            event_seq: entry.event_seq,
            kind: entry.kind,
            resource: entry.resource.map(|id| id.to_string()),
            actor: entry.actor,
            actor_name: entry.actor_name,
            target_name: entry.target_name,
            request_id: entry.request_id,
            payload: entry.payload,
            occurred_at: time(entry.occurred),
            hash: entry.hash,
        }
    }
}

const fn text(name: &'static str, description: &'static str) -> Parameter {
    Parameter {
        name,
        description,
        schema: || serde_json::json!({"type": "string", "maxLength": 64}),
    }
}

const fn moment(name: &'static str, description: &'static str) -> Parameter {
    Parameter {
        name,
        description,
        schema: || serde_json::json!({"type": "string", "format": "date-time"}),
    }
}

pub(super) const LIST: Doc = Doc::list(
    "listAuditEntries",
    "Audit",
    "Who changed which configuration or credential, from what to what, the newest first.",
    shape::<Shown>,
)
.with_query(&[
    text(
        ACTOR,
        "What this actor did: the id of an account, a service user or a client, or operator, gateway, finder.",
    ),
    text(
        KIND,
        "Entries of this kind, or with a dot at its end all that begin with it, such as credential.",
    ),
    Parameter {
        name: RESOURCE,
        description: "What happened to this resource.",
        schema: || serde_json::json!({"type": "string", "format": "uuid"}),
    },
    moment(FROM, "From this time on."),
    moment(TO, "Before this time."),
]);

/// `GET /admin/v1/orgs/{orgId}/audit`.
pub(super) async fn list(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    let query = call
        .http
        .query(&[page::LIMIT, page::CURSOR, ACTOR, KIND, RESOURCE, FROM, TO])?;
    let wanted = AuditQuery {
        before: None,
        actor: query.get(ACTOR).map(str::to_owned),
        kind: query.get(KIND).map(str::to_owned),
        resource: query.parsed(RESOURCE, "write the id of a resource")?,
        from: query.parsed::<Timestamp>(FROM, TIMES)?,
        to: query.parsed::<Timestamp>(TO, TIMES)?,
        limit: 0,
    };
    page::by_key(
        &call.http,
        &query,
        async |before, limit| {
            let asked = AuditQuery {
                before,
                limit,
                ..wanted.clone()
            };
            Ok(owner.audit().page(asked).await?.entries)
        },
        |entry| entry.number.to_string(),
        Shown::new,
    )
    .await
}
