//! Each limit, reached and passed.

use super::*;

#[test]
fn a_value_is_read_to_the_limit_and_refused_past_it() {
    let at = json!({"title": "x".repeat(MAX_VALUE_BYTES)});
    assert_eq!(stored(Mode::Tolerant, at.clone()), at);
    assert_eq!(
        refused(Mode::Tolerant, json!({"title": "x".repeat(MAX_VALUE_BYTES + 1)})),
        invalid_value("title has 2049 bytes: at most 2048 are allowed")
    );
}

#[test]
fn user_name_and_external_id_are_limited_in_characters() {
    let user = |text: String| read(Mode::Strict, json!({"schemas": [USER], "userName": text}));
    assert!(user("é".repeat(MAX_USER_NAME_CHARS)).is_ok());
    assert_eq!(
        user("é".repeat(MAX_USER_NAME_CHARS + 1)).unwrap_err().detail,
        "userName has 257 characters: at most 256 are allowed"
    );
    let external = |text: String| read_with(Mode::Strict, json!({"externalId": text}));
    assert!(external("😀".repeat(MAX_EXTERNAL_ID_CHARS)).is_ok());
    assert_eq!(
        external("x".repeat(MAX_EXTERNAL_ID_CHARS + 1))
            .unwrap_err()
            .detail,
        "externalId has 513 characters: at most 512 are allowed"
    );
}

#[test]
fn values_are_read_to_the_limit_and_refused_past_it() {
    let emails = |count: usize| {
        let emails: Vec<Value> = (0..count).map(|i| json!({"value": i.to_string()})).collect();
        json!({"emails": emails})
    };
    assert_eq!(stored(Mode::Tolerant, emails(MAX_VALUES)), emails(MAX_VALUES));
    assert_eq!(
        refused(Mode::Tolerant, emails(MAX_VALUES + 1)),
        invalid_value("emails has 101 values: at most 100 are allowed")
    );
}

#[test]
fn members_are_read_to_the_limit_and_refused_past_it() {
    let members = |count: usize| -> Value { (0..count).map(|i| json!({"value": i.to_string()})).collect() };
    let accepted = read_group(Mode::Tolerant, members(MAX_MEMBERS)).unwrap();
    assert_eq!(
        accepted.attributes["members"].as_array().unwrap().len(),
        MAX_MEMBERS
    );
    assert_eq!(
        read_group(Mode::Tolerant, members(MAX_MEMBERS + 1))
            .unwrap_err()
            .detail,
        "members has 100001 values: at most 100000 are allowed"
    );
}
