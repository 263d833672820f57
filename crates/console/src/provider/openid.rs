//! OpenID Connect with one identity provider: where to send a browser, and who came back. The protocol is the crate
//! `openidconnect`'s; what it leaves to its caller is decided here, strictly.

use std::sync::Arc;

use jiff::Timestamp;
use openidconnect::{
    AsyncHttpClient, AuthType, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, Nonce, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, SignatureVerificationError, TokenResponse as _,
    core::{
        CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreIdToken, CoreIdTokenClaims,
        CoreJwsSigningAlgorithm, CoreProviderMetadata,
    },
};
use wicketgate_auth::{Fetch, FetchError, Plaintext};

use super::known::Known;

/// The algorithms that a provider may sign with. None of them shares a secret, and `none` is none of them.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 5] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// How long ago an ID token may have been issued, and how far ahead the provider's clock may be, in seconds.
const OLDEST: i64 = 600;
const AHEAD: i64 = 60;

/// What an organization has registered at its provider.
pub(crate) struct Registration {
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: Plaintext,
    /// Where the provider sends a browser back to.
    pub(crate) redirect_uri: String,
}

/// What has to be remembered of a sign-in until the browser comes back.
pub(crate) struct Secrets {
    pub(crate) state: String,
    pub(crate) nonce: String,
    pub(crate) verifier: String,
}

/// Why a provider's answer is not believed, or none came. For the log: a page says only that it did not work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failed {
    #[error("the provider's configuration cannot be used: {0}")]
    Discovery(String),
    #[error("the provider did not exchange the code: {0}")]
    Exchange(String),
    #[error("the ID token is refused: {0}")]
    IdToken(String),
}

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// The client of `openidconnect` that goes through [`Fetch`].
struct Through(Arc<dyn Fetch>);

impl<'c> AsyncHttpClient<'c> for Through {
    type Error = FetchError;
    type Future = wicketgate_auth::Fetching<'c>;

    fn call(&'c self, request: openidconnect::HttpRequest) -> Self::Future {
        self.0.fetch(request)
    }
}

/// A provider whose configuration has been read.
pub(crate) struct Provider<'k> {
    registration: Registration,
    known: &'k Known,
    http: Through,
    metadata: Arc<CoreProviderMetadata>,
    client: Client,
    /// Whether the configuration was read for this request.
    is_fresh: bool,
}

impl<'k> Provider<'k> {
    /// A provider with its configuration and keys, which are read unless that was done a few minutes ago. The issuer in
    /// the configuration must be the registered one, character by character.
    pub(crate) async fn discover(
        registration: Registration,
        known: &'k Known,
        fetch: Arc<dyn Fetch>,
        now: Timestamp,
    ) -> Result<Self, Failed> {
        let http = Through(fetch);
        let kept = known.get(&registration.issuer, now);
        let is_fresh = kept.is_none();
        let metadata = match kept {
            Some(metadata) => metadata,
            None => read(&registration.issuer, known, &http, now).await?,
        };
        let client = client(&registration, &metadata)?;
        Ok(Self {
            registration,
            known,
            http,
            metadata,
            client,
            is_fresh,
        })
    }

