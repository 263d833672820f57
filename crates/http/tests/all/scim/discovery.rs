//! `/ServiceProviderConfig`, `/ResourceTypes` and `/Schemas`, and that what they say is true.

use serde_json::{Value, json};
use wicketgate_scim::{
    discovery::{RESOURCE_TYPE, SCHEMA, SERVICE_PROVIDER_CONFIG},
    message::LIST_RESPONSE,
    schema::{ENTERPRISE_USER, GROUP, USER},
};
use wicketgate_testbed::both_engines;

use crate::harness::{PUBLIC_URL, TestGateway, percent_encoded, refused};

both_engines! {
    run with crate::harness::run:
    the_configuration_is_one_document,
    what_the_configuration_offers_is_there,
    types_and_schemas_are_lists,
    every_document_of_a_list_can_be_read_at_its_location,
    names_and_urns_are_found_in_every_spelling,
    a_document_that_does_not_exist_is_not_found,
    a_filter_is_refused_and_everything_else_in_a_query_is_ignored,
    discovery_is_read_only,
    every_published_attribute_can_be_stored_and_comes_back,
    me_is_not_offered,
}

async fn the_configuration_is_one_document(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let config = org.get("/ServiceProviderConfig").await.expect(200).json();
    assert_eq!(config["schemas"], json!([SERVICE_PROVIDER_CONFIG]));
    let location = format!("{PUBLIC_URL}{}", org.path("/ServiceProviderConfig"));
    assert_eq!(
        config["meta"],
        json!({"resourceType": "ServiceProviderConfig", "location": location})
    );
    for (feature, supported) in [
        ("patch", true),
        ("bulk", true),
        ("filter", true),
        ("changePassword", false),
        ("sort", true),
        ("etag", true),
    ] {
        assert_eq!(config[feature]["supported"], supported, "{feature}");
    }
    assert_eq!(config["filter"]["maxResults"], 1000);
    assert_eq!(config["pagination"]["index"], true);
    assert_eq!(config["pagination"]["cursor"], true);
    assert_eq!(config["pagination"]["cursorTimeout"], 600);
    for scheme in config["authenticationSchemes"].as_array().unwrap() {
        assert!(
            scheme["name"].is_string() && scheme["description"].is_string(),
            "{scheme}"
        );
        let known = ["oauth", "oauth2", "oauthbearertoken", "httpbasic", "httpdigest"];
        assert!(known.iter().any(|known| scheme["type"] == *known), "{scheme}");
    }
}

async fn what_the_configuration_offers_is_there(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for endpoint in ["/Bulk", "/.search", "/Users/.search", "/Groups/.search"] {
        // The body is no request: it is read and refused.
        refused(
            &org.post(endpoint, &json!({"filter": {}})).await,
            400,
            Some("invalidSyntax"),
            &[],
        );
    }
    let config = org.get("/ServiceProviderConfig").await.expect(200).json();
    assert_eq!(config["bulk"]["maxOperations"], 1000);
    assert_eq!(config["bulk"]["maxPayloadSize"], 16 << 20);
}

async fn types_and_schemas_are_lists(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for (endpoint, urn, ids) in [
        ("/ResourceTypes", RESOURCE_TYPE, json!(["User", "Group"])),
        ("/Schemas", SCHEMA, json!([USER, ENTERPRISE_USER, GROUP])),
    ] {
        let list = org.get(endpoint).await.expect(200).json();
        assert_eq!(list["schemas"], json!([LIST_RESPONSE]));
        let documents = list["Resources"].as_array().unwrap();
        assert_eq!(list["totalResults"], documents.len());
        assert_eq!(list["itemsPerPage"], documents.len());
        assert_eq!(list["startIndex"], 1);
        let found: Vec<&Value> = documents.iter().map(|document| &document["id"]).collect();
        assert_eq!(json!(found), ids);
        assert!(
            documents
                .iter()
                .all(|document| document["schemas"] == json!([urn]))
        );
    }
}

async fn every_document_of_a_list_can_be_read_at_its_location(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for endpoint in ["/ResourceTypes", "/Schemas"] {
        let list = org.get(endpoint).await.expect(200).json();
        for document in list["Resources"].as_array().unwrap() {
            let location = document["meta"]["location"].as_str().unwrap();
            let path = location.strip_prefix(PUBLIC_URL).unwrap();
            let read = gateway
                .call("GET", path, Some(org.manager()), &[], None)
                .await
                .expect(200);
            assert_eq!(read.json(), *document);
        }
    }
    for resource_type in org.get("/ResourceTypes").await.json()["Resources"]
        .as_array()
        .unwrap()
    {
        org.get(resource_type["endpoint"].as_str().unwrap())
            .await
            .expect(200);
        let schema = resource_type["schema"].as_str().unwrap();
        org.get(&format!("/Schemas/{schema}")).await.expect(200);
    }
}

