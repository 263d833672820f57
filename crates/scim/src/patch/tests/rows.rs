//! Each kind of operation and path in each mode, side by side: the one table where the three modes can be compared.
#![expect(clippy::needless_pass_by_value, reason = "called with json!")]

use super::*;

/// What an operation makes of one attribute of [`babs`], or the keyword it is refused with.
pub(super) type Outcome = Result<Value, ScimType>;

fn outcome(mode: Mode, operation: &Value, attribute: &str) -> Outcome {
    patch(mode, babs(), json!([operation]))
        .map(|applied| applied.resource.get(attribute).cloned().unwrap_or_default())
        .map_err(|error| error.scim_type)
}

pub(super) fn check(operation: Value, attribute: &str, tolerant: Outcome, strict: Outcome, interop: Outcome) {
    for (mode, expected) in ALL_MODES.into_iter().zip([tolerant, strict, interop]) {
        assert_eq!(
            outcome(mode, &operation, attribute),
            expected,
            "{mode} {operation}"
        );
    }
}

pub(super) fn same(operation: Value, attribute: &str, expected: Outcome) {
    check(operation, attribute, expected.clone(), expected.clone(), expected);
}

fn work() -> Value {
    babs()["emails"][0].clone()
}

fn home() -> Value {
    babs()["emails"][1].clone()
}

use ScimType::{InvalidFilter, InvalidPath, InvalidSyntax, InvalidValue, NoTarget};

#[test]
fn operations_without_a_path() {
    let title = |op: &str| json!({"op": op, "value": {"title": "Chief"}});
    for op in ["add", "replace"] {
        check(
            title(op),
            "title",
            Ok(json!("Chief")),
            Ok(json!("Chief")),
            Err(InvalidSyntax),
        );
        check(
            json!({"op": op, "value": "Chief"}),
            "title",
            Err(InvalidValue),
            Err(InvalidValue),
            Err(InvalidSyntax),
        );
        check(
            json!({"op": op, "path": "", "value": {"title": "Chief"}}),
            "title",
            Ok(json!("Chief")),
            Err(InvalidPath),
            Err(InvalidPath),
        );
    }
    same(title("remove"), "title", Err(NoTarget));
}

#[test]
fn add_and_replace_are_the_same_on_a_simple_singular_attribute() {
    for op in ["add", "replace"] {
        for path in ["title", "nickName", "name.middleName", "TITLE"] {
            let attribute = match path {
                "nickName" => "nickName",
                "name.middleName" => "name",
                _ => "title",
            };
            let expected = match attribute {
                "name" => json!({"familyName": "Jensen", "givenName": "Barbara", "middleName": "x"}),
                _ => json!("x"),
            };
            same(
                json!({"op": op, "path": path, "value": "x"}),
                attribute,
                Ok(expected),
            );
        }
        same(
            json!({"op": op, "path": "title", "value": null}),
            "title",
            Ok(json!(null)),
        );
        same(json!({"op": op, "path": "title"}), "title", Err(InvalidValue));
        check(
            json!({"op": op, "path": "title", "value": ""}),
            "title",
            Ok(json!(null)),
            Ok(json!("")),
            Ok(json!("")),
        );
        check(
            json!({"op": op, "path": "active", "value": "False"}),
            "active",
            Ok(json!(false)),
            Err(InvalidValue),
            Err(InvalidValue),
        );
        check(
            json!({"op": op, "path": "title", "value": 5}),
            "title",
            Ok(json!("5")),
            Err(InvalidValue),
            Err(InvalidValue),
        );
    }
}

#[test]
fn a_complex_singular_attribute() {
    let merged = json!({"familyName": "Jensen", "givenName": "B"});
    let value = json!({"givenName": "B"});
    same(
        json!({"op": "add", "path": "name", "value": value}),
        "name",
        Ok(merged.clone()),
    );
    check(
        json!({"op": "replace", "path": "name", "value": value}),
        "name",
        Ok(merged.clone()),
        Ok(merged),
        Ok(value),
    );
    for op in ["add", "replace"] {
        same(
            json!({"op": op, "path": "name", "value": "B"}),
            "name",
            Err(InvalidValue),
        );
        check(
            json!({"op": op, "path": "name", "value": [{"familyName": "X", "givenName": "B"}]}),
            "name",
            Ok(json!({"familyName": "X", "givenName": "B"})),
            Err(InvalidValue),
            Err(InvalidValue),
        );
    }
    same(json!({"op": "remove", "path": "name"}), "name", Ok(json!(null)));
    same(
        json!({"op": "remove", "path": "name.givenName"}),
        "name",
        Ok(json!({"familyName": "Jensen"})),
    );
}

