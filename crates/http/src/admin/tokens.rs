//! Personal access tokens. A secret is in the answer of its creation, and in no other one.

use serde::Serialize;
use utoipa::ToSchema;
use wicketgate_auth::{ServiceUserId, TokenId};
use wicketgate_domain::{self as domain, LastUse, PersonalAccessToken};

use super::{
    Answer, Call, Org,
    error::Error,
    fields::Life,
    once::Begun,
    openapi::{Doc, Parameter, body, shape},
    page, reply, time,
};

pub(super) const TAG: &str = "Tokens";
const SERVICE_USER: &str = "serviceUserId";

/// A personal access token, without its secret.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Token)]
pub(super) struct Shown {
    /// Its public id.
    id: String,
    /// Whose it is.
    service_user_id: String,
    /// Its name.
    name: String,
    /// The last characters of its secret.
    hint: String,
    /// When it was issued.
    created_at: String,
    /// From when on it is refused; null is never.
    #[schema(required)]
    expires_at: Option<String>,
    /// Since when it is refused, if it was revoked.
    #[schema(required)]
    revoked_at: Option<String>,
    /// Why it was revoked.
    #[schema(required)]
    revoke_reason: Option<String>,
    /// The token that takes its place, if it is being rotated or was.
    #[schema(required)]
    successor_id: Option<String>,
    /// From when on it is refused because of that.
    #[schema(required)]
    overlap_ends_at: Option<String>,
    /// Its last use, about a minute late.
    #[schema(required)]
    last_used: Option<Use>,
}

/// The last use of a token.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Use {
    /// When.
    at: String,
    /// From which network, a /24 or a /48.
    #[schema(required)]
    network: Option<String>,
    /// By what, in its own words.
    #[schema(required)]
    user_agent: Option<String>,
}

impl Shown {
    pub(super) fn new(token: PersonalAccessToken) -> Self {
        Self {
            id: token.id.to_string(),
            service_user_id: token.service_user.to_string(),
            name: token.name,
            hint: token.hint,
            created_at: time(token.created),
            expires_at: token.expires.map(time),
            revoked_at: token.revoked.map(time),
            revoke_reason: token.revoke_reason,
            successor_id: token.successor.map(|id| id.to_string()),
            overlap_ends_at: token.overlap_ends.map(time),
            last_used: token.last_used.map(
                |LastUse {
                     at,
                     network,
                     user_agent,
                 }| Use {
                    at: time(at),
                    network,
                    user_agent,
                },
            ),
        }
    }
}

/// A token to issue.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes a body that is read member by member")]
struct NewToken {
    /// Whose it will be.
    service_user_id: String,
    /// Its name.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// After how many seconds it is refused; null is never, where the organization allows that.
    #[schema(required, minimum = 1, maximum = 63_072_000)]
    expires_in: Option<u64>,
}

/// A token that was issued.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct IssuedToken {
    /// What requests present. It is shown only now.
    pub(super) secret: String,
    #[serde(flatten)]
    pub(super) token: Shown,
}

pub(super) const LIST: Doc = Doc::list(
    "listTokens",
    TAG,
    "The personal access tokens of the organization's service users, in the order of their ids.",
    shape::<Shown>,
)
.with_query(&[Parameter {
    name: SERVICE_USER,
    description: "Only those of this service user.",
    schema: || serde_json::json!({"type": "string", "format": "uuid"}),
}]);

/// `GET /admin/v1/orgs/{orgId}/tokens`.
pub(super) async fn list(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    let query = call.http.query(&[page::LIMIT, page::CURSOR, SERVICE_USER])?;
    let service_user: Option<ServiceUserId> = query.parsed(SERVICE_USER, "write a service user's id")?;
    page::by_key(
        &call.http,
        &query,
        async |after, limit| owner.tokens().page(service_user, after, limit).await,
        |token| token.id.to_string(),
        Shown::new,
    )
    .await
}

pub(super) const CREATE: Doc = Doc::creation(
    "createToken",
    TAG,
    "Issue a personal access token. Needs a recent sign-in.",
    body::<NewToken>,
    shape::<IssuedToken>,
);

/// `POST /admin/v1/orgs/{orgId}/tokens`.
pub(super) async fn create(mut call: Call<Org>) -> Answer {
    call.door.owner()?;
    call.door.require_fresh()?;
    let mut fields = match call.begin().await? {
        Begun::First(fields) => fields,
        Begun::Repeated(answer) => return Ok(answer),
    };
    let service_user = fields.parsed(SERVICE_USER, "write a service user's id");
    let name = fields.text("name");
    let life = fields.life("expiresIn");
    let ((service_user, name), Life(life)) = fields.finish(service_user.zip(name).zip(life))?;
    let created = call
        .door
        .owner()?
        .tokens()
        .create(service_user, &name, life)
        .await;
    let (token, secret) = created.map_err(|error| unknown_service_user(error, service_user))?;
    let location = call.http.link(call.door.id(), &format!("/tokens/{}", token.id));
    let issued = IssuedToken {
        secret: secret.reveal().to_owned(),
        token: Shown::new(token),
    };
    call.created(Some(location), &issued).await
}

/// The body names a service user that the organization does not have.
pub(super) fn unknown_service_user(error: domain::Error, id: ServiceUserId) -> Error {
    match error {
        domain::Error::NotFound => Error::field(
            SERVICE_USER,
            format!("the organization has no service user {id}: choose one of its list"),
        ),
        error => error.into(),
    }
}

pub(super) const GET: Doc = Doc::get("getToken", TAG, "A token, without its secret.", shape::<Shown>);

/// `GET /admin/v1/orgs/{orgId}/tokens/{id}`.
pub(super) async fn get(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    let token = owner.tokens().get(call.http.id(0)?).await?;
    reply::json(&Shown::new(token))
}

pub(super) const REVOKE: Doc = Doc::act(
    "revokeToken",
    TAG,
    "Revoke a token: it is refused from the next request on, for good. Revoking twice is no error.",
);

/// `DELETE /admin/v1/orgs/{orgId}/tokens/{id}`.
pub(super) async fn revoke(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    let id: TokenId = call.http.id(0)?;
    owner.tokens().revoke(id).await?;
    Ok(reply::done())
}
