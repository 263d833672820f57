//! What the provisioning log says of real requests. How rows are found, kept and removed is tested in the domain crate.

use serde_json::{Value, json};
use wicketgate_auth::Role;
use wicketgate_domain::{LogQuery, LogRow};
use wicketgate_scim::{Mode, message::PATCH_OP, schema::USER};
use wicketgate_testbed::both_engines;

use crate::harness::{TestGateway, TestOrg};

both_engines! {
    run with crate::harness::run:
    the_life_of_a_user_reads_as_a_story,
    the_life_of_a_group_reads_as_a_story,
    what_only_reads_leaves_no_trace,
    a_failure_says_why_and_what_to_do,
    every_operation_of_a_bulk_request_is_a_row,
    no_secret_is_in_any_row,
    a_row_has_the_id_that_the_answer_carried_and_says_who_asked,
    a_refused_credential_is_answered_as_if_nobody_looked,
}

async fn log(org: &TestOrg) -> Vec<(LogRow, Option<Value>)> {
    org.gateway
        .surface()
        .gateway
        .flush_provisioning_log()
        .await
        .unwrap();
    let door = org.door().viewer().unwrap();
    let log = door.provisioning_log();
    let query = LogQuery {
        limit: 500,
        ..LogQuery::default()
    };
    let page = log.page(query).await.unwrap();
    let mut rows = Vec::new();
    for row in page.rows.into_iter().rev() {
        rows.push(log.get(row.id).await.unwrap());
    }
    rows
}

async fn sentences(org: &TestOrg) -> Vec<String> {
    log(org).await.into_iter().map(|(row, _)| row.sentence).collect()
}

fn user(name: &str) -> Value {
    json!({"schemas": [USER], "userName": name, "emails": [{"value": name, "type": "work"}]})
}

fn patch(operations: &Value) -> Value {
    json!({"schemas": [PATCH_OP], "Operations": operations})
}

async fn patched(org: &TestOrg, endpoint: &str, operations: Value) -> u16 {
    let body = patch(&operations).to_string();
    org.send("PATCH", endpoint, &[], Some(body.as_bytes()))
        .await
        .status
}

async fn the_life_of_a_user_reads_as_a_story(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let lookup = "/Users?filter=userName%20eq%20%22anna%40example.com%22";
    org.get(lookup).await.expect(200);
    let id = org
        .post("/Users", &user("anna@example.com"))
        .await
        .expect(201)
        .id();
    org.get(lookup).await.expect(200);
    let path = format!("/Users/{id}");
    for operation in [
        json!({"op": "Replace", "path": "title", "value": "Pilot"}),
        json!({"op": "replace", "path": "title", "value": "Pilot"}),
        json!({"op": "replace", "path": "active", "value": false}),
        json!({"op": "replace", "value": {"active": true}}),
    ] {
        assert_eq!(patched(&org, &path, json!([operation])).await, 200);
    }
    org.get("/Users?filter=title%20sw%20%22Pi%22").await.expect(200);
    org.send("DELETE", &path, &[], None).await.expect(204);
    assert_eq!(
        sentences(&org).await,
        [
            "Looked up anna@example.com: not found",
            "Created anna@example.com",
            "Looked up anna@example.com: found",
            "Updated anna@example.com: title",
            "Sent anna@example.com again, with nothing new",
            "Deactivated anna@example.com",
            "Reactivated anna@example.com",
            "Searched users for title sw \"Pi\": 1 found",
            "Deleted anna@example.com",
        ]
    );
    let rows = log(&org).await;
    let (row, body) = &rows[3];
    assert_eq!(row.rewrites[0].rule, "op-case");
    assert!(row.rewrites[0].sent.contains("capitals"));
    assert_eq!(body.as_ref().unwrap()["Operations"][0]["value"], "Pilot");
    let of_anna = rows.iter().filter(|(row, _)| {
        let target = row.target.as_ref().and_then(|target| target.id);
        target.is_some_and(|target| target.to_string() == id)
    });
    assert_eq!(of_anna.count(), 8);
}

