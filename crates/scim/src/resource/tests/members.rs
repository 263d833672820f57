//! Members of a group.

use super::*;

fn members(mode: Mode, sent: Value) -> Value {
    read_group(mode, sent).unwrap().attributes["members"].clone()
}

#[test]
fn members_are_canonical_and_without_display() {
    let sent = json!([{"VALUE": "1", "display": "Babs", "$Ref": "/Users/1", "type": "User"}]);
    for mode in MODES {
        assert_eq!(
            members(mode, sent.clone()),
            json!([{"value": "1", "$ref": "/Users/1", "type": "User"}])
        );
    }
}

#[test]
fn no_members_are_an_empty_array_and_unmentioned_members_are_absent() {
    for sent in [json!([]), json!(null), json!([null])] {
        let accepted = read_group(Mode::Strict, sent).unwrap();
        assert_eq!(accepted.attributes["members"], json!([]));
        assert!(accepted.mentioned.contains("members"));
    }
    let body = object(json!({"schemas": [GROUP], "displayName": "Staff"}));
    let accepted = accept(&ResourceType::group(), Mode::Strict, Context::Replace, body).unwrap();
    assert_eq!(accepted.attributes.get("members"), None);
    assert!(!accepted.mentioned.contains("members"));
}

#[test]
fn a_member_is_named_once() {
    let sent = json!([{"value": "1"}, {"value": "2"}, {"value": "1", "type": "User"}]);
    assert_eq!(
        members(Mode::Strict, sent),
        json!([{"value": "1"}, {"value": "2"}])
    );
}

#[test]
fn a_member_may_be_a_bare_id_in_tolerant_mode_only() {
    for sent in [json!(["1"]), json!("1"), json!({"value": "1"})] {
        assert_eq!(members(Mode::Tolerant, sent), json!([{"value": "1"}]));
    }
    assert!(read_group(Mode::Strict, json!(["1"])).is_err());
}

#[test]
fn a_reference_that_is_null_does_no_harm() {
    assert_eq!(
        members(Mode::Strict, json!([{"value": "1", "$ref": null}])),
        json!([{"value": "1"}])
    );
}

#[test]
fn a_member_without_an_id_is_refused() {
    for mode in MODES {
        let error = read_group(mode, json!([{"value": "1"}, {"display": "Babs"}])).unwrap_err();
        assert_eq!(
            error.detail,
            "members[1].value is missing: send the id of the user or group"
        );
    }
}
