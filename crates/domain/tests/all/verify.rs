//! What is stored agrees with itself, and what somebody with the database's password has touched does not.

use std::{collections::BTreeSet, sync::Arc};

use serde_json::json;
use wicketgate_domain::{Extended, User, ViolationKind};
use wicketgate_scim::schema;
use wicketgate_testbed::both_engines;

use crate::harness::{Busy, Installation, Tenant, assert_refused, ids, object};

both_engines! {
    run with crate::harness::run:
    after_a_lot_of_activity_nothing_is_wrong,
    everything_that_is_broken_is_found_alone,
    what_a_removed_schema_has_left_behind_is_not_wrong,
    an_unknown_organization_is_not_found,
}

/// An organization in which a lot has happened, and one beside it.
struct Setting {
    org: Tenant,
    other: Tenant,
    anna: User,
    gone: User,
    foreign: User,
    /// A user who is in none of the two groups.
    outsider: User,
    outer: String,
    inner: String,
}

async fn setting(installation: &Arc<Installation>) -> Setting {
    let org = Busy::new(installation).await.org;
    let other = installation.org("globex").await;
    let foreign = other.user("foreign").await;
    let body = |name: &str| {
        object(json!({
            "schemas": [schema::USER],
            "userName": name,
            "externalId": format!("ext-{name}"),
            "displayName": format!("The {name}"),
            "name": {"familyName": "Ünal", "givenName": name},
            "emails": [
                {"value": format!("{name}@example.com"), "type": "work", "primary": true},
                {"value": format!("{name}@home.example.com"), "type": "home"},
            ],
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Sales"},
            "urn:example:params:scim:schemas:extension:Staff:2.0:User": {"badge": "7"},
            "urn:example:Unknown": {"weight": 1e21, "height": 1.5},
        }))
    };
    let outsider = org.user("olaf").await;
    let mut users = Vec::new();
    for name in ["carl", "dora", "emil", "fred"] {
        users.push(org.create_user(body(name)).await.unwrap());
    }
    let inner = org.group("Inner", &ids(&[&users[0], &users[1]])).await;
    let mut members = ids(&[&users[2], &users[3]]);
    members.push(inner.id.to_string());
    let outer = org.group("Outer", &members).await;
    org.patch_user(
        users[1].id,
        json!([{"op": "replace", "path": "emails[type eq \"work\"].value", "value": "New@Example.com"}]),
    )
    .await
    .unwrap();
    org.patch_user(
        users[2].id,
        json!([{"op": "replace", "path": "active", "value": false}]),
    )
    .await
    .unwrap();
    org.delete_user(users[3].id).await.unwrap();
    let [anna, _, _, gone] = users.try_into().unwrap();
    Setting {
        org,
        other,
        anna,
        gone,
        foreign,
        outsider,
        outer: outer.id.to_string(),
        inner: inner.id.to_string(),
    }
}

/// What is found of the organization. Nothing is found of the other one.
async fn found(installation: &Installation, setting: &Setting) -> Vec<(ViolationKind, String)> {
    let checks = installation.instance.verify(None).await.unwrap();
    assert_eq!(checks.len(), 2);
    let mut found = Vec::new();
    for check in checks {
        assert_eq!(check.audit.breaks, []);
        assert_eq!(check.violation_count, check.violations.len());
        assert_eq!(check.is_ok(), check.violations.is_empty());
        if check.audit.org == setting.org.id {
            found = check
                .violations
                .into_iter()
                .map(|violation| (violation.kind, violation.row))
                .collect();
        } else {
            assert_eq!(check.audit.org, setting.other.id);
            assert_eq!(check.violations, []);
        }
    }
    found
}

async fn after_a_lot_of_activity_nothing_is_wrong(installation: Arc<Installation>) {
    let setting = setting(&installation).await;
    assert_eq!(found(&installation, &setting).await, []);
    let checks = installation.instance.verify(Some(setting.org.id)).await.unwrap();
    let [check] = checks.as_slice() else {
        panic!("{checks:?}")
    };
    // Anna and Bert were there before; Fred is deleted and left the group.
    assert_eq!((check.users, check.groups, check.members), (7, 3, 5));
    assert!(check.events > 30 && check.audit.entries > 20, "{check:?}");
}

