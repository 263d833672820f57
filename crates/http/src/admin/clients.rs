//! OAuth clients: what identity providers that speak OAuth are registered as.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use wicketgate_auth::{ServiceUserId, jwt::EntraIssuer, oauth::ClientId};
use wicketgate_domain::{
    AccessTokenFormat, Client, ClientAuthentication, ClientKeys, NewClient, RefreshRotation,
};

use super::{
    Answer, Call, Org,
    error::Error,
    fields::{Fields, Life, list as texts, parsed, text},
    once::Begun,
    openapi::{Doc, body, shape},
    page,
    reply::{self, Condition},
    time,
    tokens::unknown_service_user,
};

pub(super) const TAG: &str = "Clients";
const FORMATS: &str = "write opaque or jwt";
const RULES: &str = "write grace or never";
const URIS: &str = "write a list of https:// URLs without user name and fragment";

/// An OAuth client.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Client)]
struct Shown {
    /// Its id, which it presents.
    client_id: String,
    /// Whom it acts for.
    service_user_id: String,
    /// Its name.
    name: String,
    /// How it proves who it is: `client_secret`, `private_key_jwt` or `workload_identity`.
    #[schema(value_type = String)]
    authentication: &'static str,
    /// Its public keys, where it has handed them in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Object)]
    jwks: Option<Value>,
    /// Where it publishes its public keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    jwks_uri: Option<String>,
    /// The Entra tenant that vouches for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    issuer: Option<String>,
    /// The provisioning service's principal there.
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    /// What stands for this server in its tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    audiences: Option<Vec<String>>,
    /// What its access tokens look like: opaque or jwt.
    #[schema(value_type = String)]
    access_token_format: &'static str,
    /// What happens to a refresh token that was used: grace or never.
    #[schema(value_type = String)]
    refresh_rotation: &'static str,
    /// Where a browser may be sent back to with a code.
    redirect_uris: Vec<String>,
    /// Whether it, and what was issued to it, is accepted.
    active: bool,
    /// When it was registered.
    created_at: String,
}

impl Shown {
    fn new(client: Client) -> Self {
        let mut shown = Self {
            client_id: client.id.to_string(),
            service_user_id: client.service_user.to_string(),
            name: client.name,
            authentication: client.authentication.as_str(),
            jwks: None,
            jwks_uri: None,
            issuer: None,
            subject: None,
            audiences: None,
            access_token_format: client.access_token_format.as_str(),
            refresh_rotation: client.refresh_rotation.as_str(),
            redirect_uris: client.redirect_uris.iter().map(ToString::to_string).collect(),
            active: client.active,
            created_at: time(client.created),
        };
        match client.authentication {
            ClientAuthentication::ClientSecret => {}
            ClientAuthentication::PrivateKeyJwt(ClientKeys::Given(keys)) => shown.jwks = Some(keys),
            ClientAuthentication::PrivateKeyJwt(ClientKeys::At(uri)) => shown.jwks_uri = Some(uri),
            ClientAuthentication::WorkloadIdentity {
                issuer,
                subject,
                audiences,
            } => {
                shown.issuer = Some(issuer.to_string());
                shown.subject = Some(subject);
                shown.audiences = Some(audiences);
            }
        }
        shown
    }
}

/// How a client proves who it is.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "it describes a word")]
enum AuthenticationWord {
    ClientSecret,
    PrivateKeyJwt,
    WorkloadIdentity,
}

/// What access tokens look like.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "it describes a word")]
enum FormatWord {
    Opaque,
    Jwt,
}

/// What happens to a refresh token that was used.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "it describes a word")]
enum RotationWord {
    Grace,
    Never,
}

