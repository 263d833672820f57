//! The one table of the admin API's routes, each with its description, and finding in it. A route that is not in the table
//! does not exist.

use futures_util::FutureExt;

use super::{
    Handler, accounts, audit, clients, entitlements, export, grants, groups, identity_providers, invitations,
    log,
    openapi::{self, Doc},
    operators, orgs, roles, rotations, schemas, secrets, service_users, sessions, settings, tokens, users,
};
use crate::route::Miss;

/// One route: a method and a path in which `{…}` stands for one segment.
pub(crate) struct Endpoint {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) handler: Handler,
    pub(super) doc: &'static Doc,
}

macro_rules! route {
    ($kind:ident $method:literal $path:literal $handler:path, $doc:path) => {
        Endpoint {
            method: $method,
            path: concat!("/admin/v1", $path),
            handler: Handler::$kind(|call| $handler(call).boxed_local()),
            doc: &$doc,
        }
    };
}

// Where two routes fit, the first is taken.
pub(crate) static ENDPOINTS: &[Endpoint] = &[
    route!(Open "GET" "/openapi.json" openapi::show, openapi::SHOW),
    route!(Open "POST" "/sessions" sessions::create, sessions::CREATE),
    route!(Known "GET" "/sessions/current" sessions::show, sessions::SHOW),
    route!(Known "DELETE" "/sessions/current" sessions::delete, sessions::DELETE),
    route!(Known "GET" "/roles" roles::list, roles::LIST),
    route!(Operator "POST" "/operators/invitations" operators::invite, operators::INVITE),
    route!(Operator "GET" "/orgs" orgs::list, orgs::LIST),
    route!(Operator "POST" "/orgs" orgs::create, orgs::CREATE),
    route!(Org "GET" "/orgs/{orgId}" orgs::get, orgs::GET),
    route!(Org "PATCH" "/orgs/{orgId}" settings::patch, settings::PATCH),
    route!(OperatorOfOrg "DELETE" "/orgs/{orgId}" orgs::delete, orgs::DELETE),
    route!(OperatorInOrg "POST" "/orgs/{orgId}/pause" orgs::pause, orgs::PAUSE),
    route!(OperatorInOrg "POST" "/orgs/{orgId}/resume" orgs::resume, orgs::RESUME),
    route!(Org "GET" "/orgs/{orgId}/service-users" service_users::list, service_users::LIST),
    route!(Org "POST" "/orgs/{orgId}/service-users" service_users::create, service_users::CREATE),
    route!(Org "GET" "/orgs/{orgId}/service-users/{id}" service_users::get, service_users::GET),
    route!(Org "PATCH" "/orgs/{orgId}/service-users/{id}" service_users::patch, service_users::PATCH),
    route!(Org "POST" "/orgs/{orgId}/service-users/{id}/revoke-credentials" service_users::revoke_all,
        service_users::REVOKE_ALL),
    route!(Org "GET" "/orgs/{orgId}/tokens" tokens::list, tokens::LIST),
    route!(Org "POST" "/orgs/{orgId}/tokens" tokens::create, tokens::CREATE),
    route!(Org "GET" "/orgs/{orgId}/tokens/{id}" tokens::get, tokens::GET),
    route!(Org "DELETE" "/orgs/{orgId}/tokens/{id}" tokens::revoke, tokens::REVOKE),
    route!(Org "POST" "/orgs/{orgId}/tokens/{id}/rotation" rotations::start, rotations::START),
    route!(Org "POST" "/orgs/{orgId}/tokens/{id}/rotation/complete" rotations::complete, rotations::COMPLETE),
    route!(Org "DELETE" "/orgs/{orgId}/tokens/{id}/rotation" rotations::cancel, rotations::CANCEL),
    route!(Org "GET" "/orgs/{orgId}/clients" clients::list, clients::LIST),
    route!(Org "POST" "/orgs/{orgId}/clients" clients::create, clients::CREATE),
    route!(Org "GET" "/orgs/{orgId}/clients/{id}" clients::get, clients::GET),
    route!(Org "PATCH" "/orgs/{orgId}/clients/{id}" clients::patch, clients::PATCH),
    route!(Org "DELETE" "/orgs/{orgId}/clients/{id}" clients::delete, clients::DELETE),
    route!(Org "GET" "/orgs/{orgId}/clients/{id}/secrets" secrets::list, secrets::LIST),
    route!(Org "POST" "/orgs/{orgId}/clients/{id}/secrets" secrets::create, secrets::CREATE),
    route!(Org "DELETE" "/orgs/{orgId}/clients/{id}/secrets/{secretId}" secrets::revoke, secrets::REVOKE),
    route!(Org "GET" "/orgs/{orgId}/grants" grants::list, grants::LIST),
    route!(Org "DELETE" "/orgs/{orgId}/grants/{id}" grants::revoke, grants::REVOKE),
    route!(Org "GET" "/orgs/{orgId}/accounts" accounts::list, accounts::LIST),
    route!(Org "PATCH" "/orgs/{orgId}/accounts/{id}" accounts::patch, accounts::PATCH),
    route!(Org "DELETE" "/orgs/{orgId}/accounts/{id}" accounts::remove, accounts::REMOVE),
    route!(Org "GET" "/orgs/{orgId}/invitations" invitations::list, invitations::LIST),
    route!(Org "POST" "/orgs/{orgId}/invitations" invitations::create, invitations::CREATE),
    route!(Org "DELETE" "/orgs/{orgId}/invitations/{id}" invitations::revoke, invitations::REVOKE),
    route!(Org "GET" "/orgs/{orgId}/identity-providers" identity_providers::list, identity_providers::LIST),
    route!(Org "POST" "/orgs/{orgId}/identity-providers" identity_providers::set, identity_providers::SET),
    route!(Org "DELETE" "/orgs/{orgId}/identity-providers/{id}" identity_providers::remove,
        identity_providers::REMOVE),
    route!(Org "GET" "/orgs/{orgId}/schemas" schemas::list, schemas::LIST),
    route!(Org "GET" "/orgs/{orgId}/schemas/{urn}" schemas::get, schemas::GET),
    route!(Org "PUT" "/orgs/{orgId}/schemas/{urn}" schemas::define, schemas::DEFINE),
    route!(Org "DELETE" "/orgs/{orgId}/schemas/{urn}" schemas::remove, schemas::REMOVE),
    route!(Org "GET" "/orgs/{orgId}/entitlements" entitlements::list, entitlements::LIST),
    route!(Org "GET" "/orgs/{orgId}/entitlements/{kind}/{id}" entitlements::get, entitlements::GET),
    route!(Org "PUT" "/orgs/{orgId}/entitlements/{kind}/{id}" entitlements::define, entitlements::DEFINE),
    route!(Org "DELETE" "/orgs/{orgId}/entitlements/{kind}/{id}" entitlements::remove, entitlements::REMOVE),
    route!(Org "GET" "/orgs/{orgId}/users" users::list, users::LIST),
    route!(Org "GET" "/orgs/{orgId}/users/{id}" users::get, users::GET),
    route!(Org "DELETE" "/orgs/{orgId}/users/{id}" users::delete, users::DELETE),
    route!(Org "POST" "/orgs/{orgId}/users/{id}/deactivate" users::deactivate, users::DEACTIVATE),
    route!(Org "POST" "/orgs/{orgId}/users/{id}/reactivate" users::reactivate, users::REACTIVATE),
    route!(Org "POST" "/orgs/{orgId}/users/{id}/release" users::release, users::RELEASE),
    route!(Org "POST" "/orgs/{orgId}/users/{id}/restore" users::restore, users::RESTORE),
    route!(Org "GET" "/orgs/{orgId}/deleted-users" users::deleted, users::DELETED),
    route!(Org "GET" "/orgs/{orgId}/groups" groups::list, groups::LIST),
    route!(Org "GET" "/orgs/{orgId}/groups/{id}" groups::get, groups::GET),
    route!(Org "DELETE" "/orgs/{orgId}/groups/{id}" groups::delete, groups::DELETE),
    route!(Org "POST" "/orgs/{orgId}/groups/{id}/release" groups::release, groups::RELEASE),
    route!(Org "GET" "/orgs/{orgId}/audit" audit::list, audit::LIST),
    route!(Org "GET" "/orgs/{orgId}/log" log::list, log::LIST),
    route!(Org "GET" "/orgs/{orgId}/log/{id}" log::get, log::GET),
    route!(Org "GET" "/orgs/{orgId}/log-export" log::export, log::EXPORT),
    route!(Org "GET" "/orgs/{orgId}/log-tail" log::tail, log::TAIL),
    route!(Org "POST" "/orgs/{orgId}/export" export::export, export::EXPORT),
];

