//! What the address of a list asks for: words to find, a state, an order, and where the page before ended. What an address
//! asks for and nobody offers is refused, on a page that says so.

use actix_web::http::StatusCode;
use askama::{Template, filters::HtmlSafe};
use wicketgate_domain::{ByName, ByTime, ListQuery};

use crate::{
    call::Call,
    failure::Failure,
    field::{Choice, Field},
    page::{Pager, address},
};

/// The values of a choice, each with what people read. An address that names none means the first one.
pub(crate) type Choices = &'static [(&'static str, &'static str)];

/// The orders of a list that begins with what is newest.
pub(crate) const NEWEST_FIRST: Choices = &[("", "Newest first"), ("oldest", "Oldest first")];
/// The orders of a list that begins with what is oldest.
pub(crate) const OLDEST_FIRST: Choices = &[("", "Oldest first"), ("newest", "Newest first")];
/// The same with an index of names.
pub(crate) const OLDEST_FIRST_OR_NAME: Choices = &[
    ("", "Oldest first"),
    ("newest", "Newest first"),
    ("name", "Name, A to Z"),
];

/// A list, and how addresses call what they ask of it.
pub(crate) struct List {
    /// What is listed, such as "tokens".
    pub(crate) of: &'static str,
    /// The words to find: the name of the field, its label and its hint.
    pub(crate) find: Option<(&'static str, &'static str, &'static str)>,
    /// The state: the name of the field, and its values.
    pub(crate) state: Option<(&'static str, Choices)>,
    /// The order: the name of the field, and its values.
    pub(crate) order: (&'static str, Choices),
    /// The name of the field that says where the page before ended.
    pub(crate) after: &'static str,
    /// Where on its page the list is, such as `#tokens`; nothing where it is all of it.
    pub(crate) anchor: &'static str,
}

/// What an address asks of a list.
pub(crate) struct Asked<'a> {
    list: &'static List,
    base: &'a str,
    path: String,
    pub(crate) text: &'a str,
    pub(crate) state: &'a str,
    pub(crate) order: &'a str,
    after: Option<&'a str>,
}

/// The value of a field, or the first one that is offered.
fn chosen<'a>(call: &'a Call, (name, offered): (&str, Choices), of: &str) -> Result<&'a str, Failure> {
    let value = call.query.text(name);
    if value.is_empty() {
        return Ok(offered.first().map_or("", |(first, _)| first));
    }
    if offered.iter().any(|(known, _)| *known == value) {
        return Ok(value);
    }
    Err(Failure::refused(
        StatusCode::BAD_REQUEST,
        "This was not understood",
        format!(
            "The address asks of the list of {of} what it does not offer: its “{name}” is none that there is. Go back, and \
             choose one on the page."
        ),
    ))
}

impl<'a> Asked<'a> {
    /// Reads what the address asks of a list that is on the page of this path.
    pub(crate) fn read(call: &'a Call, list: &'static List, path: String) -> Result<Self, Failure> {
        Ok(Self {
            base: call.site().path(),
            text: list.find.map_or("", |(name, _, _)| call.query.trimmed(name)),
            state: match list.state {
                Some(state) => chosen(call, state, list.of)?,
                None => "",
            },
            order: chosen(call, list.order, list.of)?,
            after: call.query.get(list.after).filter(|after| !after.is_empty()),
            list,
            path,
        })
    }

    /// The question to the domain.
    pub(crate) fn query<S, O>(&self, state: Option<S>, order: O, limit: u16) -> ListQuery<S, O> {
        ListQuery {
            text: self.text.to_owned(),
            state,
            order,
            after: self.after(),
            limit,
        }
    }

    /// Where the page before ended.
    pub(crate) fn after(&self) -> Option<String> {
        self.after.map(str::to_owned)
    }

