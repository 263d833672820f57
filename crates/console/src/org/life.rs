//! For how long a credential is accepted, as people choose it.

use std::time::Duration;

use crate::{field::Choice, wrong::Wrong};

/// What is offered, in days.
const OFFERED: [u16; 5] = [30, 90, 180, 365, 730];
/// What is chosen where nobody has chosen, in days.
const USUAL: u16 = 365;
/// The word for a credential that never expires.
const NEVER: &str = "never";

/// The choice of a life of at most so many days, and of none where that is allowed.
pub(super) fn choice(label: &'static str, longest: u16, endless: bool, chosen: Option<&str>) -> Choice {
    let mut days: Vec<u16> = OFFERED.into_iter().filter(|days| *days < longest).collect();
    days.push(longest);
    let mut options: Vec<(String, String)> = days
        .iter()
        .map(|days| (days.to_string(), format!("{days} days")))
        .collect();
    if endless {
        options.push((NEVER.to_owned(), "Never expires".to_owned()));
    }
    let usual = USUAL.min(longest).to_string();
    Choice::of("expires-in", label, options).with(chosen.unwrap_or(&usual))
}

/// What was chosen: a number of days, or none at all.
pub(super) fn parse(text: &str) -> Result<Option<Duration>, Wrong> {
    if text == NEVER {
        return Ok(None);
    }
    match text.parse::<u16>() {
        Ok(days) => Ok(Some(Duration::from_hours(u64::from(days) * 24))),
        Err(_) => Err(Wrong::at("expires-in", "Choose one of the list.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(longest: u16, endless: bool) -> String {
        choice("Life", longest, endless, None).to_string()
    }

    #[test]
    fn no_longer_life_is_offered_than_is_allowed() {
        let html = offered(100, false);
        for value in ["30", "90", "100"] {
            assert!(html.contains(&format!("value=\"{value}\"")), "{html}");
        }
        for value in ["180", "365", "never"] {
            assert!(!html.contains(&format!("value=\"{value}\"")), "{html}");
        }
        assert!(html.contains("value=\"100\" selected"), "{html}");
        let html = offered(730, true);
        assert!(
            html.contains("value=\"365\" selected") && html.contains("value=\"never\""),
            "{html}"
        );
        assert_eq!(html.matches("value=\"730\"").count(), 1);
    }

    #[test]
    fn what_was_chosen_is_days_or_never() {
        assert_eq!(parse("never"), Ok(None));
        assert_eq!(parse("90"), Ok(Some(Duration::from_hours(90 * 24))));
        for text in ["", "-1", "90d", "70000"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
