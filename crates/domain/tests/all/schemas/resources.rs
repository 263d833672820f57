//! Resources and a schema that is defined after them, changed, or removed.

use std::sync::Arc;

use serde_json::{Value, json};
use wicketgate_domain::Extended;
use wicketgate_scim::{Mode, ScimType};
use wicketgate_testbed::both_engines;

use super::{STAFF, badges, group_badges, member_of_staff, staff};
use crate::harness::{Installation, Tenant, scim_type, user};

both_engines! {
    run with crate::harness::run:
    values_are_held_to_the_schema,
    what_is_required_must_be_sent,
    what_was_stored_before_is_found,
    what_was_stored_under_another_spelling_is_the_schemas,
    what_does_not_fit_stays_until_the_next_change,
    a_removed_schema_leaves_what_was_stored,
    a_schema_that_is_defined_anew_finds_what_is_stored_now,
    an_attribute_that_is_added_is_found,
    an_index_that_comes_and_goes_changes_no_answer,
    an_immutable_value_outlives_a_replacement,
    groups_are_found_by_what_they_hold,
}

fn add(attribute: &str, value: impl Into<Value>) -> Value {
    json!([{"op": "add", "path": format!("{STAFF}:{attribute}"), "value": value.into()}])
}

/// The names of the users that a filter finds.
async fn found(org: &Tenant, filter: &str) -> Vec<String> {
    let filter = filter.replace('$', STAFF);
    let page = org.search_users(&filter).await.unwrap();
    let name = |user: &wicketgate_domain::User| user.attributes["userName"].as_str().unwrap().to_owned();
    page.resources.iter().map(name).collect()
}

async fn values_are_held_to_the_schema(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    org.define(Extended::User, false, badges()).await.unwrap();
    let body = member_of_staff("anna", json!({"BADGENUMBER": 7, "floor": "3", "other": 1}));
    let anna = org.create_user(body).await.unwrap();
    assert_eq!(anna.attributes[STAFF], json!({"badgeNumber": "7", "floor": 3}));
    let third = member_of_staff("bert", json!({"floor": "third"}));
    assert_eq!(scim_type(org.create_user(third).await), ScimType::InvalidValue);
    let anna = org
        .patch_user(anna.id, add("keys", json!(["K1", "k1"])))
        .await
        .unwrap();
    assert_eq!(anna.attributes[STAFF]["keys"], json!(["K1", "k1"]));
    assert_eq!(
        scim_type(org.patch_user(anna.id, add("floor", json!("third"))).await),
        ScimType::InvalidValue
    );
    org.set_mode(Mode::Interop).await;
    assert_eq!(
        scim_type(org.patch_user(anna.id, add("other", json!(1))).await),
        ScimType::InvalidPath
    );
}

async fn what_is_required_must_be_sent(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let demanding = staff(json!([{"name": "badgeNumber", "required": true}, {"name": "floor"}]));
    org.define(Extended::User, true, demanding).await.unwrap();
    for body in [user("anna"), member_of_staff("anna", json!({"floor": "3"}))] {
        assert_eq!(scim_type(org.create_user(body).await), ScimType::InvalidValue);
    }
    let anna = org
        .create_user(member_of_staff("anna", json!({"badgeNumber": "7"})))
        .await
        .unwrap();
    assert_eq!(
        scim_type(org.replace_user(anna.id, user("anna")).await),
        ScimType::InvalidValue
    );
    let remove = json!([{"op": "remove", "path": STAFF}]);
    assert_eq!(
        scim_type(org.patch_user(anna.id, remove).await),
        ScimType::Mutability
    );
}

async fn what_was_stored_before_is_found(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    for (name, badge) in [("anna", "B7"), ("bert", "b8")] {
        let container = json!({"badgeNumber": badge, "floor": 3, "keys": ["K1"]});
        org.create_user(member_of_staff(name, container)).await.unwrap();
    }
    org.define(Extended::User, false, badges()).await.unwrap();
    for (filter, names) in [
        ("$:badgeNumber eq \"b7\"", &["anna"][..]),
        ("$:badgeNumber sw \"B\"", &["anna", "bert"]),
        ("$:floor ge 3 and $:badgeNumber ne \"b7\"", &["bert"]),
        ("$:keys eq \"K1\"", &["anna", "bert"]),
        ("$:keys eq \"k1\"", &[]),
        ("not ($:badgeNumber pr)", &[]),
    ] {
        assert_eq!(found(&org, filter).await, names, "{filter}");
    }
}

