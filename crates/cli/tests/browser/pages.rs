//! Every page of the console, with an address at which there is something to see. A page of the route table that is neither
//! here nor in [`ELSEWHERE`] fails a test.

use crate::furnished::Furnished;

/// Who looks at a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Visitor {
    /// Somebody who has not signed in.
    Nobody,
    /// An Org Owner, of an organization with everything in it and of an empty one.
    Owner,
    /// An Org Viewer.
    Viewer,
    /// Who looks after the installation.
    Operator,
    /// Who was given a link for connecting an identity provider, and has no account.
    Guest,
}

/// A page, as one of its visitors sees it.
pub(crate) struct Page {
    pub(crate) visitor: Visitor,
    /// The path in the route table.
    pub(crate) route: &'static str,
    /// What tells it from other sights of the same route, as a part of a file's name; nothing for the first.
    pub(crate) sight: &'static str,
    pub(crate) place: Place,
}

/// Where a page is.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    /// At this address.
    At(fn(&Furnished) -> String),
    /// Where a link leads on the page at this address: the first that fits the route.
    LinkOn(fn(&Furnished) -> String),
}

impl Page {
    /// Whether a path is one of its route.
    pub(crate) fn fits(&self, path: &str) -> bool {
        let (path, _) = path.split_once('?').unwrap_or((path, ""));
        let (mut expected, mut given) = (self.route.split('/'), path.split('/'));
        loop {
            match (expected.next(), given.next()) {
                (None, None) => return true,
                (Some(expected), Some(given)) if expected == given || expected.starts_with('{') => {}
                _ => return false,
            }
        }
    }

    /// What its pictures are called.
    pub(crate) fn name(&self) -> String {
        let route = self.route.trim_start_matches('/').replace(['{', '}'], "");
        let parts = [&route.replace('/', "-"), self.sight];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join(".")
    }
}

/// What the walk does not look at, and why.
pub(crate) const ELSEWHERE: &[(&str, &str)] = &[
    ("/console/style.css", "no page"),
    ("/console/script.js", "no page"),
    ("/console/icon.svg", "no page"),
    ("/console/orgs/{orgId}/log.csv", "a file"),
    ("/console/orgs/{orgId}/log.ndjson", "a file"),
    ("/console/orgs/{orgId}/log/live", "a stream of events"),
    ("/console/orgs/{orgId}/setup/{idp}/live", "a stream of events"),
    ("/console/connect/{idp}/live", "a stream of events"),
    (
        "/console/first-run/{token}",
        "is there only until there is an operator: first_run.rs looks at it",
    ),
    (
        "/console/sign-in/{orgId}/provider",
        "leads to an identity provider, which has to be reached first",
    ),
    (
        "/console/provider",
        "is where an identity provider sends people back to; without its answer it is a failure",
    ),
];

macro_rules! page {
    ($visitor:ident $route:literal $(as $sight:literal)? $(=> $address:expr)? $(, link on $other:expr)?) => {
        Page {
            visitor: Visitor::$visitor,
            route: $route,
            sight: concat!($($sight)?),
            place: page!(@ $route $($address)? $(, $other)?),
        }
    };
    (@ $route:literal) => { Place::At(|_| $route.to_owned()) };
    (@ $route:literal $address:expr) => { Place::At($address) };
    (@ $route:literal, $other:expr) => { Place::LinkOn($other) };
}

