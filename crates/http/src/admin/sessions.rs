//! Sessions of accounts, for scripts: signing in with a password, and out.

use serde::Serialize;
use utoipa::ToSchema;
use wicketgate_auth::Plaintext;
use wicketgate_domain::{self as domain, Session};

use super::{
    Answer, Call, Http,
    caller::Credential,
    error::Error,
    fields::text,
    openapi::{Doc, body, shape},
    reply, time,
};
use crate::scim::tenant::caller;

const TAG: &str = "Sessions";

/// Who signs in.
#[derive(ToSchema)]
#[schema(as = SignIn)]
#[expect(dead_code, reason = "it describes a body that is read member by member")]
struct SignIn {
    /// The account's e-mail address.
    email: String,
    /// Its password.
    password: String,
    /// The code of its authenticator app, or a recovery code, where it asks for one.
    code: Option<String>,
}

/// A session that has begun.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct NewSession {
    /// What later requests present. It is shown only now.
    token: String,
    #[serde(flatten)]
    session: SessionOfAccount,
}

/// A session, and what it opens.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Session)]
struct SessionOfAccount {
    /// Its public id.
    id: String,
    /// Whose it is.
    account_id: String,
    /// The account's e-mail address.
    email: String,
    /// When it ends at the latest. It also ends 30 minutes after its last request.
    expires_at: String,
    /// Whether somebody signed in lately enough to issue credentials.
    is_fresh: bool,
    /// Whether the account looks after the installation.
    is_operator: bool,
    /// The organizations that it opens.
    orgs: Vec<OrgOfSession>,
}

/// An organization that a session opens.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct OrgOfSession {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// What the account is there.
    role: String,
}

async fn shown(session: &Session) -> Result<SessionOfAccount, Error> {
    let is_operator = match session.operator().await {
        Ok(_) => true,
        Err(domain::Error::NotFound) => false,
        Err(error) => return Err(error.into()),
    };
    let orgs = session.orgs().await?.into_iter().map(|org| OrgOfSession {
        id: org.id.to_string(),
        name: org.name,
        role: org.role.as_str().to_owned(),
    });
    Ok(SessionOfAccount {
        id: session.id().to_string(),
        account_id: session.account().id.to_string(),
        email: session.account().email.clone(),
        expires_at: time(session.expires()),
        is_fresh: session.is_fresh(),
        is_operator,
        orgs: orgs.collect(),
    })
}

pub(super) const CREATE: Doc = Doc::creation(
    "createSession",
    TAG,
    "Sign in with an e-mail address and a password.",
    body::<SignIn>,
    shape::<NewSession>,
)
.unkeyed()
.or(&[401]);

/// `POST /admin/v1/sessions`.
pub(super) async fn create(http: Http) -> Answer {
    let mut fields = http.fields().await?;
    let email = fields.text("email");
    let password = fields.text("password");
    let code = fields.optional("code", "write a text, or leave it out", |value| {
        if value.is_null() {
            Some(None)
        } else {
            text(value).map(Some)
        }
    });
    let (email, password) = fields.finish(email.zip(password))?;
    let gateway = &http.surface.gateway;
    let signed_in = gateway
        .sign_in(
            &email,
            &Plaintext::new(password),
            code.flatten().as_deref(),
            &caller(&http.request),
        )
        .await
        .map_err(Error::SignIn)?;
    let session = match gateway.session(&signed_in.session).await {
        Ok(session) => session,
        Err(domain::SessionRefused::NotSignedIn) => return Err(Error::Unauthenticated { presented: true }),
        Err(domain::SessionRefused::Store(error)) => return Err(error.into()),
    };
    let document = NewSession {
        token: signed_in.session.reveal().to_owned(),
        session: shown(&session).await?,
    };
    let location = format!("{}/admin/v1/sessions/current", http.surface.public_url);
    Ok(reply::whole(
        actix_web::http::StatusCode::CREATED,
        reply::text(&document)?,
        Some(&location),
    ))
}

pub(super) const SHOW: Doc = Doc::get(
    "getCurrentSession",
    TAG,
    "The session that is presented, and the organizations that it opens.",
    shape::<SessionOfAccount>,
)
.or(&[404]);

/// `GET /admin/v1/sessions/current`.
pub(super) async fn show(call: Call<Credential>) -> Answer {
    match call.door {
        Credential::Session(session) => reply::json(&shown(&session).await?),
        Credential::ServiceUser => Err(Error::NotFound),
    }
}

pub(super) const DELETE: Doc = Doc::act(
    "deleteCurrentSession",
    TAG,
    "Sign out: the session is refused from the next request on.",
)
.or(&[404]);

/// `DELETE /admin/v1/sessions/current`.
pub(super) async fn delete(call: Call<Credential>) -> Answer {
    match call.door {
        Credential::Session(session) => {
            session.sign_out().await?;
            Ok(reply::done())
        }
        Credential::ServiceUser => Err(Error::NotFound),
    }
}
