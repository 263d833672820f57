//! `xsd:dateTime` (RFC 7643 §2.3.5): read as a point in time, written in one form. It knows no other date format.

use jiff::{Timestamp, civil, tz::Offset};

/// Reads date and time, with or without a fraction, with an offset or `Z`. Without a zone it is UTC.
///
/// A date alone is refused, as is anything else that is not an `xsd:dateTime`. Digits past nanoseconds are cut.
///
/// A moment past [`Timestamp::MAX`], two hours before the last day of the year 9999, is read as that: directories write
/// that day for what never ends. No moment that can be written is before [`Timestamp::MIN`].
pub fn parse(text: &str) -> Option<Timestamp> {
    let (date, time) = text.split_once('T')?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;

    // None of the three can stand in a time of day.
    let zone_at = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (time, zone) = time.split_at_checked(zone_at)?;
    let (time, fraction) = match time.split_once('.') {
        Some((time, fraction)) => (time, nanoseconds(fraction)?),
        None => (time, 0),
    };
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;

    let date = civil::Date::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    )
    .ok()?;
    let offset = offset(zone)?;
    let local = if (hour, minute, second, fraction) == (24, 0, 0, 0) {
        // XML Schema 1.1 §3.3.7: the end of the day is the start of the next.
        match date.tomorrow() {
            Ok(next) => next.at(0, 0, 0, 0),
            Err(_) => return Some(Timestamp::MAX),
        }
    } else {
        let (hour, minute) = (i8::try_from(hour).ok()?, i8::try_from(minute).ok()?);
        let second = i8::try_from(second).ok().filter(|second| *second < 60)?;
        date.to_datetime(civil::Time::new(hour, minute, second, fraction).ok()?)
    };
    // Years have four digits, so nothing is out of range but the end of 9999.
    Some(offset.to_timestamp(local).unwrap_or(Timestamp::MAX))
}

/// Writes a point in time in UTC with milliseconds: `2026-01-31T12:00:00.000Z`.
pub fn format(timestamp: Timestamp) -> String {
    format!("{timestamp:.3}")
}

/// Unsigned numbers of fixed widths between separators.
fn numbers<const N: usize>(text: &str, separator: char, widths: [usize; N]) -> Option<[i32; N]> {
    let mut parts = text.split(separator);
    let mut numbers = [0; N];
    for (number, width) in numbers.iter_mut().zip(widths) {
        let part = parts
            .next()
            .filter(|part| part.len() == width && is_digits(part))?;
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

fn nanoseconds(fraction: &str) -> Option<i32> {
    if fraction.is_empty() || !is_digits(fraction) {
        return None;
    }
    let digits = fraction.get(..9).unwrap_or(fraction);
    let missing = 9_u32.checked_sub(u32::try_from(digits.len()).ok()?)?;
    digits.parse::<i32>().ok()?.checked_mul(10_i32.pow(missing))
}

fn offset(zone: &str) -> Option<Offset> {
    if zone.is_empty() || zone == "Z" {
        return Some(Offset::UTC);
    }
    let (sign, rest) = match zone.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let [hours, minutes] = numbers(rest, ':', [2, 2])?;
    if minutes > 59 || hours * 60 + minutes > 14 * 60 {
        return None;
    }
    Offset::from_seconds(sign * (hours * 60 + minutes) * 60).ok()
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_one_moment_are_equal() {
        let moment = parse("2011-05-13T04:42:34Z").unwrap();
        for text in [
            "2011-05-13T04:42:34.000Z",
            "2011-05-13T04:42:34",
            "2011-05-13T06:42:34+02:00",
            "2011-05-12T21:12:34-07:30",
            "2011-05-13T04:42:34.0000000000001Z",
        ] {
            assert_eq!(parse(text), Some(moment), "{text}");
        }
    }

    #[test]
    fn a_fraction_counts() {
        let (earlier, later) = (parse("2011-05-13T04:42:34.1Z"), parse("2011-05-13T04:42:34.12Z"));
        assert!(earlier.unwrap() < later.unwrap());
    }

    #[test]
    fn the_end_of_a_day_is_the_start_of_the_next() {
        assert_eq!(parse("2011-12-31T24:00:00Z"), parse("2012-01-01T00:00:00Z"));
        assert!(parse("2011-12-31T24:00:00Z").is_some());
    }

    #[test]
    fn what_is_past_the_last_moment_is_the_last_moment() {
        for text in [
            "9999-12-31T23:59:59Z",
            "9999-12-31T23:59:59.9999999Z",
            "9999-12-31T23:59:59",
            "9999-12-31T23:59:59+00:00",
            "9999-12-31T23:59:59-14:00",
            "9999-12-31T23:59:59+14:00",
            "9999-12-31T24:00:00Z",
            "9999-12-31T24:00:00+14:00",
            "9999-12-30T22:00:01Z",
            "9999-12-31T12:00:01+14:00",
            "9999-12-30T08:00:01-14:00",
        ] {
            assert_eq!(parse(text), Some(Timestamp::MAX), "{text}");
        }
        for text in [
            "9999-12-30T21:59:59Z",
            "9999-12-31T11:59:59+14:00",
            "9999-12-30T07:59:59-14:00",
        ] {
            assert_eq!(
                parse(text).unwrap().as_second(),
                Timestamp::MAX.as_second() - 1,
                "{text}"
            );
        }
        assert_eq!(
            format(parse("9999-12-31T23:59:59Z").unwrap()),
            "9999-12-30T22:00:00.999Z"
        );
    }

    #[test]
    fn the_first_moment_that_can_be_written_is_read_exactly() {
        let first = parse("0000-01-01T00:00:00+14:00").unwrap();
        assert!(Timestamp::MIN < first && first < parse("0000-01-01T00:00:00Z").unwrap());
    }

    #[test]
    fn what_is_past_the_last_moment_must_be_a_date_time_too() {
        for text in [
            "9999-12-32T00:00:00Z",
            "9999-12-31T24:00:01Z",
            "9999-12-31T24:00:00+15:00",
            "9999-12-31T23:59:59+1",
            "10000-01-01T00:00:00Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_not_a_date_time_is_refused() {
        for text in [
            "",
            "2011-05-13",
            "2011-05-13T04:42Z",
            "2011-05-13 04:42:34Z",
            "2011-05-13T04:42:34.Z",
            "2011-05-13T04:42:34z",
            "2011-5-13T04:42:34Z",
            "2011-02-30T04:42:34Z",
            "2011-05-13T24:00:01Z",
            "2011-05-13T04:42:60Z",
            "2011-05-13T04:42:34+2:00",
            "2011-05-13T04:42:34+14:01",
            "2011-05-13T04:42:34+01:00Z",
            "2011-05-13T04:42:34Z ",
            "+2011-05-13T04:42:34Z",
            "20é1-05-13T04:42:34Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_moment_is_written_with_milliseconds_and_z() {
        let text = "2011-05-13T06:42:34.98765+02:00";
        assert_eq!(format(parse(text).unwrap()), "2011-05-13T04:42:34.987Z");
        assert_eq!(format(Timestamp::UNIX_EPOCH), "1970-01-01T00:00:00.000Z");
    }
}
