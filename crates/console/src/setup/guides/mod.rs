//! The guides: one table, from the vendors' documentation and from what their clients are known to send.

mod entra;
mod more;
mod okta;
mod other;

use super::guide::Guide;

/// Every guide, in the order in which they are offered.
pub(crate) static GUIDES: [Guide; 6] = [
    okta::OKTA,
    entra::ENTRA,
    more::ONELOGIN,
    more::JUMPCLOUD,
    more::PING,
    other::OTHER,
];

/// The guide of this name.
pub(crate) fn of(slug: &str) -> Option<&'static Guide> {
    GUIDES.iter().find(|guide| guide.slug == slug)
}

const PASTE_ALONE: &str = "Paste the token alone, without a space or a word before it.";
const BASE_URL: &str = "As it is, with nothing behind it.";
const ONCE: &str = "It is shown once, when it is made.";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::setup::guide::{Makes, Value};

    fn values(guide: &Guide, word: &str) -> Vec<Value> {
        let way = guide.ways.iter().find(|way| way.word == word).unwrap();
        way.lines.iter().map(|line| line.value).collect()
    }

    #[test]
    fn every_guide_is_found_by_its_slug_and_acts_as_a_service_user_of_its_own() {
        let mut seen = BTreeSet::new();
        for guide in &GUIDES {
            assert_eq!(of(guide.slug).unwrap().name, guide.name);
            assert!(seen.insert(guide.service_user.to_lowercase()), "{}", guide.name);
        }
        assert!(of("none").is_none());
    }

    #[test]
    fn every_way_has_a_field_for_the_address_and_for_all_that_is_made_for_it() {
        for guide in &GUIDES {
            for way in guide.ways {
                let needed: &[Value] = match way.makes {
                    Makes::Token => &[Value::Token],
                    Makes::Client => &[Value::ClientId, Value::ClientSecret, Value::TokenEndpoint],
                    Makes::OktaClient => &[
                        Value::ClientId,
                        Value::ClientSecret,
                        Value::TokenEndpoint,
                        Value::AuthorizationEndpoint,
                    ],
                };
                let values = values(guide, way.word);
                for needed in needed.iter().chain([&Value::BaseUrl]) {
                    assert!(values.contains(needed), "{} {}: {needed:?}", guide.name, way.name);
                }
            }
        }
    }

    #[test]
    fn nothing_of_a_guide_is_empty_but_hints_of_fields() {
        for guide in &GUIDES {
            let texts = [guide.summary, guide.form, guide.matching];
            let texts = texts.iter().chain(guide.prepare).chain(guide.finish);
            for text in texts.chain(&guide.hints).chain(guide.notes) {
                assert!(text.ends_with('.'), "{}: {text:?}", guide.name);
            }
        }
    }
}