/// The pages, in the order of the route table.
pub(crate) static PAGES: &[Page] = &[
    page!(Nobody "/console/sign-in"),
    page!(Nobody "/console/sign-in/{orgId}" => |it| format!("/console/sign-in/{}", it.org)),
    page!(Nobody "/console/invitations/{token}" => |it| it.invitation.clone()),
    page!(Owner "/console/invitations/{token}" as "signed-in" => |it| it.invitation.clone()),
    page!(Nobody "/console/recover/{token}" => |it| it.recovery.clone()),
    page!(Owner "/console"),
    page!(Operator "/console" as "operator"),
    page!(Owner "/console/reauthenticate" => |_| "/console/reauthenticate?return=/console/account".to_owned()),
    page!(Owner "/console/account"),
    page!(Owner "/console/account/password"),
    page!(Owner "/console/orgs/{orgId}" => |it| it.at("")),
    page!(Owner "/console/orgs/{orgId}" as "empty" => |it| it.at_empty("")),
    page!(Owner "/console/orgs/{orgId}" as "unknown" => |_| "/console/orgs/unknown".to_owned()),
    page!(Viewer "/console/orgs/{orgId}" as "viewer" => |it| it.at("")),
    page!(Owner "/console/orgs/{orgId}/log" => |it| it.at("/log")),
    page!(Owner "/console/orgs/{orgId}/log" as "failures" => |it| it.at("/log?failed=on")),
    page!(Owner "/console/orgs/{orgId}/log" as "empty" => |it| it.at_empty("/log")),
    page!(Viewer "/console/orgs/{orgId}/log" as "viewer" => |it| it.at("/log")),
    page!(Owner "/console/orgs/{orgId}/log/{id}" => |it| it.at(&format!("/log/{}", it.failure))),
    page!(Owner "/console/orgs/{orgId}/users" => |it| it.at("/users")),
    page!(Owner "/console/orgs/{orgId}/users" as "deleted" => |it| it.at("/users?state=deleted")),
    page!(Owner "/console/orgs/{orgId}/users" as "none" => |it| it.at("/users?q=nobody")),
    page!(Owner "/console/orgs/{orgId}/users" as "empty" => |it| it.at_empty("/users")),
    page!(Viewer "/console/orgs/{orgId}/users" as "viewer" => |it| it.at("/users")),
    page!(Owner "/console/orgs/{orgId}/users/{id}" => |it| it.at(&format!("/users/{}", it.user))),
    page!(Owner "/console/orgs/{orgId}/users/{id}" as "deleted" => |it| it.at(&format!("/users/{}", it.deleted))),
    page!(Viewer "/console/orgs/{orgId}/users/{id}" as "viewer" => |it| it.at(&format!("/users/{}", it.user))),
    page!(Owner "/console/orgs/{orgId}/users/{id}/{act}" => |it| it.at(&format!("/users/{}/release", it.user))),
    page!(Owner "/console/orgs/{orgId}/users/{id}/{act}" as "restore" => |it| it.at(&format!("/users/{}/restore", it.deleted))),
    page!(Owner "/console/orgs/{orgId}/groups" => |it| it.at("/groups")),
    page!(Owner "/console/orgs/{orgId}/groups" as "empty" => |it| it.at_empty("/groups")),
    page!(Owner "/console/orgs/{orgId}/groups/{id}" => |it| it.at(&format!("/groups/{}", it.group))),
    page!(Owner "/console/orgs/{orgId}/groups/{id}/{act}" => |it| it.at(&format!("/groups/{}/release", it.group))),
    page!(Owner "/console/orgs/{orgId}/audit" => |it| it.at("/audit")),
    page!(Owner "/console/orgs/{orgId}/service-users" => |it| it.at("/service-users")),
    page!(Owner "/console/orgs/{orgId}/service-users/new" => |it| it.at("/service-users/new")),
    page!(Owner "/console/orgs/{orgId}/service-users/{id}" => Furnished::at_service_user),
    page!(Owner "/console/orgs/{orgId}/service-users/{id}" as "disabled" => Furnished::at_disabled),
    page!(Owner "/console/orgs/{orgId}/service-users/{id}/disable", link on Furnished::at_service_user),
    page!(Owner "/console/orgs/{orgId}/service-users/{id}/enable", link on Furnished::at_disabled),
    page!(Owner "/console/orgs/{orgId}/service-users/{id}/role", link on Furnished::at_service_user),
    page!(Owner "/console/orgs/{orgId}/service-users/{id}/tokens/new", link on Furnished::at_service_user),
    page!(Owner "/console/orgs/{orgId}/service-users/{id}/tokens/{id}/rotate", link on Furnished::at_service_user),
    page!(Owner "/console/orgs/{orgId}/service-users/{id}/tokens/{id}/complete", link on Furnished::at_service_user),
    page!(Owner "/console/orgs/{orgId}/service-users/{id}/tokens/{id}/cancel", link on Furnished::at_service_user),
    page!(Owner "/console/orgs/{orgId}/service-users/{id}/tokens/{id}/revoke", link on Furnished::at_service_user),
    page!(Owner "/console/orgs/{orgId}/service-users/{id}/clients/new", link on Furnished::at_service_user),
    page!(Owner "/console/orgs/{orgId}/clients/{id}" => Furnished::at_client),
    page!(Owner "/console/orgs/{orgId}/clients/{id}/disable", link on Furnished::at_client),
    page!(Owner "/console/orgs/{orgId}/clients/{id}/enable", link on Furnished::at_disabled_client),
    page!(Owner "/console/orgs/{orgId}/clients/{id}/delete", link on Furnished::at_client),
    page!(Owner "/console/orgs/{orgId}/clients/{id}/redirect-uris", link on Furnished::at_client),
    page!(Owner "/console/orgs/{orgId}/clients/{id}/secrets/new", link on Furnished::at_client),
    page!(Owner "/console/orgs/{orgId}/clients/{id}/secrets/{id}/revoke", link on Furnished::at_client),
    page!(Owner "/console/orgs/{orgId}/clients/{id}/grants/{id}/revoke", link on Furnished::at_client),
    page!(Owner "/console/orgs/{orgId}/people" => |it| it.at("/people")),
    page!(Viewer "/console/orgs/{orgId}/people" as "viewer" => |it| it.at("/people")),
    page!(Owner "/console/orgs/{orgId}/people/invitations/new" => |it| it.at("/people/invitations/new")),
    page!(Owner "/console/orgs/{orgId}/people/invitations/{id}/revoke", link on |it| it.at("/people")),
    page!(Owner "/console/orgs/{orgId}/people/{id}/role", link on |it| it.at("/people")),
    page!(Owner "/console/orgs/{orgId}/people/{id}/remove", link on |it| it.at("/people")),
    page!(Owner "/console/orgs/{orgId}/settings" => |it| it.at("/settings")),
    page!(Owner "/console/orgs/{orgId}/settings" as "paused" => |it| it.at_paused("/settings")),
    page!(Owner "/console/orgs/{orgId}/settings/pause", link on |it| it.at("/settings")),
    page!(Owner "/console/orgs/{orgId}/settings/resume", link on |it| it.at_paused("/settings")),
    page!(Owner "/console/orgs/{orgId}/settings/schemas" => |it| it.at("/settings/schemas")),
    page!(Owner "/console/orgs/{orgId}/settings/schemas" as "none" => |it| it.at_empty("/settings/schemas")),
    page!(Owner "/console/orgs/{orgId}/settings/sign-in" => |it| it.at("/settings/sign-in")),
    page!(Owner "/console/orgs/{orgId}/settings/sign-in/set", link on |it| it.at("/settings/sign-in")),
    page!(Owner "/console/orgs/{orgId}/settings/sign-in/remove", link on |it| it.at("/settings/sign-in")),
    page!(Owner "/console/orgs/{orgId}/setup" => |it| it.at("/setup")),
    page!(Owner "/console/orgs/{orgId}/setup/{idp}" as "okta" => |it| it.at("/setup/okta")),
    page!(Owner "/console/orgs/{orgId}/setup/{idp}" as "okta-oauth" => |it| it.at("/setup/okta?with=oauth")),
    page!(Owner "/console/orgs/{orgId}/setup/{idp}" as "okta-empty" => |it| it.at_empty("/setup/okta")),
    page!(Owner "/console/orgs/{orgId}/setup/{idp}" as "entra" => |it| it.at("/setup/entra")),
    page!(Owner "/console/orgs/{orgId}/setup/{idp}" as "onelogin" => |it| it.at("/setup/onelogin")),
    page!(Owner "/console/orgs/{orgId}/setup/{idp}" as "jumpcloud" => |it| it.at("/setup/jumpcloud")),
    page!(Owner "/console/orgs/{orgId}/setup/{idp}" as "ping" => |it| it.at("/setup/ping")),
    page!(Owner "/console/orgs/{orgId}/setup/{idp}" as "other" => |it| it.at("/setup/other")),
    page!(Owner "/console/orgs/{orgId}/setup/{idp}/tokens/{id}/revoke", link on |it| it.at("/setup/okta")),
    page!(Owner "/console/orgs/{orgId}/setup/{idp}/clients/{id}/delete", link on |it| it.at("/setup/okta?with=oauth")),
    page!(Owner "/console/orgs/{orgId}/setup-links/{id}/revoke", link on |it| it.at("/setup")),
    page!(Nobody "/console/setup/{token}" => |it| it.setup_link.clone()),
    page!(Guest "/console/connect"),
    page!(Guest "/console/connect/{idp}" => |_| "/console/connect/okta".to_owned()),
    page!(Guest "/console/connect/{idp}/tokens/{id}/revoke", link on |_| "/console/connect/okta".to_owned()),
    page!(Guest "/console/connect/{idp}/clients/{id}/delete", link on |_| "/console/connect/entra?with=oauth".to_owned()),
    page!(Operator "/console/operator"),
    page!(Operator "/console/operator/operators"),
    page!(Operator "/console/operator/operators/new"),
    page!(Operator "/console/operator/orgs/new"),
    page!(Operator "/console/operator/orgs/{orgId}" => |it| it.at_operator("")),
    page!(Operator "/console/operator/orgs/{orgId}/invite" => |it| it.at_operator("/invite")),
    page!(Operator "/console/operator/orgs/{orgId}/setup-link" => |it| it.at_operator("/setup-link")),
    page!(Operator "/console/operator/orgs/{orgId}/setup-links" => |it| it.at_operator("/setup-links")),
    page!(Operator "/console/operator/orgs/{orgId}/setup-links/{id}/revoke", link on |it| it.at_operator("/setup-links")),
    page!(Operator "/console/operator/orgs/{orgId}/pause" => |it| it.at_operator("/pause")),
    page!(Operator "/console/operator/orgs/{orgId}/resume" => |it| format!("/console/operator/orgs/{}/resume", it.paused.id)),
    page!(Operator "/console/operator/orgs/{orgId}/delete" => |it| it.at_operator("/delete")),
    page!(Owner "/oauth/v2/authorize" => |it| it.authorization.clone()),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_page_of_the_route_table_is_looked_at() {
        let pages: BTreeSet<&str> = wicketgate_console::routes()
            .iter()
            .filter(|route| route.method == "GET")
            .map(|route| route.path)
            .collect();
        let looked_at: BTreeSet<&str> = PAGES
            .iter()
            .map(|page| page.route)
            .chain(ELSEWHERE.iter().map(|(path, _)| *path))
            .collect();
        let forgotten: Vec<_> = pages.difference(&looked_at).collect();
        let gone: Vec<_> = looked_at.difference(&pages).collect();
        assert!(
            forgotten.is_empty() && gone.is_empty(),
            "add to PAGES in crates/cli/tests/browser/pages.rs: {forgotten:?}; remove: {gone:?}"
        );
    }

    #[test]
    fn no_picture_takes_the_place_of_another() {
        let names: BTreeSet<String> = PAGES.iter().map(Page::name).collect();
        assert_eq!(names.len(), PAGES.len());
    }
}
