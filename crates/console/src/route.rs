//! The one table of pages, and finding in it. A page that is not in the table does not exist.

use futures_util::{FutureExt, future::LocalBoxFuture};

use actix_web::HttpResponse;

use crate::{
    account,
    call::{Call, Guest, Person},
    consent,
    failure::Failure,
    first_run, invitation, operator,
    org::{self, clients, people, service_users, settings, tokens},
    organizations, provider, reauthenticate, recover,
    setup::{self, Desk},
    sign_in, sign_out,
};

/// Where a client sends an owner for consent.
pub(crate) const AUTHORIZE: &str = "/oauth/v2/authorize";

/// One route: a method and a path in which `{…}` stands for one segment.
#[derive(Clone, Copy)]
pub struct Route {
    /// The method: `GET` or `POST`.
    pub method: &'static str,
    /// The path, such as `/console/account`.
    pub path: &'static str,
    pub(crate) serve: Serve,
}

/// Whom a route answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody: the page itself says what it wants to see.
    Open,
    /// Whoever is signed in. Everybody else is asked to sign in.
    Session,
    /// Whoever has opened a link for connecting an identity provider.
    Link,
}

pub(crate) type Answer = LocalBoxFuture<'static, Result<HttpResponse, Failure>>;

#[derive(Clone, Copy)]
pub(crate) enum Serve {
    Open(fn(Call) -> Answer),
    Session(fn(Call, Person) -> Answer),
    Link(fn(Call, Guest) -> Answer),
}

impl Route {
    /// Whom it answers.
    pub fn access(&self) -> Access {
        match self.serve {
            Serve::Open(_) => Access::Open,
            Serve::Session(_) => Access::Session,
            Serve::Link(_) => Access::Link,
        }
    }
}

impl std::fmt::Debug for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// Every route.
pub fn routes() -> &'static [Route] {
    ROUTES
}

macro_rules! open {
    ($method:literal $path:expr => $handler:path) => {
        Route {
            method: $method,
            path: $path,
            serve: Serve::Open(|call| $handler(call).boxed_local()),
        }
    };
}

macro_rules! session {
    ($method:literal $path:expr => $handler:path) => {
        Route {
            method: $method,
            path: $path,
            serve: Serve::Session(|call, person| $handler(call, person).boxed_local()),
        }
    };
}

/// A page on which somebody who has a role in an organization connects an identity provider.
macro_rules! desk {
    ($method:literal $path:literal => $handler:path) => {
        Route {
            method: $method,
            path: concat!("/console/orgs/{orgId}/setup", $path),
            serve: Serve::Session(|call, person| {
                async move {
                    let desk = Desk::of(&call, person).await?;
                    $handler(call, desk).await
                }
                .boxed_local()
            }),
        }
    };
}

/// The same page for whoever has a link. There is no organization in its path: the link says which one.
macro_rules! guest {
    ($method:literal $path:literal => $handler:path) => {
        Route {
            method: $method,
            path: concat!("/console/connect", $path),
            serve: Serve::Link(|call, guest| {
                async move {
                    let desk = Desk::of_guest(&call, guest);
                    $handler(call, desk).await
                }
                .boxed_local()
            }),
        }
    };
}