/// The tables that are broken, with the columns that can be written.
const TABLES: [(&str, &str); 9] = [
    ("organizations", "*"),
    ("users", "*"),
    ("user_keys", "*"),
    ("user_external_ids", "*"),
    ("groups", "*"),
    ("group_external_ids", "*"),
    (
        "group_members",
        "org_id, group_id, member_id, member_kind, added_at",
    ),
    ("events", "*"),
    ("credential_owners", "*"),
];

/// References are not looked after from here on, and what is stored is kept beside it.
fn disarm(installation: &Installation) {
    let kept: Vec<String> = TABLES
        .iter()
        .map(|(table, columns)| format!("CREATE TABLE kept_{table} AS SELECT {columns} FROM {table};"))
        .collect();
    let kept = kept.join(" ");
    installation
        .tamper(
            &kept,
            &format!(
                "DO $$ DECLARE found record; BEGIN \
                 FOR found IN SELECT conrelid::regclass AS t, conname FROM pg_constraint WHERE contype = 'f' LOOP \
                 EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', found.t, found.conname); END LOOP; END $$; {kept}"
            ),
        )
        .unwrap();
}

fn tamper(installation: &Installation, sqlite: &str, postgres: &str) {
    installation
        .tamper(&format!("PRAGMA foreign_keys = OFF; {sqlite}"), postgres)
        .unwrap();
}

fn mend(installation: &Installation) {
    let back: Vec<String> = TABLES
        .iter()
        .map(|(table, columns)| {
            let into = if *columns == "*" {
                String::new()
            } else {
                format!("({columns})")
            };
            format!("DELETE FROM {table}; INSERT INTO {table} {into} SELECT * FROM kept_{table};")
        })
        .collect();
    let back = back.join(" ");
    tamper(installation, &back, &back);
}

/// One way to break what is stored: what is found, in which row, and the statement for both databases.
struct Breaking {
    kind: ViolationKind,
    row: String,
    statement: String,
}

