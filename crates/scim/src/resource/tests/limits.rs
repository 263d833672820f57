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

#[test]
fn a_certificate_is_read_to_its_own_limit() {
    let certificates = |length: usize| json!({"x509Certificates": [{"value": "A".repeat(length)}]});
    let at = certificates(MAX_BINARY_BYTES);
    assert_eq!(stored(Mode::Strict, at.clone()), at);
    assert_eq!(
        refused(Mode::Strict, certificates(MAX_BINARY_BYTES + 1)),
        invalid_value("x509Certificates[0].value has 16385 bytes: at most 16384 are allowed")
    );
    let display = json!({"x509Certificates": [{"value": "A", "display": "x".repeat(MAX_VALUE_BYTES + 1)}]});
    assert_eq!(refused(Mode::Strict, display).0, ScimType::InvalidValue);
}

#[test]
fn undeclared_extensions_are_read_to_their_limits() {
    let extensions = |count: usize| -> Value {
        (0..count)
            .map(|number| (format!("urn:example:{number}"), json!({"a": 1})))
            .collect()
    };
    let at = extensions(MAX_UNDECLARED_EXTENSIONS);
    assert_eq!(stored(Mode::Tolerant, at.clone()), at);
    let (_, detail) = refused(Mode::Tolerant, extensions(MAX_UNDECLARED_EXTENSIONS + 1));
    assert!(detail.contains("more than 100 extensions"), "{detail}");

    let members = |count: usize| -> Value {
        let members: Value = (0..count)
            .map(|number| (format!("a{number}"), json!(1)))
            .collect();
        json!({"urn:example:a": {"list": [members]}})
    };
    let at = members(MAX_UNDECLARED_MEMBERS);
    assert_eq!(stored(Mode::Tolerant, at.clone()), at);
    assert_eq!(
        refused(Mode::Tolerant, members(MAX_UNDECLARED_MEMBERS + 1)),
        invalid_value("urn:example:a.list[0] has 257 members: at most 256 are allowed")
    );
}

#[test]
fn a_character_that_no_database_keeps_is_refused_wherever_it_stands() {
    for (sent, place) in [
        (json!({"title": "a\0"}), "title"),
        (json!({"externalId": "\0"}), "externalId"),
        (json!({"name": {"givenName": "\0"}}), "name.givenName"),
        (
            json!({"x509Certificates": [{"value": "A\0"}]}),
            "x509Certificates[0].value",
        ),
        (json!({"urn:example:a": {"b": ["\0"]}}), "urn:example:a.b[0]"),
        (json!({"urn:example:a": {"b\0": 1}}), "urn:example:a.b\u{FFFD}"),
        (json!({"urn:example:\0": {"b": 1}}), "urn:example:\u{FFFD}"),
    ] {
        let (scim_type, detail) = refused(Mode::Tolerant, sent.clone());
        assert_eq!(scim_type, ScimType::InvalidValue, "{sent}");
        assert_eq!(
            detail,
            format!("{place} contains the character U+0000: remove it")
        );
        let mut resource = object(sent);
        resource.insert("userName".to_owned(), json!("x"));
        assert_eq!(
            validate(&ResourceType::user(), &resource).unwrap_err().detail,
            detail
        );
    }
}
