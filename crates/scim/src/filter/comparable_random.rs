//! Random users, with an attribute of every type, and random filters for them.

use std::sync::Arc;

use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::json;

use super::{
    super::{CompareOp, Filter},
    *,
};
use crate::{
    path::AttrPath,
    schema::{Extension, Schema},
};

pub(super) const EXTENSION: &str = "urn:example:comparable:2.0:User";

/// A user with an attribute of every type in an extension.
pub(super) fn every_type() -> ResourceType {
    let attribute = |name: &str, kind: Type| Attribute::new(name, kind, "");
    let mut exact = attribute("exact", Type::String);
    exact.case_exact = true;
    let mut dates = attribute("dates", Type::DateTime);
    dates.multi_valued = true;
    let mut stays = attribute("stays", Type::Complex);
    stays.multi_valued = true;
    stays.sub_attributes = vec![
        attribute("value", Type::Decimal),
        attribute("from", Type::DateTime),
        attribute("paid", Type::Boolean),
        attribute("type", Type::String),
        exact.clone(),
    ];
    let mut rt = ResourceType::clone(&Arc::clone(&ResourceType::user()));
    rt.extensions.push(Extension {
        schema: Schema {
            id: EXTENSION.to_owned(),
            name: "Comparable".to_owned(),
            description: String::new(),
            attributes: vec![
                exact,
                attribute("insured", Type::Boolean),
                attribute("level", Type::Integer),
                attribute("ratio", Type::Decimal),
                attribute("hired", Type::DateTime),
                attribute("page", Type::Reference),
                attribute("badge", Type::Binary),
                dates,
                stays,
            ],
        },
        required: false,
    });
    rt
}

fn any_text() -> impl Strategy<Value = String> {
    select(
        &[
            "", "a", "A", "b", "ab", "aB", "é", "E\u{301}", "ß", "SS", "ａ", "Z", "_", "%",
        ][..],
    )
    .prop_map(str::to_owned)
}

fn any_date() -> impl Strategy<Value = String> {
    select(
        &[
            "2026-05-13T04:42:34Z",
            "2026-05-13T06:42:34+02:00",
            "2026-05-13T04:42:34.5Z",
            "0000-01-01T00:00:00+14:00",
            "9999-12-30T22:00:00.999999999Z",
            "1969-12-31T23:59:59.9Z",
        ][..],
    )
    .prop_map(str::to_owned)
}

fn any_number() -> impl Strategy<Value = Value> {
    select(vec![
        json!(-1),
        json!(0),
        json!(-0.0),
        json!(0.5),
        json!(1),
        json!(1.0),
        json!(10),
    ])
}

fn object(members: Vec<(&str, Option<Value>)>) -> Value {
    let present = members
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(present.collect())
}

prop_compose! {
    fn any_stay()(
        value in option::of(any_number()),
        from in option::of(any_date().prop_map(Value::from)),
        paid in option::of(any::<bool>().prop_map(Value::from)),
        kind in option::of(any_text().prop_map(Value::from)),
        exact in option::of(any_text().prop_map(Value::from)),
    ) -> Value {
        object(vec![("value", value), ("from", from), ("paid", paid), ("type", kind), ("exact", exact)])
    }
}

prop_compose! {
    fn any_extension()(
        exact in option::of(any_text().prop_map(Value::from)),
        insured in option::of(any::<bool>().prop_map(Value::from)),
        level in option::of((-1..2_i64).prop_map(Value::from)),
        ratio in option::of(any_number()),
        hired in option::of(any_date().prop_map(Value::from)),
        page in option::of(any_text().prop_map(Value::from)),
        badge in option::of(any_text().prop_map(Value::from)),
        dates in option::of(vec(any_date(), 0..3).prop_map(Value::from)),
        stays in option::of(vec(any_stay(), 0..3).prop_map(Value::from)),
    ) -> Value {
        object(vec![
            ("exact", exact), ("insured", insured), ("level", level), ("ratio", ratio), ("hired", hired),
            ("page", page), ("badge", badge), ("dates", dates), ("stays", stays),
        ])
    }
}

