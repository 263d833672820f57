//! The consent page: an Org Owner sees which client asks for what in which organization, and allows it or does not. It
//! is never allowed without being asked, and until the client and its redirect URI are known nothing is redirected.

use actix_web::{HttpResponse, http::StatusCode, http::header::CONTENT_SECURITY_POLICY};
use askama::Template;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use url::Url;
use wicketgate_auth::{
    Role,
    oauth::{self, AuthorizationRequest, ErrorCode, RedirectUri},
};
use wicketgate_domain::{AuthorizationError, ClientOfRequest, Endpoint, Error, Org, Refusal};

use crate::{
    call::{self, Call, Person},
    failure::Failure,
    page::{Frame, see_other},
    policy,
    route::AUTHORIZE,
};

/// What the seal on a request is made for.
const PURPOSE: &str = "consent";

#[derive(Template)]
#[template(path = "consent.html")]
struct Page<'a> {
    frame: Frame<'a>,
    client: &'a str,
    organization: &'a str,
    service_user: &'a str,
    may: &'static str,
    scope: String,
    host: String,
    /// The address without its question mark.
    query: &'a str,
    token: &'a str,
    request: String,
    email: &'a str,
}

/// `GET /oauth/v2/authorize`
pub(crate) async fn ask(call: Call) -> Result<HttpResponse, Failure> {
    let request = read(&call)?;
    let client = match known(&call, &request).await? {
        Known::Client(client) => client,
        Known::Answer(answer) => return Ok(answer),
    };
    let Some(person) = call.person().await? else {
        return Err(Failure::SignIn(call.here()));
    };
    enter(&call, &person, &client).await?;
    let host = origin(&client.redirect_uri).ok_or(Failure::Internal)?;
    let mut response = call::page(&Page {
        frame: call.alone(),
        client: &client.name,
        organization: &client.org_name,
        service_user: &client.service_user_name,
        may: if client.scope.allows_writing() {
            "read and change users and groups"
        } else {
            "read users and groups"
        },
        scope: client.scope.to_string(),
        host: host.host,
        query: call.raw_query(),
        token: person.form_token(),
        request: seal(&call, &person),
        email: &person.session.account().email,
    })?;
    if let Ok(policy) = policy::content_security(Some(&host.origin)).parse() {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    Ok(response)
}

/// `POST /oauth/v2/authorize`: the answer to the page.
pub(crate) async fn decide(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let request = read(&call)?;
    // What was shown is what is allowed: the answer of one page is none to another.
    let given = URL_SAFE_NO_PAD
        .decode(call.form.text("request"))
        .unwrap_or_default();
    if !call
        .gateway()
        .is_sealed_for_page(PURPOSE, &sealed(&call, &person), &given)
    {
        return Err(Failure::CrossSite);
    }
    let client = match known(&call, &request).await? {
        Known::Client(client) => client,
        Known::Answer(answer) => return Ok(answer),
    };
    let org = enter(&call, &person, &client).await?;
    match call.form.get("decision") {
        Some("allow") => {}
        Some("deny") => {
            let error = oauth::Error::new(ErrorCode::AccessDenied, "An Org Owner denied the request.");
            return Ok(refuse(&call, &request, &client.redirect_uri, &error));
        }
        Some(_) | None => {
            return Err(Failure::refused(
                StatusCode::BAD_REQUEST,
                "Allow it, or deny it",
                "Go back and use one of the two buttons.",
            ));
        }
    }
    let owner = org.owner()?;
    let approved = match owner.grants().approve(&request, &endpoint(&call)).await {
        Ok(approved) => approved,
        Err(error) => return not_allowed(&call, &request, error),
    };
    let mut parameters = vec![("code", approved.code.reveal())];
    Ok(go_back(&call, &request, &approved.redirect_uri, &mut parameters))
}

/// Whoever asks, or the answer that whoever asks gets.
enum Known {
    Client(ClientOfRequest),
    Answer(HttpResponse),
}

fn read(call: &Call) -> Result<AuthorizationRequest, Failure> {
    AuthorizationRequest::parse(call.raw_query()).map_err(|error| shown(&error))
}

async fn known(call: &Call, request: &AuthorizationRequest) -> Result<Known, Failure> {
    let client = match call.gateway().authorization(request, &endpoint(call)).await {
        Ok(client) => client,
        Err(error) => return not_allowed(call, request, error).map(Known::Answer),
    };
    // The code belongs into the query: nothing else was made for it (RFC 9700 §2.1.2).
    let mode = call.query.get("response_mode");
    let repeated = mode.is_none() && has(call.raw_query(), "response_mode");
    if repeated || mode.is_some_and(|mode| mode != "query") {
        let error = oauth::Error::new(
            ErrorCode::InvalidRequest,
            "This response_mode is not offered: use query, or leave it out.",
        );
        return Ok(Known::Answer(refuse(call, request, &client.redirect_uri, &error)));
    }
    Ok(Known::Client(client))
}

fn has(query: &str, name: &str) -> bool {
    url::form_urlencoded::parse(query.as_bytes()).any(|(sent, _)| sent == name)
}

fn not_allowed(
    call: &Call,
    request: &AuthorizationRequest,
    error: AuthorizationError,
) -> Result<HttpResponse, Failure> {
    match error {
        AuthorizationError::Shown(error) => Err(shown(&error)),
        AuthorizationError::Redirected { redirect_uri, error } => {
            Ok(refuse(call, request, &redirect_uri, &error))
        }
        AuthorizationError::Store(Error::ReauthenticationNeeded) => Err(Failure::Reauthenticate(call.here())),
        AuthorizationError::Store(error) => Err(error.into()),
    }
}

/// The organization as its owner. Whoever is none is told so, and the client is told nothing.
async fn enter(call: &Call, person: &Person, client: &ClientOfRequest) -> Result<Org, Failure> {
    let not_owner = || {
        Failure::refused(
            StatusCode::FORBIDDEN,
            "An Org Owner has to allow this",
            format!(
                "{} asks for access to {}, and your account {} is no {} there. Sign in as an owner, or ask one to do \
                 this.",
                client.name,
                client.org_name,
                person.session.account().email,
                Role::OrgOwner,
            ),
        )
    };
    let org = match person.session.org(client.org, call.id.to_string()).await {
        Ok(org) => org,
        Err(Refusal::Denied(_)) => return Err(not_owner()),
        Err(Refusal::Store(error)) => return Err(error.into()),
    };
    if org.role() != Role::OrgOwner {
        return Err(not_owner());
    }
    match org.require_fresh() {
        Ok(()) => Ok(org),
        Err(Error::ReauthenticationNeeded) => Err(Failure::Reauthenticate(call.here())),
        Err(error) => Err(error.into()),
    }
}

fn shown(error: &oauth::Error) -> Failure {
    Failure::refused(
        StatusCode::BAD_REQUEST,
        "This request cannot be answered",
        format!(
            "{} You were not sent back, because it is not certain who asked. Whoever set the client up has to change \
             this.",
            error.description
        ),
    )
}

fn refuse(
    call: &Call,
    request: &AuthorizationRequest,
    redirect_uri: &RedirectUri,
    error: &oauth::Error,
) -> HttpResponse {
    let mut parameters = vec![
        ("error", error.code.as_str()),
        ("error_description", error.description.as_str()),
    ];
    go_back(call, request, redirect_uri, &mut parameters)
}

/// Sends the browser back to the client, with its state as it was and with the name of this server (RFC 9207).
fn go_back<'a>(
    call: &'a Call,
    request: &'a AuthorizationRequest,
    redirect_uri: &RedirectUri,
    parameters: &mut Vec<(&'a str, &'a str)>,
) -> HttpResponse {
    if let Some(state) = &request.state {
        parameters.push(("state", state));
    }
    parameters.push(("iss", call.site().issuer()));
    see_other(&redirect_uri.with(parameters))
}

fn endpoint(call: &Call) -> Endpoint {
    Endpoint {
        public_url: call.site().issuer().to_owned(),
        request_id: call.id.to_string(),
    }
}

fn sealed(call: &Call, person: &Person) -> Vec<u8> {
    format!("{}\n{AUTHORIZE}?{}", person.session_id(), call.raw_query()).into_bytes()
}

fn seal(call: &Call, person: &Person) -> String {
    URL_SAFE_NO_PAD.encode(call.gateway().seal_for_page(PURPOSE, &sealed(call, person)))
}

struct Host {
    origin: String,
    host: String,
}

fn origin(uri: &RedirectUri) -> Option<Host> {
    let url = Url::parse(uri.as_str()).ok()?;
    Some(Host {
        origin: url.origin().ascii_serialization(),
        host: url.host_str()?.to_owned(),
    })
}
