//! What each operator answers for each kind of attribute.

use serde_json::json;

use super::*;
use crate::{
    filter::{check, parse},
    mode::Mode,
};

fn babs() -> Object {
    let resource = json!({
        "id": "2819c223",
        "externalId": "Ext-1",
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "Bjensen@Example.com",
        "name": {"familyName": "Jensen", "givenName": "Bärbel"},
        "title": "Boss",
        "active": true,
        "emails": [
            {"value": "b@work.org", "type": "work", "primary": true},
            {"value": "b@home.org", "type": "home"},
            {"value": "b@else.org"}
        ],
        "x509Certificates": [{"value": "QUJD"}],
        "meta": {"lastModified": "2026-05-13T04:42:34.000Z", "version": "W/\"1\""},
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
            "department": "Sales", "manager": {"value": "M-1"}
        }
    });
    resource.as_object().unwrap().clone()
}

fn holds(text: &str) -> bool {
    let rt = ResourceType::user();
    let filter = check(&rt, parse(text, Mode::Strict).unwrap(), Mode::Strict).unwrap();
    matches(&rt, &filter, &babs())
}

fn all_hold(texts: &[&str]) {
    for text in texts {
        assert!(holds(text), "{text}");
        assert!(!holds(&format!("not ({text})")), "not ({text})");
    }
}

fn none_holds(texts: &[&str]) {
    for text in texts {
        assert!(!holds(text), "{text}");
        assert!(holds(&format!("not ({text})")), "not ({text})");
    }
}

#[test]
fn text_is_compared_as_its_attribute_regards_case() {
    all_hold(&[
        "userName eq \"bjensen@EXAMPLE.com\"",
        "userName co \"JENSEN\"",
        "userName sw \"bJ\"",
        "userName sw \"bjensen@example.com\"",
        "userName ew \".COM\"",
        "externalId eq \"Ext-1\"",
        "name.givenName eq \"BÄRBEL\"",
        "name.givenName eq \"ba\\u0308rbel\"",
    ]);
    none_holds(&[
        "externalId eq \"ext-1\"",
        "externalId co \"EXT\"",
        "meta.version eq \"w/\\\"1\\\"\"",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq \"m-1\"",
        "userName eq \"bjensen\"",
        "name.givenName eq \"Barbel\"",
    ]);
}

#[test]
fn text_has_an_order() {
    all_hold(&[
        "title gt \"boa\"",
        "title ge \"BOSS\"",
        "title le \"boss\"",
        "title lt \"bot\"",
    ]);
    none_holds(&["title gt \"boss\"", "title lt \"boss\"", "title ge \"bot\""]);
}

#[test]
fn booleans_are_equal_or_not() {
    all_hold(&["active eq true", "active ne false"]);
    none_holds(&["active eq false", "active ne true"]);
}

#[test]
fn dates_are_compared_in_time_not_as_text() {
    all_hold(&[
        "meta.lastModified eq \"2026-05-13T06:42:34+02:00\"",
        "meta.lastModified gt \"2026-05-13T05:42:33+01:00\"",
        "meta.lastModified lt \"2026-05-13T04:42:34.5Z\"",
        "meta.lastModified ge \"2026-05-13T04:42:34Z\"",
    ]);
    none_holds(&[
        "meta.lastModified lt \"2026-05-13T04:42:34Z\"",
        "meta.lastModified ne \"2026-05-13T04:42:34Z\"",
    ]);
}

#[test]
fn one_of_several_values_suffices() {
    all_hold(&[
        "emails.type eq \"home\"",
        "emails co \"home.org\"",
        "emails.type ne \"work\"",
        "emails.type eq \"work\" and emails.value eq \"b@home.org\"",
    ]);
    none_holds(&["emails.type eq \"other\""]);
}