async fn the_life_of_a_group_reads_as_a_story(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let mut ids = Vec::new();
    for name in ["a", "b", "c"] {
        ids.push(org.user_made_elsewhere(user(name)).await);
    }
    let member = |position: usize| json!({"value": ids[position]});
    let body = json!({"displayName": "Pilots", "members": [member(0)]});
    let id = org.post("/Groups", &body).await.expect(201).id();
    let path = format!("/Groups/{id}");
    for operations in [
        json!([{"op": "add", "path": "members", "value": [member(1), member(2)]}]),
        json!([{"op": "remove", "path": "members", "value": [member(0)]}]),
        json!([{"op": "replace", "path": "members", "value": [member(0)]}]),
        json!([{"op": "replace", "path": "displayName", "value": "Crew"}]),
        json!([{"op": "add", "path": "members", "value": [member(0)]}]),
    ] {
        assert_eq!(patched(&org, &path, operations).await, 204);
    }
    org.get("/Groups?filter=displayName%20eq%20%22Crew%22")
        .await
        .expect(200);
    org.send("DELETE", &path, &[], None).await.expect(204);
    assert_eq!(
        sentences(&org).await,
        [
            "Created the group Pilots with 1 member",
            "Added 2 members to Pilots",
            "Removed 1 member from Pilots",
            "Added 1 member to and removed 2 from Pilots",
            "Updated the group Crew: displayName",
            "Sent the group Crew again, with nothing new",
            "Looked up Crew: found",
            "Deleted the group Crew",
        ]
    );
}

async fn what_only_reads_leaves_no_trace(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let id = org.user_made_elsewhere(user("anna")).await;
    for endpoint in [
        "/Users",
        "/Groups",
        &format!("/Users/{id}"),
        "/ServiceProviderConfig",
        "/Schemas",
        "",
    ] {
        org.get(endpoint).await.expect(200);
    }
    assert!(log(&org).await.is_empty());
}

async fn a_failure_says_why_and_what_to_do(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let id = org
        .post("/Users", &user("anna@example.com"))
        .await
        .expect(201)
        .id();
    let missing = format!("/Users/{}", uuid_of(7));
    let reader = org.token(Role::OrgUserReader).to_owned();
    org.post("/Users", &user("ANNA@example.com")).await.expect(409);
    org.get("/Users?filter=userName%20is%20x").await.expect(400);
    org.get("/Users?filter=shoeSize%20eq%20%2242%22")
        .await
        .expect(400);
    org.get(&missing).await.expect(404);
    patched(
        &org,
        &missing,
        json!([{"op": "replace", "path": "active", "value": false}]),
    )
    .await;
    patched(
        &org,
        &format!("/Users/{id}"),
        json!([{"op": "replace", "path": "id", "value": "x"}]),
    )
    .await;
    org.send(
        "DELETE",
        &format!("/Users/{id}"),
        &[("If-Match", "W/\"9\"")],
        None,
    )
    .await
    .expect(412);
    org.send("POST", "/Users", &[], Some(b"{\"password\": \"hunter2\""))
        .await
        .expect(400);
    org.send("POST", "/Users", &[("Content-Type", "text/xml")], Some(b"<a/>"))
        .await
        .expect(415);
    org.send("PUT", "/Users", &[], Some(b"{}")).await.expect(405);
    org.get("/Nothing").await.expect(404);
    gateway
        .call(
            "DELETE",
            &org.path(&format!("/Users/{id}")),
            Some(&reader),
            &[],
            None,
        )
        .await
        .expect(403);
    org.post("/Users", &json!({"schemas": [USER]})).await.expect(400);
    let rows = log(&org).await;
    let told: Vec<String> = rows
        .iter()
        .skip(1)
        .map(|(row, _)| {
            assert!(row.explanation.is_some(), "{row:?}");
            format!(
                "{} {} {}",
                row.status,
                row.failure.as_deref().unwrap_or_default(),
                row.sentence
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "409 duplicate Tried to create ANNA@example.com",
            "400 invalid_filter Tried to look up users",
            "400 invalid_filter Tried to look up users",
            "404 not_found Tried to read a user",
            "404 not_found Tried to change a user",
            "400 mutability Tried to change anna@example.com",
            "412 version_conflict Tried to delete anna@example.com",
            "400 invalid_syntax Tried to create a user",
            "415 wrong_media_type Tried to create a user",
            "405 method_not_allowed Sent a request that was turned away",
            "404 unknown_endpoint Sent a request that was turned away",
            "403 wrong_role Tried to delete anna@example.com",
            "400 invalid_value Tried to create a user",
        ]
    );
    let duplicate = rows[1].0.explanation.as_ref().unwrap();
    assert!(
        duplicate.cause.contains("anna@example.com") && duplicate.cause.contains(&id),
        "{duplicate:?}"
    );
    let detail = rows[3].0.detail.as_deref().unwrap();
    assert!(detail.contains("shoeSize") && !detail.contains("42"), "{detail}");
    assert_eq!(rows[8].1, Some(json!({"unreadable": true, "bytes": 22})));
}

fn uuid_of(number: u8) -> String {
    format!("0198f2a1-7c3e-7d4b-9a55-3c1f0e6b2d{number:02x}")
}

async fn every_operation_of_a_bulk_request_is_a_row(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [
            {"method": "POST", "path": "/Users", "bulkId": "u", "data": user("anna")},
            {"method": "POST", "path": "/Groups", "bulkId": "g",
             "data": {"displayName": "Pilots", "members": [{"value": "bulkId:u"}]}},
            {"method": "DELETE", "path": format!("/Users/{}", uuid_of(9))},
            {"method": "PATCH", "path": "/Users"},
        ],
    });
    let answer = org.post("/Bulk", &body).await.expect(200).json();
    assert_eq!(answer["Operations"].as_array().unwrap().len(), 4);
    let rows = log(&org).await;
    let mut told: Vec<(Option<u32>, u16, &str)> = rows
        .iter()
        .map(|(row, _)| (row.operation, row.status, row.sentence.as_str()))
        .collect();
    told.sort_unstable();
    assert_eq!(told[0], (Some(0), 201, "Created anna"));
    assert_eq!(told[1], (Some(1), 201, "Created the group Pilots with 1 member"));
    assert_eq!(told[2], (Some(2), 404, "Tried to delete a user"));
    assert_eq!((told[3].0, told[3].1), (Some(3), 400));
    let first = &rows[0].0.request_id;
    assert!(rows.iter().all(|(row, _)| row.request_id == *first));
    // A bulk request that is refused as a whole is one row.
    org.post("/Bulk", &json!({"Operations": []})).await.expect(400);
    assert_eq!(
        sentences(&org).await.last().unwrap(),
        "Tried to send many changes at once"
    );
}

