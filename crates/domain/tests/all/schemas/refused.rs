//! Definitions that are refused, with the reason and without a trace.

use std::sync::Arc;

use serde_json::{Value, json};
use wicketgate_domain::{Error, Extended, MAX_SCHEMAS};
use wicketgate_scim::schema::ENTERPRISE_USER;
use wicketgate_testbed::both_engines;

use super::{STAFF, badges, group_badges, staff};
use crate::harness::{Installation, Tenant};

both_engines! {
    run with crate::harness::run:
    a_definition_that_cannot_be_read_is_refused,
    a_urn_that_paths_could_confuse_is_refused,
    what_resources_may_hold_cannot_change,
    nothing_is_required_of_resources_that_lack_it,
    there_are_so_many_schemas_and_no_more,
}

/// What a definition is refused for. It leaves no trace.
async fn refused(org: &Tenant, resource_type: Extended, required: bool, definition: Value) -> String {
    let (seq, schemas) = (org.last_seq().await, org.schemas().await);
    let detail = match org.define(resource_type, required, definition).await {
        Err(Error::Invalid(error)) => error.detail,
        Err(Error::Refused { field, fix }) => format!("{field}: {fix}"),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        (org.last_seq().await, org.schemas().await),
        (seq, schemas),
        "{detail}"
    );
    detail
}

async fn a_definition_that_cannot_be_read_is_refused(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    for (definition, problem) in [
        (json!({}), "id is missing"),
        (
            json!({"id": ENTERPRISE_USER, "attributes": [{"name": "a"}]}),
            "has a meaning already",
        ),
        (staff(json!([{"name": "a", "type": "text"}])), "a: type"),
    ] {
        let detail = refused(&org, Extended::User, false, definition).await;
        assert!(detail.contains(problem), "{detail}");
    }
    let detail = refused(&org, Extended::Group, false, badges()).await;
    assert!(
        detail.contains("badgeNumber: indexed is for attributes of users: remove it"),
        "{detail}"
    );
    let complex = staff(json!([
        {"name": "plain"},
        {"name": "desks", "type": "complex", "indexed": true, "subAttributes": [{"name": "value"}]},
    ]));
    let detail = refused(&org, Extended::Group, false, complex).await;
    assert!(
        detail.contains("desks: indexed is for attributes of users: remove it"),
        "{detail}"
    );
}

async fn a_urn_that_paths_could_confuse_is_refused(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    org.define(Extended::User, false, badges()).await.unwrap();
    for urn in [
        format!("{STAFF}:more"),
        "urn:example:STAFF".to_owned(),
        format!("{ENTERPRISE_USER}:more"),
    ] {
        let definition = json!({"id": urn, "attributes": [{"name": "a"}]});
        let detail = refused(&org, Extended::Group, false, definition).await;
        assert!(detail.contains("paths could not tell it from"), "{detail}");
    }
    let mut spelled = badges();
    spelled["id"] = json!(STAFF.to_lowercase());
    let detail = refused(&org, Extended::User, false, spelled).await;
    assert!(detail.contains("spell it like that"), "{detail}");
}

async fn what_resources_may_hold_cannot_change(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    org.define(Extended::User, false, badges()).await.unwrap();
    let mut integer = badges();
    integer["attributes"][0]["type"] = json!("integer");
    integer["attributes"][0]["indexed"] = json!(false);
    for (resource_type, definition, problem) in [
        (
            Extended::User,
            staff(json!([{"name": "floor", "type": "integer"}])),
            "badgeNumber is missing",
        ),
        (Extended::User, integer, "badgeNumber has another type"),
        (
            Extended::Group,
            group_badges(),
            "resource-type: the schema extends User",
        ),
    ] {
        let detail = refused(&org, resource_type, false, definition).await;
        assert!(detail.contains(problem), "{detail}");
    }
}

async fn nothing_is_required_of_resources_that_lack_it(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    org.user("anna").await;
    let demanding = staff(json!([{"name": "badgeNumber", "required": true}]));
    let detail = refused(&org, Extended::User, true, badges()).await;
    assert!(
        detail.contains("the extension cannot be required of 1 users"),
        "{detail}"
    );
    let detail = refused(&org, Extended::User, false, demanding.clone()).await;
    assert!(detail.contains("badgeNumber cannot be required"), "{detail}");
    // There is no group yet.
    let defined = org.define(Extended::Group, true, demanding).await.unwrap();
    assert!(defined.required);
    let plain = staff(json!([{"name": "badgeNumber"}]));
    let defined = org.define(Extended::Group, false, plain.clone()).await.unwrap();
    assert!(!defined.required && !defined.schema.attributes[0].required);
    org.group("Staff", &[]).await;
    let detail = refused(&org, Extended::Group, true, plain).await;
    assert!(detail.contains("1 groups"), "{detail}");
}

async fn there_are_so_many_schemas_and_no_more(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let numbered =
        |number: usize| json!({"id": format!("urn:example:n{number}"), "attributes": [{"name": "a"}]});
    for number in 0..MAX_SCHEMAS {
        let resource_type = if number % 2 == 0 {
            Extended::User
        } else {
            Extended::Group
        };
        org.define(resource_type, false, numbered(number)).await.unwrap();
    }
    let detail = refused(&org, Extended::User, false, numbered(MAX_SCHEMAS)).await;
    assert!(detail.contains("at most 64"), "{detail}");
    let mut longer = numbered(0);
    longer["attributes"] = json!([{"name": "a"}, {"name": "b"}]);
    org.define(Extended::User, false, longer).await.unwrap();
}