async fn what_was_stored_under_another_spelling_is_the_schemas(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let mut body = user("anna");
    body.insert(STAFF.to_uppercase(), json!({"BadgeNumber": "B7", "FLOOR": 3}));
    let anna = org.create_user(body).await.unwrap();
    org.define(Extended::User, false, badges()).await.unwrap();
    assert_eq!(found(&org, "$:badgeNumber eq \"b7\"").await, ["anna"]);
    let read = org.get_user(anna.id).await.unwrap();
    assert_eq!(read.attributes[STAFF], json!({"badgeNumber": "B7", "floor": 3}));
    assert_eq!(
        (read.version, read.last_modified),
        (anna.version, anna.last_modified)
    );
    let patched = org.patch_user(anna.id, add("floor", json!(4))).await.unwrap();
    assert_eq!(
        patched.attributes[STAFF],
        json!({"badgeNumber": "B7", "floor": 4})
    );
    assert!(!patched.attributes.contains_key(&STAFF.to_uppercase()));
}

async fn what_does_not_fit_stays_until_the_next_change(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let odd = json!({"badgeNumber": {"number": 7}, "floor": "third", "keys": "K1", "other": [1]});
    let anna = org
        .create_user(member_of_staff("anna", odd.clone()))
        .await
        .unwrap();
    org.define(Extended::User, false, badges()).await.unwrap();
    assert_eq!(org.get_user(anna.id).await.unwrap().attributes[STAFF], odd);
    assert_eq!(
        found(&org, "$:badgeNumber pr or $:floor pr").await,
        Vec::<String>::new()
    );
    // Above all, nothing keeps her from being deactivated.
    let deactivate = json!([{"op": "replace", "path": "active", "value": false}]);
    let anna = org.patch_user(anna.id, deactivate).await.unwrap();
    assert_eq!(anna.attributes["active"], false);
    assert_eq!(anna.attributes[STAFF], json!({"keys": ["K1"], "other": [1]}));
    assert_eq!(found(&org, "$:keys eq \"K1\"").await, ["anna"]);
}

async fn a_removed_schema_leaves_what_was_stored(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    org.define(Extended::User, false, badges()).await.unwrap();
    let container = json!({"badgeNumber": "B7", "floor": 3});
    let anna = org
        .create_user(member_of_staff("anna", container.clone()))
        .await
        .unwrap();
    org.owner()
        .await
        .owner()
        .unwrap()
        .schemas()
        .remove(STAFF)
        .await
        .unwrap();
    assert_eq!(org.get_user(anna.id).await.unwrap(), anna);
    let read_anyway = json!({"badgeNumber": ["anything"], "floor": 3});
    let patched = org
        .patch_user(anna.id, add("badgeNumber", json!(["anything"])))
        .await
        .unwrap();
    assert_eq!(patched.attributes[STAFF], read_anyway);
}

async fn a_schema_that_is_defined_anew_finds_what_is_stored_now(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    org.define(Extended::User, false, badges()).await.unwrap();
    let body = |badge: &str| member_of_staff("anna", json!({"badgeNumber": badge}));
    let anna = org.create_user(body("B7")).await.unwrap();
    org.owner()
        .await
        .owner()
        .unwrap()
        .schemas()
        .remove(STAFF)
        .await
        .unwrap();
    org.replace_user(anna.id, body("B8")).await.unwrap();
    let exact = staff(json!([{"name": "badgeNumber", "caseExact": true, "indexed": true}]));
    org.define(Extended::User, false, exact).await.unwrap();
    assert_eq!(found(&org, "$:badgeNumber eq \"B8\"").await, ["anna"]);
    for gone in ["b8", "B7", "b7"] {
        let filter = format!("$:badgeNumber eq \"{gone}\"");
        assert_eq!(found(&org, &filter).await, Vec::<String>::new(), "{filter}");
    }
    org.replace_user(anna.id, body("b7")).await.unwrap();
    assert_eq!(found(&org, "$:badgeNumber eq \"b7\"").await, ["anna"]);
}

