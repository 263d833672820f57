//! Signing in through an organization's own OpenID provider. Who comes back is known by issuer and subject and by nothing
//! else: an e-mail address in a token binds nothing, because providers let people choose it.

mod begun;
mod known;
mod openid;

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use wicketgate_auth::OrgId;
use wicketgate_domain::{Error, ProviderClient, SignInRefused};

use crate::{
    call::{self, Call, Person},
    cookie::Cookie,
    failure::Failure,
    page::{Frame, see_other},
    return_to::ReturnTo,
    sign_in::too_often,
};
use begun::Begun;
pub(crate) use known::Known;
use openid::{Failed, Provider, Registration};

#[derive(Template)]
#[template(path = "provider.html")]
struct Page<'a> {
    frame: Frame<'a>,
    providers: Vec<Offered>,
    with_password: String,
}

/// One provider that can be chosen.
struct Offered {
    name: String,
    path: String,
}

/// `GET /console/sign-in/{orgId}`: the page that an organization gives to its own people.
pub(crate) async fn offer(call: Call) -> Result<HttpResponse, Failure> {
    let org = org_of(&call)?;
    let providers = call.gateway().identity_providers(org).await?;
    let to = call.return_to();
    if providers.is_empty() {
        return Ok(call.go(&to.after("/console/sign-in")));
    }
    let offered = providers.into_iter().map(|client| {
        let issuer: String =
            url::form_urlencoded::byte_serialize(client.provider.issuer.as_bytes()).collect();
        let path = to.after(&format!("/console/sign-in/{org}/provider"));
        let mark = if path.contains('?') { '&' } else { '?' };
        Offered {
            name: client.provider.name,
            path: format!("{path}{mark}issuer={issuer}"),
        }
    });
    call::page(&Page {
        frame: call.alone(),
        providers: offered.collect(),
        with_password: to.after("/console/sign-in"),
    })
}

/// What the seal on a wish to bind an account is made for.
const BINDING: &str = "bind";

fn binding(person: &Person, org: OrgId, issuer: &str) -> Vec<u8> {
    format!("{} {org} {issuer}", person.session_id()).into_bytes()
}

/// Where binding the account to an identity at a provider begins. It is sealed for the session, as a form would be:
/// another site could otherwise bind the account to an identity of its own choice.
pub(crate) fn binding_path(call: &Call, person: &Person, org: OrgId, issuer: &str) -> String {
    let seal = call
        .gateway()
        .seal_for_page(BINDING, &binding(person, org, issuer));
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("return", "/console/account?done=bound")
        .append_pair("issuer", issuer)
        .append_pair("bind", &URL_SAFE_NO_PAD.encode(seal))
        .finish();
    format!("/console/sign-in/{org}/provider?{query}")
}

/// `GET /console/sign-in/{orgId}/provider`: sends the browser to the provider. With `bind`, whoever is signed in binds
/// the account to whoever comes back.
pub(crate) async fn begin(call: Call) -> Result<HttpResponse, Failure> {
    let org = org_of(&call)?;
    let client = client_of(&call, org, call.query.text("issuer")).await?;
    let binds = if let Some(given) = call.query.get("bind") {
        let person = call.person().await?.ok_or_else(|| Failure::SignIn(call.here()))?;
        let given = URL_SAFE_NO_PAD.decode(given).unwrap_or_default();
        let wanted = binding(&person, org, &client.provider.issuer);
        if !call.gateway().is_sealed_for_page(BINDING, &wanted, &given) {
            return Err(Failure::CrossSite);
        }
        if !person.session.is_fresh() {
            return Err(Failure::Reauthenticate(ReturnTo::or_home(Some(
                "/console/account",
            ))));
        }
        Some(person.session_id().to_string())
    } else {
        None
    };
    let begun = Begun::new(
        org.to_string(),
        client.provider.issuer.clone(),
        call.return_to().as_str().to_owned(),
        binds,
        call.gateway().now(),
    );
    let provider = discover(&call, client).await?;
    let sealed = begun.seal(call.gateway()).ok_or(Failure::Internal)?;
    let mut response = see_other(&provider.address(&begun.secrets()));
    call::set(&mut response, &Cookie::Provider.keep(call.site(), &sealed));
    Ok(response)
}

/// `GET /console/provider`: the browser comes back. Whatever it brings, this sign-in is over: its cookie is forgotten.
pub(crate) async fn complete(call: Call) -> Result<HttpResponse, Failure> {
    let answered = returned(&call).await;
    let mut response = match answered {
        Ok(response) => response,
        Err(failure) => failure.answer(call.site(), call.id),
    };
    call::set(&mut response, &Cookie::Provider.forget(call.site()));
    Ok(response)
}

