//! The description of SCIM in `docs/src/reference/scim-openapi.json`, against the routes and the schemas that the gateway
//! has. That answers are as described is held to it from outside, by `scripts/suites.sh`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use wicketgate_http::routes;
use wicketgate_scim::schema::{Attribute, Mutability, ResourceType, Type};

const BASE: &str = "/scim/v2/{orgId}";

/// What every SCIM request may be answered with, whatever it asks for.
const ALWAYS: [&str; 5] = ["401", "404", "429", "500", "503"];

fn document() -> Value {
    serde_json::from_str(include_str!("../../../../docs/src/reference/scim-openapi.json")).unwrap()
}

/// Every operation with its method and path.
fn operations(document: &Value) -> Vec<(String, &Value)> {
    let methods = ["get", "head", "post", "put", "patch", "delete", "options"];
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if methods.contains(&method.as_str()) {
                found.push((format!("{} {path}", method.to_uppercase()), operation));
            } else {
                assert_eq!(method, "parameters", "{path}");
            }
        }
    }
    found
}

/// What a reference of the document leads to.
fn resolved<'d>(document: &'d Value, value: &'d Value) -> &'d Value {
    match value["$ref"].as_str() {
        Some(reference) => {
            let pointer = reference.strip_prefix('#').unwrap();
            document
                .pointer(pointer)
                .unwrap_or_else(|| panic!("{reference} leads nowhere"))
        }
        None => value,
    }
}

fn every_value<'d>(value: &'d Value, act: &mut impl FnMut(&'d Value)) {
    act(value);
    match value {
        Value::Array(items) => items.iter().for_each(|item| every_value(item, act)),
        Value::Object(members) => members.values().for_each(|member| every_value(member, act)),
        _ => {}
    }
}

#[test]
fn the_description_has_every_route_of_scim_and_no_other() {
    let document = document();
    let described: BTreeSet<String> = operations(&document).into_iter().map(|(name, _)| name).collect();
    let served: BTreeSet<String> = routes()
        .iter()
        .filter_map(|route| {
            let path = route.path.strip_prefix(BASE)?;
            Some(format!(
                "{} {}",
                route.method,
                if path.is_empty() { "/" } else { path }
            ))
        })
        .collect();
    let undescribed: Vec<_> = served.difference(&described).collect();
    let gone: Vec<_> = described.difference(&served).collect();
    assert!(
        undescribed.is_empty() && gone.is_empty(),
        "routes that are not described: {undescribed:?}; described and no route: {gone:?}"
    );
}

#[test]
fn every_operation_says_what_it_may_be_refused_with() {
    let document = document();
    let mut ids = BTreeSet::new();
    for (name, operation) in operations(&document) {
        assert!(
            ids.insert(operation["operationId"].as_str().unwrap()),
            "{name}: its id is taken"
        );
        let responses = operation["responses"].as_object().unwrap();
        let mut expected = ALWAYS.to_vec();
        if operation.get("requestBody").is_some() {
            expected.extend(["400", "406", "408", "413", "415"]);
        }
        let has_parameter = |wanted: &str| {
            let parameters = operation["parameters"].as_array();
            parameters
                .into_iter()
                .flatten()
                .any(|parameter| resolved(&document, parameter)["name"] == wanted)
        };
        if has_parameter("If-Match") {
            expected.push("412");
        }
        if has_parameter("If-None-Match") {
            expected.push("304");
        }
        for status in expected {
            assert!(responses.contains_key(status), "{name} lacks {status}");
        }
    }
}