async fn an_attribute_that_is_added_is_found(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let container = json!({"badgeNumber": "B7", "ward": "Surgery"});
    let anna = org.create_user(member_of_staff("anna", container)).await.unwrap();
    org.define(Extended::User, false, staff(json!([{"name": "badgeNumber"}])))
        .await
        .unwrap();
    // A declared extension has no room for what it does not know, and keeps what it knew before.
    let anna = org
        .patch_user(anna.id, add("badgeNumber", json!("B8")))
        .await
        .unwrap();
    assert_eq!(
        anna.attributes[STAFF],
        json!({"badgeNumber": "B8", "ward": "Surgery"})
    );
    let more = staff(json!([{"name": "badgeNumber"}, {"name": "ward", "indexed": true}]));
    org.define(Extended::User, false, more).await.unwrap();
    assert_eq!(
        found(&org, "$:ward eq \"surgery\" and $:badgeNumber eq \"b8\"").await,
        ["anna"]
    );
}

async fn an_index_that_comes_and_goes_changes_no_answer(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let with = |indexed: bool| staff(json!([{"name": "badgeNumber", "indexed": indexed}]));
    let anna = org
        .create_user(member_of_staff("anna", json!({"badgeNumber": "1"})))
        .await
        .unwrap();
    for (number, indexed) in [(2, true), (3, false), (4, true), (5, false)] {
        org.define(Extended::User, false, with(indexed)).await.unwrap();
        let now = number.to_string();
        org.patch_user(anna.id, add("badgeNumber", json!(now)))
            .await
            .unwrap();
        for other in 1..=5 {
            let filter = format!("$:badgeNumber eq \"{other}\"");
            let expected: &[&str] = if other == number { &["anna"] } else { &[] };
            assert_eq!(found(&org, &filter).await, expected, "{filter} at {number}");
        }
    }
}

async fn an_immutable_value_outlives_a_replacement(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let fixed = staff(json!([{"name": "badgeNumber", "mutability": "immutable"}, {"name": "floor"}]));
    org.define(Extended::User, false, fixed).await.unwrap();
    let body = |container: Value| member_of_staff("anna", container);
    let anna = org.create_user(body(json!({"badgeNumber": "7"}))).await.unwrap();
    let replaced = org
        .replace_user(anna.id, body(json!({"floor": "3"})))
        .await
        .unwrap();
    assert_eq!(
        replaced.attributes[STAFF],
        json!({"floor": "3", "badgeNumber": "7"})
    );
    assert_eq!(
        scim_type(org.replace_user(anna.id, body(json!({"badgeNumber": "8"}))).await),
        ScimType::Mutability
    );
    assert_eq!(
        org.get_user(anna.id).await.unwrap().attributes,
        replaced.attributes
    );
}

async fn groups_are_found_by_what_they_hold(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let named = |name: &str, badge: Value| {
        let mut body = crate::harness::group(name, &[]);
        body.insert(STAFF.to_owned(), json!({"badgeNumber": badge}));
        body
    };
    let before = org.create_group(named("before", json!("B7"))).await.unwrap();
    let odd = org.create_group(named("odd", json!({"a": 1}))).await.unwrap();
    org.define(Extended::Group, false, group_badges()).await.unwrap();
    let after = org.create_group(named("after", json!("b7"))).await.unwrap();
    let filter = format!("{STAFF}:badgeNumber eq \"B7\"");
    let page = org.search_groups(&filter).await.unwrap();
    let found: Vec<_> = page.resources.iter().map(|group| group.id).collect();
    assert_eq!(found, [before.id, after.id]);
    let renamed = json!([{"op": "replace", "path": "displayName", "value": "even"}]);
    let even = org.patch_group(odd.id, renamed).await.unwrap();
    assert!(!even.attributes.contains_key(STAFF));
}