    /// Where to send a browser.
    pub(crate) fn address(&self, secrets: &Secrets) -> String {
        let state = CsrfToken::new(secrets.state.clone());
        let nonce = Nonce::new(secrets.nonce.clone());
        let verifier = PkceCodeVerifier::new(secrets.verifier.clone());
        let (address, ..) = self
            .client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                move || state,
                move || nonce,
            )
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .url();
        address.into()
    }

    /// Who came back with this code: the subject of an ID token that was made for this sign-in.
    pub(crate) async fn subject(
        &mut self,
        code: String,
        secrets: &Secrets,
        now: Timestamp,
    ) -> Result<String, Failed> {
        let refused = |why: &dyn std::fmt::Display| Failed::IdToken(why.to_string());
        let response = self
            .client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|error| Failed::Exchange(error.to_string()))?
            .set_pkce_verifier(PkceCodeVerifier::new(secrets.verifier.clone()))
            .request_async(&self.http)
            .await
            .map_err(|error| Failed::Exchange(Chain(&error).to_string()))?;
        let token = response.id_token().ok_or_else(|| refused(&"there is none"))?;
        let mut outcome = self.verified(token, secrets, now);
        if !self.is_fresh && is_of_unknown_key(&outcome) {
            // The provider signs with another key since its keys were read. The code is used up, the token is not.
            self.metadata = read(&self.registration.issuer, self.known, &self.http, now).await?;
            self.client = client(&self.registration, &self.metadata)?;
            self.is_fresh = true;
            outcome = self.verified(token, secrets, now);
        }
        let claims = outcome.map_err(|error| refused(&Chain(&error)))?;
        // The crate leaves `azp` to its caller (OpenID Connect Core 3.1.3.7).
        if claims
            .authorized_party()
            .is_some_and(|party| party.as_str() != self.registration.client_id)
        {
            return Err(refused(&"it was made for another client"));
        }
        let subject = claims.subject().as_str();
        if subject.is_empty() || subject.len() > 255 {
            return Err(refused(&"its subject has not 1 to 255 characters"));
        }
        Ok(subject.to_owned())
    }

    /// What a token claims, if the provider signed it for this sign-in.
    fn verified<'t>(
        &self,
        token: &'t CoreIdToken,
        secrets: &Secrets,
        now: Timestamp,
    ) -> Result<&'t CoreIdTokenClaims, ClaimsVerificationError> {
        let seconds = now.as_second();
        let verifier = self
            .client
            .id_token_verifier()
            .set_allowed_algs(ALGORITHMS)
            .set_time_fn(move || chrono::DateTime::from_timestamp(seconds, 0).unwrap_or_default())
            .set_issue_time_verifier_fn(move |issued| {
                let age = seconds - issued.timestamp();
                if (-AHEAD..=OLDEST).contains(&age) {
                    Ok(())
                } else {
                    Err("it was not issued just now".to_owned())
                }
            });
        token.claims(&verifier, &Nonce::new(secrets.nonce.clone()))
    }
}

fn is_of_unknown_key<T>(outcome: &Result<T, ClaimsVerificationError>) -> bool {
    matches!(
        outcome,
        Err(ClaimsVerificationError::SignatureVerification(
            SignatureVerificationError::NoMatchingKey
        ))
    )
}

/// Reads a provider's configuration and keys, and remembers them.
async fn read(
    issuer: &str,
    known: &Known,
    http: &Through,
    now: Timestamp,
) -> Result<Arc<CoreProviderMetadata>, Failed> {
    let failed = |error: &dyn std::fmt::Display| Failed::Discovery(error.to_string());
    let url = IssuerUrl::new(issuer.to_owned()).map_err(|error| failed(&error))?;
    let metadata = CoreProviderMetadata::discover_async(url, http)
        .await
        .map_err(|error| failed(&Chain(&error)))?;
    if metadata.issuer().as_str() != issuer {
        return Err(failed(&"it names another issuer"));
    }
    if metadata.authorization_endpoint().url().scheme() != "https" {
        return Err(failed(&"its authorization endpoint is not https"));
    }
    let metadata = Arc::new(metadata);
    known.keep(issuer, &metadata, now);
    Ok(metadata)
}

/// The client of `openidconnect` for what an organization has registered.
fn client(registration: &Registration, metadata: &CoreProviderMetadata) -> Result<Client, Failed> {
    let redirect = RedirectUrl::new(registration.redirect_uri.clone())
        .map_err(|error| Failed::Discovery(error.to_string()))?;
    // Basic is what a provider has to support where it says nothing.
    let in_body = metadata
        .token_endpoint_auth_methods_supported()
        .is_some_and(|methods| !methods.contains(&CoreClientAuthMethod::ClientSecretBasic));
    Ok(CoreClient::from_provider_metadata(
        metadata.clone(),
        ClientId::new(registration.client_id.clone()),
        Some(ClientSecret::new(registration.client_secret.reveal().to_owned())),
    )
    .set_redirect_uri(redirect)
    .set_auth_type(if in_body {
        AuthType::RequestBody
    } else {
        AuthType::BasicAuth
    }))
}

/// An error with its causes in one line.
struct Chain<'e>(&'e dyn std::error::Error);

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut source = self.0.source();
        while let Some(error) = source {
            write!(f, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}
