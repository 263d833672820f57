//! When something ends, with a warning while there is time to act.

use std::fmt;

use askama::filters::HtmlSafe;
use jiff::Timestamp;

use crate::page::Moment;

/// How many days before its end something is warned of.
const WARNED: i64 = 30;

/// When something ends, as it is at a moment.
pub(super) struct End {
    pub(super) at: Option<Timestamp>,
    pub(super) now: Timestamp,
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(at) = self.at else {
            return f.write_str("Never");
        };
        write!(f, "{}", Moment(at))?;
        if at <= self.now {
            return f.write_str(" <span class=\"tag bad\">Expired</span>");
        }
        let days = at.duration_since(self.now).as_secs() / (24 * 60 * 60);
        match days {
            0 => f.write_str(" <span class=\"tag bad\">In less than a day</span>"),
            1 => f.write_str(" <span class=\"tag warn\">In 1 day</span>"),
            2..WARNED => write!(f, " <span class=\"tag warn\">In {days} days</span>"),
            _ => Ok(()),
        }
    }
}

impl HtmlSafe for End {}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn an_end_is_warned_of_in_its_last_thirty_days() {
        let now: Timestamp = "2026-11-22T03:04:05Z".parse().unwrap();
        for (hours, tag) in [
            (-1, Some("Expired")),
            (5, Some("In less than a day")),
            (30, Some("In 1 day")),
            (29 * 24 + 1, Some("In 29 days")),
            (30 * 24, None),
        ] {
            let at = now.checked_add(SignedDuration::from_hours(hours)).unwrap();
            let text = End { at: Some(at), now }.to_string();
            match tag {
                Some(tag) => assert!(text.ends_with(&format!("{tag}</span>")), "{text}"),
                None => assert!(text.ends_with("</time>"), "{text}"),
            }
        }
        assert_eq!(End { at: None, now }.to_string(), "Never");
    }
}
