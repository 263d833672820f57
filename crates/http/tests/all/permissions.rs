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
    route_rows::ROWS,
};

const GOLDEN: &str = include_str!("../permissions.out");
const GOLDEN_FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/permissions.out");

both_engines! {
    run with crate::oauth::run:
    every_actor_may_do_on_every_route_what_the_matrix_says,
}

/// The columns. From "expired" to "paused" it is a manager's token, and something has happened. The next two after the roles
/// are access tokens with these scopes, of a client that acts as a manager.
///
/// From "o-account" to "signedout" it is the session of an account: of an owner, a viewer, an operator, of somebody without a
/// role there, of an owner and operator who signed in ten minutes ago, and one that was ended.
const ACTORS: [&str; 19] = [
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
    "o-account",
    "v-account",
    "operator",
    "outsider",
    "stale",
    "signedout",
];

/// How wide the column of routes is.
const ROUTE: usize = 70;

/// People, who are admitted to one organization after another: signing in is slow by design.
struct People {
    owner: String,
    viewer: String,
    operator: String,
    outsider: String,
    stale: String,
    signed_out: String,
}

impl People {
    async fn new(gateway: &TestGateway, stranger: &TestOrg) -> Self {
        let operator = gateway.operator("operator@example.com").await;
        gateway.operator("stale@example.com").await;
        Self {
            owner: stranger.account("owner@example.com", Role::OrgOwner).await,
            viewer: stranger.account("viewer@example.com", Role::OrgViewer).await,
            outsider: stranger.account("outsider@example.com", Role::OrgOwner).await,
            stale: gateway.stale_session("stale@example.com").await,
            signed_out: gateway.ended_session("owner@example.com").await,
            operator,
        }
    }

    /// The session of an actor, admitted to the organization.
    async fn session(&self, actor: &str, org: &TestOrg) -> String {
        match actor {
            "o-account" => {
                org.admit(&self.owner, Role::OrgOwner).await;
                self.owner.clone()
            }
            "v-account" => {
                org.admit(&self.viewer, Role::OrgViewer).await;
                self.viewer.clone()
            }
            "stale" => {
                org.admit(&self.stale, Role::OrgOwner).await;
                self.stale.clone()
            }
            "operator" => self.operator.clone(),
            "outsider" => self.outsider.clone(),
            _ => self.signed_out.clone(),
        }
    }
}

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
    let people = People::new(gateway, stranger).await;
    let mut matrix = format!("{:<ROUTE$}", "route");
    for actor in ACTORS {
        write!(matrix, " {actor:>9}").unwrap();
    }
    matrix.push('\n');
    for row in ROWS {
        write!(matrix, "{:<ROUTE$}", format!("{} {}", row.method, row.path)).unwrap();
        // No request sees what another did: where something may have changed, the next cell has another organization.
        let mut unchanged = None;
        for actor in ACTORS {
            let (org, id) = if let Some(unchanged) = unchanged.take() {
                unchanged
            } else {
                let org = gateway.with_org().await;
                // What an organization does not offer has no endpoint.
                org.offer(EntitlementKind::Role, "pilot", "Pilot").await;
                org.offer(EntitlementKind::Entitlement, "license", "License")
                    .await;
                let id = org.object(row.object, "it").await;
                (org, id)
            };
            let service_user = org.service_users().await.remove(1);
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
                "owner" => Some(org.token(Role::OrgOwner).to_owned()),
                session => {
                    if row.method == "DELETE" && row.path.ends_with("/current") && session != "signedout" {
                        // The other ones are needed for the rows that follow.
                        Some(gateway.sign_in("owner@example.com").await)
                    } else {
                        Some(people.session(session, &org).await)
                    }
                }
            };
            let org_id = org.id.to_string();
            let answer = row
                .send_naming(gateway, &org_id, &id, &service_user, token.as_deref(), &[])
                .await;
            write!(matrix, " {:>9}", answer.status).unwrap();
            // Failed sign-ins are counted by address, and each organization has its own.
            let is_other = ["deleted", "paused"].contains(&actor) || row.path == "/admin/v1/sessions";
            if !is_other && (answer.status >= 400 || row.method == "GET") {
                unchanged = Some((org, id));
            }
        }
        matrix.push('\n');
    }
    matrix
}

/// The matrix as data: what each actor is answered on each route.
fn golden() -> BTreeMap<&'static str, BTreeMap<&'static str, &'static str>> {
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
            ("paused", if route.contains("/scim/") { "429" } else { "403" }),
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
    for (route, statuses) in golden()
        .into_iter()
        .filter(|(route, _)| !route.contains("/admin/"))
    {
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

#[test]
fn the_matrix_lets_only_owners_and_operators_administer() {
    let golden = golden();
    let of_orgs = golden
        .iter()
        .filter(|(route, _)| route.contains("/admin/v1/orgs/{orgId}"));
    for (route, statuses) in of_orgs {
        let is_operators = ["/pause", "/resume"].iter().any(|end| route.ends_with(end))
            || *route == "DELETE /admin/v1/orgs/{orgId}";
        let is_viewers = [
            "GET /admin/v1/orgs/{orgId}",
            "GET /admin/v1/orgs/{orgId}/accounts",
        ]
        .contains(route)
            || route.contains("{orgId}/log");
        for actor in ["reader", "manager"] {
            assert_eq!(statuses[actor], "403", "{route} {actor}");
        }
        for (actor, may) in [
            ("owner", !is_operators),
            ("o-account", !is_operators),
            ("v-account", is_viewers),
            ("operator", true),
        ] {
            let is_served = statuses[actor].starts_with('2');
            assert!(
                is_served == may && (may || statuses[actor] == "403"),
                "{route} {actor} {statuses:?}"
            );
        }
        assert_eq!(statuses["outsider"], "404", "{route}");
        assert_eq!(statuses["signedout"], "401", "{route}");
    }
}

#[test]
fn the_matrix_asks_for_a_recent_sign_in_where_credentials_and_accounts_change() {
    let golden = golden();
    for route in [
        "POST /admin/v1/operators/invitations",
        "POST /admin/v1/orgs/{orgId}/tokens",
        "POST /admin/v1/orgs/{orgId}/tokens/{id}/rotation",
        "POST /admin/v1/orgs/{orgId}/clients",
        "POST /admin/v1/orgs/{orgId}/clients/{id}/secrets",
        "POST /admin/v1/orgs/{orgId}/invitations",
        "PATCH /admin/v1/orgs/{orgId}/accounts/{id}",
        "DELETE /admin/v1/orgs/{orgId}/accounts/{id}",
        "POST /admin/v1/orgs/{orgId}/identity-providers",
    ] {
        assert_eq!(golden[route]["stale"], "403", "{route}");
    }
    // Whoever finds a leak is not held up by a password.
    for route in [
        "DELETE /admin/v1/orgs/{orgId}/tokens/{id}",
        "DELETE /admin/v1/orgs/{orgId}/clients/{id}/secrets/{secretId}",
    ] {
        assert_eq!(golden[route]["stale"], "204", "{route}");
    }
}
