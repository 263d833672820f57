//! The audit log, for owners: who changed what, from what to what. Newest first, narrowed by the query of the address.

mod changes;

use actix_web::HttpResponse;
use askama::Template;
use serde_json::Value;
use uuid::Uuid;
use wicketgate_domain::{AuditEntry, AuditPage, AuditQuery, EventKind};

use super::{Entered, enter, log::moment};
use crate::{
    call::{self, Call, Person},
    failure::Failure,
    field::{Choice, Field},
    page::{Frame, Moment, Pager, Section, address},
};
use changes::{Changes, changes};

/// How many entries a page has.
const ENTRIES: u16 = 50;

#[derive(Template)]
#[template(path = "audit/list.html")]
struct Page<'a> {
    frame: Frame<'a>,
    entered: &'a Entered,
    kinds: Choice,
    fields: Vec<Field>,
    is_narrowed: bool,
    entries: Vec<Line>,
    pager: Pager<'a>,
}

/// An entry as lists show it.
pub(crate) struct Line {
    pub(crate) number: i64,
    pub(crate) time: Moment,
    pub(crate) what: String,
    pub(crate) who: String,
    /// By which way, where that says more than who.
    pub(crate) through: String,
    /// Everything this actor did.
    pub(crate) by_actor: Option<String>,
    pub(crate) target: String,
    pub(crate) target_path: Option<String>,
    pub(crate) request_id: String,
    pub(crate) changes: Changes,
}

/// The last entries about a user or a group.
pub(crate) async fn about(entered: &Entered, resource: Uuid, limit: u16) -> Result<Vec<Line>, Failure> {
    let query = AuditQuery {
        resource: Some(resource),
        limit,
        ..AuditQuery::default()
    };
    let page = entered.owner()?.audit().page(query).await?;
    Ok(page
        .entries
        .into_iter()
        .map(|entry| Line::new(entered, entry))
        .collect())
}

impl Line {
    fn new(entered: &Entered, entry: AuditEntry) -> Self {
        let kind = entry.kind.as_str();
        let what = EventKind::named(kind).map_or_else(|| kind.to_owned(), |kind| kind.words().to_owned());
        let (who, through, key) = actor(&entry.actor, entry.actor_name.as_deref());
        let target_path = entry.resource.and_then(|id| {
            let section = match kind.split_once('.') {
                Some(("user", _)) => "users",
                Some(("group", act)) if act != "deleted" => "groups",
                Some(_) | None => return None,
            };
            Some(entered.path(&format!("/{section}/{id}")))
        });
        Self {
            number: entry.number,
            time: Moment(entry.occurred),
            what,
            who,
            through,
            by_actor: key.map(|key| address(&entered.path("/audit"), &[("actor", &key)])),
            target: entry
                .target_name
                .or_else(|| entry.resource.map(|id| id.to_string()))
                .unwrap_or_default(),
            target_path,
            request_id: entry.request_id,
            changes: changes(&entry.payload),
        }
    }
}

/// Who acted, by which way, and the word by which its acts are looked up.
fn actor(actor: &Value, name: Option<&str>) -> (String, String, Option<String>) {
    let held = |field: &str| actor.get(field).and_then(Value::as_str).map(str::to_owned);
    let id = held("id");
    let named = name.map(str::to_owned).or_else(|| id.clone()).unwrap_or_default();
    match actor.get("type").and_then(Value::as_str).unwrap_or_default() {
        "account" => (named, "in the console".to_owned(), id),
        "service_user" => {
            let credential = held("credentialId")
                .map(|id| format!(" {id}"))
                .unwrap_or_default();
            (
                named,
                format!("service user, with the credential{credential}"),
                id,
            )
        }
        "client" => (named, "OAuth client".to_owned(), id),
        "setup_link" => (
            "Somebody with a setup link".to_owned(),
            format!("the link {}", id.as_deref().unwrap_or_default()),
            id,
        ),
        "operator" => (
            "Operator".to_owned(),
            "of this gateway".to_owned(),
            Some("operator".to_owned()),
        ),
        "gateway" => (
            "The gateway".to_owned(),
            "by itself".to_owned(),
            Some("gateway".to_owned()),
        ),
        "finder" => (
            "Somebody who found a credential".to_owned(),
            "and reported it".to_owned(),
            Some("finder".to_owned()),
        ),
        other => (other.to_owned(), String::new(), None),
    }
}