#[test]
fn a_multi_valued_attribute_as_a_whole() {
    let new = json!({"value": "n@x"});
    let three = json!([work(), home(), new]);
    same(
        json!({"op": "add", "path": "emails", "value": [new]}),
        "emails",
        Ok(three.clone()),
    );
    check(
        json!({"op": "add", "path": "emails", "value": new}),
        "emails",
        Ok(three.clone()),
        Ok(three.clone()),
        Err(InvalidValue),
    );
    check(
        json!({"op": "add", "path": "emails", "value": "n@x"}),
        "emails",
        Ok(three),
        Err(InvalidValue),
        Err(InvalidValue),
    );
    same(
        json!({"op": "replace", "path": "emails", "value": [new]}),
        "emails",
        Ok(json!([new])),
    );
    check(
        json!({"op": "replace", "path": "emails", "value": new}),
        "emails",
        Ok(json!([new])),
        Err(InvalidValue),
        Err(InvalidValue),
    );
    same(
        json!({"op": "replace", "path": "emails", "value": []}),
        "emails",
        Ok(json!(null)),
    );
    same(
        json!({"op": "remove", "path": "emails"}),
        "emails",
        Ok(json!(null)),
    );
    same(
        json!({"op": "remove", "path": "emails", "value": [{"value": "b@home.org"}]}),
        "emails",
        Ok(json!([work()])),
    );
    same(
        json!({"op": "remove", "path": "emails", "value": []}),
        "emails",
        Ok(babs()["emails"].clone()),
    );
}

#[test]
fn selected_values_as_a_whole() {
    let path = "emails[type eq \"work\"]";
    let value = json!({"value": "n@x", "type": "work"});
    let after = json!([{"value": "n@x", "type": "work"}, home()]);
    check(
        json!({"op": "replace", "path": path, "value": value}),
        "emails",
        Ok(after.clone()),
        Ok(after),
        Err(InvalidPath),
    );
    let merged = json!([{"value": "n@x", "type": "work", "primary": true}, home()]);
    check(
        json!({"op": "add", "path": path, "value": value}),
        "emails",
        Ok(merged.clone()),
        Ok(merged),
        Err(InvalidPath),
    );
    let left = json!([home()]);
    check(
        json!({"op": "remove", "path": path}),
        "emails",
        Ok(left.clone()),
        Ok(left),
        Err(InvalidPath),
    );
    let there = babs()["emails"].clone();
    check(
        json!({"op": "remove", "path": "emails[type eq \"fax\"]"}),
        "emails",
        Ok(there.clone()),
        Ok(there),
        Err(InvalidPath),
    );
}

#[test]
fn a_part_of_selected_values() {
    for op in ["add", "replace"] {
        let written = |path: &str| json!({"op": op, "path": path, "value": "n@x"});
        let mut after = babs()["emails"].clone();
        after[0]["value"] = json!("n@x");
        same(
            written("emails[type eq \"work\"].value"),
            "emails",
            Ok(after.clone()),
        );
        same(written("Emails[TYPE EQ \"Work\"].Value"), "emails", Ok(after));
        let mut both = babs()["emails"].clone();
        both[0]["display"] = json!("n@x");
        both[1]["display"] = json!("n@x");
        check(
            written("emails[value pr].display"),
            "emails",
            Ok(both.clone()),
            Ok(both.clone()),
            Err(InvalidFilter),
        );
        same(written("emails.display"), "emails", Ok(both));
        check(
            written("emails[type eq \"fax\"].value"),
            "emails",
            Ok(json!([work(), home(), {"type": "fax", "value": "n@x"}])),
            Err(NoTarget),
            Err(NoTarget),
        );
    }
    let mut after = babs()["emails"].clone();
    after[0].as_object_mut().unwrap().remove("type");
    same(
        json!({"op": "remove", "path": "emails[type eq \"work\"].type"}),
        "emails",
        Ok(after),
    );
    same(
        json!({"op": "remove", "path": "emails[type eq \"fax\"].type"}),
        "emails",
        Ok(babs()["emails"].clone()),
    );
    check(
        json!({"op": "remove", "path": "emails[primary eq \"True\"].value"}),
        "emails",
        Ok(json!([home()])),
        Err(InvalidFilter),
        Err(InvalidFilter),
    );
    check(
        json!({"op": "remove", "path": "emails[type eq work].primary"}),
        "emails",
        Ok(json!([{"value": "b@work.org", "type": "work"}, home()])),
        Err(InvalidFilter),
        Err(InvalidFilter),
    );
}