#[expect(clippy::too_many_lines, reason = "a row for each kind of violation")]
fn breakings(setting: &Setting) -> Vec<Breaking> {
    use ViolationKind as Kind;

    const NOBODY: &str = "0193a4c2-7b1e-7c3a-9d52-3f6f1f0a8b11";
    let org = setting.org.id;
    let (anna, gone, foreign) = (setting.anna.id, setting.gone.id, setting.foreign.id);
    let (outer, inner) = (&setting.outer, &setting.inner);
    let outsider = setting.outsider.id.to_string();
    let user = |set: &str, id| format!("UPDATE users SET {set} WHERE org_id = '{org}' AND id = '{id}'");
    let group =
        |set: &str, id: &str| format!("UPDATE groups SET {set} WHERE org_id = '{org}' AND id = '{id}'");
    let key = |path: &str, user: &str| {
        format!(
            "INSERT INTO user_keys (org_id, path, value_key, kind, user_id, ordinal) \
             VALUES ('{org}', '{path}', 'x@example.com', '', '{user}', 9)"
        )
    };
    let member = |group: &str, id: &str, kind: &str| {
        format!(
            "INSERT INTO group_members (org_id, group_id, member_id, member_kind, added_at) \
             VALUES ('{org}', '{group}', '{id}', '{kind}', 1)"
        )
    };
    let counted = |group_id: &str, id: &str, kind: &str| {
        let count = group("member_count = member_count + 1", group_id);
        format!("{count}; {}", member(group_id, id, kind))
    };
    let count = |column: &str| format!("UPDATE organizations SET {column} = {column} + 1 WHERE id = '{org}'");
    let seq = format!("(SELECT event_seq FROM organizations WHERE id = '{org}')");
    let external = |table: &str, column: &str| {
        format!(
            "INSERT INTO {table} (org_id, domain, {column}, external_id) VALUES ('{org}', 'default', '{NOBODY}', 'x')"
        )
    };
    [
        (Kind::Unreadable, format!("user {anna}"), user("resource = '[1]'", anna)),
        (
            Kind::Unreadable,
            format!("group {outer}"),
            group("resource = '7'", outer),
        ),
        (Kind::UserName, format!("user {anna}"), user("user_name_key = 'somebody'", anna)),
        (Kind::UserName, format!("user {anna}"), user("user_name = 'CARL'", anna)),
        (Kind::DisplayName, format!("user {anna}"), user("display_name_key = NULL", anna)),
        (
            Kind::DisplayName,
            format!("group {inner}"),
            group("display_name_key = 'x'", inner),
        ),
        (
            Kind::DisplayName,
            format!("group {inner}"),
            group("display_name = 'x'", inner),
        ),
        // A deleted user is not counted.
        (Kind::Active, format!("user {gone}"), user("active = false", gone)),
        (Kind::Comparable, format!("user {anna}"), user("comparable = '{}'", anna)),
        (Kind::Comparable, format!("user {gone}"), user("comparable = NULL", gone)),
        (
            Kind::Comparable,
            format!("group {inner}"),
            group("comparable = '{\"displayName\": [\"inner\"], \"schemas\": []}'", inner),
        ),
        (
            Kind::KeyMissing,
            format!("user {anna}"),
            format!("DELETE FROM user_keys WHERE user_id = '{anna}' AND path = 'emails.value' AND kind = 'home'"),
        ),
        (
            Kind::KeyLeftOver,
            format!("user {anna}"),
            key("emails.value", &anna.to_string()),
        ),
        (Kind::KeyOfNone, format!("user {NOBODY}"), key("emails.value", NOBODY)),
        (
            Kind::ExternalIdOfNone,
            format!("user {NOBODY}"),
            external("user_external_ids", "user_id"),
        ),
        (
            Kind::ExternalIdOfNone,
            format!("group {NOBODY}"),
            external("group_external_ids", "group_id"),
        ),
        (
            Kind::MemberCount,
            format!("group {outer}"),
            group("member_count = member_count - 1", outer),
        ),
        (
            Kind::MemberCount,
            format!("group {inner}"),
            member(inner, &outsider, "User"),
        ),
        (
            Kind::MemberUnknown,
            format!("member {NOBODY} of group {inner}"),
            counted(inner, NOBODY, "User"),
        ),
        (
            Kind::MemberUnknown,
            format!("member {gone} of group {inner}"),
            counted(inner, &gone.to_string(), "User"),
        ),
        (
            Kind::MemberUnknown,
            format!("member {foreign} of group {inner}"),
            counted(inner, &foreign.to_string(), "User"),
        ),
        (
            Kind::MemberUnknown,
            format!("member {outsider} of group {inner}"),
            counted(inner, &outsider, "Group"),
        ),
        (
            Kind::GroupUnknown,
            format!("group {NOBODY}"),
            member(NOBODY, &anna.to_string(), "User"),
        ),
        (
            Kind::UserCount,
            "the organization's number of users, 7 for 6,".to_owned(),
            count("user_count"),
        ),
        (
            Kind::ActiveUserCount,
            "the organization's number of active users, 6 for 5,".to_owned(),
            count("active_user_count"),
        ),
        (
            Kind::GroupCount,
            "the organization's number of groups, 4 for 3,".to_owned(),
            count("group_count"),
        ),
        (
            Kind::EventMissing,
            "event 3".to_owned(),
            format!("DELETE FROM events WHERE org_id = '{org}' AND seq = 3"),
        ),
        (
            Kind::EventMissing,
            "each of events 3 to 5".to_owned(),
            format!("DELETE FROM events WHERE org_id = '{org}' AND seq BETWEEN 3 AND 5"),
        ),
        (
            Kind::EventAdded,
            "event 0".to_owned(),
            format!(
                "INSERT INTO events (org_id, seq, id, kind, resource_id, actor, request_id, payload, occurred_at) \
                 SELECT org_id, 0, org_id, kind, resource_id, actor, request_id, payload, occurred_at FROM events \
                 WHERE org_id = '{org}' AND seq = {seq}"
            ),
        ),
        (
            Kind::OwnerOfNone,
            "credential_owners nobody".to_owned(),
            format!("INSERT INTO credential_owners (credential_id, org_id) VALUES ('nobody', '{org}')"),
        ),
        (
            Kind::ExternalIdInside,
            format!("group {inner}"),
            group(
                "resource = '{\"displayName\": \"Inner\", \"externalId\": \"x\"}'",
                inner,
            ),
        ),
    ]
    .map(|(kind, row, statement)| Breaking {
        kind,
        row,
        statement,
    })
    .into()
}

