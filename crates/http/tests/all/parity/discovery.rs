//! Row V1: the discovery documents.

use serde_json::{Value, json};
use wicketgate_scim::{
    discovery::{RESOURCE_TYPE, SCHEMA, SERVICE_PROVIDER_CONFIG},
    schema::{ENTERPRISE_USER, GROUP, USER},
};
use wicketgate_testbed::both_engines;

use crate::harness::{PUBLIC_URL, TestGateway, TestOrg, refused};

both_engines! {
    run with crate::harness::run:
    v01_the_service_provider_config_is_exactly_this,
    v01_the_resource_types_are_exactly_these,
    v01_the_schemas_are_these_and_each_can_be_read_alone,
    v01_unknown_documents_are_not_found,
    v01_discovery_needs_a_credential_of_the_organization,
}

fn location(org: &TestOrg, endpoint: &str) -> String {
    format!("{PUBLIC_URL}{}", org.path(endpoint))
}

/// ZITADEL says other things because it can do other things: it changes passwords, has no entity tags, and allows 100
/// results and 100 bulk operations.
async fn v01_the_service_provider_config_is_exactly_this(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let mut config = org.get("/ServiceProviderConfig").await.expect(200).json();
    let schemes = config
        .as_object_mut()
        .unwrap()
        .shift_remove("authenticationSchemes")
        .unwrap();
    let types: Vec<(&Value, &Value)> = schemes
        .as_array()
        .unwrap()
        .iter()
        .map(|scheme| (&scheme["type"], &scheme["primary"]))
        .collect();
    assert_eq!(
        types,
        [
            (&json!("oauthbearertoken"), &json!(true)),
            (&json!("httpbasic"), &json!(false))
        ]
    );
    config.as_object_mut().unwrap().shift_remove("documentationUri");
    // How long a cursor is good is a setting's business.
    if let Some(pagination) = config["pagination"].as_object_mut() {
        assert!(
            pagination
                .shift_remove("cursorTimeout")
                .is_some_and(|seconds| seconds.as_u64() > Some(0))
        );
    }
    assert_eq!(
        config,
        json!({
            "schemas": [SERVICE_PROVIDER_CONFIG],
            "patch": {"supported": true},
            "bulk": {"supported": true, "maxOperations": 1_000, "maxPayloadSize": 16_777_216},
            "filter": {"supported": true, "maxResults": 1_000},
            "changePassword": {"supported": false},
            "sort": {"supported": true},
            "etag": {"supported": true},
            "pagination": {
                "cursor": true, "index": true, "defaultPaginationMethod": "index", "defaultPageSize": 100,
                "maxPageSize": 1_000,
            },
            "meta": {
                "resourceType": "ServiceProviderConfig", "location": location(&org, "/ServiceProviderConfig"),
            },
        })
    );
}

/// ZITADEL has one resource type, calls its `meta.resourceType` "User" and leaves the slash out of `endpoint`; RFC 7643
/// §6 has it as it is here.
async fn v01_the_resource_types_are_exactly_these(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let list = org.get("/ResourceTypes").await.expect(200).json();
    assert_eq!(list["totalResults"], 2);
    for (number, (name, schema, extensions)) in [
        (
            "User",
            USER,
            json!([{"schema": ENTERPRISE_USER, "required": false}]),
        ),
        ("Group", GROUP, json!([])),
    ]
    .into_iter()
    .enumerate()
    {
        let endpoint = format!("/ResourceTypes/{name}");
        let read = org.get(&endpoint).await.expect(200).json();
        assert_eq!(list["Resources"][number], read);
        let expected = json!({
            "schemas": [RESOURCE_TYPE], "id": name, "name": name, "description": read["description"],
            "endpoint": format!("/{name}s"), "schema": schema, "schemaExtensions": extensions,
            "meta": {"resourceType": "ResourceType", "location": location(&org, &endpoint)},
        });
        assert_eq!(read, expected);
        assert!(read["description"].as_str().is_some_and(|text| !text.is_empty()));
    }
}

/// ZITADEL has the schema of users alone.
async fn v01_the_schemas_are_these_and_each_can_be_read_alone(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let list = org.get("/Schemas").await.expect(200).json();
    assert_eq!(list["totalResults"], 3);
    for (number, (urn, names)) in [
        (
            USER,
            vec![
                "userName",
                "name",
                "displayName",
                "nickName",
                "profileUrl",
                "title",
                "userType",
                "preferredLanguage",
                "locale",
                "timezone",
                "active",
                "password",
                "emails",
                "phoneNumbers",
                "ims",
                "photos",
                "addresses",
                "groups",
                "entitlements",
                "roles",
                "x509Certificates",
            ],
        ),
        (
            ENTERPRISE_USER,
            vec![
                "employeeNumber",
                "costCenter",
                "organization",
                "division",
                "department",
                "manager",
            ],
        ),
        (GROUP, vec!["displayName", "members"]),
    ]
    .into_iter()
    .enumerate()
    {
        let endpoint = format!("/Schemas/{urn}");
        let read = org.get(&endpoint).await.expect(200).json();
        assert_eq!(list["Resources"][number], read);
        assert_eq!((&read["id"], &read["schemas"]), (&json!(urn), &json!([SCHEMA])));
        let meta = json!({"resourceType": "Schema", "location": location(&org, &endpoint)});
        assert_eq!(read["meta"], meta);
        let mut found: Vec<&str> = read["attributes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|attribute| attribute["name"].as_str().unwrap())
            // RFC 7643 §3.1: attributes of every resource may be listed or not.
            .filter(|name| !["schemas", "id", "externalId", "meta"].contains(name))
            .collect();
        let mut names = names;
        found.sort_unstable();
        names.sort_unstable();
        assert_eq!(found, names, "{urn}");
    }
}

async fn v01_unknown_documents_are_not_found(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for endpoint in ["/ResourceTypes/FooBar", "/Schemas/fooBar", "/Schemas/urn:fooBar"] {
        refused(&org.get(endpoint).await, 404, None, &[]);
    }
}

/// ZITADEL shows these documents to everybody; here they tell of the organization's own schemas.
async fn v01_discovery_needs_a_credential_of_the_organization(gateway: TestGateway) {
    let [org, stranger] = [gateway.with_org().await, gateway.with_org().await];
    for endpoint in [
        "/ServiceProviderConfig".to_owned(),
        "/ResourceTypes".to_owned(),
        "/ResourceTypes/User".to_owned(),
        "/ResourceTypes/FooBar".to_owned(),
        "/Schemas".to_owned(),
        format!("/Schemas/{USER}"),
    ] {
        let path = org.path(&endpoint);
        refused(&gateway.call("GET", &path, None, &[], None).await, 401, None, &[]);
        let answer = gateway
            .call("GET", &path, Some(stranger.manager()), &[], None)
            .await;
        refused(&answer, 404, None, &[]);
    }
}
