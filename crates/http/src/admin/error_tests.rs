use std::fmt::Write as _;

use super::*;

/// What a cause says that nobody may see.
const SECRET: &str = "password=hunter2";

#[test]
fn every_error_has_its_status_its_type_and_its_header() {
    let cause = || -> Box<dyn std::error::Error + Send + Sync> { SECRET.into() };
    let forbidden = |held, needed| Error::Domain(domain::Error::Forbidden { held, needed });
    let errors = [
        Error::Unauthenticated { presented: false },
        Error::Unauthenticated { presented: true },
        Error::NotFound,
        Error::MethodNotAllowed {
            allow: "GET, POST".to_owned(),
        },
        Error::OperatorNeeded,
        Error::SignIn(SignInRefused::Wrong),
        Error::SignIn(SignInRefused::TotpNeeded),
        Error::SignIn(SignInRefused::Throttled {
            retry_after: std::time::Duration::from_secs(7),
        }),
        Error::Body(content::Refused::MediaType),
        Error::Body(content::Refused::Encoded),
        Error::Unreadable(Unreadable::TooLarge { limit: 262_144 }),
        Error::Unreadable(Unreadable::TooSlow),
        Error::Unreadable(Unreadable::Incomplete),
        Error::Json(scim::Error::syntax("the body must be a JSON object")),
        Error::field("name", "write a text"),
        Error::KeyOfAnotherRequest,
        Error::Unanswered(Unanswered {
            request_id: "r".to_owned(),
            at: jiff::Timestamp::UNIX_EPOCH,
        }),
        Error::Domain(domain::Error::NotFound),
        Error::Domain(domain::Error::AlreadyExists {
            attribute: IDEMPOTENCY_KEY,
        }),
        Error::Domain(domain::Error::AlreadyExists { attribute: "name" }),
        Error::Domain(domain::Error::VersionMismatch { current: 3 }),
        forbidden(Role::OrgViewer, Role::OrgOwner),
        forbidden(Role::OrgUserManager, Role::OrgViewer),
        Error::Domain(domain::Error::ReadOnly),
        Error::Domain(domain::Error::ReauthenticationNeeded),
        Error::Domain(domain::Error::LastOwner),
        Error::Domain(domain::Error::Managed {
            resource: "user",
            domain: "okta".to_owned(),
        }),
        Error::Domain(domain::Error::Blocked),
        Error::Domain(domain::Error::Invalid(scim::Error::value("No."))),
        Error::Domain(domain::Error::Refused {
            field: "longest-token-life",
            fix: "choose 30 to 730 days".to_owned(),
        }),
        Error::Domain(domain::Error::Busy),
        Error::Domain(domain::Error::Unavailable(cause())),
        Error::Domain(domain::Error::Internal(cause())),
    ];
    let mut table = String::new();
    for error in errors {
        let row = error.row(RequestId::fresh());
        assert!(!row.detail.contains("hunter2"));
        assert!(!row.detail.is_empty() && !row.title.is_empty());
        let header = row
            .header
            .map_or_else(String::new, |(name, value)| format!(" [{name}: {value}]"));
        writeln!(table, "{} {}{header}", row.status.as_u16(), row.kind).unwrap();
    }
    assert_eq!(
        table,
        "401 unauthenticated [www-authenticate: Bearer realm=\"admin\"]\n\
         401 unauthenticated [www-authenticate: Bearer realm=\"admin\", error=\"invalid_token\"]\n\
         404 not-found\n\
         405 method-not-allowed [allow: GET, POST]\n\
         403 role-needed\n\
         401 sign-in-failed [www-authenticate: Bearer realm=\"admin\"]\n\
         401 code-needed [www-authenticate: Bearer realm=\"admin\"]\n\
         429 too-many-attempts [retry-after: 7]\n\
         415 unsupported-media-type\n\
         415 unsupported-media-type\n\
         413 body-too-large\n\
         408 body-too-slow\n\
         400 body-incomplete\n\
         400 invalid-json\n\
         400 invalid-input\n\
         422 idempotency-key-reused\n\
         409 idempotency-key-unanswered [retry-after: 1]\n\
         404 not-found\n\
         409 idempotency-key-in-use [retry-after: 1]\n\
         409 already-exists\n\
         412 changed-meanwhile\n\
         403 role-needed\n\
         403 role-needed\n\
         403 read-only-token [www-authenticate: Bearer realm=\"admin\", error=\"insufficient_scope\", scope=\"scim\"]\n\
         403 recent-sign-in-needed\n\
         409 last-owner\n\
         409 managed\n\
         409 blocked\n\
         400 invalid-input\n\
         400 invalid-input\n\
         429 busy [retry-after: 1]\n\
         503 unavailable [retry-after: 5]\n\
         500 internal\n"
    );
}

#[test]
fn a_service_user_is_told_a_role_that_it_can_have() {
    let detail = |held, needed| {
        let error = Error::Domain(domain::Error::Forbidden { held, needed });
        error.row(RequestId::fresh()).detail.into_owned()
    };
    assert!(detail(Role::OrgUserManager, Role::OrgViewer).contains("the role Org Owner."));
    assert!(detail(Role::OrgViewer, Role::OrgOwner).contains("the role Org Owner."));
}

#[test]
fn arguments_of_the_domain_are_called_as_the_json_has_them() {
    for (argument, field) in [
        ("expires-in", "expiresIn"),
        ("keep-log", "logDays"),
        ("redirect-uri", "redirectUris"),
        ("requests-per-second", "requestsPerSecond"),
        ("name", "name"),
    ] {
        assert_eq!(field_name(argument), field);
    }
}
