//! An extension with an attribute of every kind, as an organization may define it, through the whole crate: bodies,
//! PATCH in each mode, PUT, filters, answers and projections.

mod answers;
mod bodies;
mod patching;
mod written;

use serde_json::{Value, json};

use crate::{
    Error, Mode, Object, ScimType, filter,
    patch::{self, Applied},
    projection::Projection,
    resource::{Accepted, Context, Meta, accept, keep_unreadable, render, validate},
    schema::{Attribute, Extension, Mutability, ResourceType, Returned, Schema, Type, USER},
};

const KIT: &str = "urn:example:params:scim:schemas:extension:kit:2.0:User";
const MODES: [Mode; 3] = [Mode::Tolerant, Mode::Strict, Mode::Interop];

fn new(name: &str, kind: Type) -> Attribute {
    Attribute::new(name, kind, "")
}

fn many(attribute: Attribute) -> Attribute {
    Attribute {
        multi_valued: true,
        ..attribute
    }
}

fn required(attribute: Attribute) -> Attribute {
    Attribute {
        required: true,
        ..attribute
    }
}

fn exact(attribute: Attribute) -> Attribute {
    Attribute {
        case_exact: true,
        ..attribute
    }
}

fn mutable(mutability: Mutability, attribute: Attribute) -> Attribute {
    Attribute {
        mutability,
        ..attribute
    }
}

fn returned(returned: Returned, attribute: Attribute) -> Attribute {
    Attribute {
        returned,
        ..attribute
    }
}

fn complex(name: &str, sub_attributes: Vec<Attribute>) -> Attribute {
    Attribute {
        sub_attributes,
        ..new(name, Type::Complex)
    }
}

fn parts() -> Vec<Attribute> {
    vec![
        required(exact(new("value", Type::String))),
        new("type", Type::String),
        new("primary", Type::Boolean),
        new("level", Type::Integer),
        new("since", Type::DateTime),
        mutable(Mutability::Immutable, new("serial", Type::String)),
        mutable(Mutability::ReadOnly, new("seen", Type::DateTime)),
        mutable(Mutability::WriteOnly, new("pin", Type::String)),
        returned(Returned::Never, new("hint", Type::String)),
        returned(Returned::Request, new("note", Type::String)),
    ]
}

fn kit(required_extension: bool) -> ResourceType {
    let mut rt = (*ResourceType::user()).clone();
    rt.extensions.push(Extension {
        required: required_extension,
        schema: Schema {
            id: KIT.to_owned(),
            name: "Kit".to_owned(),
            description: String::new(),
            attributes: vec![
                required(new("badge", Type::String)),
                exact(new("code", Type::String)),
                new("onSite", Type::Boolean),
                new("floor", Type::Integer),
                new("height", Type::Decimal),
                new("hired", Type::DateTime),
                new("home", Type::Reference),
                new("key", Type::Binary),
                complex("desk", parts()),
                many(new("tags", Type::String)),
                many(new("numbers", Type::Integer)),
                many(complex("cards", parts())),
                mutable(Mutability::Immutable, new("serial", Type::String)),
                mutable(Mutability::ReadOnly, new("score", Type::Integer)),
                required(mutable(Mutability::WriteOnly, new("secret", Type::String))),
                required(returned(Returned::Never, new("shadow", Type::String))),
                returned(Returned::Always, new("always", Type::String)),
                returned(Returned::Request, new("request", Type::String)),
                // Names that mean something outside an extension.
                new("userName", Type::String),
                many(new("members", Type::String)),
                new("password", Type::String),
            ],
        },
    });
    rt
}

fn object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        other => panic!("{other} is not an object"),
    }
}

/// What is stored of [`sent`].
fn kept() -> Value {
    json!({
        "badge": "B7", "code": "Xy", "onSite": true, "floor": 3, "height": 1.5,
        "hired": "2026-01-31T12:00:00Z", "home": "https://example.com/h", "key": "AAEC",
        "desk": {"value": "d1", "level": 2, "serial": "s1", "hint": "h", "note": "n"},
        "tags": ["a", "b"], "numbers": [1, 2],
        "cards": [
            {"value": "c1", "type": "door", "primary": true, "since": "2026-01-31T12:00:00Z", "serial": "s1"},
            {"value": "c2", "type": "car"}
        ],
        "serial": "S", "shadow": "sh", "always": "al", "request": "rq",
        "userName": "u", "members": ["m"]
    })
}

fn sent() -> Value {
    let mut sent = kept();
    sent["score"] = json!(9);
    sent["secret"] = json!("s3cret");
    sent["password"] = json!("s3cret");
    sent["desk"]["seen"] = json!("2026-01-31T12:00:00Z");
    sent["desk"]["pin"] = json!("s3cret");
    sent
}

fn body(container: Value) -> Object {
    let mut body = object(json!({"schemas": [USER, KIT], "userName": "x"}));
    body.insert(KIT.to_owned(), container);
    body
}

fn stored() -> Object {
    let mut stored = body(kept());
    stored.remove("schemas");
    stored
}

fn read(mode: Mode, container: Value) -> Result<Accepted, Error> {
    accept(&kit(true), mode, Context::Create, body(container))
}

/// With one attribute of [`sent`] changed.
fn read_with(mode: Mode, name: &str, value: Value) -> Result<Accepted, Error> {
    let mut sent = sent();
    sent[name] = value;
    read(mode, sent)
}

fn patched(mode: Mode, operations: Value) -> Result<Applied, Error> {
    let mut message = object(json!({"schemas": [crate::message::PATCH_OP]}));
    message.insert("Operations".to_owned(), operations);
    let request = patch::parse(message, mode)?;
    patch::apply(&kit(true), mode, &stored(), &request, None)
}

#[expect(clippy::needless_pass_by_value, reason = "called with json!")]
fn refusal(mode: Mode, op: &str, path: &str, value: Value) -> Error {
    patched(
        mode,
        json!([{"op": op, "path": format!("{KIT}:{path}"), "value": value}]),
    )
    .unwrap_err()
}
