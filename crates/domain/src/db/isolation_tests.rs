//! Nets 4 and 5, below the handles that make them unnecessary: what a defect in this crate would meet.

use std::sync::Arc;

use diesel::prelude::*;
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;
use wicketgate_auth::{OrgId, OsEntropy, Pepper, Peppers};
use wicketgate_scim::Object;
use wicketgate_testbed::{Database, both_engines};

use super::{members, schema::users, types::Key};
use crate::{
    DatabaseOptions, Error, GroupId, Instance, Member, MemberKind, Org, Sources, SystemClock, org::Shared,
};

both_engines! {
    run with crate::db::isolation_tests::run:
    a_member_of_another_organization_cannot_be_stored,
    a_group_of_another_organization_cannot_be_stored_as_member,
    a_connection_refuses_a_statement_that_names_no_organization,
}

fn run<F: Future<Output = ()>>(database: Database, scenario: impl FnOnce(Setting) -> F) {
    let options = DatabaseOptions {
        migrate_url: database.owner_url(),
        ..DatabaseOptions::new(database.application_url())
    };
    Instance::migrate(&options).unwrap();
    let peppers = Peppers::new(Pepper::generate(1, &mut OsEntropy), Vec::new()).unwrap();
    let sources = Sources::new(SystemClock, OsEntropy);
    let instance = Instance::open(&options, peppers, sources, Arc::new(crate::Offline)).unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let a = instance
            .org(instance.create_org("A").await.unwrap().id)
            .await
            .unwrap();
        let b = instance
            .org(instance.create_org("B").await.unwrap().id)
            .await
            .unwrap();
        let every = Arc::clone(&instance.shared);
        scenario(Setting {
            a,
            b,
            every,
            database,
        })
        .await;
    });
}

/// Two organizations on one database.
struct Setting {
    a: Org,
    b: Org,
    /// Reaches the rows of both: the keys alone are in the way.
    every: Arc<Shared>,
    // Removed when the test ends.
    #[expect(dead_code, reason = "held, not read")]
    database: Database,
}

fn object(value: serde_json::Value) -> Object {
    serde_json::from_value(value).unwrap()
}

async fn user(org: &Org) -> Uuid {
    let body = object(json!({"userName": "anna"}));
    let user = org.user_manager().unwrap().users().create(body).await.unwrap();
    *user.resource.id.as_uuid()
}

async fn group(org: &Org) -> GroupId {
    let body = object(json!({"displayName": "Pilots"}));
    org.user_manager()
        .unwrap()
        .groups()
        .create(body)
        .await
        .unwrap()
        .resource
        .id
}

async fn store(shared: &Arc<Shared>, org: OrgId, group: GroupId, member: Member) -> Result<(), Error> {
    shared
        .db
        .write(move |tx| members::insert(tx, org, group, &[member], Timestamp::UNIX_EPOCH))
        .await
}

async fn a_member_of_another_organization_cannot_be_stored(Setting { a, b, every, .. }: Setting) {
    let (own, foreign, group) = (user(&a).await, user(&b).await, group(&a).await);
    let member = |id| Member {
        id,
        kind: MemberKind::User,
    };
    let refused = store(&every, a.id, group, member(foreign)).await.unwrap_err();
    assert!(
        format!("{refused:?}").contains("ForeignKeyViolation"),
        "{refused:?}"
    );
    store(&every, a.id, group, member(own)).await.unwrap();
}

async fn a_group_of_another_organization_cannot_be_stored_as_member(Setting { a, b, every, .. }: Setting) {
    let (outer, foreign) = (group(&a).await, group(&b).await);
    let member = Member {
        id: *foreign.as_uuid(),
        kind: MemberKind::Group,
    };
    for (org, group) in [(a.id, outer), (b.id, outer)] {
        let refused = store(&every, org, group, member).await.unwrap_err();
        assert!(
            format!("{refused:?}").contains("ForeignKeyViolation"),
            "{refused:?}"
        );
    }
}

async fn a_connection_refuses_a_statement_that_names_no_organization(Setting { a, b, .. }: Setting) {
    let id = user(&b).await;
    let unscoped = move |conn: &mut super::Conn| {
        Ok(users::table
            .filter(users::id.eq(Key(id)))
            .select(users::user_name)
            .first::<String>(conn)?)
    };
    for outcome in [
        a.shared.db.read(unscoped).await,
        a.shared.db.write(unscoped).await,
    ] {
        let refused = format!("{:?}", outcome.unwrap_err());
        assert!(refused.contains("does not name its organization"), "{refused}");
    }
    // The threads go on.
    assert_eq!(user(&a).await.get_version_num(), 7);
}
