//! What an attribute is refused for, each with its place and the fix.

use super::*;

fn all_refused(cases: &[(Value, &str, &str)]) {
    for (attribute, place, fix) in cases {
        let detail = refused(with(attribute));
        assert!(
            detail.contains(place) && detail.contains(fix),
            "{attribute}: {detail}"
        );
    }
}

#[test]
fn a_name_is_refused_with_the_place_and_the_fix() {
    all_refused(&[
        (json!("badge"), "attribute 1 of the schema", "an object"),
        (json!({}), "attribute 1: name", "is missing"),
        (json!({"name": 7}), "attribute 1: name", "a string"),
        (json!({"name": "7th"}), "\"7th\"", "start with a letter"),
        (json!({"name": "a.b"}), "\"a.b\"", "start with a letter"),
        (json!({"name": "a$b"}), "\"a$b\"", "start with a letter"),
        (json!({"name": "$ref"}), "\"$ref\"", "start with a letter"),
        (
            json!({"name": "x".repeat(65)}),
            "attribute 1: name",
            "64 characters",
        ),
        (
            json!({"name": "ExternalID"}),
            "\"ExternalID\"",
            "choose another name",
        ),
        (json!({"name": "Members"}), "\"Members\"", "choose another name"),
        (json!({"name": "password"}), "\"password\"", "choose another name"),
        (json!({"name": "a", "type": "text"}), "a: type", "string, boolean"),
        (json!({"name": "a", "unique": true}), "a: \"unique\"", "remove it"),
        (
            json!({"name": "a", "description": "x".repeat(1001)}),
            "a: description",
            "1000",
        ),
        (
            json!({"name": "a", "description": "\u{0}"}),
            "a: description",
            "control",
        ),
    ]);
}

#[test]
fn values_are_refused_with_the_place_and_the_fix() {
    all_refused(&[
        (
            json!({"name": "a", "multiValued": "yes"}),
            "a: multiValued",
            "true or false",
        ),
        (
            json!({"name": "a", "canonicalValues": "x"}),
            "a: canonicalValues",
            "an array",
        ),
        (
            json!({"name": "a", "canonicalValues": [7]}),
            "a: canonicalValues",
            "strings",
        ),
        (
            json!({"name": "a", "canonicalValues": ["x", "x"]}),
            "a: canonicalValues",
            "twice",
        ),
        (
            json!({"name": "a", "type": "integer", "canonicalValues": ["1"]}),
            "a: canonicalValues",
            "remove",
        ),
        (
            json!({"name": "a", "type": "reference"}),
            "a: referenceTypes",
            "is missing",
        ),
        (
            json!({"name": "a", "type": "reference", "referenceTypes": ["Device"]}),
            "a: referenceTypes",
            "use User",
        ),
        (
            json!({"name": "a", "referenceTypes": ["User"]}),
            "a: referenceTypes",
            "remove",
        ),
        (
            json!({"name": "a", "type": "reference", "referenceTypes": ["uri"], "caseExact": false}),
            "a: caseExact",
            "must be true",
        ),
        (
            json!({"name": "a", "type": "binary", "caseExact": false}),
            "a: caseExact",
            "must be true",
        ),
        (
            json!({"name": "a", "uniqueness": "server"}),
            "a: uniqueness",
            "not supported yet",
        ),
        (
            json!({"name": "a", "uniqueness": "some"}),
            "a: uniqueness",
            "none, server, global",
        ),
    ]);
}

#[test]
fn access_and_index_are_refused_with_the_place_and_the_fix() {
    all_refused(&[
        (
            json!({"name": "a", "mutability": "readonly"}),
            "a: mutability",
            "readOnly, readWrite",
        ),
        (
            json!({"name": "a", "mutability": "readOnly", "required": true}),
            "a: required",
            "no client",
        ),
        (
            json!({"name": "a", "mutability": "writeOnly"}),
            "a: returned",
            "must be never",
        ),
        (
            json!({"name": "a", "returned": "never", "mutability": "writeOnly", "required": true}),
            "a: required",
            "not kept",
        ),
        (
            json!({"name": "a", "type": "boolean", "indexed": true}),
            "a: indexed",
            "text only",
        ),
        (
            json!({"name": "a", "returned": "never", "mutability": "writeOnly", "indexed": true}),
            "a: indexed",
            "send and read",
        ),
    ]);
}

#[test]
fn parts_are_refused_with_the_place_and_the_fix() {
    let complex = |sub: Value| json!({"name": "ward", "type": "complex", "subAttributes": [sub]});
    all_refused(&[
        (
            json!({"name": "a", "subAttributes": [{"name": "b"}]}),
            "a: subAttributes",
            "complex only",
        ),
        (
            json!({"name": "a", "type": "complex"}),
            "a: subAttributes",
            "at least one",
        ),
        (
            json!({"name": "a", "type": "complex", "subAttributes": []}),
            "a: subAttributes",
            "at least one",
        ),
        (
            complex(json!({"name": "b", "type": "complex"})),
            "ward.b: type",
            "parts of its own",
        ),
        (
            complex(json!({"name": "b", "multiValued": true})),
            "ward.b: multiValued",
            "must be false",
        ),
        (
            complex(json!({"name": "b", "indexed": true})),
            "ward.b: indexed",
            "whole attribute",
        ),
        (
            complex(json!({"name": "b", "returned": "never", "mutability": "writeOnly"})),
            "ward.b: returned",
            "whole attribute",
        ),
        (complex(json!({"name": "primary"})), "\"primary\"", "boolean"),
        (complex(json!({"name": "$ref"})), "\"$ref\"", "reference"),
        (
            json!({"name": "a", "type": "complex", "indexed": true, "subAttributes": [{"name": "b"}]}),
            "a: indexed",
            "whose value",
        ),
    ]);
}