static ROUTES: &[Route] = &[
    open!("GET" "/console/style.css" => call::style),
    open!("GET" "/console/script.js" => call::script),
    open!("GET" "/console/icon.svg" => call::icon),
    open!("GET" "/console/sign-in" => sign_in::ask),
    open!("POST" "/console/sign-in" => sign_in::check),
    open!("POST" "/console/sign-in/code" => sign_in::check_code),
    open!("GET" "/console/sign-in/{orgId}" => provider::offer),
    open!("GET" "/console/sign-in/{orgId}/provider" => provider::begin),
    open!("GET" "/console/provider" => provider::complete),
    open!("GET" "/console/invitations/{token}" => invitation::ask),
    open!("POST" "/console/invitations/{token}" => invitation::accept),
    open!("GET" "/console/recover/{token}" => recover::ask),
    open!("POST" "/console/recover/{token}" => recover::set),
    open!("GET" "/console/first-run/{token}" => first_run::ask),
    open!("POST" "/console/first-run/{token}" => first_run::complete),
    session!("POST" "/console/sign-out" => sign_out::run),
    session!("GET" "/console" => organizations::list),
    session!("GET" "/console/reauthenticate" => reauthenticate::ask),
    session!("POST" "/console/reauthenticate" => reauthenticate::check),
    session!("GET" "/console/account" => account::show),
    session!("GET" "/console/account/password" => account::password::ask),
    session!("POST" "/console/account/password" => account::password::change),
    session!("POST" "/console/account/sessions/{id}/revoke" => account::sessions::revoke),
    session!("POST" "/console/account/sessions/revoke-others" => account::sessions::revoke_others),
    session!("POST" "/console/account/identities/unbind" => account::identities::unbind),
    session!("POST" "/console/account/totp" => account::totp::start),
    session!("POST" "/console/account/totp/confirm" => account::totp::confirm),
    session!("POST" "/console/account/totp/recovery-codes" => account::totp::new_recovery_codes),
    session!("POST" "/console/account/totp/remove" => account::totp::remove),
    session!("GET" "/console/orgs/{orgId}" => org::overview::show),
    session!("GET" "/console/orgs/{orgId}/log" => org::log::list),
    session!("GET" "/console/orgs/{orgId}/log.csv" => org::log::export::csv),
    session!("GET" "/console/orgs/{orgId}/log.ndjson" => org::log::export::ndjson),
    session!("GET" "/console/orgs/{orgId}/log/live" => org::log::live::follow),
    session!("GET" "/console/orgs/{orgId}/log/{id}" => org::log::row::show),
    session!("GET" "/console/orgs/{orgId}/users" => org::users::list::list),
    session!("GET" "/console/orgs/{orgId}/users/{id}" => org::users::show::show),
    session!("GET" "/console/orgs/{orgId}/users/{id}/{act}" => org::users::act::ask),
    session!("POST" "/console/orgs/{orgId}/users/{id}/{act}" => org::users::act::run),
    session!("GET" "/console/orgs/{orgId}/groups" => org::groups::list::list),
    session!("GET" "/console/orgs/{orgId}/groups/{id}" => org::groups::show::show),
    session!("GET" "/console/orgs/{orgId}/groups/{id}/{act}" => org::groups::act::ask),
    session!("POST" "/console/orgs/{orgId}/groups/{id}/{act}" => org::groups::act::run),
    session!("GET" "/console/orgs/{orgId}/audit" => org::audit::list),
    session!("GET" "/console/orgs/{orgId}/service-users" => service_users::list),
    session!("GET" "/console/orgs/{orgId}/service-users/new" => service_users::create::ask),
    session!("POST" "/console/orgs/{orgId}/service-users/new" => service_users::create::create),
    session!("GET" "/console/orgs/{orgId}/service-users/{id}" => service_users::show::show),
    session!("GET" "/console/orgs/{orgId}/service-users/{id}/disable" => service_users::change::ask_disable),
    session!("POST" "/console/orgs/{orgId}/service-users/{id}/disable" => service_users::change::disable),
    session!("GET" "/console/orgs/{orgId}/service-users/{id}/enable" => service_users::change::ask_enable),
    session!("POST" "/console/orgs/{orgId}/service-users/{id}/enable" => service_users::change::enable),
    session!("GET" "/console/orgs/{orgId}/service-users/{id}/role" => service_users::change::ask_role),
    session!("POST" "/console/orgs/{orgId}/service-users/{id}/role" => service_users::change::set_role),
    session!("GET" "/console/orgs/{orgId}/service-users/{id}/tokens/new" => tokens::create::ask),
    session!("POST" "/console/orgs/{orgId}/service-users/{id}/tokens/new" => tokens::create::create),
    session!("GET" "/console/orgs/{orgId}/service-users/{id}/tokens/{id}/rotate" => tokens::rotate::ask),
    session!("POST" "/console/orgs/{orgId}/service-users/{id}/tokens/{id}/rotate" => tokens::rotate::start),
    session!("GET" "/console/orgs/{orgId}/service-users/{id}/tokens/{id}/complete" => tokens::rotate::ask_complete),
    session!("POST" "/console/orgs/{orgId}/service-users/{id}/tokens/{id}/complete" => tokens::rotate::complete),
    session!("GET" "/console/orgs/{orgId}/service-users/{id}/tokens/{id}/cancel" => tokens::rotate::ask_cancel),
    session!("POST" "/console/orgs/{orgId}/service-users/{id}/tokens/{id}/cancel" => tokens::rotate::cancel),
    session!("GET" "/console/orgs/{orgId}/service-users/{id}/tokens/{id}/revoke" => tokens::revoke::ask),
    session!("POST" "/console/orgs/{orgId}/service-users/{id}/tokens/{id}/revoke" => tokens::revoke::revoke),
    session!("GET" "/console/orgs/{orgId}/service-users/{id}/clients/new" => clients::create::ask),
    session!("POST" "/console/orgs/{orgId}/service-users/{id}/clients/new" => clients::create::create),
    session!("GET" "/console/orgs/{orgId}/clients/{id}" => clients::show),
    session!("GET" "/console/orgs/{orgId}/clients/{id}/disable" => clients::change::ask_disable),
    session!("POST" "/console/orgs/{orgId}/clients/{id}/disable" => clients::change::disable),
    session!("GET" "/console/orgs/{orgId}/clients/{id}/enable" => clients::change::ask_enable),
    session!("POST" "/console/orgs/{orgId}/clients/{id}/enable" => clients::change::enable),
    session!("GET" "/console/orgs/{orgId}/clients/{id}/delete" => clients::change::ask_delete),
    session!("POST" "/console/orgs/{orgId}/clients/{id}/delete" => clients::change::delete),
    session!("GET" "/console/orgs/{orgId}/clients/{id}/redirect-uris" => clients::change::ask_redirect_uris),
    session!("POST" "/console/orgs/{orgId}/clients/{id}/redirect-uris" => clients::change::set_redirect_uris),
    session!("GET" "/console/orgs/{orgId}/clients/{id}/secrets/new" => clients::secrets::ask),
    session!("POST" "/console/orgs/{orgId}/clients/{id}/secrets/new" => clients::secrets::add),
    session!("GET" "/console/orgs/{orgId}/clients/{id}/secrets/{id}/revoke" => clients::secrets::ask_revoke),
    session!("POST" "/console/orgs/{orgId}/clients/{id}/secrets/{id}/revoke" => clients::secrets::revoke),
    session!("GET" "/console/orgs/{orgId}/clients/{id}/grants/{id}/revoke" => clients::change::ask_revoke_grant),
    session!("POST" "/console/orgs/{orgId}/clients/{id}/grants/{id}/revoke" => clients::change::revoke_grant),
    session!("GET" "/console/orgs/{orgId}/people" => people::list),
    session!("GET" "/console/orgs/{orgId}/people/invitations/new" => people::invite::ask),
    session!("POST" "/console/orgs/{orgId}/people/invitations/new" => people::invite::create),
    session!("GET" "/console/orgs/{orgId}/people/invitations/{id}/revoke" => people::invite::ask_revoke),
    session!("POST" "/console/orgs/{orgId}/people/invitations/{id}/revoke" => people::invite::revoke),
    session!("GET" "/console/orgs/{orgId}/people/{id}/role" => people::role::ask),
    session!("POST" "/console/orgs/{orgId}/people/{id}/role" => people::role::set),
    session!("GET" "/console/orgs/{orgId}/people/{id}/remove" => people::role::ask_remove),
    session!("POST" "/console/orgs/{orgId}/people/{id}/remove" => people::role::remove),
    session!("GET" "/console/orgs/{orgId}/settings" => settings::show),
    session!("POST" "/console/orgs/{orgId}/settings" => settings::change),
    session!("GET" "/console/orgs/{orgId}/settings/pause" => settings::pause::ask),
    session!("POST" "/console/orgs/{orgId}/settings/pause" => settings::pause::pause),
    session!("GET" "/console/orgs/{orgId}/settings/resume" => settings::pause::ask_resume),
    session!("POST" "/console/orgs/{orgId}/settings/resume" => settings::pause::resume),
    session!("GET" "/console/orgs/{orgId}/settings/schemas" => settings::schemas::show),
    session!("GET" "/console/orgs/{orgId}/settings/sign-in" => settings::sign_in::list),
    session!("GET" "/console/orgs/{orgId}/settings/sign-in/set" => settings::sign_in::ask),
    session!("POST" "/console/orgs/{orgId}/settings/sign-in/set" => settings::sign_in::set),
    session!("GET" "/console/orgs/{orgId}/settings/sign-in/remove" => settings::sign_in::ask_remove),
    session!("POST" "/console/orgs/{orgId}/settings/sign-in/remove" => settings::sign_in::remove),
    session!("GET" "/console/operator" => operator::list),
    session!("GET" "/console/operator/operators" => operator::operators::list),
    session!("GET" "/console/operator/operators/new" => operator::operators::ask),
    session!("POST" "/console/operator/operators/new" => operator::operators::invite),
    session!("GET" "/console/operator/orgs/new" => operator::create::ask),
    session!("POST" "/console/operator/orgs/new" => operator::create::create),
    session!("GET" "/console/operator/orgs/{orgId}" => operator::org::show),
    session!("GET" "/console/operator/orgs/{orgId}/invite" => operator::invite::ask),
    session!("POST" "/console/operator/orgs/{orgId}/invite" => operator::invite::create),
    session!("GET" "/console/operator/orgs/{orgId}/setup-link" => operator::setup_link::ask),
    session!("POST" "/console/operator/orgs/{orgId}/setup-link" => operator::setup_link::create),
    session!("GET" "/console/operator/orgs/{orgId}/setup-links" => operator::setup_links::show),
    session!("GET" "/console/operator/orgs/{orgId}/setup-links/{id}/revoke" => operator::setup_links::ask),
    session!("POST" "/console/operator/orgs/{orgId}/setup-links/{id}/revoke" => operator::setup_links::revoke),
    session!("GET" "/console/operator/orgs/{orgId}/pause" => operator::state::ask_pause),
    session!("POST" "/console/operator/orgs/{orgId}/pause" => operator::state::pause),
    session!("GET" "/console/operator/orgs/{orgId}/resume" => operator::state::ask_resume),
    session!("POST" "/console/operator/orgs/{orgId}/resume" => operator::state::resume),
    session!("GET" "/console/operator/orgs/{orgId}/delete" => operator::state::ask_delete),
    session!("POST" "/console/operator/orgs/{orgId}/delete" => operator::state::delete),
    desk!("GET" "" => setup::choose::show),
    desk!("GET" "/{idp}" => setup::show::show_guide),
    desk!("POST" "/{idp}" => setup::make::run),
    desk!("GET" "/{idp}/live" => setup::live::follow),
    desk!("POST" "/{idp}/unique-identifier" => setup::settings::choose_identifier),
    desk!("GET" "/{idp}/tokens/{id}/revoke" => setup::revoke::ask_token),
    desk!("POST" "/{idp}/tokens/{id}/revoke" => setup::revoke::token),
    desk!("GET" "/{idp}/clients/{id}/delete" => setup::revoke::ask_client),
    desk!("POST" "/{idp}/clients/{id}/delete" => setup::revoke::client),
    session!("POST" "/console/orgs/{orgId}/setup-links" => setup::links::create),
    session!("GET" "/console/orgs/{orgId}/setup-links/{id}/revoke" => setup::links::ask),
    session!("POST" "/console/orgs/{orgId}/setup-links/{id}/revoke" => setup::links::revoke),
    open!("GET" "/console/setup/{token}" => setup::open::ask),
    open!("POST" "/console/setup/{token}" => setup::open::begin),
    guest!("GET" "" => setup::choose::show),
    guest!("POST" "/leave" => setup::open::leave),
    guest!("GET" "/{idp}" => setup::show::show_guide),
    guest!("POST" "/{idp}" => setup::make::run),
    guest!("GET" "/{idp}/live" => setup::live::follow),
    guest!("GET" "/{idp}/tokens/{id}/revoke" => setup::revoke::ask_token),
    guest!("POST" "/{idp}/tokens/{id}/revoke" => setup::revoke::token),
    guest!("GET" "/{idp}/clients/{id}/delete" => setup::revoke::ask_client),
    guest!("POST" "/{idp}/clients/{id}/delete" => setup::revoke::client),
    open!("GET" AUTHORIZE => consent::ask),
    session!("POST" AUTHORIZE => consent::decide),
];

