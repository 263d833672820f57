//! OAuth 2.0: clients, what they are given, and what becomes of it. Requests are made of the texts that clients send.

mod assertions;
mod clients;
mod codes;
mod credentials;
mod grants;
mod refresh;
mod revocation;

use std::sync::Arc;

use wicketgate_auth::{
    Role, ServiceUserId, Token,
    oauth::{AuthorizationRequest, ClientId, ErrorCode, PresentedClient, TokenRequest, TokenResponse},
};
use wicketgate_domain::{
    AccessTokenFormat, Approved, AuthorizationError, Client, ClientAuthentication, DEFAULT_DOMAIN, Endpoint,
    Error, ExchangeError, NewClient, RefreshRotation,
};

use crate::harness::{Installation, Tenant};

const PUBLIC_URL: &str = "https://gateway.example.test";
const CALLBACK: &str = "https://idp.example.test/callback";

fn endpoint() -> Endpoint {
    Endpoint {
        public_url: PUBLIC_URL.to_owned(),
        request_id: "request-oauth".to_owned(),
    }
}

/// A client with everything it needs.
struct Party {
    installation: Arc<Installation>,
    org: Tenant,
    service_user: ServiceUserId,
    client: Client,
    /// Empty where it has none.
    secret: String,
}

fn new_client(service_user: ServiceUserId) -> NewClient {
    NewClient {
        service_user,
        name: "okta".to_owned(),
        authentication: ClientAuthentication::ClientSecret,
        access_token_format: AccessTokenFormat::Opaque,
        refresh_rotation: RefreshRotation::Grace,
        redirect_uris: vec![CALLBACK.parse().unwrap()],
        secret_life: None,
    }
}

impl Party {
    /// An ordinary client of a new organization, at the time of the database.
    async fn new(installation: &Arc<Installation>) -> Self {
        Self::with(installation, |_| {}).await
    }

    async fn with(installation: &Arc<Installation>, alter: impl FnOnce(&mut NewClient)) -> Self {
        installation.synchronize().await;
        let org = installation.org("acme").await;
        Self::of(&org, installation, alter).await
    }

    /// Another client of an organization, with a service user of its own.
    async fn of(org: &Tenant, installation: &Arc<Installation>, alter: impl FnOnce(&mut NewClient)) -> Self {
        let entered = org.owner().await;
        let owner = entered.owner().unwrap();
        let number = owner.service_users().list().await.unwrap().len();
        let service_user = owner
            .service_users()
            .create(&format!("idp-{number}"), Role::OrgUserManager, DEFAULT_DOMAIN)
            .await
            .unwrap()
            .id;
        let mut new = new_client(service_user);
        alter(&mut new);
        let (client, secret) = owner.clients().create(new).await.unwrap();
        Self {
            installation: Arc::clone(installation),
            org: org.clone(),
            service_user,
            client,
            secret: secret
                .map(|secret| secret.reveal().to_owned())
                .unwrap_or_default(),
        }
    }

    fn id(&self) -> ClientId {
        self.client.id
    }

    /// The client in the body of a request.
    fn presented(&self) -> String {
        format!("client_id={}&client_secret={}", self.id(), self.secret)
    }

    /// The parameters of a body and of the client itself, read as the token endpoint does.
    fn request(&self, parameters: &str) -> TokenRequest {
        let body = format!("{}&{parameters}", self.presented());
        TokenRequest::parse(None, "", body.as_bytes()).unwrap()
    }

    async fn ask(&self, request: impl Fn() -> TokenRequest) -> Result<TokenResponse, ErrorCode> {
        loop {
            match self
                .installation
                .instance
                .gateway()
                .exchange(request(), &endpoint())
                .await
            {
                Ok(response) => return Ok(response),
                Err(ExchangeError::OAuth(error)) => return Err(error.code),
                Err(ExchangeError::Store(Error::Busy)) => tokio::task::yield_now().await,
                Err(ExchangeError::Store(error)) => panic!("{error:?}"),
            }
        }
    }

    async fn exchange(&self, parameters: &str) -> Result<TokenResponse, ErrorCode> {
        self.ask(|| self.request(parameters)).await
    }

    async fn client_credentials(&self) -> Result<TokenResponse, ErrorCode> {
        self.exchange("grant_type=client_credentials").await
    }

    async fn exchange_code(&self, code: &Token, more: &str) -> Result<TokenResponse, ErrorCode> {
        self.exchange(&format!(
            "grant_type=authorization_code&code={}{more}",
            code.reveal()
        ))
        .await
    }

    async fn refresh(&self, refresh_token: &str) -> Result<TokenResponse, ErrorCode> {
        self.exchange(&format!("grant_type=refresh_token&refresh_token={refresh_token}"))
            .await
    }

    /// An owner approves what the client asks for.
    async fn approve(&self, more: &str) -> Result<Approved, AuthorizationError> {
        let query = format!("response_type=code&client_id={}{more}", self.id());
        let request = AuthorizationRequest::parse(&query).unwrap();
        let org = self.org.owner().await;
        let owner = org.owner().unwrap();
        owner.grants().approve(&request, &endpoint()).await
    }

    async fn code(&self) -> Token {
        self.approve("").await.unwrap().code
    }

    /// The refresh token of a new grant.
    async fn granted(&self) -> Pair {
        let code = self.code().await;
        self.exchange_code(&code, "").await.unwrap().into()
    }

    /// Whether a token opens SCIM.
    async fn opens(&self, access_token: &str) -> bool {
        let header = format!("Bearer {access_token}");
        self.installation.enter(self.org.id, &header).await.is_ok()
    }

    /// The client as it presents itself for other requests than exchanges.
    fn itself(&self) -> PresentedClient {
        self.request("grant_type=client_credentials").client
    }
}

/// An access token and the refresh token beside it.
#[derive(Debug, Clone)]
struct Pair {
    access: String,
    refresh: String,
}

impl From<TokenResponse> for Pair {
    fn from(response: TokenResponse) -> Self {
        Self {
            access: response.access_token.reveal().to_owned(),
            refresh: response
                .refresh_token
                .map(|token| token.reveal().to_owned())
                .unwrap_or_default(),
        }
    }
}
