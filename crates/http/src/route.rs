//! The one table of routes, and finding in it. A route that is not in the table does not exist.

use std::sync::LazyLock;

use futures_util::FutureExt;

use crate::{
    admin, health, leak,
    oauth::{self, metadata, token, token_query},
    scim::{self, bulk, discovery, entitlements, groups, root, users},
};

/// The part of a path that names an organization. Routes below it are SCIM's.
pub(crate) const SCIM_BASE: &str = "/scim/v2/{orgId}";

/// One route: a method and a path in which `{…}` stands for one segment.
#[derive(Clone, Copy)]
pub struct Route {
    /// The method, such as `GET`.
    pub method: &'static str,
    /// The path, such as `/scim/v2/{orgId}/Users/{id}`.
    pub path: &'static str,
    serve: Serve,
}

#[derive(Clone, Copy)]
enum Serve {
    Plain(health::Handler),
    Open(leak::Handler),
    Scim(scim::Handler),
    OAuth(oauth::Handler),
    /// Found and answered by `admin/`, whose table says what each needs.
    Admin,
}

impl std::fmt::Debug for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

impl Route {
    /// A route of the admin API.
    pub(crate) const fn of_admin(method: &'static str, path: &'static str) -> Self {
        Self {
            method,
            path,
            serve: Serve::Admin,
        }
    }
}

/// Every route, including those that only say that they are not supported.
pub fn routes() -> &'static [Route] {
    static ALL: LazyLock<Vec<Route>> =
        LazyLock::new(|| ROUTES.iter().copied().chain(admin::routes()).collect());
    &ALL
}

macro_rules! scim {
    ($method:literal $path:literal $handler:path) => {
        Route {
            method: $method,
            path: concat!("/scim/v2/{orgId}", $path),
            serve: Serve::Scim(|call| $handler(call).boxed_local()),
        }
    };
}

macro_rules! plain {
    ($method:literal $path:literal $handler:path) => {
        Route {
            method: $method,
            path: $path,
            serve: Serve::Plain(|surface, seen| $handler(surface, seen).boxed_local()),
        }
    };
}

macro_rules! open {
    ($method:literal $path:literal $handler:path) => {
        Route {
            method: $method,
            path: $path,
            serve: Serve::Open(|call| $handler(call).boxed_local()),
        }
    };
}

macro_rules! oauth {
    ($method:literal $path:literal $handler:path) => {
        Route {
            method: $method,
            path: $path,
            serve: Serve::OAuth(|call| $handler(call).boxed_local()),
        }
    };
}