#[test]
fn an_error_is_always_described_as_one() {
    let document = document();
    for (name, operation) in operations(&document) {
        for (status, response) in operation["responses"].as_object().unwrap() {
            let response = resolved(&document, response);
            let content: Vec<_> = response["content"].as_object().into_iter().flatten().collect();
            if status.starts_with(['4', '5']) {
                let [(media_type, content)] = content.as_slice() else {
                    panic!("{name} {status}: {content:?}");
                };
                assert_eq!(*media_type, "application/scim+json", "{name} {status}");
                assert_eq!(
                    content["schema"]["$ref"], "#/components/schemas/Error",
                    "{name} {status}"
                );
            } else {
                let is_bare = ["204", "304"].contains(&status.as_str());
                assert_eq!(content.is_empty(), is_bare, "{name} {status}");
            }
            let wanted = match status.as_str() {
                "401" => Some("WWW-Authenticate"),
                "405" => Some("Allow"),
                "429" | "503" => Some("Retry-After"),
                "201" => Some("Location"),
                "304" => Some("ETag"),
                _ => None,
            };
            for header in wanted.into_iter().chain(["X-Request-Id"]) {
                assert!(
                    response["headers"].get(header).is_some(),
                    "{name} {status} lacks {header}"
                );
            }
        }
    }
}

#[test]
fn every_reference_leads_somewhere_and_everything_is_referred_to() {
    let document = document();
    let mut used = BTreeSet::new();
    every_value(&document, &mut |value| {
        if let Some(reference) = value["$ref"].as_str() {
            resolved(&document, value);
            used.insert(reference.to_owned());
        }
    });
    for kind in ["parameters", "headers", "responses", "schemas"] {
        for name in document["components"][kind].as_object().unwrap().keys() {
            let reference = format!("#/components/{kind}/{name}");
            // 405 is on no path that is listed: it is described for the reader.
            if !["MethodNotAllowed"].contains(&name.as_str()) {
                assert!(used.contains(&reference), "nothing refers to {reference}");
            }
        }
    }
}

#[test]
fn resources_are_described_with_the_attributes_that_their_schemas_have() {
    let document = document();
    let (user, group) = (ResourceType::user(), ResourceType::group());
    let enterprise = &user.extensions[0].schema;
    for (name, schema, others) in [
        (
            "User",
            &user.schema,
            vec!["schemas", "id", "externalId", "meta", &enterprise.id],
        ),
        (
            "Group",
            &group.schema,
            vec!["schemas", "id", "externalId", "meta"],
        ),
        ("EnterpriseUser", enterprise, vec![]),
    ] {
        let described = &document["components"]["schemas"][name]["properties"];
        let mut known: Vec<_> = schema
            .attributes
            .iter()
            .map(|attribute| attribute.name.as_str())
            .collect();
        known.extend(others);
        known.sort_unstable();
        let mut names: Vec<_> = described
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        names.sort_unstable();
        assert_eq!(names, known, "{name}");
        for attribute in &schema.attributes {
            same(
                &format!("{name}.{}", attribute.name),
                attribute,
                &described[&attribute.name],
            );
        }
    }
}

/// Holds the description of an attribute against the schema's.
fn same(name: &str, attribute: &Attribute, described: &Value) {
    assert_eq!(described["description"], attribute.description, "{name}");
    let read_only = attribute.mutability == Mutability::ReadOnly;
    assert_eq!(
        described["readOnly"].as_bool().unwrap_or_default(),
        read_only,
        "{name}"
    );
    let write_only = attribute.mutability == Mutability::WriteOnly;
    assert_eq!(
        described["writeOnly"].as_bool().unwrap_or_default(),
        write_only,
        "{name}"
    );
    let value = if attribute.multi_valued {
        assert_eq!(described["type"], "array", "{name}");
        &described["items"]
    } else {
        described
    };
    let kind = match attribute.kind {
        Type::String | Type::DateTime | Type::Reference | Type::Binary => "string",
        Type::Boolean => "boolean",
        Type::Integer => "integer",
        Type::Decimal => "number",
        Type::Complex => "object",
    };
    assert_eq!(value["type"], kind, "{name}");
    let parts: BTreeMap<_, _> = attribute
        .sub_attributes
        .iter()
        .map(|sub| (sub.name.as_str(), sub))
        .collect();
    let described: BTreeMap<_, _> = value["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, part)| (name.as_str(), part))
        .collect();
    assert!(
        parts.keys().eq(described.keys()),
        "{name}: {parts:?} and {described:?}"
    );
    for (part, sub) in parts {
        same(&format!("{name}.{part}"), sub, described[part]);
    }
}
