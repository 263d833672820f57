//! The endpoints and their discovery come and go with what is offered.

use serde_json::{Value, json};
use wicketgate_domain::EntitlementKind;
use wicketgate_scim::{
    Mode,
    schema::{ENTITLEMENT, GROUP, ROLE, USER},
};
use wicketgate_testbed::both_engines;

use crate::harness::{TestGateway, refused};

both_engines! {
    run with crate::harness::run:
    what_is_not_offered_has_no_endpoint,
    each_kind_is_there_while_a_value_of_it_is_offered,
    an_offered_kind_is_discovered_with_its_schema,
}

const KINDS: [(EntitlementKind, &str, &str); 2] = [
    (EntitlementKind::Role, "/Roles", ROLE),
    (EntitlementKind::Entitlement, "/Entitlements", ENTITLEMENT),
];

async fn what_is_not_offered_has_no_endpoint(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for mode in [Mode::Tolerant, Mode::Strict] {
        org.set_mode(mode).await;
        for (method, unknown, endpoints) in [
            (
                "GET",
                "/Devices",
                ["/Roles", "/Entitlements", "/roles", "/Roles/"],
            ),
            (
                "GET",
                "/Devices?filter=nonsense",
                [
                    "/Roles?filter=nonsense",
                    "/Roles?count=x",
                    "/Roles?count=1&count=1",
                    "/Entitlements?attributes=id&excludedAttributes=id",
                ],
            ),
            (
                "GET",
                "/Devices/1",
                ["/Roles/1", "/Entitlements/1", "/Roles/1/2", "/Roles/.search"],
            ),
            (
                "POST",
                "/Devices",
                [
                    "/Roles",
                    "/Entitlements",
                    "/Roles/.search",
                    "/Entitlements/.search",
                ],
            ),
            (
                "DELETE",
                "/Devices/1",
                ["/Roles/1", "/Roles", "/Entitlements/1", "/entitlements"],
            ),
        ] {
            let nothing = org.send(method, unknown, &[], None).await;
            refused(&nothing, 404, None, &[]);
            for endpoint in endpoints {
                for headers in [&[][..], &[("Accept", "text/html")]] {
                    let answer = org.send(method, endpoint, headers, None).await;
                    assert_eq!(answer, nothing, "{mode} {method} {endpoint}");
                }
            }
        }
        for document in [
            "/ResourceTypes/Role",
            "/ResourceTypes/Entitlement",
            &format!("/Schemas/{ROLE}"),
            &format!("/Schemas/{ENTITLEMENT}"),
        ] {
            refused(&org.get(document).await, 404, None, &[]);
        }
    }
}

async fn each_kind_is_there_while_a_value_of_it_is_offered(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for (kind, endpoint, _) in KINDS {
        let statuses = || async {
            let mut statuses = Vec::new();
            for (_, endpoint, _) in KINDS {
                statuses.push(org.get(endpoint).await.status);
            }
            statuses
        };
        org.offer(kind, "pilot", "Pilot").await;
        let expected: Vec<u16> = KINDS
            .iter()
            .map(|(_, other, _)| if *other == endpoint { 200 } else { 404 })
            .collect();
        assert_eq!(statuses().await, expected);
        org.get(&endpoint.to_lowercase()).await.expect(200);
        org.withdraw(kind, "pilot").await;
        assert_eq!(statuses().await, [404, 404]);
    }
    org.offer(EntitlementKind::Role, "pilot", "Pilot").await;
    org.set_mode(Mode::Strict).await;
    org.get("/Roles").await.expect(200);
    org.get("/roles").await.expect(404);
}

async fn an_offered_kind_is_discovered_with_its_schema(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let stranger = gateway.with_org().await;
    for (kind, _, _) in KINDS {
        org.offer(kind, kind.as_str(), "Any").await;
    }
    let found = |list: Value| -> Vec<Value> {
        let documents = list["Resources"].as_array().unwrap();
        documents.iter().map(|document| document["id"].clone()).collect()
    };
    let types = org.get("/ResourceTypes").await.expect(200).json();
    assert_eq!(types["Resources"][2]["endpoint"], "/Roles");
    assert_eq!(types["Resources"][2]["schema"], ROLE);
    assert_eq!(types["Resources"][2]["schemaExtensions"], json!([]));
    assert_eq!(types["Resources"][3]["endpoint"], "/Entitlements");
    assert_eq!(types["Resources"][3]["schema"], ENTITLEMENT);
    assert_eq!(found(types), ["User", "Group", "Role", "Entitlement"]);
    let schemas = found(org.get("/Schemas").await.expect(200).json());
    assert!(
        [USER, GROUP, ROLE, ENTITLEMENT]
            .iter()
            .all(|urn| schemas.contains(&json!(urn))),
        "{schemas:?}"
    );
    for (_, endpoint, urn) in KINDS {
        let schema = org.get(&format!("/Schemas/{urn}")).await.expect(200).json();
        let attributes = schema["attributes"].as_array().unwrap();
        let listed = org.get(endpoint).await.expect(200).json();
        for name in listed["Resources"][0].as_object().unwrap().keys() {
            let is_common = ["schemas", "id", "meta"].contains(&name.as_str());
            let is_published = attributes.iter().any(|attribute| attribute["name"] == *name);
            assert!(is_common || is_published, "{endpoint} {name}");
        }
        assert!(
            attributes
                .iter()
                .all(|attribute| attribute["mutability"] == "readOnly")
        );
    }
    // What one organization offers, another one does not discover.
    assert_eq!(
        found(stranger.get("/ResourceTypes").await.json()),
        ["User", "Group"]
    );
}
