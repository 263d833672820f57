//! What becomes known of one request while it is answered, gathered for the log. Nothing is written here.

use std::{fmt, time::Duration};

use serde_json::Value;
use uuid::Uuid;
use wicketgate_scim::{
    Object, ScimType,
    filter::{self, Filter},
    resource::Rewrite,
};

use super::{
    action::{Action, Attempt, TargetKind},
    facts::{Facts, Marked},
    failure::Failure,
    redact::{self, Hidden, cut, is_plain_name},
};
use crate::{Group, Org, Page, Resource, User, Written, db, user::ChangeKind};

/// The methods that are kept.
const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
/// The longest name of a target, in characters.
const LONGEST_NAME: usize = 256;
/// What is added to the number of an operation for what follows it. There are never so many operations.
const FOLLOW_UPS: u32 = 30_000;
/// The most names of attributes that a row has.
const MOST_ATTRIBUTES: usize = 12;

/// One request, as far as it is known. It holds nothing that the log must not have.
pub struct Entry {
    attempt: Attempt,
    action: Option<Action>,
    target: Option<Uuid>,
    status: u16,
    number: Option<u32>,
    turned_away: Option<Failure>,
    facts: Facts,
    hidden: Hidden,
    body: Option<String>,
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}

/// What an entry came to.
pub(crate) struct Finished {
    pub(crate) action: Action,
    pub(crate) status: u16,
    pub(crate) target: Option<Uuid>,
    pub(crate) number: Option<u32>,
    /// Why it was put off before it was looked at.
    pub(crate) turned_away: Option<Failure>,
    pub(crate) facts: Facts,
    pub(crate) body: Option<String>,
}

impl Entry {
    /// What stands for the route where none was found. The base URL itself has an empty one.
    pub const NO_ROUTE: &str = "(none)";

    /// Begins with what a request says first. `route` is the template of its path below the organization, or
    /// [`NO_ROUTE`](Self::NO_ROUTE).
    pub fn new(method: &str, route: &str) -> Self {
        let attempt = Attempt::of(method, route);
        let mut hidden = Hidden::default();
        // Anybody may send any word as a method.
        let method = METHODS.iter().find(|known| **known == method).map_or_else(
            || {
                hidden.text(method);
                String::new()
            },
            |known| (*known).to_owned(),
        );
        Self {
            attempt,
            action: None,
            target: None,
            status: 0,
            number: None,
            turned_away: None,
            facts: Facts {
                method,
                route: Some(route)
                    .filter(|route| *route != Self::NO_ROUTE)
                    .unwrap_or_default()
                    .to_owned(),
                kind: attempt.target().map(Marked),
                ..Facts::default()
            },
            hidden,
            body: None,
        }
    }

    /// The request is about the resource of this id.
    pub fn about(&mut self, id: &str) {
        self.target = db::search::uuid(id);
        if self.target.is_none() {
            self.hidden.text(id);
        }
    }

    /// It is one operation of a bulk request, at this position, or what is added later of one that created something.
    pub fn operation(&mut self, index: usize, is_follow_up: bool) {
        self.facts.operation = u32::try_from(index).ok();
        self.number = self
            .facts
            .operation
            .map(|index| index + if is_follow_up { FOLLOW_UPS } else { 0 });
    }

    /// The request sent this resource, or these operations. The organization decides whether it is kept.
    pub fn sent(&mut self, org: &Org, body: &Object) {
        let rt = match self.facts.kind {
            Some(Marked(TargetKind::User)) => org.user_type(),
            Some(Marked(TargetKind::Group)) => org.group_type(),
            None => return self.sent_other(org, body),
        };
        if self.attempt.looked_up().is_some() {
            return self.sent_other(org, body);
        }
        let redacted = if self.facts.method == "PATCH" {
            redact::patch(rt, body)
        } else {
            if self.facts.name.is_none() {
                self.facts.name = name_in(body);
            }
            redact::resource(rt, body)
        };
        self.hidden.extend(redacted.hidden);
        if org.settings.body_days > 0 {
            self.body = Some(redacted.text);
        }
    }