/// Sends a secret in every place that somebody may think of.
async fn no_secret_is_in_any_row(gateway: TestGateway) {
    const SECRET: &str = "hunter2MARKER";
    let org = gateway.with_org().await;
    let id = org.user_made_elsewhere(user("anna")).await;
    let path = format!("/Users/{id}");
    for mode in [Mode::Tolerant, Mode::Strict, Mode::Interop] {
        org.set_mode(mode).await;
        for body in [
            json!({"userName": "b", "password": SECRET}),
            json!({"userName": "b", "PASSWORD": {"value": SECRET}}),
            json!({"userName": "b", "schemas": [USER, SECRET]}),
            json!({"userName": "b", "schemas": SECRET}),
            json!({"userName": {"password": SECRET}}),
            json!({"userName": "b", "name": {"secret": SECRET}}),
            json!({"userName": "b", "emails": [{"password": SECRET}]}),
            json!({"userName": "b", "urn:x:y:z": {"pin": SECRET}}),
            json!({"userName": "b", USER: {"password": SECRET}}),
            json!({"userName": "b", format!("{USER}:password"): SECRET}),
        ] {
            org.post("/Users", &body).await;
            org.send("PUT", &path, &[], Some(body.to_string().as_bytes()))
                .await;
            let bulk = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": [
                {"method": "POST", "path": "/Users", "bulkId": "u", "data": body},
                {"method": SECRET, "path": "/Users", "bulkId": "v"},
                {"method": "POST", "path": format!("/{SECRET}"), "bulkId": "w", "data": {}},
            ]});
            org.post("/Bulk", &bulk).await;
        }
        for operation in [
            json!({"op": "replace", "path": "password", "value": SECRET}),
            json!({"op": "replace", "path": "PassWord", "value": [SECRET]}),
            json!({"op": "replace", "value": {"password": SECRET}}),
            json!({"op": "replace", "value": {format!("emails[secret eq \"{SECRET}\"].value"): "x"}}),
            json!({"op": "replace", "path": format!("password[value eq \"{SECRET}\"]"), "value": 1}),
            json!({"op": "replace", "path": format!("emails[type eq \"{SECRET}"), "value": 1}),
            json!({"op": "replace", "path": format!("not {SECRET}"), "value": 1}),
            json!({"op": SECRET, "path": "title", "value": 1}),
            json!({"op": "add", "path": "schemas", "value": [SECRET]}),
            json!({"op": "add", "path": "unknown", "value": SECRET, "note": SECRET}),
            json!(SECRET),
        ] {
            patched(&org, &path, json!([operation])).await;
        }
        for query in [
            format!("filter=password%20eq%20%22{SECRET}%22"),
            format!("filter=userName%20eq%20%22{SECRET}"),
            format!("filter=secret%20eq%20%22{SECRET}%22"),
            format!("sortBy=not%20{SECRET}"),
            format!("filter=userName%20pr&cursor=%22{SECRET}%22"),
            format!("attributes=a%20{SECRET}"),
            format!("count={SECRET}%20"),
        ] {
            org.get(&format!("/Users?{query}")).await;
        }
        org.post(
            "/Users/.search",
            &json!({"filter": format!("password eq \"{SECRET}\""), "x": SECRET}),
        )
        .await;
        org.send(
            "POST",
            "/Users",
            &[],
            Some(format!("{{\"{SECRET}\": 1, \"{SECRET}\": 2}}").as_bytes()),
        )
        .await;
        org.get(&format!("/Users/{SECRET}")).await;
        org.get(&format!("/{SECRET}")).await;
    }
    let rows = log(&org).await;
    assert!(rows.len() > 150, "{}", rows.len());
    for (row, body) in rows {
        let shown = format!("{row:?} {}", body.unwrap_or_default());
        assert!(!shown.contains("MARKER"), "{shown}");
    }
}

