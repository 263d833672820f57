//! Which rows are asked for: what the query of the address says, and the form that asks for it.

use jiff::Timestamp;
use uuid::Uuid;
use wicketgate_auth::TokenId;
use wicketgate_domain::{Action, LogQuery, LogRow};

use super::words::action;
use crate::{
    failure::Failure,
    field::{Choice, Field, Tick},
    fields::Fields,
    org::Entered,
};

const ABOUT: &str = "about";
const ACTION: &str = "action";
const FAILED: &str = "failed";
const STATUS: &str = "status";
const CREDENTIAL: &str = "credential";
const FROM: &str = "from";
const UNTIL: &str = "until";

/// What was asked for, as it was typed and as far as it was understood.
pub(super) struct Wanted {
    typed: Vec<(&'static str, String)>,
    refused: Vec<(&'static str, &'static str)>,
    query: LogQuery,
}

/// The form.
pub(super) struct Filters {
    pub(super) about: Field,
    pub(super) action: Choice,
    pub(super) failed: Tick,
    pub(super) more: Vec<Field>,
    /// Whether one of those is used that are otherwise folded away.
    pub(super) shows_more: bool,
}

impl Wanted {
    /// Reads what the query of an address says.
    pub(super) async fn read(given: &Fields, entered: &Entered) -> Result<Self, Failure> {
        let names = [ABOUT, ACTION, FAILED, STATUS, CREDENTIAL, FROM, UNTIL];
        let mut wanted = Self {
            typed: names
                .iter()
                .map(|name| (*name, given.trimmed(name).to_owned()))
                .collect(),
            refused: Vec::new(),
            query: LogQuery::default(),
        };
        let target = match wanted.typed(ABOUT) {
            "" => None,
            text => entered.viewer()?.directory().id_of(text).await?,
        };
        if target.is_none() {
            wanted.refuse_typed(
                ABOUT,
                "No user or group has this name or id. One that was deleted is found by its id.",
            );
        }
        wanted.query = LogQuery {
            target,
            action: wanted.parsed::<Action>(ACTION, "Choose an action of the list."),
            failed: !wanted.typed(FAILED).is_empty(),
            status: wanted
                .parsed::<u16>(STATUS, "Write a status of HTTP, such as 409.")
                .filter(|status| *status < 600),
            credential: wanted.parsed::<TokenId>(
                CREDENTIAL,
                "Write the id of a credential, or follow the link of one in the list.",
            ),
            from: wanted.moment(FROM),
            until: wanted.moment(UNTIL),
            ..LogQuery::default()
        };
        if wanted.query.status.is_none() {
            wanted.refuse_typed(STATUS, "Write a status of HTTP, such as 409.");
        }
        Ok(wanted)
    }

    fn typed(&self, name: &str) -> &str {
        self.typed
            .iter()
            .find(|(field, _)| *field == name)
            .map_or("", |(_, text)| text.as_str())
    }

    fn refuse_typed(&mut self, name: &'static str, why: &'static str) {
        if !self.typed(name).is_empty() && self.error(name).is_none() {
            self.refused.push((name, why));
        }
    }

    fn parsed<T: std::str::FromStr>(&mut self, name: &'static str, why: &'static str) -> Option<T> {
        let value = self.typed(name).parse().ok();
        if value.is_none() {
            self.refuse_typed(name, why);
        }
        value
    }

    fn moment(&mut self, name: &'static str) -> Option<Timestamp> {
        let value = moment(self.typed(name));
        if value.is_none() {
            self.refuse_typed(name, "Write a time such as 2026-12-01T08:30.");
        }
        value
    }

    fn error(&self, name: &str) -> Option<&'static str> {
        self.refused
            .iter()
            .find(|(field, _)| *field == name)
            .map(|(_, why)| *why)
    }

    /// Whether something was not understood.
    pub(super) fn is_refused(&self) -> bool {
        !self.refused.is_empty()
    }

    /// The rows that are asked for, where all was understood.
    pub(super) fn query(&self) -> Option<LogQuery> {
        (!self.is_refused()).then(|| self.query.clone())
    }

    /// Whether nothing narrows the list.
    pub(super) fn is_everything(&self) -> bool {
        self.typed.iter().all(|(_, text)| text.is_empty())
    }

    /// Whether rows that are yet to come may be among those that are asked for.
    pub(super) fn goes_on(&self) -> bool {
        !self.is_refused() && self.query.until.is_none()
    }

    /// Whether a row that has just come is one of those.
    pub(super) fn has(&self, row: &LogRow) -> bool {
        let LogQuery {
            target,
            action,
            failed,
            status,
            credential,
            request: _,
            from,
            until,
            before: _,
            limit: _,
        } = &self.query;
        let is = |wanted: &Option<Uuid>, id: Option<Uuid>| wanted.is_none() || *wanted == id;
        is(target, row.target.as_ref().and_then(|target| target.id))
            && action.is_none_or(|action| action == row.action)
            && (!failed || row.is_failure())
            && status.is_none_or(|status| status == row.status)
            && credential.is_none_or(|id| row.credential.as_ref().is_some_and(|found| found.id == id))
            && from.is_none_or(|from| from <= row.time)
            && until.is_none_or(|until| row.time < until)
    }

    /// The same as fields of an address.
    pub(super) fn fields(&self) -> Vec<(&str, &str)> {
        self.typed
            .iter()
            .map(|(name, text)| (*name, text.as_str()))
            .collect()
    }

    /// The form that asks for it.
    pub(super) fn filters(&self) -> Filters {
        let field =
            |field: Field, name: &str| field.optional().with(self.typed(name)).error(self.error(name));
        let actions = std::iter::once((String::new(), "All actions".to_owned())).chain(
            Action::ALL
                .iter()
                .map(|each| (each.as_str().to_owned(), action(*each).to_owned())),
        );
        Filters {
            about: field(Field::text(ABOUT, "User or group", "off"), ABOUT),
            action: Choice::of(ACTION, "Action", actions)
                .with(self.typed(ACTION))
                .error(self.error(ACTION)),
            failed: Tick::new(FAILED, "Failures only", self.query.failed),
            more: vec![
                field(Field::number(STATUS, "Status"), STATUS),
                field(Field::text(CREDENTIAL, "Credential", "off"), CREDENTIAL),
                field(Field::moment(FROM, "From (UTC)"), FROM),
                field(Field::moment(UNTIL, "Until (UTC)"), UNTIL),
            ],
            shows_more: [STATUS, CREDENTIAL, FROM, UNTIL]
                .iter()
                .any(|name| !self.typed(name).is_empty()),
        }
    }
}

/// A moment as browsers write it, which is UTC here, or with its zone.
pub(crate) fn moment(text: &str) -> Option<Timestamp> {
    let seconds = if text.len() == 16 { ":00" } else { "" };
    text.parse().or_else(|_| format!("{text}{seconds}Z").parse()).ok()
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn a_moment_is_read_as_browsers_write_it() {
        for (text, expected) in [
            ("2026-12-01T08:30", Some("2026-12-01T08:30:00Z")),
            ("2026-12-01T08:30:15", Some("2026-12-01T08:30:15Z")),
            ("2026-12-01T08:30:15Z", Some("2026-12-01T08:30:15Z")),
            ("2026-12-01T08:30:15+01:00", Some("2026-12-01T07:30:15Z")),
            ("2026-13-01T08:30", None),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(
                moment(text).map(|at| at.to_string()).as_deref(),
                expected,
                "{text}"
            );
        }
    }
}
