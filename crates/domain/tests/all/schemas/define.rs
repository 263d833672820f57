//! Defining, changing and removing a schema, and when requests know.

use std::sync::Arc;

use serde_json::{Value, json};
use wicketgate_domain::{Error, Extended};
use wicketgate_scim::schema::ENTERPRISE_USER;
use wicketgate_testbed::both_engines;

use super::{STAFF, badges, extensions, group_badges, staff};
use crate::harness::{Installation, assert_refused, object};

both_engines! {
    run with crate::harness::run:
    a_schema_holds_from_the_next_request_on,
    every_process_knows_with_its_next_request,
    the_operator_knows_the_schemas_of_the_organization_it_enters,
    a_group_is_extended_on_its_own,
    defining_the_same_again_changes_nothing,
    a_definition_is_changed,
    a_schema_is_removed_under_any_spelling,
    each_change_is_an_event,
    schemas_are_each_organizations_own,
    only_an_owner_defines,
}

async fn a_schema_holds_from_the_next_request_on(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let before = org.request().await;
    let defined = org.define(Extended::User, false, badges()).await.unwrap();
    assert_eq!(
        (
            defined.schema.id.as_str(),
            defined.resource_type,
            defined.required,
            defined.unfinished
        ),
        (STAFF, Extended::User, false, false)
    );
    assert_eq!(extensions(&before), [ENTERPRISE_USER]);
    assert_eq!(extensions(&org.request().await), [ENTERPRISE_USER, STAFF]);
    // The second request of a revision has the types from the first.
    assert_eq!(extensions(&org.request().await), [ENTERPRISE_USER, STAFF]);
    let entered = org.owner().await;
    let owner = entered.owner().unwrap();
    let schemas = owner.schemas();
    assert_eq!(schemas.list().await.unwrap(), std::slice::from_ref(&defined));
    assert_eq!(schemas.get(&STAFF.to_uppercase()).await.unwrap(), defined);
    assert_refused!(schemas.get("urn:example:other").await, Error::NotFound);
    assert_eq!(defined.definition()["attributes"][0]["indexed"], true);
}

async fn every_process_knows_with_its_next_request(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let other = installation.restarted();
    let enter = || async { other.enter(org.id, &org.authorization()).await.unwrap() };
    assert_eq!(extensions(&enter().await), [ENTERPRISE_USER]);
    org.define(Extended::User, false, badges()).await.unwrap();
    assert_eq!(extensions(&enter().await), [ENTERPRISE_USER, STAFF]);
    let owner = org.owner().await;
    owner.owner().unwrap().schemas().remove(STAFF).await.unwrap();
    assert_eq!(extensions(&enter().await), [ENTERPRISE_USER]);
}

async fn the_operator_knows_the_schemas_of_the_organization_it_enters(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    org.define(Extended::User, false, badges()).await.unwrap();
    let entered = installation.instance.org(org.id).await.unwrap();
    assert_eq!(extensions(&entered), [ENTERPRISE_USER, STAFF]);
}

async fn a_group_is_extended_on_its_own(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    org.define(Extended::Group, false, group_badges()).await.unwrap();
    let request = org.request().await;
    assert_eq!(extensions(&request), [ENTERPRISE_USER]);
    assert_eq!(request.group_type().extensions[0].schema.id, STAFF);
}

async fn defining_the_same_again_changes_nothing(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let defined = org.define(Extended::User, false, badges()).await.unwrap();
    let seq = org.last_seq().await;
    installation.clock.advance(1_000);
    assert_eq!(
        org.define(Extended::User, false, badges()).await.unwrap(),
        defined
    );
    let rendered = Value::Object(defined.definition());
    assert_eq!(
        org.define(Extended::User, false, rendered).await.unwrap(),
        defined
    );
    assert_eq!(org.last_seq().await, seq);
}

