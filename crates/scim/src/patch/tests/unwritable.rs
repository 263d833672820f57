//! Operations on what no client writes and on what no schema has, in each mode side by side.

use super::{
    rows::{check, same},
    *,
};
use ScimType::{InvalidFilter, InvalidPath, InvalidSyntax, InvalidValue, Mutability};

#[test]
fn what_cannot_be_written() {
    for op in ["add", "replace", "remove"] {
        for path in ["id", "meta", "meta.created", "groups"] {
            same(
                json!({"op": op, "path": path, "value": "x"}),
                "title",
                Err(Mutability),
            );
        }
    }
    same(
        json!({"op": "remove", "path": "userName"}),
        "userName",
        Err(Mutability),
    );
    let ignored = Ok(json!("Guide"));
    for value in [
        json!({"id": "x"}),
        json!({"meta": {}}),
        json!({"groups": [{"value": "g"}]}),
        json!({"schemas": ["urn:x"]}),
    ] {
        check(
            json!({"op": "replace", "value": value}),
            "title",
            ignored.clone(),
            ignored.clone(),
            Err(InvalidSyntax),
        );
    }
}

#[test]
fn what_no_schema_has() {
    for path in [
        "shoeSize",
        "name.shoe",
        "urn:example:none:shoe.size",
        "http://example.com/x",
    ] {
        let written = json!({"op": "add", "path": path, "value": ""});
        check(
            written,
            "title",
            Ok(json!("Guide")),
            Err(InvalidPath),
            Err(InvalidPath),
        );
    }
    same(
        json!({"op": "add", "path": "emails[shoe eq 1].value", "value": "x"}),
        "title",
        Err(InvalidFilter),
    );
    let ignored = Ok(babs()["emails"].clone());
    check(
        json!({"op": "add", "path": "emails", "value": [{"value": "b@work.org", "type": "work", "shoe": 1}]}),
        "emails",
        ignored.clone(),
        ignored,
        Err(InvalidSyntax),
    );
    let department = Ok(babs()[ENTERPRISE].clone());
    check(
        json!({"op": "add", "path": ENTERPRISE, "value": {"shoe": 1}}),
        ENTERPRISE,
        department.clone(),
        department,
        Err(InvalidSyntax),
    );
    check(
        json!({"op": "add", "path": "schemas", "value": ["urn:example:none"]}),
        "title",
        Ok(json!("Guide")),
        Err(InvalidValue),
        Err(InvalidSyntax),
    );
}

#[test]
fn interop_mode_names_what_it_does_not_know() {
    for (operation, name) in [
        (
            json!({"op": "add", "path": "emails", "value": [{"value": "x", "shoe": 1}]}),
            "emails[0].shoe",
        ),
        (
            json!({"op": "add", "path": ENTERPRISE, "value": {"shoe": 1}}),
            "shoe",
        ),
        (
            json!({"op": "add", "path": "schemas", "value": ["urn:example:none"]}),
            "urn:example:none",
        ),
        (json!({"op": "add", "path": "shoe", "value": 1}), "shoe"),
    ] {
        let (_, detail) = refusal(Mode::Interop, json!([operation]));
        assert!(detail.contains(name), "{detail}");
    }
    let message = |urns: Value| {
        let body = json!({"schemas": urns, "Operations": [{"op": "remove", "path": "title"}]});
        parse(object(body), Mode::Interop)
    };
    assert!(message(json!([crate::message::PATCH_OP])).is_ok());
    let error = message(json!([crate::message::PATCH_OP, "urn:example:none"])).unwrap_err();
    assert_eq!(error.scim_type, InvalidSyntax);
    assert!(error.detail.contains("urn:example:none"), "{}", error.detail);
}
