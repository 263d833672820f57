//! The table of errors as clients see it: one row for each refusal. It does not test who refuses when.

use std::fmt::Write;

use wicketgate_auth::Role;

use super::*;

fn every_error() -> Vec<Error> {
    let cause = || -> Box<dyn std::error::Error + Send + Sync> { "password=hunter2".into() };
    vec![
        Error::Unauthenticated { presented: false },
        Error::Unauthenticated { presented: true },
        Error::NotFound,
        Error::Paused,
        Error::TooFast {
            limits: RequestLimits::default(),
            seconds: 3,
        },
        Error::TooManyAtATime { at_a_time: 16 },
        Error::MethodNotAllowed {
            allow: "GET, POST".to_owned(),
        },
        Error::Unsupported,
        Error::DiscoveryFilter,
        Error::NotAcceptable,
        Error::UnsupportedMediaType,
        Error::UnsupportedEncoding,
        Error::Unreadable(Unreadable::TooLarge { limit: 1_048_576 }),
        Error::Unreadable(Unreadable::TooSlow),
        Error::Unreadable(Unreadable::Incomplete),
        Error::Invalid(scim::Error::filter("a filter")),
        Error::Invalid(scim::Error::new(ScimType::Uniqueness, "a value")),
        Error::Domain(domain::Error::NotFound),
        Error::Domain(domain::Error::AlreadyExists {
            attribute: "userName",
        }),
        Error::Domain(domain::Error::VersionMismatch { current: 5 }),
        Error::Domain(domain::Error::Forbidden {
            held: Role::OrgUserReader,
            needed: Role::OrgUserManager,
        }),
        Error::Domain(domain::Error::ReadOnly),
        Error::Domain(domain::Error::ReauthenticationNeeded),
        Error::Domain(domain::Error::LastOwner),
        Error::Domain(domain::Error::Managed {
            resource: "user",
            domain: "default".to_owned(),
        }),
        Error::Domain(domain::Error::Blocked),
        Error::Domain(domain::Error::Invalid(scim::Error::value("a value"))),
        Error::Domain(domain::Error::Refused {
            field: "name",
            fix: "say one".to_owned(),
        }),
        Error::Domain(domain::Error::Busy),
        Error::Domain(domain::Error::Unavailable(cause())),
        Error::Domain(domain::Error::Internal(cause())),
    ]
}

fn table() -> String {
    let request = RequestId::fresh();
    let mut table = String::new();
    for error in every_error() {
        let row = error.row(request);
        let scim_type = row.scim_type.map_or("-", ScimType::as_str);
        let header = row
            .header
            .map_or_else(String::new, |(name, value)| format!(" [{name}: {value}]"));
        let detail = row.detail.replace(&request.to_string(), "ID");
        writeln!(table, "{} {scim_type} {detail}{header}", row.status.as_u16()).unwrap();
    }
    table
}

#[test]
fn every_refusal_has_its_row() {
    assert_eq!(
        table(),
        "\
401 - No valid credential: send a token of this organization in the Authorization header, as Bearer and the token. If it was accepted before, it has expired or was revoked. [www-authenticate: Bearer realm=\"scim\", Basic realm=\"scim\", charset=\"UTF-8\"]
401 - No valid credential: send a token of this organization in the Authorization header, as Bearer and the token. If it was accepted before, it has expired or was revoked. [www-authenticate: Bearer realm=\"scim\", error=\"invalid_token\", Basic realm=\"scim\", charset=\"UTF-8\"]
404 - Not found: check the base URL, the endpoint and the id. What belongs to another organization is not found either.
429 - This organization is paused. Nothing was changed: try again later. [retry-after: 60]
429 - This organization may send 50 requests a second on the long run. Nothing was changed: send the request again in 3 s. [retry-after: 3]
429 - This organization may send 16 requests at the same time, and they take long. Nothing was changed: send the request again. [retry-after: 1]
405 - This endpoint does not have the method that was used. It has GET, POST. [allow: GET, POST]
501 - This endpoint is not supported. /ServiceProviderConfig says what is.
403 - This endpoint cannot be filtered: leave out the parameter filter.
406 - Answers are application/scim+json or application/json: send one of them in the Accept header.
415 - The body must be application/scim+json or application/json in UTF-8: say so in the Content-Type header.
415 - The body must not be compressed: leave out the Content-Encoding header.
413 - The body is larger than 1048576 bytes, the most that this endpoint reads.
408 - The body did not arrive in time. Nothing was changed: send the request again.
400 invalidSyntax The body broke off. Nothing was changed: send the request again.
400 invalidFilter a filter
409 uniqueness a value
404 - Not found: check the base URL, the endpoint and the id. What belongs to another organization is not found either.
409 uniqueness userName: another resource of this organization has this value. Send another value, or match the existing resource.
412 - The resource has changed: its version is W/\"5\" now. Read it again and repeat the change.
403 - This needs the role Org User Manager. The credential's service user has the role Org User Reader: give it the other role, or use another service user's token.
403 - The access token was issued for reading alone: let the client ask for the scope scim. [www-authenticate: Bearer realm=\"scim\", error=\"insufficient_scope\", scope=\"scim\"]
403 - This needs a recent sign-in: sign in again, and repeat the request.
409 - This is the organization's last Org Owner: give another account the role first.
409 - The identity provider of the provisioning domain default manages this user: change it there, or let an Org Owner release it first.
403 - An Org Owner has blocked this user here, and active stays false. Nothing was changed: an Org Owner must reactivate the user here first, or send active as false.
400 invalidValue a value
400 invalidValue name: say one
429 - Too many requests at a time. Nothing was changed: send the request again. [retry-after: 1]
503 - The gateway's database does not answer. Send the request again later. Request ID. [retry-after: 5]
500 - The gateway failed. Its operator finds the cause in the log: ask about request ID.
"
    );
}

#[test]
fn a_failure_of_the_gateway_says_nothing_about_its_cause() {
    assert!(!table().contains("hunter2"));
}

#[test]
fn the_log_gets_the_whole_chain_of_causes() {
    let error = domain::Error::Internal("the disk is full".into());
    assert_eq!(Chain(&error).to_string(), "internal error: the disk is full");
}

#[actix_web::test]
async fn an_error_is_a_scim_message() {
    let (response, _) = Error::Paused.answer(RequestId::fresh());
    assert_eq!(
        response.headers().get("content-type").unwrap(),
        "application/scim+json"
    );
    let body = actix_web::body::to_bytes(response.into_body()).await.unwrap();
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(
        body["schemas"],
        serde_json::json!(["urn:ietf:params:scim:api:messages:2.0:Error"])
    );
    assert_eq!(body["status"], "429");
}