    /// The request sent something that is no resource: a query, or many operations. It is not kept.
    fn sent_other(&mut self, org: &Org, body: &Object) {
        for (name, value) in body {
            match value {
                Value::String(text) if name.eq_ignore_ascii_case("filter") => self.asked_in_words(org, text),
                Value::String(text) => self.hide(text),
                other => self.hidden.value(other),
            }
        }
    }

    /// The request looks for resources in these words, which may not be understood.
    pub fn asked_in_words(&mut self, org: &Org, text: &str) {
        match filter::parse(text, org.settings.mode) {
            Ok(filter) => self.asked(org, &filter),
            Err(_) => self.hidden.text(text),
        }
    }

    /// The request sent so many bytes that could not be read. Nothing of them is kept.
    pub fn sent_unreadable(&mut self, org: &Org, bytes: usize) {
        self.hidden = Hidden::everything();
        if org.settings.body_days > 0 {
            self.body = Some(format!("{{\"unreadable\":true,\"bytes\":{bytes}}}"));
        }
    }

    /// The request has this text somewhere, which is not kept: it may come back in the detail of an error.
    pub fn hide(&mut self, text: &str) {
        if !is_plain_name(text) {
            self.hidden.text(text);
        }
    }

    /// Nothing of the request may be quoted.
    pub fn hide_all(&mut self) {
        self.hidden = Hidden::everything();
    }

    /// The request looks for resources. Without a filter it only reads, which is not logged unless it fails.
    pub fn asked(&mut self, org: &Org, filter: &Filter) {
        let (user, group) = (org.user_type().as_ref(), org.group_type().as_ref());
        let types = match self.facts.kind {
            Some(Marked(TargetKind::User)) => vec![user],
            Some(Marked(TargetKind::Group)) => vec![group],
            None => vec![user, group],
        };
        self.facts.question = Some(redact::question(&types, filter, &mut self.hidden));
        self.action = self.attempt.looked_up();
    }

    /// What was found.
    pub fn found<T: Named>(&mut self, page: &Page<T>) {
        self.found_many(page.total);
        if page.total == 1
            && let Some(resource) = page.resources.first()
        {
            self.facts.resource = Some(resource.uuid().simple().to_string());
            self.facts.name = resource.name().map(|name| cut(name, LONGEST_NAME));
        }
    }

    /// How much was found.
    pub fn found_many(&mut self, total: u64) {
        self.facts.found = Some(total);
    }

    fn name(&mut self, resource: &impl Named) {
        self.target = Some(resource.uuid());
        self.facts.name = resource.name().map(|name| cut(name, LONGEST_NAME));
    }

    /// A resource was written.
    pub fn wrote<T: Named>(&mut self, written: &Written<T>) {
        self.name(&written.resource);
        self.rewritten(&written.rewrites);
        let change = &written.change;
        let has_members = change.added + change.removed > 0;
        self.action = Some(match (self.facts.kind, change.kind) {
            (Some(Marked(TargetKind::Group)), ChangeKind::Created) => Action::GroupCreated,
            (Some(Marked(TargetKind::Group)), ChangeKind::Unchanged) => Action::GroupUnchanged,
            (Some(Marked(TargetKind::Group)), _) if has_members && change.attributes.is_empty() => {
                Action::GroupMembersChanged
            }
            (Some(Marked(TargetKind::Group)), _) => Action::GroupUpdated,
            (_, ChangeKind::Created) => Action::UserCreated,
            (_, ChangeKind::Updated) => Action::UserUpdated,
            (_, ChangeKind::Deactivated) => Action::UserDeactivated,
            (_, ChangeKind::Reactivated) => Action::UserReactivated,
            (_, ChangeKind::Unchanged) => Action::UserUnchanged,
        });
        self.facts.added = change.added;
        self.facts.removed = change.removed;
        let names = change.attributes.iter().filter(|name| is_plain_name(name));
        self.facts.attributes = names.take(MOST_ATTRIBUTES).cloned().collect();
    }

