//! The form of a resource that filters and sorting read, as it is kept beside the resource.

use serde_json::Value;
use wicketgate_scim::{
    Object,
    filter::comparable,
    fold::fold,
    schema::{ResourceType, is_urn},
};

/// The key of the schemas that a resource is shown with.
pub(crate) const SCHEMAS: &str = "schemas";

/// What is kept of a resource in its stored form.
///
/// Beside the attributes it has the `schemas` that the resource is shown with. `externalId` is not in it: each
/// provisioning domain has its own.
pub(crate) fn of(rt: &ResourceType, resource: &Object) -> Object {
    let mut flat = comparable(rt, resource);
    flat.shift_remove("externalId");
    let extensions = resource.keys().map(String::as_str).filter(|key| is_urn(key));
    let schemas = std::iter::once(rt.schema.id.as_str()).chain(extensions);
    flat.insert(
        SCHEMAS.to_owned(),
        schemas.map(|urn| Value::String(fold(urn))).collect(),
    );
    flat
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn schemas_are_those_that_the_resource_is_shown_with() {
        let resource = json!({
            "userName": "Anna",
            "externalId": "1",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Sales"},
            "URN:example:Unknown": {"a": 1},
        });
        assert_eq!(
            Value::Object(of(&ResourceType::user(), resource.as_object().unwrap())),
            json!({
                "userName": ["anna"],
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department": ["sales"],
                "schemas": [
                    "urn:ietf:params:scim:schemas:core:2.0:user",
                    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:user",
                    "urn:example:unknown",
                ],
            })
        );
    }
}