#[test]
fn brackets_ask_one_element_for_everything() {
    all_hold(&[
        "emails[type eq \"work\" and value co \"@work\"]",
        "emails[type eq \"home\" or value ew \"x\"]",
        "emails[not (type pr)]",
        "emails[type eq \"work\"].value eq \"B@work.org\"",
        "emails[primary eq true].value pr",
        "name[givenName sw \"B\"]",
    ]);
    none_holds(&[
        "emails[type eq \"work\" and value co \"@home\"]",
        "emails[type eq \"work\"].value eq \"b@home.org\"",
        "phoneNumbers[type eq \"work\"]",
        "phoneNumbers[not (type eq \"work\")]",
        "emails[not (type pr)].type pr",
    ]);
}

#[test]
fn presence_needs_something_in_it() {
    all_hold(&[
        "userName pr",
        "emails pr",
        "name pr",
        "emails.type pr",
        "active pr",
    ]);
    none_holds(&[
        "nickName pr",
        "phoneNumbers pr",
        "name.middleName pr",
        "emails.display pr",
    ]);
    for empty in [
        json!(null),
        json!(""),
        json!([]),
        json!({}),
        json!([{"value": ""}]),
    ] {
        assert!(!is_present(&empty), "{empty}");
    }
    assert!(is_present(&json!(false)) && is_present(&json!(0)));
}

#[test]
fn null_means_unassigned() {
    all_hold(&[
        "nickName eq null",
        "userName ne null",
        "emails.display eq null",
        "emails.type ne null",
    ]);
    none_holds(&["nickName ne null", "userName eq null", "emails.type eq null"]);
}

#[test]
fn of_an_unassigned_attribute_only_ne_is_true() {
    for op in ["eq", "co", "sw", "ew", "gt", "ge", "lt", "le"] {
        none_holds(&[
            &format!("nickName {op} \"x\""),
            &format!("phoneNumbers.value {op} \"x\""),
        ]);
    }
    all_hold(&["nickName ne \"x\"", "phoneNumbers.type ne \"work\""]);
}

#[test]
fn precedence_is_not_then_and_then_or() {
    all_hold(&[
        "title pr or nickName pr and nickName pr",
        "(userName eq \"x\" or title eq \"boss\") and active eq true",
        "not (title eq \"x\") and active eq true",
    ]);
    none_holds(&[
        "(title pr or nickName pr) and nickName pr",
        "not (title eq \"x\" or active eq true)",
    ]);
}

#[test]
fn extensions_schemas_and_binary_values_are_compared() {
    all_hold(&[
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq \"sales\"",
        "schemas eq \"urn:ietf:params:scim:schemas:core:2.0:User\"",
        "x509Certificates.value eq \"QUJD\"",
    ]);
    none_holds(&["x509Certificates.value eq \"qujd\""]);
}

#[test]
fn an_element_that_holds_nothing_is_no_element() {
    let rt = ResourceType::user();
    let user =
        json!({"emails": [{"value": ""}, {"value": "a@b", "type": "work"}], "phoneNumbers": [{"value": ""}]});
    for text in [
        "emails.type ne \"work\"",
        "emails[not (type pr)]",
        "phoneNumbers[not (type pr)]",
    ] {
        let filter = check(&rt, parse(text, Mode::Strict).unwrap(), Mode::Strict).unwrap();
        assert!(!matches(&rt, &filter, user.as_object().unwrap()), "{text}");
    }
}

#[test]
fn large_integers_are_compared_exactly() {
    for (a, b) in [
        ("9007199254740993", "9007199254740992.0"),
        ("9223372036854775807", "9223372036854774784.0"),
        ("-1", "-1.5"),
        ("18446744073709551615", "9223372036854775807"),
        ("-9223372036854775808", "-1e300"),
        ("2", "1.9"),
    ] {
        let number = |text: &str| serde_json::from_str::<Number>(text).unwrap();
        assert_eq!(
            numeric(&number(a), &number(b)),
            Some(Ordering::Greater),
            "{a} {b}"
        );
        assert_eq!(numeric(&number(b), &number(a)), Some(Ordering::Less), "{b} {a}");
    }
}
