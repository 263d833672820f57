//! The golden matrix: every actor on every route. `tests/permissions.out` is the contract, and a change of it is
//! reviewed as a diff.
//!
//! To write it anew: `WICKETGATE_UPDATE_GOLDEN=1 cargo test -p wicketgate-http permissions`.

use std::{collections::BTreeMap, fmt::Write as _};

use wicketgate_auth::Role;
use wicketgate_domain::EntitlementKind;
use wicketgate_testbed::both_engines;

use crate::{
    harness::{TestGateway, TestOrg},
    route_rows::{Object, ROWS},
};

const GOLDEN: &str = include_str!("../permissions.out");
const GOLDEN_FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/permissions.out");

both_engines! {
    run with crate::oauth::run:
    every_actor_may_do_on_every_route_what_the_matrix_says,
}

/// The columns. From "expired" to "paused" it is a manager's token, and something has happened. The last two are access
/// tokens with these scopes, of a client that acts as a manager.
const ACTORS: [&str; 13] = [
    "nobody",
    "other org",
    "expired",
    "revoked",
    "rotated",
    "disabled",
    "deleted",
    "paused",
    "reader",
    "manager",
    "owner",
    "scim.read",
    "scim",
];

async fn every_actor_may_do_on_every_route_what_the_matrix_says(gateway: TestGateway) {
    let stranger = gateway.with_org().await;
    let matrix = matrix(&gateway, &stranger).await;
    if option_env!("WICKETGATE_UPDATE_GOLDEN").is_some() {
        std::fs::write(GOLDEN_FILE, &matrix).unwrap();
    } else {
        assert_eq!(
            matrix, GOLDEN,
            "tests/permissions.out is not what the routes answer"
        );
    }
}

async fn matrix(gateway: &TestGateway, stranger: &TestOrg) -> String {
    let mut matrix = format!("{:<50}", "route");
    for actor in ACTORS {
        write!(matrix, " {actor:>9}").unwrap();
    }
    matrix.push('\n');
    for row in ROWS {
        write!(matrix, "{:<50}", format!("{} {}", row.method, row.path)).unwrap();
        for actor in ACTORS {
            // Each cell has an organization of its own, so that no request sees what another did.
            let org = gateway.with_org().await;
            let user = org.user("anna@example.com").await;
            // What an organization does not offer has no endpoint.
            org.offer(EntitlementKind::Role, "pilot", "Pilot").await;
            org.offer(EntitlementKind::Entitlement, "license", "License")
                .await;
            let id = match row.object {
                Object::Nothing => String::new(),
                Object::User => user,
                Object::Group => org.group("Pilots", &[&user]).await,
                Object::Role => "pilot".to_owned(),
                Object::Entitlement => "license".to_owned(),
            };
            let token = match actor {
                "nobody" => None,
                "other org" => Some(stranger.token(Role::OrgOwner).to_owned()),
                "expired" => {
                    gateway.turn_clock(-3_600);
                    let token = org.expired_token().await;
                    gateway.turn_clock(3_600);
                    Some(token)
                }
                "revoked" => Some(org.revoked_token().await),
                "rotated" => Some(org.rotated_token().await),
                "disabled" => Some(org.disabled_token().await),
                "deleted" => {
                    org.delete_org().await;
                    Some(org.manager().to_owned())
                }
                "paused" => {
                    org.pause().await;
                    Some(org.manager().to_owned())
                }
                "reader" => Some(org.token(Role::OrgUserReader).to_owned()),
                "manager" => Some(org.token(Role::OrgUserManager).to_owned()),
                "scim.read" | "scim" => Some(org.access_token(actor).await),
                _ => Some(org.token(Role::OrgOwner).to_owned()),
            };
            let org_id = org.id.to_string();
            let answer = row.send(gateway, &org_id, &id, token.as_deref(), &[]).await;
            write!(matrix, " {:>9}", answer.status).unwrap();
        }
        matrix.push('\n');
    }
    matrix
}

/// The matrix as data: what each actor is answered on each route.
fn golden() -> BTreeMap<&'static str, BTreeMap<&'static str, &'static str>> {
    const ROUTE: usize = 50;
    GOLDEN
        .lines()
        .skip(1)
        .map(|line| {
            let (route, statuses) = line.split_at(ROUTE);
            (
                route.trim(),
                ACTORS.into_iter().zip(statuses.split_whitespace()).collect(),
            )
        })
        .collect()
}

#[test]
fn the_matrix_lets_nobody_in_without_a_credential_of_the_organization() {
    let golden = golden();
    assert_eq!(golden.len(), ROWS.len());
    for (route, statuses) in golden.iter().filter(|(route, _)| route.contains("{orgId}")) {
        for (actor, status) in [
            ("nobody", "401"),
            ("other org", "404"),
            ("expired", "401"),
            ("revoked", "401"),
            ("rotated", "401"),
            ("disabled", "401"),
            ("deleted", "401"),
            ("paused", "429"),
        ] {
            assert_eq!(statuses[actor], status, "{route} {actor}");
        }
    }
}

#[test]
fn an_access_token_may_what_its_scope_says_and_its_service_user_may() {
    for (route, statuses) in golden() {
        assert_eq!(statuses["scim"], statuses["manager"], "{route}");
        assert_eq!(statuses["scim.read"], statuses["reader"], "{route}");
    }
}

#[test]
fn the_matrix_lets_readers_write_nothing() {
    for (route, statuses) in golden() {
        let writes = ["POST", "PUT", "PATCH", "DELETE"]
            .iter()
            .any(|method| route.starts_with(method));
        let of_users_or_groups = route.contains("/Users") || route.contains("/Groups");
        if writes && of_users_or_groups && !route.ends_with("/.search") {
            assert_eq!(statuses["reader"], "403", "{route}");
            assert!(statuses["manager"].starts_with('2'), "{route}");
        } else {
            assert_eq!(statuses["reader"], statuses["manager"], "{route}");
        }
        assert_eq!(statuses["manager"], statuses["owner"], "{route}");
    }
}