    /// Which of two states is asked for, if one is.
    pub(crate) fn either(&self, yes: &str, no: &str) -> Option<bool> {
        if self.state == yes {
            Some(true)
        } else if self.state == no {
            Some(false)
        } else {
            None
        }
    }

    /// The order that is asked for, where the list begins with what is newest.
    pub(crate) fn newest_first(&self) -> ByTime {
        match self.order {
            "oldest" => ByTime::Oldest,
            _ => ByTime::Newest,
        }
    }

    /// The order that is asked for, where the list begins with what is oldest.
    pub(crate) fn oldest_first(&self) -> ByTime {
        match self.order {
            "newest" => ByTime::Newest,
            _ => ByTime::Oldest,
        }
    }

    /// The same with an index of names.
    pub(crate) fn oldest_first_or_name(&self) -> ByName {
        match self.order {
            "newest" => ByName::Newest,
            "name" => ByName::Name,
            _ => ByName::Oldest,
        }
    }

    /// Whether the list has less than there is.
    pub(crate) fn is_narrowed(&self) -> bool {
        let usual = self
            .list
            .state
            .and_then(|(_, offered)| offered.first())
            .map_or("", |(first, _)| first);
        !self.text.is_empty() || self.state != usual
    }

    /// Whether it is the first page of everything.
    pub(crate) fn is_plain(&self) -> bool {
        self.after.is_none() && !self.is_narrowed()
    }

    /// The form above the list.
    pub(crate) fn filters(&self) -> Filters<'a> {
        let state = self
            .list
            .state
            .map(|(name, offered)| Choice::of(name, "State", offered.iter().copied()).with(self.state));
        let (name, offered) = self.list.order;
        let order = Choice::of(name, "Order", offered.iter().copied()).with(self.order);
        Filters {
            base: self.base,
            path: self.path.clone(),
            anchor: self.list.anchor,
            of: self.list.of,
            find: self.list.find.map(|(name, label, hint)| {
                Field::text(name, label, "off")
                    .optional()
                    .longest(512)
                    .with(self.text)
                    .hint(hint)
            }),
            choices: state.into_iter().chain([order]).collect(),
            is_narrowed: self.is_narrowed(),
        }
    }

    fn at(&self, after: &str) -> String {
        let mut fields = Vec::new();
        if let Some((name, _, _)) = self.list.find {
            fields.push((name, self.text));
        }
        if let Some((name, _)) = self.list.state {
            fields.push((name, self.state));
        }
        fields.extend([(self.list.order.0, self.order), (self.list.after, after)]);
        format!("{}{}", address(&self.path, &fields), self.list.anchor)
    }

    /// The ways on from the page.
    pub(crate) fn pager(&self, next: Option<&str>) -> Pager<'a> {
        Pager {
            base: self.base,
            of: self.list.of,
            first: self.after.map(|_| self.at("")),
            next: next.map(|next| self.at(next)),
        }
    }

    /// What is said in place of a list without entries, unless there is nothing at all.
    pub(crate) fn none_fits(&self, is_empty: bool, next: Option<&str>) -> Option<NoneFits<'a>> {
        (is_empty && (next.is_some() || !self.is_plain())).then(|| NoneFits {
            base: self.base,
            path: format!("{}{}", self.path, self.list.anchor),
            of: self.list.of,
            has_more: next.is_some(),
        })
    }
}

/// The form above a list.
#[derive(Template)]
#[template(path = "filters.html")]
pub(crate) struct Filters<'a> {
    base: &'a str,
    path: String,
    anchor: &'static str,
    of: &'static str,
    find: Option<Field>,
    choices: Vec<Choice>,
    is_narrowed: bool,
}

impl HtmlSafe for Filters<'_> {}

/// What is said where nothing fits.
#[derive(Template)]
#[template(path = "none_fits.html")]
pub(crate) struct NoneFits<'a> {
    base: &'a str,
    path: String,
    of: &'static str,
    has_more: bool,
}

impl HtmlSafe for NoneFits<'_> {}