async fn everything_that_is_broken_is_found_alone(installation: Arc<Installation>) {
    let setting = setting(&installation).await;
    disarm(&installation);
    let mut kinds = BTreeSet::new();
    for breaking in breakings(&setting) {
        tamper(&installation, &breaking.statement, &breaking.statement);
        assert_eq!(
            found(&installation, &setting).await,
            [(breaking.kind, breaking.row)],
            "{}",
            breaking.statement
        );
        kinds.insert(breaking.kind);
        mend(&installation);
        assert_eq!(found(&installation, &setting).await, []);
    }
    kinds.extend(a_circle_is_found(&installation, &setting).await);
    kinds.extend(a_lost_owner_is_found(&installation, &setting).await);
    assert_eq!(kinds, BTreeSet::from(ViolationKind::ALL));
}

async fn a_circle_is_found(installation: &Installation, setting: &Setting) -> Option<ViolationKind> {
    let (org, outer, inner) = (setting.org.id, &setting.outer, &setting.inner);
    let statement = format!(
        "UPDATE groups SET member_count = member_count + 1 WHERE org_id = '{org}' AND id = '{inner}'; \
         INSERT INTO group_members (org_id, group_id, member_id, member_kind, added_at) \
         VALUES ('{org}', '{inner}', '{outer}', 'Group', 1)"
    );
    tamper(installation, &statement, &statement);
    let mut expected = [inner, outer].map(|id| (ViolationKind::GroupCycle, format!("group {id}")));
    expected.sort_unstable();
    assert_eq!(found(installation, setting).await, expected);
    mend(installation);
    Some(ViolationKind::GroupCycle)
}

async fn a_lost_owner_is_found(installation: &Installation, setting: &Setting) -> Option<ViolationKind> {
    let smallest = format!(
        "SELECT min(credential_id) AS text FROM credential_owners WHERE org_id = '{}'",
        setting.org.id
    );
    let lost = installation.texts(&smallest, &smallest).remove(0);
    let statement = format!("DELETE FROM credential_owners WHERE credential_id = '{lost}'");
    tamper(installation, &statement, &statement);
    let kind = ViolationKind::OwnerMissing;
    assert_eq!(
        found(installation, setting).await,
        [(kind, format!("credentials {lost}"))]
    );
    mend(installation);
    Some(kind)
}

async fn what_a_removed_schema_has_left_behind_is_not_wrong(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let urn = "urn:example:params:scim:schemas:extension:Badge:2.0:User";
    let definition = json!({
        "id": urn,
        "name": "Badge",
        "attributes": [{"name": "badge", "type": "string", "indexed": true}],
    });
    org.define(Extended::User, false, definition).await.unwrap();
    let body = object(json!({"schemas": [schema::USER], "userName": "anna", urn: {"badge": "X7"}}));
    let anna = org.create_user(body).await.unwrap();
    let open = org.owner().await;
    open.owner().unwrap().schemas().remove(urn).await.unwrap();
    // As if the process had ended before it cleared away.
    let statement = format!(
        "INSERT INTO user_keys (org_id, path, value_key, kind, user_id, ordinal) \
         VALUES ('{}', '{urn}:badge', 'x7', '', '{}', 0)",
        org.id, anna.id
    );
    installation.tamper(&statement, &statement).unwrap();
    let checks = installation.instance.verify(None).await.unwrap();
    assert_eq!(checks[0].violations, []);
    assert_eq!(checks[0].users, 1);
}

async fn an_unknown_organization_is_not_found(installation: Arc<Installation>) {
    let unknown = "0198f2a1-7c3e-7d4b-9a55-3c1f0e6b2d88".parse().unwrap();
    assert_refused!(
        installation.instance.verify(Some(unknown)).await,
        wicketgate_domain::Error::NotFound
    );
}
