//! The discovery documents of RFC 7643 §5 to §7. They say what is passed in, so they are as truthful as the caller.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::schema::{Detail, ResourceType, Schema, document};

/// The URN of the service provider configuration.
pub const SERVICE_PROVIDER_CONFIG: &str = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";
/// The URN of a resource type.
pub const RESOURCE_TYPE: &str = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";
/// The URN of a schema.
pub const SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:Schema";

/// What the service provider can do.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one `supported` of RFC 7643 §5"
)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capabilities {
    /// The most resources one answer to a query holds.
    pub filter_max_results: u32,
    /// The most operations and bytes of a bulk request; `None` when bulk is not supported.
    pub bulk: Option<(u32, u32)>,
    /// Whether `sortBy` works.
    pub sort: bool,
    /// Whether entity tags and their preconditions work.
    pub etag: bool,
    /// Whether PATCH works.
    pub patch: bool,
    /// Whether cursor pagination works (RFC 9865). Index pagination always does, and is the default.
    pub cursor: bool,
    /// How many resources a page holds when the query does not say.
    pub default_page_size: u32,
    /// For how many seconds a cursor is good.
    pub cursor_timeout: Option<u32>,
    /// A page for people.
    pub documentation_uri: Option<String>,
}

/// The service provider configuration (RFC 7643 §5, RFC 9865 §4). `base` is the organization's base URL.
pub fn service_provider_config(base: &str, c: &Capabilities) -> Value {
    let (max_operations, max_payload_size) = c.bulk.unwrap_or((0, 0));
    let mut pagination = json!({
        "cursor": c.cursor,
        "index": true,
        "defaultPaginationMethod": "index",
        "defaultPageSize": c.default_page_size,
        "maxPageSize": c.filter_max_results,
    });
    if let (true, Some(seconds), Value::Object(members)) = (c.cursor, c.cursor_timeout, &mut pagination) {
        members.insert("cursorTimeout".to_owned(), Value::from(seconds));
    }
    let mut document = json!({
        "schemas": [SERVICE_PROVIDER_CONFIG],
        "patch": { "supported": c.patch },
        "bulk": {
            "supported": c.bulk.is_some(),
            "maxOperations": max_operations,
            "maxPayloadSize": max_payload_size,
        },
        "filter": { "supported": true, "maxResults": c.filter_max_results },
        "changePassword": { "supported": false },
        "sort": { "supported": c.sort },
        "etag": { "supported": c.etag },
        "pagination": pagination,
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "OAuth Bearer Token",
                "description": "A personal access token in the Authorization header.",
                "specUri": "https://www.rfc-editor.org/info/rfc6750",
                "primary": true,
            },
            {
                "type": "httpbasic",
                "name": "HTTP Basic",
                "description": "A personal access token as the password, with any user name.",
                "specUri": "https://www.rfc-editor.org/info/rfc7617",
                "primary": false,
            },
        ],
        "meta": meta("ServiceProviderConfig", &format!("{base}/ServiceProviderConfig")),
    });
    if let (Some(uri), Value::Object(members)) = (&c.documentation_uri, &mut document) {
        members.insert("documentationUri".to_owned(), Value::from(uri.as_str()));
    }
    document
}

/// The resource types (RFC 7643 §6), in the given order.
pub fn resource_types(base: &str, types: &[Arc<ResourceType>]) -> Vec<Value> {
    types.iter().map(|rt| resource_type(base, rt)).collect()
}

/// The schemas of the resource types and their extensions (RFC 7643 §7), each once.
pub fn schemas(base: &str, types: &[Arc<ResourceType>]) -> Vec<Value> {
    let mut all: Vec<&Schema> = Vec::new();
    for rt in types {
        let extensions = rt.extensions.iter().map(|extension| &extension.schema);
        for schema in std::iter::once(&rt.schema).chain(extensions) {
            if !all.iter().any(|known| known.id == schema.id) {
                all.push(schema);
            }
        }
    }
    all.into_iter()
        .map(|schema| schema_document(base, schema))
        .collect()
}