/// A client to register.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes a body that is read member by member")]
struct NewClientBody {
    /// Whom it will act for.
    service_user_id: String,
    /// Its name.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    authentication: AuthenticationWord,
    /// `private_key_jwt`: its public keys as a JWK set; this or `jwksUri`.
    #[schema(value_type = Object, nullable = false)]
    jwks: Option<Value>,
    /// `private_key_jwt`: where it publishes its public keys.
    #[schema(nullable = false)]
    jwks_uri: Option<String>,
    /// `workload_identity`: the Entra tenant, <https://login.microsoftonline.com/TENANT/v2.0>.
    #[schema(nullable = false)]
    issuer: Option<String>,
    /// `workload_identity`: the object id of the provisioning service's principal.
    #[schema(nullable = false)]
    subject: Option<String>,
    /// `workload_identity`: what stands for this server in its tokens.
    #[schema(nullable = false)]
    audiences: Option<Vec<String>>,
    #[schema(nullable = false)]
    access_token_format: Option<FormatWord>,
    #[schema(nullable = false)]
    refresh_rotation: Option<RotationWord>,
    /// Where a browser may be sent back to with a code. Without one, there are no codes.
    #[schema(nullable = false, max_items = 20)]
    redirect_uris: Option<Vec<String>>,
    /// `client_secret`: after how many seconds its first secret is refused; null is never.
    #[schema(minimum = 1, maximum = 94_608_000)]
    secret_expires_in: Option<u64>,
}

/// A change of a client. What is left out stays.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes a body that is read member by member")]
struct ClientPatch {
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    name: Option<String>,
    #[schema(nullable = false)]
    access_token_format: Option<FormatWord>,
    #[schema(nullable = false)]
    refresh_rotation: Option<RotationWord>,
    /// All that there will be.
    #[schema(nullable = false, max_items = 20)]
    redirect_uris: Option<Vec<String>>,
    /// Whether it, and what was issued to it, is accepted, from the next request on.
    #[schema(nullable = false)]
    active: Option<bool>,
}

/// A client that was registered.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct RegisteredClient {
    /// Its first secret, where it authenticates with one. It is shown only now.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    #[serde(flatten)]
    client: Shown,
    /// Where a browser asks for approval.
    authorization_endpoint: String,
    /// Where it asks for tokens.
    token_endpoint: String,
}

pub(super) const LIST: Doc = Doc::list(
    "listClients",
    TAG,
    "The organization's OAuth clients, in the order of their ids.",
    shape::<Shown>,
);

/// `GET /admin/v1/orgs/{orgId}/clients`.
pub(super) async fn list(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    let query = call.http.query(&[page::LIMIT, page::CURSOR])?;
    page::by_key(
        &call.http,
        &query,
        async |after, limit| owner.clients().page(after, limit).await,
        |client| client.id.to_string(),
        Shown::new,
    )
    .await
}

/// How a new client will prove who it is: only the members of the way it chose may be there.
fn authentication(fields: &mut Fields) -> Option<ClientAuthentication> {
    let words = "write client_secret, private_key_jwt or workload_identity";
    let word = fields.text("authentication")?;
    match word.as_str() {
        "client_secret" => Some(ClientAuthentication::ClientSecret),
        "private_key_jwt" => {
            let keys = fields.optional("jwks", "write a JWK set", |value| {
                value.is_object().then(|| value.clone())
            });
            let uri = fields.optional("jwksUri", "write an https:// URL", text);
            match (keys, uri) {
                (Some(keys), None) => Some(ClientAuthentication::PrivateKeyJwt(ClientKeys::Given(keys))),
                (None, Some(uri)) => Some(ClientAuthentication::PrivateKeyJwt(ClientKeys::At(uri))),
                (Some(_), Some(_)) | (None, None) => {
                    fields.refuse("jwks", "private_key_jwt needs either jwks or jwksUri");
                    None
                }
            }
        }
        "workload_identity" => {
            let issuer: Option<EntraIssuer> =
                fields.parsed("issuer", "write https://login.microsoftonline.com/TENANT/v2.0");
            let subject = fields.text("subject");
            let audiences = fields.needed("audiences", "write a list of texts", texts::<String>);
            Some(ClientAuthentication::WorkloadIdentity {
                issuer: issuer?,
                subject: subject?,
                audiences: audiences?,
            })
        }
        _ => {
            fields.refuse("authentication", words);
            None
        }
    }
}

pub(super) const CREATE: Doc = Doc::creation(
    "createClient",
    TAG,
    "Register an OAuth client. Needs a recent sign-in.",
    body::<NewClientBody>,
    shape::<RegisteredClient>,
);