async fn names_and_urns_are_found_in_every_spelling(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let user = org.get(&format!("/Schemas/{USER}")).await.expect(200);
    for spelling in [percent_encoded(USER), USER.to_lowercase(), USER.to_uppercase()] {
        assert_eq!(org.get(&format!("/Schemas/{spelling}")).await, user, "{spelling}");
    }
    let group = org.get("/ResourceTypes/Group").await.expect(200);
    assert_eq!(org.get("/ResourceTypes/group").await, group);
    assert_eq!(org.get("/ResourceTypes/Group/").await, group);
}

async fn a_document_that_does_not_exist_is_not_found(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for endpoint in [
        "/Schemas/urn:example:nothing",
        "/Schemas/User",
        "/ResourceTypes/Device",
        "/ServiceProviderConfig/1",
        "/ServiceProviderConfigs",
        // Messages are no schemas of resources.
        "/Schemas/urn:ietf:params:scim:api:messages:2.0:ListResponse",
    ] {
        refused(&org.get(endpoint).await, 404, None, &[]);
    }
}

async fn a_filter_is_refused_and_everything_else_in_a_query_is_ignored(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for endpoint in ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas"] {
        let plain = org.get(endpoint).await.expect(200);
        for query in [
            "count=1&startIndex=2",
            "attributes=name",
            "sortBy=id",
            "excludedAttributes=id",
            "x=1",
        ] {
            assert_eq!(
                org.get(&format!("{endpoint}?{query}")).await,
                plain,
                "{endpoint} {query}"
            );
        }
        for filter in ["filter=id%20pr", "filter=", "FILTER=x"] {
            refused(
                &org.get(&format!("{endpoint}?{filter}")).await,
                403,
                None,
                &["filter"],
            );
        }
    }
}

async fn discovery_is_read_only(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for endpoint in [
        "/ServiceProviderConfig",
        "/ResourceTypes",
        "/ResourceTypes/User",
        "/Schemas",
    ] {
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
            let answer = org.send(method, endpoint, &[], Some(b"{}")).await;
            refused(&answer, 405, None, &["GET"]);
            assert_eq!(answer.header("allow"), Some("GET"));
        }
    }
}

/// A value that fits an attribute's published definition; `None` where clients cannot write it or never see it.
fn value_for(attribute: &Value) -> Option<Value> {
    if attribute["mutability"] == "readOnly" || attribute["returned"] == "never" {
        return None;
    }
    let value = match attribute["type"].as_str().unwrap() {
        "boolean" => json!(true),
        "dateTime" => json!("2026-01-31T12:00:00Z"),
        "complex" => {
            let subs = attribute["subAttributes"].as_array().unwrap();
            let members = subs.iter().filter_map(|sub| {
                let name = sub["name"].as_str().unwrap().to_owned();
                Some((name, value_for(sub)?))
            });
            Value::Object(members.collect())
        }
        _ => json!("text"),
    };
    Some(if attribute["multiValued"] == true {
        json!([value])
    } else {
        value
    })
}

async fn every_published_attribute_can_be_stored_and_comes_back(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let attributes = |urn: &str| {
        let endpoint = format!("/Schemas/{urn}");
        let org = &org;
        async move {
            org.get(&endpoint).await.expect(200).json()["attributes"]
                .as_array()
                .unwrap()
                .clone()
        }
    };
    let object = |attributes: &[Value]| -> Value {
        let members = attributes.iter().filter_map(|attribute| {
            Some((
                attribute["name"].as_str().unwrap().to_owned(),
                value_for(attribute)?,
            ))
        });
        Value::Object(members.collect())
    };
    let mut user = object(&attributes(USER).await);
    user["schemas"] = json!([USER, ENTERPRISE_USER]);
    user[ENTERPRISE_USER] = object(&attributes(ENTERPRISE_USER).await);
    let stored = org.post("/Users", &user).await.expect(201).json();
    for (name, value) in user.as_object().unwrap() {
        assert_eq!(&stored[name], value, "{name}");
    }
}

async fn me_is_not_offered(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
        refused(
            &org.send(method, "/Me", &[], None).await,
            501,
            None,
            &["not supported"],
        );
    }
}
