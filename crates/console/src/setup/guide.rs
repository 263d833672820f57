//! What a guide consists of: where the other side has its form, what stands in each field of it, and what to do there. The
//! guides themselves are in `guides.rs`; one template shows any of them.

/// How to connect one kind of identity provider.
#[derive(Debug)]
pub(crate) struct Guide {
    /// What it is called in paths.
    pub(crate) slug: &'static str,
    /// What people call it.
    pub(crate) name: &'static str,
    /// The name of the service user that it acts as.
    pub(crate) service_user: &'static str,
    /// What it is, for the list.
    pub(crate) summary: &'static str,
    /// What to do there before the form can be filled in.
    pub(crate) prepare: &'static [&'static str],
    /// Where the form is.
    pub(crate) form: &'static str,
    /// The ways in which it can show who it is, the usual one first.
    pub(crate) ways: &'static [Way],
    /// What to do there with the form filled in.
    pub(crate) finish: &'static [&'static str],
    /// How it finds a user again.
    pub(crate) matching: &'static str,
    /// The attributes that matter: what they are called there, what they arrive as, and what to know.
    pub(crate) mappings: &'static [(&'static str, &'static str, &'static str)],
    /// What else is known of it.
    pub(crate) notes: &'static [&'static str],
    /// What to do there for each step of the checklist, in the order of the steps.
    pub(crate) hints: [&'static str; 6],
}

/// A way in which an identity provider shows who it is.
#[derive(Debug)]
pub(crate) struct Way {
    /// What it is called in queries.
    pub(crate) word: &'static str,
    /// What people call it.
    pub(crate) name: &'static str,
    /// When to choose it.
    pub(crate) about: &'static str,
    /// What has to be made for it.
    pub(crate) makes: Makes,
    /// The fields of the form, in its order.
    pub(crate) lines: &'static [Line],
}

/// What has to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Makes {
    /// A personal access token.
    Token,
    /// An OAuth client that gets its tokens by itself.
    Client,
    /// An OAuth client to which an Org Owner gives consent in a browser, with the addresses of an Okta app.
    OktaClient,
}

/// One field of the other side's form.
#[derive(Debug)]
pub(crate) struct Line {
    /// What the field is called there.
    pub(crate) label: &'static str,
    /// What belongs into it.
    pub(crate) value: Value,
    /// What to know about it.
    pub(crate) hint: &'static str,
}

/// What belongs into a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value {
    /// These words, to be chosen or ticked.
    Choose(&'static str),
    /// This text, to be typed.
    Text(&'static str),
    /// The SCIM base URL of the organization.
    BaseUrl,
    /// What the organization looks users up by.
    Identifier,
    /// The token.
    Token,
    /// The id of the OAuth client.
    ClientId,
    /// Its secret.
    ClientSecret,
    /// Where tokens are given out.
    TokenEndpoint,
    /// Where an owner gives consent.
    AuthorizationEndpoint,
}

impl Guide {
    /// The way of this word, or the usual one.
    pub(crate) fn way(&self, word: &str) -> Option<&'static Way> {
        let named = self.ways.iter().find(|way| way.word == word);
        named.or_else(|| self.ways.first())
    }
}

/// The line of a field.
pub(crate) const fn line(label: &'static str, value: Value, hint: &'static str) -> Line {
    Line { label, value, hint }
}
