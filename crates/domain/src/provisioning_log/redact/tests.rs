//! No secret gets through, whatever the shape of the request that carries it.

use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Value, json};
use wicketgate_scim::{
    Mode, Object, filter,
    patch::{apply, parse},
    resource::{Context, accept},
    schema::{ENTERPRISE_USER, USER},
};

use super::*;

/// What nobody may find in the log.
const SECRET: &str = "hunter2MARKER";

fn object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        other => panic!("{other} is no object"),
    }
}

/// Names under which a secret may be sent: none of them is one that the log keeps the value of.
fn secret_name() -> impl Strategy<Value = String> {
    select(vec![
        "password".to_owned(),
        "PassWord".to_owned(),
        "Password".to_owned(),
        format!("{USER}:password"),
        format!("{}:PASSWORD", USER.to_uppercase()),
        "password.value".to_owned(),
        "secret".to_owned(),
        "apiToken".to_owned(),
        "name.secret".to_owned(),
        "urn:example:params:scim:schemas:Unknown".to_owned(),
        "urn:example:params:scim:schemas:Unknown:pin".to_owned(),
        format!("{ENTERPRISE_USER}:password"),
        "credentials".to_owned(),
        "a b".to_owned(),
        String::new(),
    ])
}

/// The secret, as it is or wrapped in something.
fn secret_value() -> impl Strategy<Value = Value> {
    let texts = select(vec![
        SECRET.to_owned(),
        format!("x {SECRET} y"),
        format!("\"{SECRET}\""),
        format!("{SECRET}{}", "z".repeat(300)),
    ]);
    texts.prop_map(Value::from).prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 1..3).prop_map(Value::Array),
            (secret_name(), inner.clone()).prop_map(|(name, value)| json!({name: value})),
            inner.prop_map(|value| json!({"value": value})),
        ]
    })
}

/// A resource with the secret in some places, and with values that may be kept.
fn resource_body() -> impl Strategy<Value = Object> {
    let places = vec((secret_name(), secret_value(), 0..6_usize), 0..4);
    (places, option::of(secret_value()), any::<bool>()).prop_map(|(places, in_schemas, is_known)| {
        let mut body = object(json!({
            "schemas": [USER],
            "userName": "anna@example.com",
            "name": {"givenName": "Anna"},
            "emails": [{"value": "anna@example.com", "type": "work"}],
        }));
        if let Some(value) = in_schemas {
            body.insert(
                "schemas".to_owned(),
                if is_known { json!([USER, value]) } else { value },
            );
        }
        for (name, value, place) in places {
            match place {
                0 => {
                    body.insert(name, value);
                }
                1 => {
                    body.insert("name".to_owned(), json!({name: value}));
                }
                2 => {
                    body.insert("emails".to_owned(), json!([{"type": "work", name: value}]));
                }
                3 => {
                    body.insert(ENTERPRISE_USER.to_owned(), json!({name: value}));
                }
                4 => {
                    body.insert(USER.to_owned(), json!({name: value}));
                }
                _ => {
                    body.insert("userName".to_owned(), json!({name: value}));
                }
            }
        }
        body
    })
}

fn path() -> impl Strategy<Value = String> {
    select(vec![
        "password".to_owned(),
        " password ".to_owned(),
        "PASSWORD".to_owned(),
        format!("{USER}:password"),
        format!("password[value eq \"{SECRET}\"]"),
        format!("emails[password eq \"{SECRET}\"].value"),
        format!("emails[type eq \"work\" and secret eq \"{SECRET}\"]"),
        format!("emails[type eq \"{SECRET}"),
        format!("unknown[value eq \"{SECRET}\"].value"),
        format!("not a path {SECRET}"),
        format!("name.\"{SECRET}\""),
        "name.secret".to_owned(),
        "secret".to_owned(),
        format!("{ENTERPRISE_USER}:password"),
        ENTERPRISE_USER.to_owned(),
        USER.to_owned(),
        "schemas".to_owned(),
        "urn:example:params:scim:schemas:Unknown:pin".to_owned(),
    ])
}

