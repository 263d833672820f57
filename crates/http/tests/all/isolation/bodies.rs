//! What stands in bodies: an id of another organization does exactly what an id of nobody does.

use serde_json::{Value, json};
use wicketgate_scim::{
    Mode,
    message::PATCH_OP,
    schema::{ENTERPRISE_USER, GROUP, USER},
};
use wicketgate_testbed::both_engines;

use super::{UNKNOWN, World};
use crate::harness::{Answer, TestGateway};

both_engines! {
    run with crate::harness::run:
    foreign_members_are_skipped_as_unknown_ones_are,
    foreign_members_are_refused_as_unknown_ones_are_in_strict_mode,
    a_foreign_manager_is_treated_as_an_unknown_one,
    a_foreign_id_in_a_new_resource_is_ignored,
}

/// Ways to name the member `{}`; the path is a group of A's with one member.
fn requests(id: &str, own: &str) -> Vec<(&'static str, Value)> {
    let patch = |operation: Value| json!({"schemas": [PATCH_OP], "Operations": [operation]});
    let group = |members: Value| json!({"schemas": [GROUP], "displayName": "Pilots", "members": members});
    let reference = format!("https://scim.example.com/scim/v2/x/Users/{id}");
    vec![
        ("POST", group(json!([{"value": id}]))),
        (
            "POST",
            group(json!([{"value": own}, {"value": id, "type": "User", "$ref": reference}])),
        ),
        ("POST", group(json!([{"$ref": reference}]))),
        ("PUT", group(json!([{"value": id}]))),
        (
            "PUT",
            group(json!([{"value": own}, {"value": id, "type": "Group"}])),
        ),
        (
            "PATCH",
            patch(json!({"op": "add", "path": "members", "value": [{"value": id}]})),
        ),
        (
            "PATCH",
            patch(json!({"op": "add", "path": "members", "value": [{"value": own}, {"value": id}]})),
        ),
        (
            "PATCH",
            patch(json!({"op": "add", "value": {"members": [{"value": id}]}})),
        ),
        (
            "PATCH",
            patch(json!({"op": "replace", "path": "members", "value": [{"value": id}]})),
        ),
        (
            "PATCH",
            patch(json!({"op": "remove", "path": "members", "value": [{"value": id}]})),
        ),
        (
            "PATCH",
            patch(json!({"op": "remove", "path": format!("members[value eq \"{id}\"]")})),
        ),
    ]
}

/// Sends the request about a fresh group, and answers what a client sees of it, the group read back, and its events.
async fn observe(
    world: &World,
    method: &str,
    body: &Value,
    id: &str,
    own: &str,
) -> (Answer, Option<Answer>, Value) {
    let mut endpoint = "/Groups".to_owned();
    let mut group = None;
    if method != "POST" {
        let created = world.a.group("Pilots", &[own]).await;
        endpoint = format!("/Groups/{created}");
        group = Some(created);
    }
    let before = world.a.latest_event().await;
    let answer = world
        .a
        .send(method, &endpoint, &[], Some(body.to_string().as_bytes()))
        .await;
    if answer.status == 201 {
        group = Some(answer.id());
    }
    let mut events = Vec::new();
    for event in world
        .a
        .events()
        .await
        .into_iter()
        .filter(|event| event.seq > before)
    {
        events.push(json!({"kind": event.kind, "payload": event.payload}));
    }
    let events = Value::from(events);
    let Some(group) = group else {
        return (nameless(&answer, id, None), None, named(&events, id));
    };
    let read = world.a.get(&format!("/Groups/{group}")).await.expect(200);
    world.a.delete(&format!("/Groups/{group}")).await.expect(204);
    (
        nameless(&answer, id, Some(&group)),
        Some(nameless(&read, id, Some(&group))),
        named(&events, id),
    )
}

fn named(value: &Value, id: &str) -> Value {
    serde_json::from_str(&value.to_string().replace(id, "ID")).unwrap()
}

