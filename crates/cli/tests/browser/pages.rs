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
}

/// A page, as one of its visitors sees it.
pub(crate) struct Page {
    pub(crate) visitor: Visitor,
    /// The path in the route table.
    pub(crate) route: &'static str,
    /// What tells it from other sights of the same route, as a part of a file's name; nothing for the first.
    pub(crate) sight: &'static str,
    address: fn(&Furnished) -> String,
}

impl Page {
    /// Where it is.
    pub(crate) fn address(&self, furnished: &Furnished) -> String {
        (self.address)(furnished)
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
    ($visitor:ident $route:literal $(as $sight:literal)? $(=> $address:expr)?) => {
        Page {
            visitor: Visitor::$visitor,
            route: $route,
            sight: concat!($($sight)?),
            address: page!(@ $route $($address)?),
        }
    };
    (@ $route:literal) => { |_| $route.to_owned() };
    (@ $route:literal $address:expr) => { $address };
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