async fn returned(call: &Call) -> Result<HttpResponse, Failure> {
    let now = call.gateway().now();
    let begun = call
        .provider_cookie()
        .and_then(|value| Begun::open(call.gateway(), value, now))
        .filter(|begun| begun.has_state(call.query.get("state")))
        .ok_or_else(|| {
            Failure::refused(
                StatusCode::BAD_REQUEST,
                "This sign-in did not begin here",
                "It took longer than ten minutes, or it began in another browser, or this page was opened twice. Begin \
                 again.",
            )
        })?;
    // A provider that says who it is must be the one that was asked (RFC 9207): another one's code is not shown to it.
    if call.query.get("iss").is_some_and(|issuer| issuer != begun.issuer) {
        return Err(not_believed(
            call,
            &Failed::IdToken("another provider answered".to_owned()),
        ));
    }
    let Some(code) = call.query.get("code") else {
        return Err(Failure::refused(
            StatusCode::FORBIDDEN,
            "The provider did not sign you in",
            "You were signed in nowhere. Try again, or ask the administrator of your provider whether you may use \
             this application.",
        ));
    };
    let org: OrgId = begun.org.parse().map_err(|_| Failure::NotFound)?;
    // What is configured now counts, not what was when it began.
    let client = client_of(call, org, &begun.issuer).await?;
    let mut provider = discover(call, client).await?;
    let subject = provider
        .subject(code.to_owned(), &begun.secrets(), now)
        .await
        .map_err(|failed| not_believed(call, &failed))?;
    let to = ReturnTo::or_home(Some(&begun.return_to));
    if let Some(session) = &begun.binds {
        let person = call
            .person()
            .await?
            .filter(|person| person.session_id().to_string() == *session);
        let person = person.ok_or(Failure::CrossSite)?;
        return match person.session.link_identity(org, &begun.issuer, &subject).await {
            Ok(()) => Ok(call.go(to.as_str())),
            Err(Error::ReauthenticationNeeded) => Err(Failure::Reauthenticate(to)),
            Err(error) => Err(error.into()),
        };
    }
    match call
        .gateway()
        .sign_in_external(org, &begun.issuer, &subject, call.caller())
        .await
    {
        Ok(signed_in) => {
            call.leave_former().await?;
            Ok(call.enter(&signed_in, to.as_str()))
        }
        Err(SignInRefused::Wrong | SignInRefused::TotpNeeded) => Err(Failure::refused(
            StatusCode::FORBIDDEN,
            "No account is bound to you",
            "Your provider knows you, and no account here is bound to that identity. An e-mail address binds nothing: \
             sign in with your password, and bind your account on the account page.",
        )),
        Err(SignInRefused::Throttled { retry_after }) => Err(Failure::refused(
            StatusCode::TOO_MANY_REQUESTS,
            "Too many attempts",
            too_often(retry_after),
        )),
        Err(SignInRefused::Store(error)) => Err(error.into()),
    }
}

fn org_of(call: &Call) -> Result<OrgId, Failure> {
    let org = call.segments.first().and_then(|org| org.parse().ok());
    org.ok_or(Failure::NotFound)
}

async fn client_of(call: &Call, org: OrgId, issuer: &str) -> Result<ProviderClient, Failure> {
    let clients = call.gateway().identity_providers(org).await?;
    let found = clients
        .into_iter()
        .find(|client| client.provider.issuer == issuer);
    found.ok_or(Failure::NotFound)
}

async fn discover(call: &Call, client: ProviderClient) -> Result<Provider<'_>, Failure> {
    let registration = Registration {
        issuer: client.provider.issuer,
        client_id: client.provider.client_id,
        client_secret: client.client_secret,
        redirect_uri: call.site().at("/console/provider"),
    };
    let (gateway, known) = (call.gateway(), call.known_providers());
    Provider::discover(registration, known, gateway.fetch(), gateway.now())
        .await
        .map_err(|failed| not_believed(call, &failed))
}

/// What is wrong with a provider's answer is for the log; whoever brought it may have made it.
fn not_believed(call: &Call, failed: &Failed) -> Failure {
    tracing::warn!(request.id = %call.id, error = %failed, "a sign-in through a provider failed");
    Failure::refused(
        StatusCode::BAD_GATEWAY,
        "The provider's answer is not valid",
        format!(
            "You were signed in nowhere. Begin again; if this stays, give the operator of this gateway the number {}.",
            call.id
        ),
    )
}