/// The answer without the ids and times that differ between any two requests.
fn nameless(answer: &Answer, id: &str, group: Option<&str>) -> Answer {
    let mut names = vec![(id.to_owned(), "ID")];
    names.extend(group.map(|group| (group.to_owned(), "GROUP")));
    if let Ok(body) = serde_json::from_slice::<Value>(&answer.body) {
        for time in ["created", "lastModified"] {
            names.extend(body["meta"][time].as_str().map(|time| (time.to_owned(), "TIME")));
        }
    }
    let names: Vec<(&str, &str)> = names.iter().map(|(from, to)| (from.as_str(), *to)).collect();
    answer.with_names(&names)
}

async fn foreign_members_are_skipped_as_unknown_ones_are(gateway: TestGateway) {
    let world = World::new(gateway).await;
    compare_members(&world).await;
    world.b_is_unchanged().await;
}

async fn foreign_members_are_refused_as_unknown_ones_are_in_strict_mode(gateway: TestGateway) {
    let world = World::new(gateway).await;
    world.a.set_mode(Mode::Strict).await;
    compare_members(&world).await;
    let body = json!({"schemas": [GROUP], "displayName": "Pilots", "members": [{"value": world.b_user}]});
    let answer = world.a.post("/Groups", &body).await;
    crate::harness::refused(&answer, 400, Some("invalidValue"), &["members", &world.b_user]);
    world.b_is_unchanged().await;
}

async fn compare_members(world: &World) {
    let own = world.a.user("anna@a.example.com").await;
    for (number, (method, body)) in requests(UNKNOWN, &own).into_iter().enumerate() {
        let unknown = observe(world, method, &body, UNKNOWN, &own).await;
        assert!(unknown.0.status < 500, "{method} {body}: {:?}", unknown.0);
        for foreign in [&world.b_user, &world.b_group] {
            let (method, body) = requests(foreign, &own).swap_remove(number);
            let observed = observe(world, method, &body, foreign, &own).await;
            assert_eq!(observed, unknown, "{method} {body}");
        }
    }
}

async fn a_foreign_manager_is_treated_as_an_unknown_one(gateway: TestGateway) {
    let world = World::new(gateway).await;
    for mode in [Mode::Tolerant, Mode::Strict] {
        world.a.set_mode(mode).await;
        let mut observed = Vec::new();
        for manager in [UNKNOWN, world.b_user.as_str()] {
            let user = json!({
                "schemas": [USER, ENTERPRISE_USER], "userName": "anna@a.example.com",
                ENTERPRISE_USER: {"manager": {"value": manager}},
            });
            let created = world.a.post("/Users", &user).await;
            if created.status != 201 {
                observed.push(vec![nameless(&created, manager, None)]);
                continue;
            }
            let id = created.id();
            let operation = json!([{"op": "add", "path": format!("{ENTERPRISE_USER}:manager"),
                "value": {"value": manager}}]);
            let patched = world.a.patch(&format!("/Users/{id}"), &operation).await;
            let read = world.a.get(&format!("/Users/{id}")).await;
            world.a.delete(&format!("/Users/{id}")).await.expect(204);
            observed.push(
                [created, patched, read]
                    .iter()
                    .map(|answer| nameless(answer, manager, Some(&id)))
                    .collect(),
            );
        }
        assert_eq!(observed[0], observed[1], "{mode}");
    }
    world.b_is_unchanged().await;
}

async fn a_foreign_id_in_a_new_resource_is_ignored(gateway: TestGateway) {
    let world = World::new(gateway).await;
    let user = json!({
        "schemas": [USER], "id": world.b_user, "userName": "anna@a.example.com",
        "groups": [{"value": world.b_group}], "meta": {"location": format!("/Users/{}", world.b_user)},
    });
    let created = world.a.post("/Users", &user).await.expect(201);
    assert_ne!(created.id(), world.b_user);
    assert_eq!(created.json().get("groups"), None, "{created:?}");
    let group = json!({"schemas": [GROUP], "id": world.b_group, "displayName": "Pilots"});
    assert_ne!(
        world.a.post("/Groups", &group).await.expect(201).id(),
        world.b_group
    );
    world.b_is_unchanged().await;
}
