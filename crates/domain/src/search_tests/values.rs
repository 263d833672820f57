//! Random resources, with values that databases are known to take differently.

use std::sync::{Arc, OnceLock};

use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Value, json};
use wicketgate_scim::schema::{self, Attribute, ENTERPRISE_USER, Extension, ResourceType, Schema, Type};

pub(super) const EXTENSION: &str = "urn:example:agreement:2.0:User";

/// A user with an attribute of every type in an extension. Two of them are indexed.
pub(super) fn extended() -> Arc<ResourceType> {
    static EXTENDED: OnceLock<Arc<ResourceType>> = OnceLock::new();
    Arc::clone(EXTENDED.get_or_init(|| {
        let attribute = |name: &str, kind: Type| Attribute::new(name, kind, "");
        let plural = |name: &str, kind: Type| Attribute {
            multi_valued: true,
            ..attribute(name, kind)
        };
        let exact = Attribute {
            case_exact: true,
            indexed: true,
            ..attribute("exact", Type::String)
        };
        let tags = Attribute {
            indexed: true,
            ..plural("tags", Type::String)
        };
        let stays = Attribute {
            sub_attributes: vec![
                attribute("value", Type::Decimal),
                attribute("from", Type::DateTime),
                attribute("paid", Type::Boolean),
                attribute("type", Type::String),
            ],
            ..plural("stays", Type::Complex)
        };
        let mut rt = ResourceType::clone(&ResourceType::user());
        rt.extensions.push(Extension {
            schema: Schema {
                id: EXTENSION.to_owned(),
                name: "Agreement".to_owned(),
                description: String::new(),
                attributes: vec![
                    exact,
                    attribute("insured", Type::Boolean),
                    attribute("level", Type::Integer),
                    attribute("ratio", Type::Decimal),
                    attribute("hired", Type::DateTime),
                    attribute("page", Type::Reference),
                    attribute("badge", Type::Binary),
                    plural("dates", Type::DateTime),
                    plural("numbers", Type::Decimal),
                    tags,
                    stays,
                ],
            },
            required: false,
        });
        Arc::new(rt)
    }))
}

fn texts() -> Vec<String> {
    let mut texts: Vec<String> = [
        "a",
        "A",
        "ann",
        "Anna",
        "aNNa",
        "straße",
        "STRASSE",
        "İ",
        "i\u{307}",
        "ｆｕｌｌ",
        "FULL",
        "e\u{301}",
        "É",
        "a b",
        "%",
        "_",
        "o'x",
        "{}",
        "a\"b\\c",
        "work",
        "Work",
        "home",
        "x",
        "User",
        "direct",
        "Group",
        "W/\"1\"",
        "\u{1F600}",
        "\u{FFFF}",
        "-",
        "0",
        "group 0",
        "user0",
        schema::USER,
        ENTERPRISE_USER,
        EXTENSION,
    ]
    .map(str::to_owned)
    .to_vec();
    texts.push("x".repeat(600));
    texts.push(format!("{}y", "x".repeat(600)));
    texts.push("ｱ".repeat(200));
    texts
}

/// Often one of a few that are alike, so that questions and resources meet.
pub(super) fn any_text() -> impl Strategy<Value = String> {
    let alike = select(
        &[
            "a", "ann", "Anna", "aNNa", "banana", "anab", "straße", "STRASSE", "work",
        ][..],
    );
    prop_oneof![3 => alike.prop_map(str::to_owned), 2 => select(texts())]
}

pub(super) fn any_date() -> impl Strategy<Value = String> {
    select(
        &[
            "2026-06-01T09:00:00Z",
            "2026-06-01T11:00:00.001+02:00",
            "2026-06-01T09:00:00.0005Z",
            "2026-06-01T09:00:00.000000001Z",
            "2026-06-01T08:59:59.9999Z",
            "2026-06-01T09:00:00.002Z",
            "1969-12-31T23:59:59.9Z",
            "0001-01-01T00:00:00+14:00",
            "9999-12-30T22:00:00.999999999Z",
        ][..],
    )
    .prop_map(str::to_owned)
}

