//! The grammar, its precedence, its limits and its messages.

use super::*;
use crate::error::ScimType;

fn strict(text: &str) -> Filter {
    parse(text, Mode::Strict).unwrap()
}

fn refusal(text: &str, mode: Mode) -> String {
    let error = parse(text, mode).unwrap_err();
    assert_eq!(error.scim_type, ScimType::InvalidFilter);
    error.detail
}

fn same(a: &str, b: &str) {
    assert_eq!(strict(a), strict(b));
}

#[test]
fn and_binds_tighter_than_or_and_not_tightest() {
    same("a pr or b pr and c pr", "a pr or (b pr and c pr)");
    same("not (a pr) and b pr", "(not (a pr)) and b pr");
    assert_ne!(strict("a pr or b pr and c pr"), strict("(a pr or b pr) and c pr"));
}

#[test]
fn a_leading_not_stands_with_and_without_a_space() {
    same("not(a pr)", "NOT  ( a pr )");
    same("a pr and not(b pr)", "a pr and not (b pr)");
}

#[test]
fn operators_and_words_have_no_case() {
    same(
        "userName Eq \"john\" AND title PR",
        "userName eq \"john\" and title pr",
    );
}

#[test]
fn every_operator_is_read() {
    for op in CompareOp::ALL {
        let text = format!("userName {op} \"x\"");
        assert_eq!(strict(&text).to_string(), text);
    }
}

#[test]
fn every_literal_is_read() {
    for literal in ["null", "true", "false", "1", "-2", "1.5", "\"\""] {
        assert_eq!(
            strict(&format!("a eq {literal}")).to_string(),
            format!("a eq {literal}")
        );
    }
}

#[test]
fn json_escapes_are_resolved_and_delimiters_in_text_split_nothing() {
    let Filter::Compare { value, .. } = strict(r#"a eq "\u00e9\"\\ (and] or: a.b + c \\""#) else {
        panic!("expected one comparison");
    };
    assert_eq!(value, Literal::String("é\"\\ (and] or: a.b + c \\".to_owned()));
}

#[test]
fn a_urn_path_is_split_at_its_last_colon() {
    let Filter::Compare { path, .. } =
        strict("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq \"1\"")
    else {
        panic!("expected one comparison");
    };
    assert_eq!(path.name, "manager");
    assert_eq!(path.sub.as_deref(), Some("value"));
}

#[test]
fn a_value_path_holds_a_filter_of_its_own() {
    let Filter::ValuePath { path, filter, then } = strict("emails[type eq \"work\" and value co \"@x\"]")
    else {
        panic!("expected a value path");
    };
    assert_eq!(path, AttrPath::simple("emails"));
    assert!(matches!(*filter, Filter::And(_)));
    assert_eq!(then, None);
}

#[test]
fn entra_compares_a_part_of_the_selected_value() {
    let Filter::ValuePath { then, .. } = strict("emails[type eq \"work\"].value eq \"a@b.c\"") else {
        panic!("expected a value path");
    };
    assert_eq!(
        then,
        Some((
            "value".to_owned(),
            CompareOp::Eq,
            Literal::String("a@b.c".to_owned())
        ))
    );
}

#[test]
fn presence_of_a_part_of_the_selected_value_is_not_null() {
    same(
        "emails[type eq \"work\"].value pr",
        "emails[type eq \"work\"].value ne null",
    );
}

#[test]
fn entra_and_the_rfc_samples_leave_out_the_quotes() {
    for (bare, quoted) in [
        ("externalId eq jyoung", "externalId eq \"jyoung\""),
        (
            "(meta.resourceType eq User) or userName sw J",
            "(meta.resourceType eq \"User\") or userName sw \"J\"",
        ),
        ("emails[value eq a+b@x.org]", "emails[value eq \"a+b@x.org\"]"),
        ("active eq True", "active eq \"True\""),
        ("externalId eq 007", "externalId eq \"007\""),
    ] {
        assert_eq!(parse(bare, Mode::Tolerant).unwrap(), strict(quoted));
        assert!(refusal(bare, Mode::Strict).contains("double quotes"), "{bare}");
    }
}