    /// A resource was deleted, which was called so.
    pub fn deleted(&mut self, name: &str) {
        self.facts.name = Some(cut(name, LONGEST_NAME)).filter(|name| !name.is_empty());
        self.action = match self.attempt.target() {
            Some(TargetKind::User) => Some(Action::UserDeleted),
            Some(TargetKind::Group) => Some(Action::GroupDeleted),
            None => None,
        };
    }

    fn rewritten(&mut self, rewrites: &[Rewrite]) {
        self.facts.rewrites = rewrites
            .iter()
            .map(|rewrite| {
                let attribute = rewrite.attribute.as_str();
                let shown = if is_plain_name(attribute) {
                    attribute
                } else {
                    redact::HIDDEN
                };
                (rewrite.rule.as_str().to_owned(), shown.to_owned())
            })
            .collect();
    }

    /// The request came to nothing, and was told this.
    pub fn failed(&mut self, failure: &Failure, scim_type: Option<ScimType>, detail: &str) {
        self.failed_as(failure, scim_type.map(ScimType::as_str), detail);
    }

    /// [`failed`](Self::failed) where the keyword is a text.
    pub fn failed_as(&mut self, failure: &Failure, scim_type: Option<&str>, detail: &str) {
        self.action = Some(self.attempt.failed());
        self.turned_away = matches!(failure, Failure::TooFast | Failure::Paused).then(|| failure.clone());
        self.facts.failure = Some(failure.as_str().to_owned());
        self.facts.about = failure.about();
        self.facts.scim_type = scim_type.map(str::to_owned);
        self.facts.detail = Some(redact::detail(detail, &self.hidden));
    }

    /// The request ended without an answer. What only read leaves no trace then.
    pub fn ended(&mut self, failure: &Failure) {
        if self.attempt.writes() {
            self.failed_as(failure, None, "");
            self.facts.detail = None;
        } else {
            self.action = None;
        }
    }

    /// The request was answered with this status, after so long.
    #[must_use]
    pub fn answered(mut self, status: u16, duration: Duration) -> Self {
        self.status = status;
        self.facts.microseconds = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        self
    }

    /// What was done, if anything, and how it was answered.
    pub(crate) fn outcome(&self) -> (Option<Action>, u16) {
        (self.action, self.status)
    }

    /// What the log gets of it: nothing where it only read, and was answered.
    pub(crate) fn finish(self) -> Option<Finished> {
        Some(Finished {
            action: self.action?,
            status: self.status,
            target: self.target,
            number: self.number,
            turned_away: self.turned_away,
            facts: self.facts,
            body: self.body,
        })
    }
}

/// A resource that is called something.
pub trait Named {
    /// Its id.
    fn uuid(&self) -> Uuid;
    /// What people call it.
    fn name(&self) -> Option<&str>;
}

impl Named for User {
    fn uuid(&self) -> Uuid {
        *self.id.as_uuid()
    }

    fn name(&self) -> Option<&str> {
        self.attributes.get("userName").and_then(Value::as_str)
    }
}

impl Named for Group {
    fn uuid(&self) -> Uuid {
        *self.id.as_uuid()
    }

    fn name(&self) -> Option<&str> {
        self.attributes.get("displayName").and_then(Value::as_str)
    }
}

impl Named for Resource {
    fn uuid(&self) -> Uuid {
        self.id()
    }

    fn name(&self) -> Option<&str> {
        match self {
            Self::User(user) => user.name(),
            Self::Group(group) => group.name(),
        }
    }
}

/// What a resource that was sent is called.
fn name_in(body: &Object) -> Option<String> {
    let text = |wanted: &str| {
        let (_, value) = body.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted))?;
        value.as_str()
    };
    let name = text("userName").or_else(|| text("displayName"))?;
    Some(cut(name, LONGEST_NAME))
}