fn any_whole() -> impl Strategy<Value = Value> {
    select(vec![
        json!(0),
        json!(1),
        json!(-1),
        json!(10),
        json!(i64::MAX),
        json!(i64::MAX - 1),
        json!(i64::MIN),
        json!(9_007_199_254_740_993_i64),
        json!(9_223_372_036_854_774_900_i64),
    ])
}

pub(super) fn any_number() -> impl Strategy<Value = Value> {
    prop_oneof![
        any_whole(),
        select(vec![
            json!(0.1),
            json!(0.5),
            json!(-0.0),
            json!(1.0),
            json!(9_007_199_254_740_992.0),
            json!(9.223_372_036_854_775e18),
            json!(-9.223_372_036_854_775e18),
            json!(1e300),
            json!(-1e300),
            json!(5e-324),
            json!(0.300_000_000_000_000_04),
        ])
    ]
}

fn object(members: Vec<(&str, Option<Value>)>) -> Value {
    let present = members
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(present.collect())
}

fn text() -> impl Strategy<Value = Option<Value>> {
    option::of(any_text().prop_map(Value::from))
}

fn flag() -> impl Strategy<Value = Option<Value>> {
    option::of(any::<bool>().prop_map(Value::from))
}

fn date() -> impl Strategy<Value = Option<Value>> {
    option::of(any_date().prop_map(Value::from))
}

prop_compose! {
    fn any_stay()(value in option::of(any_number()), from in date(), paid in flag(), kind in text()) -> Value {
        object(vec![("value", value), ("from", from), ("paid", paid), ("type", kind)])
    }
}

prop_compose! {
    fn any_extension()(
        exact in text(), insured in flag(), level in option::of(any_whole()), ratio in option::of(any_number()),
        hired in date(), page in text(), badge in option::of(select(vec![json!("QUJD"), json!("eA==")])),
        dates in option::of(vec(any_date(), 0..3).prop_map(Value::from)),
        numbers in option::of(vec(any_number(), 0..3).prop_map(Value::from)),
        tags in option::of(vec(any_text(), 0..3).prop_map(Value::from)),
        stays in option::of(vec(any_stay(), 0..3).prop_map(Value::from)),
    ) -> Value {
        object(vec![
            ("exact", exact), ("insured", insured), ("level", level), ("ratio", ratio), ("hired", hired),
            ("page", page), ("badge", badge), ("dates", dates), ("numbers", numbers), ("tags", tags), ("stays", stays),
        ])
    }
}

prop_compose! {
    fn any_email()(value in text(), kind in text()) -> Value {
        object(vec![("value", value), ("type", kind)])
    }
}

prop_compose! {
    pub(super) fn any_user()(
        name in any_text(), family in text(), given in text(), display in text(), title in text(), active in flag(),
        external in text(), emails in option::of(vec(any_email(), 0..3)), primary in 0..4_usize,
        department in text(), number in text(), manager in option::of(0..4_usize),
        extension in option::of(any_extension()),
    ) -> (String, Value, Option<usize>) {
        let emails = emails.map(|mut emails| {
            if let Some(email) = emails.get_mut(primary) {
                email["primary"] = json!(true);
            }
            Value::from(emails)
        });
        let external = external.map(|text| Value::String(text.as_str().unwrap_or_default().chars().take(400).collect()));
        let body = object(vec![
            ("name", Some(object(vec![("familyName", family), ("givenName", given)]))),
            ("displayName", display), ("title", title), ("active", active), ("externalId", external),
            ("emails", emails),
            (ENTERPRISE_USER, Some(object(vec![("department", department), ("employeeNumber", number)]))),
            (EXTENSION, extension),
        ]);
        (name, body, manager)
    }
}