async fn a_row_has_the_id_that_the_answer_carried_and_says_who_asked(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let headers = [("User-Agent", "Okta SCIM Client 1.0.0")];
    let body = user("anna").to_string();
    let address = Some("198.51.100.77:4711".parse().unwrap());
    let path = org.path("/Users");
    gateway
        .call_from(
            address,
            "POST",
            &path,
            Some(org.manager()),
            &headers,
            Some(body.as_bytes()),
        )
        .await
        .expect(201);
    let (row, _) = log(&org).await.remove(0);
    assert_eq!(row.user_agent.as_deref(), Some("Okta SCIM Client 1.0.0"));
    assert_eq!(row.network.as_deref(), Some("198.51.100.0/24"));
    assert_eq!(row.credential.unwrap().name.as_deref(), Some("first"));
    let events = org.door().owner().unwrap().events(0, 1_000).await.unwrap();
    let event = events.iter().find(|event| event.kind == "user.created").unwrap();
    assert_eq!(row.request_id, event.request_id);
}

async fn a_refused_credential_is_answered_as_if_nobody_looked(gateway: TestGateway) {
    let (org, other) = (gateway.with_org().await, gateway.with_org().await);
    let revoked = org.revoked_token().await;
    let rotated = org.rotated_token().await;
    let disabled = org.disabled_token().await;
    let unknown = crate::harness::unknown_token();
    let stranger = gateway
        .call("GET", &org.path("/Users"), Some(&unknown), &[], None)
        .await;
    for token in [&revoked, &rotated, &disabled] {
        let answer = gateway
            .call("GET", &org.path("/Users"), Some(token), &[], None)
            .await;
        assert_eq!(answer, stranger);
    }
    let foreign = gateway
        .call("GET", &other.path("/Users"), Some(org.manager()), &[], None)
        .await;
    let nowhere = format!("/scim/v2/{}/Users", uuid_of(1));
    assert_eq!(
        foreign,
        gateway
            .call("GET", &nowhere, Some(org.manager()), &[], None)
            .await
    );
    let mut failures: Vec<String> = log(&org)
        .await
        .into_iter()
        .map(|(row, _)| row.failure.unwrap())
        .collect();
    failures.sort();
    // The token that was sent to two other addresses within a minute is a row and a count.
    assert_eq!(
        failures,
        [
            "service_user_disabled",
            "token_replaced",
            "token_revoked",
            "wrong_organization",
            "wrong_organization"
        ]
    );
    assert!(log(&other).await.is_empty());
}