fn patch_body() -> impl Strategy<Value = Object> {
    let operation = (
        select(vec![
            json!("add"),
            json!("Replace"),
            json!("remove"),
            json!(SECRET),
            json!({"x": SECRET}),
        ]),
        // A path that is a name is kept, as all names are.
        option::of(prop_oneof![
            path().prop_map(Value::from),
            secret_value().prop_filter("a name", |value| value != SECRET
                && !is_plain_name(value.as_str().unwrap_or(" "))),
        ]),
        option::of(prop_oneof![
            resource_body().prop_map(Value::Object),
            (secret_name(), secret_value()).prop_map(|(name, value)| json!({name: value})),
            (path(), secret_value()).prop_map(|(path, value)| json!({path: value})),
        ]),
        option::of((path(), secret_value())),
    )
        .prop_map(|(op, path, value, extra)| {
            let mut operation = Object::new();
            operation.insert("op".to_owned(), op);
            if let Some((path, _)) = &extra {
                operation.insert("path".to_owned(), json!(path));
                // Under a path that leads to what is kept, the value would rightly be kept.
                operation.insert("value".to_owned(), value.clone().unwrap_or(Value::Null));
            } else if let Some(path) = path {
                operation.insert("path".to_owned(), path);
                operation.insert("value".to_owned(), value.unwrap_or(Value::Null));
            } else {
                operation.insert("value".to_owned(), value.unwrap_or(Value::Null));
            }
            if let Some((_, value)) = extra {
                operation.insert("comment".to_owned(), value);
            }
            Value::Object(operation)
        });
    (vec(operation, 0..4), option::of(secret_value())).prop_map(|(operations, schemas)| {
        let mut body = Object::new();
        body.insert(
            "schemas".to_owned(),
            schemas.unwrap_or(json!(["urn:ietf:params:scim:api:messages:2.0:PatchOp"])),
        );
        body.insert("Operations".to_owned(), Value::Array(operations));
        body
    })
}

/// Everything that a detail could possibly quote.
fn all_texts(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
        Value::String(text) => texts.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| all_texts(value, texts)),
        Value::Object(members) => {
            for (name, value) in members {
                texts.push(name.clone());
                all_texts(value, texts);
            }
        }
    }
}

/// Fails where a secret is kept: in the text, or in a detail that quotes all of the body.
fn check(redacted: &body::Redacted, body: &Object, real: Option<String>) {
    let is_open = |text: &str| text.to_lowercase().contains(&SECRET.to_lowercase());
    assert!(!is_open(&redacted.text), "{}", redacted.text);
    serde_json::from_str::<Value>(&redacted.text)
        .unwrap_or_else(|error| panic!("{error}: {}", redacted.text));
    let mut texts = Vec::new();
    all_texts(&Value::Object(body.clone()), &mut texts);
    let quoting = texts.iter().flat_map(|text| {
        let cut: String = text.chars().take(100).collect();
        [
            format!("\"{text}\" is refused"),
            format!("{cut:?} is refused"),
            format!("The path {text} is refused"),
        ]
    });
    for told in quoting.chain(real) {
        let kept = detail(&told, &redacted.hidden);
        assert!(!is_open(&kept), "{told} became {kept}");
    }
}

proptest! {
    #[test]
    fn no_secret_in_a_resource_is_kept(body in resource_body()) {
        let rt = ResourceType::user();
        for (mode, context) in [(Mode::Tolerant, Context::Create), (Mode::Strict, Context::Replace), (Mode::Interop, Context::Create)] {
            let error = accept(&rt, mode, context, body.clone()).err().map(|error| error.detail);
            check(&resource(&rt, &body), &body, error);
        }
    }

    #[test]
    fn no_secret_in_operations_is_kept(body in patch_body()) {
        let rt = ResourceType::user();
        let held = object(json!({"userName": "anna@example.com", "active": true}));
        for mode in [Mode::Tolerant, Mode::Strict, Mode::Interop] {
            let error = parse(body.clone(), mode)
                .and_then(|request| apply(&rt, mode, &held, &request, None))
                .err()
                .map(|error| error.detail);
            check(&patch(&rt, &body), &body, error);
        }
    }

    #[test]
    fn no_secret_in_a_filter_is_kept(name in secret_name(), is_joined in any::<bool>()) {
        let rt = ResourceType::user();
        let term = format!("{name} eq \"{SECRET}\"");
        let text = if is_joined { format!("userName eq \"anna\" and not ({term})") } else { term };
        if let Ok(filter) = filter::parse(&text, Mode::Tolerant) {
            let mut hidden = Hidden::default();
            let shown = question(&[&rt], &filter, &mut hidden);
            prop_assert!(!shown.contains(SECRET), "{shown}");
            let error = filter::check(&rt, filter, Mode::Strict).err();
            let kept = detail(&error.map(|error| error.detail).unwrap_or_default(), &hidden);
            prop_assert!(!kept.contains(SECRET), "{kept}");
        }
    }
}

