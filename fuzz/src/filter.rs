//! Filters: what must hold of reading, printing, checking and evaluating them. It does not know databases; their
//! agreement with the evaluation in memory is tested where they are.

use wicketgate_scim::{
    Error, Mode, ScimType,
    filter::{self, Filter, MAX_LENGTH},
    schema::ResourceType,
};

use super::{MODES, stored};

/// Takes the bytes as the text of a filter.
///
/// - Every refusal is `invalidFilter`.
/// - What is printed reads back as the same filter, in every mode.
/// - What strict mode understands, tolerant mode understands in the same way.
/// - A checked filter passes the check again, in every mode, and is not changed by it.
/// - Evaluating never fails, and agrees with negation and with the laws of De Morgan.
/// - Asked of users and groups together it means of each what it means of these alone.
pub fn run(data: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(data) else {
        return false;
    };
    let mut understood = false;
    for mode in MODES {
        let parsed = match filter::parse(text, mode) {
            Ok(parsed) => parsed,
            Err(error) => {
                refused(&error, text);
                continue;
            }
        };
        understood = true;
        if !mode.is_tolerant() {
            assert_eq!(
                filter::parse(text, Mode::Tolerant).as_ref(),
                Ok(&parsed),
                "{mode} against tolerant: {text}"
            );
        }
        reads_back(&parsed);
        let types = [ResourceType::user(), ResourceType::group()];
        for rt in &types {
            check(rt, &parsed, mode, text);
        }
        check_together([&*types[0], &*types[1]], &parsed, mode, text);
    }
    understood
}

fn check(rt: &ResourceType, parsed: &Filter, mode: Mode, text: &str) {
    let checked = match filter::check(rt, parsed.clone(), mode) {
        Ok(checked) => checked,
        Err(error) => return refused(&error, text),
    };
    reads_back(&checked);
    for again in MODES {
        // What was understood for a client has been written as the RFC has it: nothing is left to understand.
        assert_eq!(
            filter::check(rt, checked.clone(), again).as_ref(),
            Ok(&checked),
            "{again} after {mode}: {text}"
        );
    }
    if !mode.is_tolerant() {
        assert_eq!(
            filter::check(rt, parsed.clone(), Mode::Tolerant).as_ref(),
            Ok(&checked),
            "{text}"
        );
    }
    let not = |filter: &Filter| Filter::Not(Box::new(filter.clone()));
    for resource in stored::all(rt) {
        let answer = filter::matches(rt, &checked, resource);
        assert_eq!(
            filter::matches(rt, &not(&not(&checked)), resource),
            answer,
            "not not: {text}"
        );
        let turned = match &checked {
            Filter::And(parts) => Filter::Or(parts.iter().map(not).collect()),
            Filter::Or(parts) => Filter::And(parts.iter().map(not).collect()),
            other => not(other),
        };
        assert_ne!(
            filter::matches(rt, &turned, resource),
            answer,
            "De Morgan: {text}"
        );
    }
}

fn check_together(types: [&ResourceType; 2], parsed: &Filter, mode: Mode, text: &str) {
    let together = match filter::check_any(&types, parsed, mode) {
        Ok(together) => together,
        Err(error) => {
            refused(&error, text);
            let alone = types.map(|rt| filter::check(rt, parsed.clone(), mode).is_ok());
            assert_ne!(
                alone,
                [true, true],
                "refused of both together and of neither alone: {text}"
            );
            return;
        }
    };
    assert_eq!(together.len(), types.len(), "{text}");
    for (rt, together) in types.into_iter().zip(&together) {
        let Ok(alone) = filter::check(rt, parsed.clone(), mode) else {
            continue;
        };
        for resource in stored::all(rt) {
            assert_eq!(
                filter::matches(rt, together, resource),
                filter::matches(rt, &alone, resource),
                "{mode}, {} of both types: {text}",
                rt.name
            );
        }
    }
}

/// Printing may write more than was sent, escapes for instance, and so pass the limit.
fn reads_back(filter: &Filter) {
    let printed = filter.to_string();
    if printed.chars().count() > MAX_LENGTH {
        return;
    }
    for mode in MODES {
        assert_eq!(
            filter::parse(&printed, mode).as_ref(),
            Ok(filter),
            "{mode}: {printed}"
        );
    }
}

fn refused(error: &Error, text: &str) {
    assert_eq!(error.scim_type, ScimType::InvalidFilter, "{text}: {error}");
}