/// What is offered as kinds: whole families first, then each kind.
fn kinds() -> Vec<(String, String)> {
    let families = [
        ("", "Everything"),
        ("credential.", "All about credentials"),
        ("client.", "All about OAuth clients"),
        ("service_user.", "All about service users"),
        ("setup_link.", "All about setup links"),
        ("account.", "All about people"),
        ("org.", "All about the organization"),
        ("user.", "All about users"),
        ("group.", "All about groups"),
    ];
    families
        .into_iter()
        .map(|(value, label)| (value.to_owned(), label.to_owned()))
        .chain(
            EventKind::ALL
                .iter()
                .map(|kind| (kind.as_str().to_owned(), kind.words().to_owned())),
        )
        .collect()
}

/// What the query of the address asks for, and what of it was not understood.
async fn wanted(
    call: &Call,
    entered: &Entered,
) -> Result<(AuditQuery, Vec<(&'static str, &'static str)>), Failure> {
    let mut refused = Vec::new();
    let given = |name: &str| Some(call.query.trimmed(name)).filter(|text| !text.is_empty());
    let actor = match given("actor") {
        None => None,
        Some(text) if text.contains('@') => {
            let accounts = entered.viewer()?.accounts().await?;
            let found = accounts
                .into_iter()
                .find(|account| account.email.eq_ignore_ascii_case(text))
                .map(|account| account.id.to_string());
            if found.is_none() {
                refused.push(("actor", "Nobody here has this e-mail address now."));
            }
            found
        }
        Some(text) => {
            let is_word = text.len() <= 64
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
            if !is_word {
                refused.push((
                    "actor",
                    "Write an e-mail address, or the id of an account, a service user or a client.",
                ));
            }
            Some(text.to_owned()).filter(|_| is_word)
        }
    };
    let resource = match given("resource") {
        None => None,
        Some(text) => {
            let found = entered.viewer()?.directory().id_of(text).await?;
            if found.is_none() {
                refused.push((
                    "resource",
                    "No user or group has this name. Anything else is found by its id.",
                ));
            }
            found
        }
    };
    let mut time = |name: &'static str| {
        let text = given(name)?;
        let read = moment(text);
        if read.is_none() {
            refused.push((name, "Write a time such as 2026-12-01T08:30."));
        }
        read
    };
    let (from, to) = (time("from"), time("until"));
    if let (Some(from), Some(to)) = (from, to)
        && from >= to
    {
        refused.push(("until", "Choose a time after the other one."));
    }
    let kind = given("kind")
        .filter(|wanted| kinds().iter().any(|(kind, _)| kind == wanted))
        .map(str::to_owned);
    let query = AuditQuery {
        before: given("before").and_then(|before| before.parse().ok()),
        actor,
        kind,
        resource,
        from,
        to,
        limit: ENTRIES,
    };
    Ok((query, refused))
}

/// `GET /console/orgs/{orgId}/audit`
pub(crate) async fn list(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let owner = entered.owner()?;
    let (query, refused) = wanted(&call, &entered).await?;
    let before = query.before;
    let AuditPage { entries, next } = if refused.is_empty() {
        owner.audit().page(query).await?
    } else {
        AuditPage {
            entries: Vec::new(),
            next: None,
        }
    };
    let typed = |name: &str| call.query.trimmed(name);
    let names = ["kind", "actor", "resource", "from", "until"];
    let at = |before: &str| {
        let mut fields: Vec<(&str, &str)> = names.iter().map(|name| (*name, typed(name))).collect();
        fields.push(("before", before));
        address(&entered.path("/audit"), &fields)
    };
    let field = |field: Field, name: &str| {
        let why = refused.iter().find(|(of, _)| *of == name).map(|(_, why)| *why);
        field.optional().with(typed(name)).error(why)
    };
    let page = Page {
        frame: entered.frame(&call, &person, Section::Audit),
        kinds: Choice::of("kind", "What happened", kinds()).with(typed("kind")),
        fields: vec![
            field(Field::text("actor", "Who", "off"), "actor"),
            field(Field::text("resource", "To what", "off"), "resource"),
            field(Field::moment("from", "From (UTC)"), "from"),
            field(Field::moment("until", "Until (UTC)"), "until"),
        ],
        is_narrowed: names.iter().any(|name| !typed(name).is_empty()),
        entries: entries
            .into_iter()
            .map(|entry| Line::new(&entered, entry))
            .collect(),
        pager: Pager {
            base: call.site().path(),
            of: "the audit log",
            first: before.map(|_| at("")),
            next: next.map(|next| at(&next.to_string())),
        },
        entered: &entered,
    };
    if refused.is_empty() {
        call::page(&page)
    } else {
        call::again(&page)
    }
}