/// Finds a route by the segments of its path, and what stands in its places.
pub(super) fn find(segments: &[String], method: &str) -> Result<(&'static Endpoint, Vec<String>), Miss> {
    let mut allow: Vec<&str> = Vec::new();
    for endpoint in ENDPOINTS {
        let Some(targets) = targets(endpoint.path, segments) else {
            continue;
        };
        if endpoint.method == method {
            return Ok((endpoint, targets));
        }
        if !allow.contains(&endpoint.method) {
            allow.push(endpoint.method);
        }
    }
    if allow.is_empty() {
        Err(Miss::Path)
    } else {
        Err(Miss::Method {
            allow: allow.join(", "),
        })
    }
}

/// What stands in the places of a template, if the segments fit it. Empty segments fit nothing.
fn targets(template: &str, segments: &[String]) -> Option<Vec<String>> {
    let mut expected = template.strip_prefix(super::BASE)?.split('/').skip(1);
    let mut targets = Vec::new();
    for given in segments {
        let expected = expected.next()?;
        if expected.starts_with('{') && !given.is_empty() {
            targets.push(given.clone());
        } else if expected != given {
            return None;
        }
    }
    expected.next().is_none().then_some(targets)
}

/// Finds a route by a path, for the test of the whole table.
#[cfg(test)]
pub(crate) fn found(path: &str, method: &str) -> Result<&'static str, Miss> {
    find(&super::segments(path), method).map(|(endpoint, _)| endpoint.path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_method_is_told_which_ones_there_are() {
        let miss = |path, method| found(path, method).unwrap_err();
        let allow = |text: &str| Miss::Method {
            allow: text.to_owned(),
        };
        assert_eq!(miss("/admin/v1/orgs", "DELETE"), allow("GET, POST"));
        assert_eq!(miss("/admin/v1/orgs/1/tokens/2", "PUT"), allow("GET, DELETE"));
        assert_eq!(miss("/admin/v1/roles", "HEAD"), allow("GET"));
    }

    #[test]
    fn what_stands_in_the_places_is_found_in_their_order() {
        let segments = super::super::segments("/admin/v1/orgs/1/clients/2/secrets/3");
        assert_eq!(
            find(&segments, "DELETE").map(|(_, targets)| targets),
            Ok(vec!["1".to_owned(), "2".to_owned(), "3".to_owned()])
        );
    }

    #[test]
    fn empty_and_further_segments_fit_nothing() {
        for path in [
            "/admin/v1",
            "/admin/v1/",
            "/admin/v1/orgs/",
            "/admin/v1//orgs",
            "/admin/v1/orgs/1/tokens/",
            "/admin/v1/orgs/1/tokens/2/3",
            "/admin/v1/Orgs",
        ] {
            assert_eq!(found(path, "GET"), Err(Miss::Path), "{path}");
        }
    }
}