fn resource_type(base: &str, rt: &ResourceType) -> Value {
    let extensions: Vec<Value> = rt
        .extensions
        .iter()
        .map(|extension| json!({ "schema": extension.schema.id, "required": extension.required }))
        .collect();
    json!({
        "schemas": [RESOURCE_TYPE],
        "id": rt.name,
        "name": rt.name,
        "description": rt.description,
        "endpoint": rt.endpoint,
        "schema": rt.schema.id,
        "schemaExtensions": extensions,
        "meta": meta("ResourceType", &format!("{base}/ResourceTypes/{}", rt.name)),
    })
}

fn schema_document(base: &str, schema: &Schema) -> Value {
    let mut document = document(schema, Detail::Published);
    document.insert(
        "meta".to_owned(),
        meta("Schema", &format!("{base}/Schemas/{}", schema.id)),
    );
    Value::Object(document)
}

fn meta(resource_type: &str, location: &str) -> Value {
    json!({ "resourceType": resource_type, "location": location })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{ENTERPRISE_USER, GROUP, USER};

    const BASE: &str = "https://scim.example.com/scim/v2/0192";

    fn capabilities() -> Capabilities {
        Capabilities {
            filter_max_results: 1_000,
            bulk: Some((1_000, 16_777_216)),
            sort: true,
            etag: true,
            patch: true,
            cursor: false,
            default_page_size: 100,
            cursor_timeout: Some(600),
            documentation_uri: None,
        }
    }

    fn types() -> [Arc<ResourceType>; 2] {
        [ResourceType::user(), ResourceType::group()]
    }

    fn attributes(urn: &str) -> Vec<Value> {
        let schemas = schemas(BASE, &types());
        let schema = schemas.iter().find(|schema| schema["id"] == urn).unwrap();
        schema["attributes"].as_array().unwrap().clone()
    }

    fn named<'a>(attributes: &'a [Value], name: &str) -> &'a Value {
        attributes
            .iter()
            .find(|attribute| attribute["name"] == name)
            .unwrap()
    }

    fn sub<'a>(attribute: &'a Value, name: &str) -> &'a Value {
        named(attribute["subAttributes"].as_array().unwrap(), name)
    }

    #[test]
    fn the_configuration_says_what_is_supported() {
        let config = service_provider_config(BASE, &capabilities());
        assert_eq!(config["schemas"], json!([SERVICE_PROVIDER_CONFIG]));
        assert_eq!(
            config["bulk"],
            json!({"supported": true, "maxOperations": 1_000, "maxPayloadSize": 16_777_216})
        );
        assert_eq!(config["filter"], json!({"supported": true, "maxResults": 1_000}));
        assert_eq!(config["changePassword"], json!({"supported": false}));
        for feature in ["patch", "sort", "etag"] {
            assert_eq!(config[feature], json!({"supported": true}), "{feature}");
        }
        assert_eq!(
            config["meta"],
            json!({"resourceType": "ServiceProviderConfig", "location": format!("{BASE}/ServiceProviderConfig")})
        );
    }

    #[test]
    fn the_configuration_says_what_is_not_supported() {
        let config = service_provider_config(
            BASE,
            &Capabilities {
                bulk: None,
                sort: false,
                etag: false,
                patch: false,
                ..capabilities()
            },
        );
        assert_eq!(
            config["bulk"],
            json!({"supported": false, "maxOperations": 0, "maxPayloadSize": 0})
        );
        for feature in ["patch", "sort", "etag"] {
            assert_eq!(config[feature], json!({"supported": false}), "{feature}");
        }
    }

    #[test]
    fn bearer_is_the_primary_authentication_scheme() {
        let config = service_provider_config(BASE, &capabilities());
        let schemes: Vec<_> = config["authenticationSchemes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|scheme| {
                (
                    scheme["type"].as_str().unwrap(),
                    scheme["primary"].as_bool().unwrap(),
                )
            })
            .collect();
        assert_eq!(schemes, [("oauthbearertoken", true), ("httpbasic", false)]);
    }

    #[test]
    fn a_cursor_timeout_is_named_only_where_cursors_work() {
        let without = service_provider_config(BASE, &capabilities());
        assert_eq!(
            without["pagination"],
            json!({
                "cursor": false, "index": true, "defaultPaginationMethod": "index",
                "defaultPageSize": 100, "maxPageSize": 1_000,
            })
        );
        let with = service_provider_config(
            BASE,
            &Capabilities {
                cursor: true,
                ..capabilities()
            },
        );
        assert_eq!(with["pagination"]["cursor"], true);
        assert_eq!(with["pagination"]["cursorTimeout"], 600);
    }

    #[test]
    fn a_resource_type_points_at_its_schemas() {
        let documents = resource_types(BASE, &types());
        assert_eq!(
            documents[0],
            json!({
                "schemas": [RESOURCE_TYPE], "id": "User", "name": "User", "description": "A person's account.",
                "endpoint": "/Users", "schema": USER,
                "schemaExtensions": [{"schema": ENTERPRISE_USER, "required": false}],
                "meta": {"resourceType": "ResourceType", "location": format!("{BASE}/ResourceTypes/User")},
            })
        );
        assert_eq!(documents[1]["schemaExtensions"], json!([]));
        let known: Vec<_> = schemas(BASE, &types())
            .iter()
            .map(|schema| schema["id"].clone())
            .collect();
        assert_eq!(known, [USER, ENTERPRISE_USER, GROUP]);
    }

    #[test]
    fn roles_and_entitlements_have_the_schemas_that_okta_looks_for() {
        let types = [ResourceType::role(), ResourceType::entitlement()];
        let found: Vec<_> = resource_types(BASE, &types)
            .iter()
            .map(|rt| format!("{} {} {}", rt["id"], rt["endpoint"], rt["schema"]).replace('"', ""))
            .collect();
        assert_eq!(
            found,
            [
                "Role /Roles urn:okta:scim:schemas:core:1.0:Role",
                "Entitlement /Entitlements urn:okta:scim:schemas:core:1.0:Entitlement",
            ]
        );
        for (schema, expected) in schemas(BASE, &types).iter().zip([
            &["displayName", "description"][..],
            &["displayName", "type", "description"],
        ]) {
            let attributes = schema["attributes"].as_array().unwrap();
            let names: Vec<_> = attributes.iter().map(|attribute| &attribute["name"]).collect();
            assert_eq!(names, expected);
            assert!(
                attributes
                    .iter()
                    .all(|attribute| attribute["mutability"] == "readOnly")
            );
        }
    }

    #[test]
    fn a_schema_is_listed_once() {
        let twice = [ResourceType::user(), ResourceType::user()];
        assert_eq!(schemas(BASE, &twice).len(), 2);
    }

    #[test]
    fn an_attribute_states_all_its_characteristics() {
        assert_eq!(
            *named(&attributes(USER), "userName"),
            json!({
                "name": "userName", "type": "string", "multiValued": false,
                "description": "The name that identifies the user in the organization. Kept as sent, unique without \
                                regard to case.",
                "required": true, "caseExact": false, "mutability": "readWrite", "returned": "default",
                "uniqueness": "server",
            })
        );
        let emails = attributes(USER);
        let kind = sub(named(&emails, "emails"), "type");
        assert_eq!(kind["canonicalValues"], json!(["work", "home", "other"]));
    }

    #[test]
    fn no_sub_attribute_is_complex() {
        for urn in [USER, ENTERPRISE_USER, GROUP] {
            for attribute in attributes(urn) {
                for sub in attribute["subAttributes"].as_array().into_iter().flatten() {
                    assert_ne!(sub["type"], "complex", "{urn} {attribute}");
                    assert_eq!(sub.get("subAttributes"), None);
                }
            }
        }
    }

    #[test]
    fn the_verified_errata_are_applied() {
        let user = attributes(USER);
        assert_eq!(sub(named(&user, "x509Certificates"), "value")["type"], "binary");
        assert_eq!(sub(named(&user, "x509Certificates"), "value")["caseExact"], true);
        assert_eq!(
            sub(named(&user, "groups"), "$ref")["referenceTypes"],
            json!(["Group"])
        );
        assert_eq!(named(&attributes(GROUP), "displayName")["required"], true);
        let enterprise = attributes(ENTERPRISE_USER);
        assert_eq!(sub(named(&enterprise, "manager"), "value")["caseExact"], true);
        assert_eq!(
            sub(named(&enterprise, "manager"), "displayName")["mutability"],
            "readOnly"
        );
    }

    #[test]
    fn a_password_is_write_only_and_never_returned() {
        let user = attributes(USER);
        let password = named(&user, "password");
        assert_eq!(
            (&password["mutability"], &password["returned"]),
            (&json!("writeOnly"), &json!("never"))
        );
    }
}
