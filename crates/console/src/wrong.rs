//! What is wrong with what was sent in a form. The domain calls an argument by the word that the command line has for it;
//! forms call their fields by the same words, and here is what people read instead.

use wicketgate_domain::Error;

use crate::{failure::Failure, page::Notice};

/// Something that a person can mend in the form, and nothing was changed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// The field, where the form has it.
    field: Option<&'static str>,
    text: String,
}

/// What people read for each word by which the domain calls an argument.
const WORDS: [(&str, &str); 56] = [
    ("access-token-format", "Access tokens"),
    ("action", "Action"),
    ("actor", "Who acted"),
    ("after", "Page"),
    ("approval", "Approval"),
    ("audience", "Audiences"),
    ("backup", "Backup"),
    ("client", "Client"),
    ("client-id", "Client ID"),
    ("client-secret", "Client secret"),
    ("code", "Code"),
    ("concurrent-requests", "Requests at the same time"),
    ("credential", "Credential"),
    ("cursor", "Page"),
    ("database-url", "Database"),
    ("description", "Description"),
    ("display-name", "Display name"),
    ("email", "E-mail address"),
    ("expires-in", "Life"),
    ("export", "Export"),
    ("file", "File"),
    ("hours", "Hours"),
    ("id", "Id"),
    ("issuer", "Issuer"),
    ("jwks", "Public keys"),
    ("jwks-uri", "Address of the public keys"),
    ("keep-bodies", "Days to keep bodies"),
    ("keep-deleted", "Days to keep deleted users"),
    ("keep-log", "Days to keep the log"),
    ("kind", "Kind"),
    ("label", "For whom"),
    ("limit", "Limit"),
    ("longest-token-life", "Longest life of a token"),
    ("migrate-database-url", "Database for migrations"),
    ("name", "Name"),
    ("org", "Organization"),
    ("overlap", "Overlap"),
    ("password", "Password"),
    ("provisioning-domain", "Provisioning domain"),
    ("redirect-uri", "Redirect URIs"),
    ("refresh-rotation", "Refresh tokens"),
    ("request-burst", "Requests at once"),
    ("requests-per-second", "Requests in a second"),
    ("required", "Required"),
    ("resource-type", "Resource type"),
    ("role", "Role"),
    ("schema", "Schema"),
    ("scim-mode", "SCIM mode"),
    ("service-user", "Service user"),
    ("setup-link", "Setup links"),
    ("since", "Since"),
    ("subject", "Subject"),
    ("to", "Until"),
    ("token", "Token"),
    ("totp", "Authenticator app"),
    ("unique-identifier", "Unique identifier"),
];

/// What people read for a word. The word itself where it is none of the domain's.
fn label(word: &'static str) -> &'static str {
    WORDS
        .iter()
        .find(|(known, _)| *known == word)
        .map_or(word, |(_, label)| label)
}

/// A remark of the domain as a sentence of its own.
fn sentence(remark: &str) -> String {
    let mut letters = remark.chars();
    let first: String = letters
        .next()
        .map(|c| c.to_uppercase().collect())
        .unwrap_or_default();
    let end = if remark.ends_with(['.', '?']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

impl Wrong {
    /// A field of the form.
    pub(crate) fn at(field: &'static str, text: impl Into<String>) -> Self {
        Self {
            field: Some(field),
            text: text.into(),
        }
    }

    /// Something that is no field.
    pub(crate) fn plain(text: impl Into<String>) -> Self {
        Self {
            field: None,
            text: text.into(),
        }
    }

    /// What a form with these fields says about an error. What typing something else does not mend has a page of its own.
    pub(crate) fn of(error: Error, fields: &[&'static str]) -> Result<Self, Failure> {
        match error {
            Error::Refused { field, fix } if fields.contains(&field) => Ok(Self::at(field, sentence(&fix))),
            Error::Refused { field, fix } => Ok(Self::plain(format!("{}: {fix}.", label(field)))),
            Error::AlreadyExists { attribute } if fields.contains(&attribute) => Ok(Self::at(
                attribute,
                "It is taken already in this organization. Choose another one.",
            )),
            Error::LastOwner => Ok(Self::plain(
                "This is the organization's last Org Owner who can sign in. Make another account an Org Owner first.",
            )),
            Error::AlreadyExists { .. }
            | Error::NotFound
            | Error::VersionMismatch { .. }
            | Error::Forbidden { .. }
            | Error::ReadOnly
            | Error::ReauthenticationNeeded
            | Error::Managed { .. }
            | Error::Blocked
            | Error::Invalid(_)
            | Error::Busy
            | Error::Unavailable(_)
            | Error::Internal(_) => Err(error.into()),
        }
    }

    /// What is said above the form.
    pub(crate) fn notice(&self) -> Notice {
        match self.field {
            Some(field) => Notice::wrong_field(field, format!("{}: {}", label(field), self.text)),
            None => Notice::wrong(self.text.as_str()),
        }
    }

    /// What is said beside a field.
    pub(crate) fn beside(&self, field: &str) -> Option<&str> {
        (self.field == Some(field)).then_some(&self.text)
    }
}

/// What is said beside a field of a form in which perhaps something is wrong.
pub(crate) fn beside<'w>(wrong: Option<&'w Wrong>, field: &str) -> Option<&'w str> {
    wrong.and_then(|wrong| wrong.beside(field))
}

#[cfg(test)]
mod tests {
    use std::{
        fs,
        path::{Path, PathBuf},
    };

    use super::*;

    fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }

    /// The words in calls of these functions, first argument and second alike.
    fn words(text: &str) -> Vec<&str> {
        ["refused(", "within(", "checked(", "check_text("]
            .iter()
            .flat_map(|call| text.split(call).skip(1))
            .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split_once('"'))
            .filter(|(_, rest)| rest.starts_with(','))
            .map(|(word, _)| word)
            .filter(|word| !word.contains(' '))
            .collect()
    }

    #[test]
    fn people_read_something_for_every_argument_that_the_domain_refuses() {
        let mut found = Vec::new();
        sources(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/src"),
            &mut found,
        );
        let mut seen = 0;
        for path in found {
            for word in words(&fs::read_to_string(&path).unwrap()) {
                seen += 1;
                assert!(
                    WORDS.iter().any(|(known, _)| *known == word),
                    "{}: {word}",
                    path.display()
                );
            }
        }
        assert!(seen > 40, "{seen}");
    }

    #[test]
    fn the_words_are_there_once_in_the_order_of_the_alphabet() {
        assert!(WORDS.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn a_remark_is_said_beside_its_field_as_a_sentence() {
        let error = Error::Refused {
            field: "keep-log",
            fix: "choose 7 to 365 days".to_owned(),
        };
        let wrong = Wrong::of(error, &["keep-log"]).unwrap();
        assert_eq!(wrong.beside("keep-log"), Some("Choose 7 to 365 days."));
        assert_eq!(wrong.beside("name"), None);
        let error = Error::Refused {
            field: "token",
            fix: "it was revoked".to_owned(),
        };
        assert_eq!(
            Wrong::of(error, &["name"]).unwrap(),
            Wrong::plain("Token: it was revoked.")
        );
    }

    #[test]
    fn what_typing_does_not_mend_has_a_page_of_its_own() {
        assert!(Wrong::of(Error::NotFound, &["name"]).is_err());
        assert!(Wrong::of(Error::Busy, &["name"]).is_err());
    }
}