#[test]
fn a_quoting_mistake_is_never_taken_as_part_of_the_value() {
    for text in ["a eq 'x'", "a eq x\"y\"", "a eq \\\"x\\\""] {
        refusal(text, Mode::Tolerant);
    }
}

#[test]
fn a_compound_filter_is_never_cut_to_its_first_clause() {
    for text in [
        "userName eq \"a\" userName eq \"b\"",
        "userName eq \"a\" &and title pr",
        "userName eq \"a\")",
        "userName eq \"a\" and",
        "userName eq john smith",
    ] {
        refusal(text, Mode::Tolerant);
    }
}

#[test]
fn garbage_is_refused_in_every_mode() {
    for text in [
        "",
        " ",
        "(",
        ")",
        "()",
        "not",
        "not a pr",
        "a",
        "a eq",
        "a eq \"",
        "a eq \"\\x\"",
        "a..b pr",
        "a.b.c pr",
        "[a pr]",
        "a[",
        "a[]",
        "a[b pr",
        "a[b[c pr]]",
        "a.b[c pr]",
        "a[b pr].",
        "a[b pr].c",
        "a[b pr]c pr",
        "a eq \"\\u0000\"",
        "a eq \"\\ud800\"",
        "a eq \"x\"]",
        "(a pr]",
        "1a pr",
        "a pr b",
        "and",
        "a eq 1 or",
    ] {
        for mode in [Mode::Tolerant, Mode::Strict, Mode::Interop] {
            refusal(text, mode);
        }
    }
}

#[test]
fn the_refusal_names_position_word_and_expectation() {
    assert_eq!(
        refusal("userName regex \"x\"", Mode::Strict),
        "The filter is not understood at character 10: expected an operator: eq, ne, co, sw, ew, gt, ge, lt, le or \
         pr, found \"regex\"."
    );
    assert_eq!(
        refusal("título eq", Mode::Strict),
        "The filter is not understood at character 1: \"título\" is not an attribute name."
    );
    assert!(refusal("a eq \"é\" x", Mode::Strict).contains("at character 10:"));
    assert!(refusal("(a pr", Mode::Strict).ends_with("expected \"and\", \"or\" or \")\", found the end."));
}

#[test]
fn a_filter_of_4096_characters_is_read_and_a_longer_one_refused() {
    let filter = |length: usize| format!("a eq \"{}\"", "é".repeat(length - 7));
    assert!(parse(&filter(4_096), Mode::Strict).is_ok());
    assert!(refusal(&filter(4_097), Mode::Strict).contains("4096"));
}

#[test]
fn twelve_levels_are_read_and_thirteen_refused() {
    let nested = |open: &str, levels: usize, inner: &str| {
        format!("{}{inner}{}", open.repeat(levels), ")".repeat(levels))
    };
    for open in ["(", "not ("] {
        assert!(parse(&nested(open, 12, "a pr"), Mode::Strict).is_ok());
        assert!(refusal(&nested(open, 13, "a pr"), Mode::Strict).contains("deeper than 12"));
        assert!(parse(&nested(open, 11, "a[b pr]"), Mode::Strict).is_ok());
        refusal(&nested(open, 12, "a[b pr]"), Mode::Strict);
    }
    refusal(&"(".repeat(4_000), Mode::Strict);
}

#[test]
fn levels_are_counted_in_depth_not_in_number() {
    let groups = vec!["(a pr)"; 40].join(" and ");
    assert!(parse(&groups, Mode::Strict).is_ok());
}

#[test]
fn sixty_four_comparisons_are_read_and_more_refused() {
    let filter = |terms: usize| vec!["a pr"; terms].join(" or ");
    assert!(parse(&filter(64), Mode::Strict).is_ok());
    assert!(refusal(&filter(65), Mode::Strict).contains("64"));
    assert!(refusal(&format!("{} or a[b pr].c pr", filter(63)), Mode::Strict).contains("64"));
}