/// `POST /admin/v1/orgs/{orgId}/clients`.
pub(super) async fn create(mut call: Call<Org>) -> Answer {
    call.door.owner()?;
    call.door.require_fresh()?;
    let mut fields = match call.begin().await? {
        Begun::First(fields) => fields,
        Begun::Repeated(answer) => return Ok(answer),
    };
    let service_user: Option<ServiceUserId> = fields.parsed("serviceUserId", "write a service user's id");
    let name = fields.text("name");
    let authentication = authentication(&mut fields);
    let format: Option<AccessTokenFormat> = fields.optional("accessTokenFormat", FORMATS, parsed);
    let rotation: Option<RefreshRotation> = fields.optional("refreshRotation", RULES, parsed);
    let uris = fields.optional("redirectUris", URIS, texts);
    let secret_life = fields.optional(
        "secretExpiresIn",
        "write whole seconds from 1 on, or null for never",
        super::fields::life,
    );
    let ((service_user, name), authentication) = fields.finish(service_user.zip(name).zip(authentication))?;
    let new = NewClient {
        service_user,
        name,
        authentication,
        access_token_format: format.unwrap_or_default(),
        refresh_rotation: rotation.unwrap_or_default(),
        redirect_uris: uris.unwrap_or_default(),
        secret_life: secret_life.and_then(|Life(life)| life),
    };
    let created = call.door.owner()?.clients().create(new).await;
    let (client, secret) = created.map_err(|error| unknown_service_user(error, service_user))?;
    let location = call.http.link(call.door.id(), &format!("/clients/{}", client.id));
    let base = &call.http.surface.public_url;
    let registered = RegisteredClient {
        client_secret: secret.map(|secret| secret.reveal().to_owned()),
        client: Shown::new(client),
        authorization_endpoint: format!("{base}/oauth/v2/authorize"),
        token_endpoint: format!("{base}/oauth/v2/token"),
    };
    call.created(Some(location), &registered).await
}

pub(super) const GET: Doc = Doc::get("getClient", TAG, "An OAuth client.", shape::<Shown>).tagged();

/// `GET /admin/v1/orgs/{orgId}/clients/{id}`.
pub(super) async fn get(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    let shown = Shown::new(owner.clients().get(call.http.id(0)?).await?);
    reply::tagged(&shown, &shown)
}

pub(super) const PATCH: Doc = Doc::change(
    "updateClient",
    TAG,
    "Change a client, by JSON merge patch. How it proves who it is never changes.",
    body::<ClientPatch>,
    shape::<Shown>,
)
.conditional();

/// `PATCH /admin/v1/orgs/{orgId}/clients/{id}`.
pub(super) async fn patch(call: Call<Org>) -> Result<actix_web::HttpResponse, Error> {
    let owner = call.door.owner()?;
    let id: ClientId = call.http.id(0)?;
    let condition = Condition::read(call.http.request.headers());
    let mut fields = call.http.fields().await?;
    let name = fields.optional("name", "write a text", text);
    let format = fields.optional("accessTokenFormat", FORMATS, parsed);
    let rotation = fields.optional("refreshRotation", RULES, parsed);
    let uris = fields.optional("redirectUris", URIS, texts);
    let active = fields.optional("active", "write true or false", Value::as_bool);
    fields.finish(Some(()))?;
    let changed = owner
        .clients()
        .change(id, move |client| {
            condition.check(&Shown::new(client.clone()))?;
            if let Some(name) = &name {
                client.name.clone_from(name);
            }
            if let Some(uris) = &uris {
                client.redirect_uris.clone_from(uris);
            }
            client.access_token_format = format.unwrap_or(client.access_token_format);
            client.refresh_rotation = rotation.unwrap_or(client.refresh_rotation);
            client.active = active.unwrap_or(client.active);
            Ok(())
        })
        .await?;
    let shown = Shown::new(changed);
    reply::tagged(&shown, &shown)
}

pub(super) const DELETE: Doc = Doc::act(
    "deleteClient",
    TAG,
    "Delete a client with everything that was issued to it.",
);

/// `DELETE /admin/v1/orgs/{orgId}/clients/{id}`.
pub(super) async fn delete(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    owner.clients().delete(call.http.id(0)?).await?;
    Ok(reply::done())
}
