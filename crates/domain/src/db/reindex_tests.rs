//! What migrations leave to be filled in: the derived forms come out as the writes themselves made them, schemas of the
//! organization included.

use diesel::prelude::*;
use serde_json::{Value, json};
use wicketgate_auth::{OsEntropy, Pepper, Peppers};
use wicketgate_scim::Object;
use wicketgate_testbed::{Database, both_engines};

use super::{
    Conn,
    schema::{groups, user_keys, users},
    types::{Comparable, Document, Key},
};
use crate::{DatabaseOptions, Extended, Instance, Org, Sources, SystemClock};

both_engines! {
    run with crate::db::reindex_tests::run:
    what_is_missing_is_filled_in_with_the_organizations_own_types,
    what_is_there_is_left_as_it_is,
}

const BADGE: &str = "urn:example:params:scim:schemas:extension:badge:2.0:User";
const DESK: &str = "urn:example:params:scim:schemas:extension:desk:2.0:Group";

fn run<F: Future<Output = ()>>(database: Database, scenario: impl FnOnce(DatabaseOptions, Instance) -> F) {
    let options = DatabaseOptions {
        migrate_url: database.owner_url(),
        ..DatabaseOptions::new(database.application_url())
    };
    Instance::migrate(&options).unwrap();
    let peppers = Peppers::new(Pepper::generate(1, &mut OsEntropy), Vec::new()).unwrap();
    let instance = Instance::open(
        &options,
        peppers,
        Sources::new(SystemClock, OsEntropy),
        std::sync::Arc::new(crate::Offline),
    )
    .unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(scenario(options, instance));
    drop(database);
}

fn definition(urn: &str, attributes: &Value) -> Object {
    serde_json::from_value(json!({"id": urn, "name": "Badge", "attributes": attributes})).unwrap()
}

/// An organization with a user and a group, each with attributes of the organization's own.
async fn filled(instance: &Instance) -> Org {
    let id = instance.create_org("acme").await.unwrap().id;
    let org = instance.org(id).await.unwrap();
    let floor = json!({"name": "floor", "type": "integer"});
    let number = json!({"name": "badgeNumber", "caseExact": false, "indexed": true});
    for (extended, urn, attributes) in [
        (Extended::User, BADGE, json!([number, floor])),
        (Extended::Group, DESK, json!([{"name": "deskNumber"}, floor])),
    ] {
        let owner = org.owner().unwrap();
        let schemas = owner.schemas();
        schemas
            .define(extended, false, &definition(urn, &attributes))
            .await
            .unwrap();
    }
    let org = instance.org(id).await.unwrap();
    let user = json!({"userName": "anna", "emails": [{"value": "Anna@example.com"}],
        BADGE: {"badgeNumber": "AB-7", "floor": 3}});
    let group = json!({"displayName": "Pilots", DESK: {"deskNumber": "CD-8", "floor": 4}});
    let manager = org.user_manager().unwrap();
    manager
        .users()
        .create(serde_json::from_value(user).unwrap())
        .await
        .unwrap();
    manager
        .groups()
        .create(serde_json::from_value(group).unwrap())
        .await
        .unwrap();
    org
}

/// What is derived from the users and groups of an organization.
#[derive(Debug, PartialEq)]
struct Derived {
    users: Vec<Option<Document>>,
    groups: Vec<Option<Document>>,
    /// The path and the value of each row that a user is looked up by.
    keys: Vec<(String, String)>,
}

async fn derived(org: &Org) -> Derived {
    let id = Key(*org.id.as_uuid());
    let work = move |conn: &mut Conn| {
        Ok(Derived {
            users: users::table
                .filter(users::org_id.eq(id))
                .order(users::id)
                .select(users::comparable)
                .load(conn)?,
            groups: groups::table
                .filter(groups::org_id.eq(id))
                .order(groups::id)
                .select(groups::comparable)
                .load(conn)?,
            keys: user_keys::table
                .filter(user_keys::org_id.eq(id))
                .order((user_keys::path, user_keys::value_key))
                .select((user_keys::path, user_keys::value_key))
                .load(conn)?,
        })
    };
    org.shared.db.read(work).await.unwrap()
}

/// Puts this in the place of the comparable forms of an organization, and takes away what users are looked up by.
async fn overwrite(org: &Org, form: Option<Comparable>) {
    let id = Key(*org.id.as_uuid());
    let work = move |conn: &mut Conn| {
        diesel::update(users::table.filter(users::org_id.eq(id)))
            .set(users::comparable.eq(form.clone()))
            .execute(conn)?;
        diesel::update(groups::table.filter(groups::org_id.eq(id)))
            .set(groups::comparable.eq(form.clone()))
            .execute(conn)?;
        diesel::delete(user_keys::table.filter(user_keys::org_id.eq(id))).execute(conn)?;
        Ok(())
    };
    org.shared.db.write(work).await.unwrap();
}

async fn what_is_missing_is_filled_in_with_the_organizations_own_types(
    options: DatabaseOptions,
    instance: Instance,
) {
    let orgs = [filled(&instance).await, filled(&instance).await];
    let mut written = Vec::new();
    for org in &orgs {
        let as_written = derived(org).await;
        assert!(
            as_written.keys.iter().any(|(_, value)| value == "ab-7"),
            "{as_written:?}"
        );
        written.push(as_written);
        overwrite(org, None).await;
        let nothing = Derived {
            users: vec![None],
            groups: vec![None],
            keys: Vec::new(),
        };
        assert_eq!(derived(org).await, nothing);
    }
    Instance::migrate(&options).unwrap();
    for (org, written) in orgs.iter().zip(written) {
        assert_eq!(derived(org).await, written);
    }
}

async fn what_is_there_is_left_as_it_is(options: DatabaseOptions, instance: Instance) {
    let org = filled(&instance).await;
    overwrite(&org, Some(Comparable(json!({"kept": true})))).await;
    let before = derived(&org).await;
    assert_eq!(before.users, [Some(Document(json!({"kept": true})))]);
    Instance::migrate(&options).unwrap();
    assert_eq!(derived(&org).await, before);
}
