//! One fixture or more for each rule: what clients send, and the RFC's form of it.

use super::*;

#[expect(clippy::needless_pass_by_value, reason = "called with json!")]
fn operations(operations: Value) -> Value {
    json!({"schemas": [PATCH_OP], "Operations": operations})
}

/// A PATCH operation on one path.
#[expect(clippy::needless_pass_by_value, reason = "called with json!")]
fn at(op: &str, path: &str, value: Value) -> Value {
    operations(json!([{"op": op, "path": path, "value": value}]))
}

#[expect(clippy::too_many_lines, reason = "one table")]
pub(super) fn fixtures() -> Vec<(RuleName, Fixture)> {
    let title = || at("replace", "title", json!("Chief"));
    let manager = format!("{ENTERPRISE_USER}:manager");
    let department = format!("{ENTERPRISE_USER}:department");
    let in_tours = |attributes: Value| user(json!({ ENTERPRISE_USER: attributes }));
    vec![
        (
            RuleName::OpCase,
            Fixture::Patch(at("Replace", "title", json!("Chief")), title()),
        ),
        (
            RuleName::OperationsCase,
            Fixture::Patch(
                json!({"schemas": [PATCH_OP], "operations": title()["Operations"]}),
                title(),
            ),
        ),
        (
            RuleName::OperationsEmpty,
            Fixture::Patch(operations(json!([])), at("replace", "title", json!("Guide"))),
        ),
        (
            RuleName::PatchSchemasMissing,
            Fixture::Patch(json!({"Operations": title()["Operations"]}), title()),
        ),
        (
            RuleName::EmptyPath,
            Fixture::Patch(at("replace", "", json!({"title": "Chief"})), title()),
        ),
        (
            RuleName::PathAsKey,
            Fixture::Patch(
                operations(json!([{"op": "replace", "value": {
                    "name.givenName": "B", (department.clone()): "IT", "roles[value eq \"b\"].display": "Bee"
                }}])),
                operations(json!([
                    {"op": "replace", "path": "name.givenName", "value": "B"},
                    {"op": "replace", "path": department, "value": "IT"},
                    {"op": "replace", "path": "roles[value eq \"b\"].display", "value": "Bee"}
                ])),
            ),
        ),
        (
            RuleName::ReadOnlyInValue,
            Fixture::PatchGroup(
                operations(json!([{"op": "replace", "value": {
                    "id": "1", "schemas": [GROUP], "meta": {"version": "x"}, "displayName": "New"
                }}])),
                at("replace", "displayName", json!("New")),
            ),
        ),
        (
            RuleName::RemoveWithValue,
            Fixture::PatchGroup(
                at("Remove", "members", json!([{"$ref": null, "value": "a"}])),
                operations(json!([{"op": "remove", "path": "members[value eq \"a\"]"}])),
            ),
        ),
        (
            RuleName::RemoveWithValue,
            Fixture::Patch(
                at("remove", "roles", json!([{"value": "b"}])),
                operations(json!([{"op": "remove", "path": "roles[value eq \"b\"]"}])),
            ),
        ),
        (
            RuleName::ValueCreatedFromFilter,
            Fixture::Patch(
                operations(json!([
                    {"op": "replace", "path": "addresses[type eq \"home\"].formatted", "value": "1 Road"},
                    {"op": "add", "path": "addresses[type eq \"home\"].locality", "value": "Town"}
                ])),
                at(
                    "add",
                    "addresses",
                    json!([{"type": "home", "formatted": "1 Road", "locality": "Town"}]),
                ),
            ),
        ),
        (
            RuleName::ValueCompletedFromFilter,
            Fixture::Patch(
                at(
                    "replace",
                    "addresses[type eq \"work\"]",
                    json!({"locality": "Rome"}),
                ),
                at(
                    "replace",
                    "addresses[type eq \"work\"]",
                    json!({"type": "work", "locality": "Rome"}),
                ),
            ),
        ),
        (
            RuleName::FilterLiteralType,
            Fixture::Patch(
                at("replace", "roles[primary eq \"True\"].value", json!("c")),
                at("replace", "roles[primary eq true].value", json!("c")),
            ),
        ),
        (
            RuleName::FilterLiteralUnquoted,
            Fixture::PatchGroup(
                operations(json!([{"op": "remove", "path": "members[value eq 23a3]"}])),
                operations(json!([{"op": "remove", "path": "members[value eq \"23a3\"]"}])),
            ),
        ),
        (
            RuleName::BooleanAsString,
            Fixture::Patch(
                at("replace", "active", json!("False")),
                at("replace", "active", json!(false)),
            ),
        ),
        (
            RuleName::BooleanAsString,
            Fixture::User(
                user(json!({"roles": [{"value": "a", "primary": "True"}]})),
                user(json!({"roles": [{"value": "a", "primary": true}]})),
            ),
        ),
        (
            RuleName::NumberAsString,
            Fixture::User(
                user(json!({BADGE: {"floor": "7", "height": "2.5"}})),
                user(json!({BADGE: {"floor": 7, "height": 2.5}})),
            ),
        ),
        (
            RuleName::NumberForString,
            Fixture::User(
                in_tours(json!({"employeeNumber": 4711})),
                in_tours(json!({"employeeNumber": "4711"})),
            ),
        ),
        (
            RuleName::SingleValueAsArray,
            Fixture::User(
                user(json!({"emails": {"value": "b@example.com"}})),
                user(json!({"emails": [{"value": "b@example.com"}]})),
            ),
        ),
        (
            RuleName::SingleValueAsArray,
            Fixture::Group(
                group(json!({"members": {"value": "a"}})),
                group(json!({"members": [{"value": "a"}]})),
            ),
        ),
        (
            RuleName::SingleValueAsArray,
            Fixture::PatchGroup(
                at("replace", "members", json!({"value": "a"})),
                at("replace", "members", json!([{"value": "a"}])),
            ),
        ),
        (
            RuleName::ArrayAsSingleValue,
            Fixture::Patch(
                at("Add", &manager, json!([{"value": "m-2"}])),
                at("add", &manager, json!({"value": "m-2"})),
            ),
        ),
        (
            RuleName::BareValue,
            Fixture::User(
                in_tours(json!({"manager": "123"})),
                in_tours(json!({"manager": {"value": "123"}})),
            ),
        ),
        (
            RuleName::BareValue,
            Fixture::Group(
                group(json!({"members": ["a"]})),
                group(json!({"members": [{"value": "a"}]})),
            ),
        ),
        (
            RuleName::EmptyString,
            Fixture::Patch(
                at("Replace", "title", json!("")),
                operations(json!([{"op": "remove", "path": "title"}])),
            ),
        ),
        (
            RuleName::EmptyString,
            Fixture::Patch(
                at("Replace", &manager, json!({"value": ""})),
                operations(json!([{"op": "remove", "path": manager}])),
            ),
        ),
        (
            RuleName::EmptyString,
            Fixture::Patch(
                at("replace", ENTERPRISE_USER, json!("")),
                operations(json!([{"op": "remove", "path": ENTERPRISE_USER}])),
            ),
        ),
        (
            RuleName::DuplicateValue,
            Fixture::User(
                user(
                    json!({"emails": [{"value": "b@x", "type": "work"}, {"value": "b@x", "type": "work", "primary": true}]}),
                ),
                user(json!({"emails": [{"value": "b@x", "type": "work", "primary": true}]})),
            ),
        ),
        (
            RuleName::SchemasMissing,
            Fixture::User(json!({"userName": "bjensen"}), user(json!({}))),
        ),
        (
            RuleName::SchemasWithoutBase,
            Fixture::User(user(json!({"schemas": [ENTERPRISE_USER]})), user(json!({}))),
        ),
        (
            RuleName::Scim1Urn,
            Fixture::User(
                json!({
                    "schemas": ["urn:scim:schemas:core:1.0"], "userName": "bjensen",
                    "urn:scim:schemas:extension:enterprise:1.0": {"department": "IT"}
                }),
                in_tours(json!({"department": "IT"})),
            ),
        ),
        (
            RuleName::UndeclaredSchema,
            Fixture::Group(
                group(
                    json!({"schemas": [GROUP, "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"]}),
                ),
                group(json!({})),
            ),
        ),
        (
            RuleName::UnknownAttribute,
            Fixture::User(user(json!({"custom": {"shoeSize": 7}})), user(json!({}))),
        ),
        (
            RuleName::UnknownAttribute,
            Fixture::Patch(
                operations(
                    json!([{"op": "add", "path": "shoeSize", "value": 7}, {"op": "replace", "path": "title", "value": "Chief"}]),
                ),
                title(),
            ),
        ),
        // Strict mode knows no form of it: what is kept is compared with what was sent, in a test of its own.
        (
            RuleName::UndeclaredExtension,
            Fixture::User(
                user(json!({"urn:example:none": {"nothing": null}})),
                user(json!({})),
            ),
        ),
        (
            RuleName::UrnQualifiedAttribute,
            Fixture::User(
                user(
                    json!({(format!("{ENTERPRISE_USER}:department")): "IT", (format!("{USER}:title")): "Chief"}),
                ),
                user(json!({ENTERPRISE_USER: {"department": "IT"}, "title": "Chief"})),
            ),
        ),
        (
            RuleName::CoreAttributesInContainer,
            Fixture::User(
                user(json!({USER: {"title": "Chief"}})),
                user(json!({"title": "Chief"})),
            ),
        ),
        (
            RuleName::UnknownMemberSkipped,
            Fixture::Elsewhere("domain/tests/all/groups/patch.rs"),
        ),
    ]
}