prop_compose! {
    pub(super) fn any_user()(
        title in option::of(any_text().prop_map(Value::from)),
        external in option::of(any_text().prop_map(Value::from)),
        name in option::of(any_text().prop_map(|text| json!({"familyName": text}))),
        emails in option::of(vec((any_text(), any_text()), 0..3)),
        extension in option::of(any_extension()),
    ) -> Object {
        let emails = emails.map(|emails| emails.into_iter().map(|(value, kind)| json!({"value": value, "type": kind})).collect());
        let user = object(vec![
            ("title", title), ("externalId", external), ("name", name), ("emails", emails), (EXTENSION, extension),
        ]);
        user.as_object().unwrap().clone()
    }
}

const PATHS: [(&str, &str); 17] = [
    ("", "title"),
    ("", "externalId"),
    ("", "name.familyName"),
    ("", "emails.value"),
    ("", "emails.type"),
    (EXTENSION, "exact"),
    (EXTENSION, "insured"),
    (EXTENSION, "level"),
    (EXTENSION, "ratio"),
    (EXTENSION, "hired"),
    (EXTENSION, "page"),
    (EXTENSION, "badge"),
    (EXTENSION, "dates"),
    (EXTENSION, "stays.value"),
    (EXTENSION, "stays.from"),
    (EXTENSION, "stays.paid"),
    (EXTENSION, "stays.exact"),
];

const BRACKETS: [(&str, &str, &[&str]); 3] = [
    ("", "name", &["familyName", "givenName"]),
    ("", "emails", &["value", "type", "display"]),
    (EXTENSION, "stays", &["value", "from", "paid", "type", "exact"]),
];

fn any_literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        1 => Just(Literal::Null),
        3 => any_text().prop_map(Literal::String),
        3 => any_date().prop_map(Literal::String),
        2 => any::<bool>().prop_map(Literal::Bool),
        3 => any_number().prop_map(|number| match number {
            Value::Number(number) => Literal::Number(number),
            other => panic!("{other}"),
        }),
    ]
}

fn any_term() -> impl Strategy<Value = Filter> {
    let path = select(&PATHS[..]).prop_map(|(urn, name)| AttrPath {
        urn: (!urn.is_empty()).then(|| urn.to_owned()),
        ..AttrPath::parse(name).unwrap()
    });
    let compare = (path.clone(), select(&CompareOp::ALL[..]), any_literal())
        .prop_map(|(path, op, value)| Filter::Compare { path, op, value });
    let in_brackets = select(&BRACKETS[..]).prop_flat_map(|(urn, name, subs)| {
        let term = || (select(subs), select(&CompareOp::ALL[..]), any_literal());
        (term(), any::<bool>(), option::of(term()), option::of(term())).prop_map(
            move |(first, not, second, then)| {
                let compare = |(sub, op, value): (&str, CompareOp, Literal)| {
                    let path = AttrPath::simple(sub);
                    Filter::Compare { path, op, value }
                };
                let mut filter = compare(first);
                if not {
                    filter = Filter::Not(Box::new(filter));
                }
                if let Some(second) = second {
                    filter = Filter::And(vec![filter, compare(second)]);
                }
                Filter::ValuePath {
                    path: AttrPath {
                        urn: (!urn.is_empty()).then(|| urn.to_owned()),
                        ..AttrPath::simple(name)
                    },
                    filter: Box::new(filter),
                    then: then.map(|(sub, op, value)| (sub.to_owned(), op, value)),
                }
            },
        )
    });
    prop_oneof![8 => compare, 1 => path.prop_map(Filter::Present), 4 => in_brackets]
}

pub(super) fn any_filter() -> impl Strategy<Value = Filter> {
    any_term().prop_recursive(2, 4, 2, |inner| {
        prop_oneof![
            vec(inner.clone(), 2).prop_map(Filter::And),
            vec(inner.clone(), 2).prop_map(Filter::Or),
            inner.prop_map(|filter| Filter::Not(Box::new(filter))),
        ]
    })
}