#[test]
fn what_the_organization_knows_is_kept_and_of_the_rest_the_names() {
    let rt = ResourceType::user();
    let body = object(json!({
        "schemas": [USER, "urn:x:y"],
        "userName": "anna@example.com",
        "password": SECRET,
        "name": {"givenName": "Anna", "secret": 1},
        "emails": [{"value": "anna@example.com", "type": "work"}],
        ENTERPRISE_USER: {"department": "Sales", "pin": "1234"},
        "favourite": {"colour": "blue"},
        "active": "True",
    }));
    let redacted: Value = serde_json::from_str(&resource(&rt, &body).text).unwrap();
    assert_eq!(
        redacted,
        json!({
            "schemas": [USER, "(hidden)"],
            "userName": "anna@example.com",
            "password": "(hidden)",
            "name": {"givenName": "Anna", "secret": "(hidden)"},
            "emails": [{"value": "anna@example.com", "type": "work"}],
            ENTERPRISE_USER: {"department": "Sales", "pin": "(hidden)"},
            "favourite": "(hidden)",
            "active": "True",
        })
    );
}

#[test]
fn the_path_of_an_operation_decides_what_is_kept_of_its_value() {
    let rt = ResourceType::user();
    let body = object(
        json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [
            {"op": "Replace", "path": "active", "value": "False"},
            {"op": "replace", "path": "PASSWORD", "value": "x"},
            {"op": "add", "path": "emails[type eq \"work\"].value", "value": "anna@example.com"},
            {"op": "add", "path": "emails[pin eq 7]", "value": {"value": "a", "pin": 7}},
            {"op": "add", "path": "(", "value": "x"},
            {"op": "add", "value": {"name.givenName": "Anna", "password": "x"}},
        ]}),
    );
    let redacted: Value = serde_json::from_str(&patch(&rt, &body).text).unwrap();
    assert_eq!(
        redacted["Operations"],
        json!([
            {"op": "Replace", "path": "active", "value": "False"},
            {"op": "replace", "path": "PASSWORD", "value": "(hidden)"},
            {"op": "add", "path": "emails[type eq \"work\"].value", "value": "anna@example.com"},
            {"op": "add", "path": "emails[pin eq \"(hidden)\"]", "value": "(hidden)"},
            {"op": "add", "path": "(unreadable)", "value": "(hidden)"},
            {"op": "add", "value": {"name.givenName": "Anna", "password": "(hidden)"}},
        ])
    );
}

#[test]
fn a_detail_keeps_its_words_and_what_may_be_quoted() {
    let mut hidden = Hidden::default();
    hidden.text("secret colour");
    assert_eq!(
        detail(
            "\"favourite\" is not \"secret col\": remove it from the mapping.",
            &hidden
        ),
        "\"favourite\" is not \"… …\": remove it from the mapping."
    );
    assert_eq!(
        detail("The body says \"a\" and \"b\".", &Hidden::everything()),
        "The body says \"…\"."
    );
}

#[test]
fn long_lists_and_bodies_are_cut_and_stay_json() {
    let rt = ResourceType::group();
    let members: Vec<Value> = (0..2_000)
        .map(|number| json!({"value": number.to_string()}))
        .collect();
    let text = resource(&rt, &object(json!({"displayName": "Pilots", "members": members}))).text;
    let redacted: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(redacted["members"].as_array().unwrap().len(), 21);
    assert_eq!(redacted["members"][20], "… and 1980 more");
    let rt = ResourceType::user();
    let many: Object = (0..5_000)
        .map(|number| (format!("attribute{number}"), json!("x")))
        .collect();
    let text = resource(&rt, &many).text;
    assert!(text.len() < 2 * LONGEST_BODY, "{}", text.len());
    serde_json::from_str::<Value>(&text).unwrap();
}