// Where two routes fit, the first is taken.
static ROUTES: &[Route] = &[
    plain!("GET" "/livez" health::live),
    plain!("GET" "/readyz" health::ready),
    open!("POST" "/.well-known/secret-scanning" leak::report),
    oauth!("GET" "/.well-known/oauth-authorization-server" metadata::describe),
    oauth!("GET" "/oauth/v2/keys" metadata::keys),
    oauth!("POST" "/oauth/v2/token" token::issue),
    oauth!("POST" "/oauth/v2/revoke" token_query::revoke),
    oauth!("POST" "/oauth/v2/introspect" token_query::introspect),
    scim!("GET" "" root::list),
    scim!("POST" "/Users/.search" users::search),
    scim!("POST" "/Groups/.search" groups::search),
    scim!("GET" "/Users" users::list),
    scim!("POST" "/Users" users::create),
    scim!("GET" "/Users/{id}" users::get),
    scim!("PUT" "/Users/{id}" users::replace),
    scim!("PATCH" "/Users/{id}" users::patch),
    scim!("DELETE" "/Users/{id}" users::delete),
    scim!("GET" "/Groups" groups::list),
    scim!("POST" "/Groups" groups::create),
    scim!("GET" "/Groups/{id}" groups::get),
    scim!("PUT" "/Groups/{id}" groups::replace),
    scim!("PATCH" "/Groups/{id}" groups::patch),
    scim!("DELETE" "/Groups/{id}" groups::delete),
    scim!("POST" "/Roles/.search" entitlements::search_roles),
    scim!("GET" "/Roles" entitlements::list_roles),
    scim!("GET" "/Roles/{id}" entitlements::get_role),
    scim!("POST" "/Entitlements/.search" entitlements::search_entitlements),
    scim!("GET" "/Entitlements" entitlements::list_entitlements),
    scim!("GET" "/Entitlements/{id}" entitlements::get_entitlement),
    scim!("GET" "/ServiceProviderConfig" discovery::service_provider_config),
    scim!("GET" "/ResourceTypes" discovery::resource_types),
    scim!("GET" "/ResourceTypes/{name}" discovery::resource_type),
    scim!("GET" "/Schemas" discovery::schemas),
    scim!("GET" "/Schemas/{urn}" discovery::schema),
    scim!("POST" "/.search" root::search),
    scim!("POST" "/Bulk" bulk::run),
    scim!("GET" "/Me" scim::unsupported),
    scim!("HEAD" "/Me" scim::unsupported),
    scim!("POST" "/Me" scim::unsupported),
    scim!("PUT" "/Me" scim::unsupported),
    scim!("PATCH" "/Me" scim::unsupported),
    scim!("DELETE" "/Me" scim::unsupported),
    scim!("OPTIONS" "/Me" scim::unsupported),
];

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

/// What answers a route outside SCIM.
pub(crate) enum Plain {
    /// A probe, which sends nothing.
    Probe(health::Handler),
    /// Anybody, who sends something.
    Open(leak::Handler),
}

/// Finds a route outside SCIM.
pub(crate) fn find_plain(path: &str, method: &str) -> Result<(&'static str, Plain), Miss> {
    let fitting = ROUTES
        .iter()
        .filter(|route| route.path == path)
        .filter_map(|route| match route.serve {
            Serve::Plain(handler) => Some((route, Plain::Probe(handler))),
            Serve::Open(handler) => Some((route, Plain::Open(handler))),
            Serve::Scim(_) | Serve::OAuth(_) | Serve::Admin => None,
        });
    let (route, handler) = choose(fitting, method)?;
    Ok((route.path, handler))
}

/// Finds a route of OAuth.
pub(crate) fn find_oauth(path: &str, method: &str) -> Result<(&'static str, oauth::Handler), Miss> {
    let fitting = ROUTES.iter().filter_map(|route| match route.serve {
        Serve::OAuth(handler) if route.path == path => Some((route, handler)),
        Serve::Plain(_) | Serve::Open(_) | Serve::Scim(_) | Serve::OAuth(_) | Serve::Admin => None,
    });
    let (route, handler) = choose(fitting, method)?;
    Ok((route.path, handler))
}

/// Finds a route of SCIM by the segments below the organization's. In tolerant mode endpoints may be spelled in any
/// case. Empty segments fit nothing.
pub(crate) fn find_scim(
    segments: &[String],
    method: &str,
    any_case: bool,
) -> Result<(&'static str, scim::Handler), Miss> {
    let fitting = ROUTES.iter().filter_map(|route| match route.serve {
        Serve::Scim(handler) if fits(route.path, segments, any_case) => Some((route, handler)),
        Serve::Plain(_) | Serve::Open(_) | Serve::Scim(_) | Serve::OAuth(_) | Serve::Admin => None,
    });
    let (route, handler) = choose(fitting, method)?;
    Ok((route.path, handler))
}

fn fits(template: &str, segments: &[String], any_case: bool) -> bool {
    let Some(endpoint) = template.strip_prefix(SCIM_BASE) else {
        return false;
    };
    let mut expected = endpoint.split('/').skip(1);
    let mut given = segments.iter();
    loop {
        match (expected.next(), given.next()) {
            (None, None) => return true,
            (Some(expected), Some(given)) => {
                let is_same = if expected.starts_with('{') {
                    // `.search` is an endpoint wherever it stands, and nothing's id.
                    !given.is_empty() && given != ".search"
                } else if any_case {
                    expected.eq_ignore_ascii_case(given)
                } else {
                    expected == given
                };
                if !is_same {
                    return false;
                }
            }
            (Some(_), None) | (None, Some(_)) => return false,
        }
    }
}