use crate::call;

/// Why no route was found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Miss {
    /// No route has such a path.
    Path,
    /// Routes have the path, for other methods: these.
    Method {
        /// The value of `Allow`.
        allow: String,
    },
}

/// Finds a route, with the segments that its path leaves open.
pub(crate) fn find(path: &str, method: &str) -> Result<(&'static Route, Vec<String>), Miss> {
    let mut allow: Vec<&str> = Vec::new();
    for route in ROUTES {
        let Some(segments) = fits(route.path, path) else {
            continue;
        };
        if route.method == method {
            return Ok((route, segments));
        }
        if !allow.contains(&route.method) {
            allow.push(route.method);
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

/// Whether a path leads to a page that can be looked at.
pub(crate) fn is_page(path: &str) -> bool {
    find(path, "GET").is_ok()
}

fn fits(template: &str, path: &str) -> Option<Vec<String>> {
    let mut segments = Vec::new();
    let mut expected = template.split('/');
    let mut given = path.split('/');
    loop {
        match (expected.next(), given.next()) {
            (None, None) => return Some(segments),
            (Some(expected), Some(given)) if expected.starts_with('{') => {
                // Ids need no escaping; what needs it is no id.
                let is_plain = given
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
                if given.is_empty() || !is_plain {
                    return None;
                }
                segments.push(given.to_owned());
            }
            (Some(expected), Some(given)) if expected == given => {}
            (Some(_) | None, Some(_) | None) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What anybody may ask for. It should only ever shrink.
    const OPEN: [&str; 18] = [
        "GET /console/style.css",
        "GET /console/script.js",
        "GET /console/icon.svg",
        "GET /console/sign-in",
        "POST /console/sign-in",
        "POST /console/sign-in/code",
        "GET /console/sign-in/{orgId}",
        "GET /console/sign-in/{orgId}/provider",
        "GET /console/provider",
        "GET /console/invitations/{token}",
        "POST /console/invitations/{token}",
        "GET /console/recover/{token}",
        "POST /console/recover/{token}",
        "GET /console/first-run/{token}",
        "POST /console/first-run/{token}",
        "GET /console/setup/{token}",
        "POST /console/setup/{token}",
        "GET /oauth/v2/authorize",
    ];

    #[test]
    fn every_route_demands_a_session_unless_it_is_on_the_list() {
        let open: Vec<String> = routes()
            .iter()
            .filter(|route| route.access() == Access::Open)
            .map(|route| format!("{route:?}"))
            .collect();
        assert_eq!(open, OPEN);
    }

    #[test]
    fn every_route_of_the_table_can_be_found_and_is_there_once() {
        for route in routes() {
            let (found, _) = find(route.path.replace(['{', '}'], "").as_str(), route.method).unwrap();
            assert_eq!(format!("{found:?}"), format!("{route:?}"));
        }
    }

    #[test]
    fn what_a_path_leaves_open_is_handed_over() {
        let (_, segments) = find("/console/account/sessions/abc/revoke", "POST").unwrap();
        assert_eq!(segments, ["abc"]);
        for path in [
            "/console/",
            "/console//account",
            "/console/account/sessions//revoke",
            "/console/account/sessions/a%2fb/revoke",
            "/console/account/sessions/../revoke",
            "/Console",
        ] {
            assert_eq!(find(path, "POST").err(), Some(Miss::Path), "{path}");
        }
    }

    #[test]
    fn another_method_is_told_which_ones_there_are() {
        let allow = |path, method| match find(path, method) {
            Err(Miss::Method { allow }) => allow,
            found => panic!("{found:?}"),
        };
        assert_eq!(allow("/console", "POST"), "GET");
        assert_eq!(allow("/console/sign-in", "DELETE"), "GET, POST");
    }
}