async fn a_definition_is_changed(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let first = org.define(Extended::User, true, badges()).await.unwrap();
    installation.clock.advance(1_000);
    let changed = staff(json!([
        {"name": "keys", "multiValued": true, "caseExact": true},
        {"name": "badgeNumber", "description": "On the badge.", "canonicalValues": ["A"]},
        {"name": "floor", "type": "integer"},
        {"name": "ward"},
    ]));
    let second = org.define(Extended::User, false, changed).await.unwrap();
    assert_eq!(second.created, first.created);
    assert!(second.last_modified > first.last_modified);
    assert!(first.required && !second.required && !second.unfinished);
    let request = org.request().await;
    let held = request.user_type().extension(STAFF).unwrap();
    assert_eq!(held.schema, second.schema);
    assert!(!held.required && held.schema.attributes.iter().all(|attribute| !attribute.indexed));
}

async fn a_schema_is_removed_under_any_spelling(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    org.define(Extended::User, false, badges()).await.unwrap();
    let entered = org.owner().await;
    let owner = entered.owner().unwrap();
    let schemas = owner.schemas();
    schemas.remove(&STAFF.to_uppercase()).await.unwrap();
    assert_eq!(schemas.list().await.unwrap(), []);
    let seq = org.last_seq().await;
    assert_refused!(schemas.remove(STAFF).await, Error::NotFound);
    assert_eq!(org.last_seq().await, seq);
    // Nothing is left of it: it can be defined as something else.
    let other = staff(json!([{"name": "badgeNumber", "type": "integer"}]));
    org.define(Extended::Group, true, other).await.unwrap();
}

async fn each_change_is_an_event(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let seq = org.last_seq().await;
    let defined = org.define(Extended::User, true, badges()).await.unwrap();
    org.owner()
        .await
        .owner()
        .unwrap()
        .schemas()
        .remove(STAFF)
        .await
        .unwrap();
    let events = org.events_after(seq).await;
    let told: Vec<(&str, &Value)> = events
        .iter()
        .map(|event| (event.kind.as_str(), &event.payload))
        .collect();
    let definition = Value::Object(defined.definition());
    let names: Vec<String> = defined.definition().keys().cloned().collect();
    assert_eq!(
        told,
        [
            (
                "org.schema_defined",
                &json!({
                    "schema": STAFF, "resourceType": "User", "required": true,
                    "data": definition, "previous": {}, "changed": names,
                })
            ),
            (
                "org.schema_removed",
                &json!({
                    "schema": STAFF, "resourceType": "User", "required": true,
                    "data": {}, "previous": definition, "changed": names,
                })
            ),
        ]
    );
}

async fn schemas_are_each_organizations_own(installation: Arc<Installation>) {
    let (acme, globex) = (installation.org("acme").await, installation.org("globex").await);
    let seq = globex.last_seq().await;
    acme.define(Extended::User, true, badges()).await.unwrap();
    assert_eq!(extensions(&globex.request().await), [ENTERPRISE_USER]);
    assert_eq!(globex.schemas().await, Vec::<String>::new());
    let entered = globex.owner().await;
    let owner = entered.owner().unwrap();
    let schemas = owner.schemas();
    assert_refused!(schemas.get(STAFF).await, Error::NotFound);
    assert_refused!(schemas.remove(STAFF).await, Error::NotFound);
    assert_eq!(globex.last_seq().await, seq);
    // What one has defined says nothing about what the other may define.
    let other = staff(json!([{"name": "badgeNumber", "type": "integer"}]));
    globex.define(Extended::Group, false, other).await.unwrap();
    let continued = json!({"id": format!("{STAFF}:more"), "attributes": [{"name": "a"}]});
    let detail = match globex.define(Extended::User, false, continued).await {
        Err(Error::Invalid(error)) => error.detail,
        other => panic!("{other:?}"),
    };
    assert!(detail.contains(STAFF), "{detail}");
    schemas.remove(STAFF).await.unwrap();
    assert_eq!(acme.schemas().await, [STAFF]);
    assert_eq!(extensions(&acme.request().await), [ENTERPRISE_USER, STAFF]);
    globex.user("without a badge").await;
}

async fn only_an_owner_defines(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    for request in [org.request().await, org.reader().await] {
        assert_refused!(request.owner(), Error::Forbidden { .. });
    }
    assert_eq!(org.schemas().await, Vec::<String>::new());
    let definition = object(badges());
    let entered = installation.instance.org(org.id).await.unwrap();
    let owner = entered.owner().unwrap();
    owner
        .schemas()
        .define(Extended::User, false, &definition)
        .await
        .unwrap();
}