fn choose<H>(
    fitting: impl Iterator<Item = (&'static Route, H)>,
    method: &str,
) -> Result<(&'static Route, H), Miss> {
    let mut allow: Vec<&str> = Vec::new();
    for (route, handler) in fitting {
        if route.method == method {
            return Ok((route, handler));
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

#[cfg(test)]
mod tests {
    use super::*;

    fn find(path: &str, method: &str, any_case: bool) -> Result<&'static str, Miss> {
        let segments: Vec<String> = path.split('/').skip(1).map(str::to_owned).collect();
        find_scim(&segments, method, any_case).map(|(template, _)| template)
    }

    #[test]
    fn every_route_of_the_table_can_be_found() {
        for route in routes() {
            let found = match route.path.strip_prefix(SCIM_BASE) {
                Some(endpoint) => find(endpoint, route.method, false),
                None if matches!(route.serve, Serve::Admin) => admin::table::found(route.path, route.method),
                None => find_plain(route.path, route.method)
                    .map(|(template, _)| template)
                    .or_else(|_| find_oauth(route.path, route.method).map(|(template, _)| template)),
            };
            assert_eq!(found, Ok(route.path), "{route:?}");
        }
    }

    #[test]
    fn no_route_is_in_the_table_twice() {
        let mut names: Vec<String> = routes().iter().map(|route| format!("{route:?}")).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), routes().len());
    }

    #[test]
    fn every_path_below_scim_names_an_organization() {
        for route in routes()
            .iter()
            .filter(|route| matches!(route.serve, Serve::Scim(_)))
        {
            let endpoint = route.path.strip_prefix(SCIM_BASE);
            assert!(
                endpoint.is_some_and(|endpoint| endpoint.is_empty() || endpoint.starts_with('/')),
                "{route:?}"
            );
        }
    }

    #[test]
    fn another_method_is_told_which_ones_there_are() {
        assert_eq!(
            find("/Users/1", "POST", false),
            Err(Miss::Method {
                allow: "GET, PUT, PATCH, DELETE".to_owned()
            })
        );
        assert_eq!(
            find("/Schemas", "DELETE", false),
            Err(Miss::Method {
                allow: "GET".to_owned()
            })
        );
        assert_eq!(
            find("/Users", "HEAD", false),
            Err(Miss::Method {
                allow: "GET, POST".to_owned()
            })
        );
        assert_eq!(
            find_plain("/livez", "POST").map(|_| ()),
            Err(Miss::Method {
                allow: "GET".to_owned()
            })
        );
    }

    #[test]
    fn a_search_request_is_not_taken_for_a_user_of_that_name() {
        assert_eq!(
            find("/Users/.search", "POST", false),
            Ok("/scim/v2/{orgId}/Users/.search")
        );
        assert_eq!(
            find("/Users/.search", "GET", false),
            Err(Miss::Method {
                allow: "POST".to_owned()
            })
        );
    }

    #[test]
    fn endpoints_in_another_case_are_found_only_where_that_is_tolerated() {
        for path in ["/users", "/GROUPS", "/serviceproviderconfig"] {
            assert!(find(path, "GET", true).is_ok(), "{path}");
            assert_eq!(find(path, "GET", false), Err(Miss::Path), "{path}");
        }
    }

    #[test]
    fn empty_and_further_segments_fit_nothing() {
        for path in ["/", "/Users/", "//Users", "/Users/1/2", "/Devices", "/Users//"] {
            assert_eq!(find(path, "GET", true), Err(Miss::Path), "{path}");
        }
    }
}
