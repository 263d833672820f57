//! One OAuth client of a test: its secret, and the forms that it sends.

use base64::{Engine, engine::general_purpose::STANDARD};
use wicketgate_auth::{Presented, Role, ServiceUserId, oauth::AuthorizationRequest};
use wicketgate_domain::{
    AccessTokenFormat, Caller, ClientAuthentication, Endpoint, NewClient, RefreshRotation,
};

use super::{Answer, PUBLIC_URL, TestGateway, TestOrg, percent_encoded};

/// Where the clients of tests are sent back to.
pub(crate) const REDIRECT_URI: &str = "https://idp.example.com/oauth/callback";

/// A client and what it knows: no secret where it has none.
pub(crate) struct TestClient {
    gateway: TestGateway,
    pub(crate) id: String,
    pub(crate) secret: String,
}

/// Makes a form of pairs.
pub(crate) fn form(pairs: &[(&str, &str)]) -> String {
    pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", percent_encoded(value)))
        .collect::<Vec<_>>()
        .join("&")
}

/// The header that proves who a client is.
pub(crate) fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

impl TestGateway {
    /// Posts a form.
    pub(crate) async fn post_form(&self, target: &str, authorization: Option<&str>, body: &str) -> Answer {
        let mut headers = vec![("Content-Type", "application/x-www-form-urlencoded")];
        headers.extend(authorization.map(|value| ("Authorization", value)));
        self.call("POST", target, None, &headers, Some(body.as_bytes()))
            .await
    }
}

impl TestOrg {
    /// A client with a secret, which acts as a manager.
    pub(crate) async fn client(&self) -> TestClient {
        self.client_with(RefreshRotation::Grace, AccessTokenFormat::Opaque)
            .await
    }

    /// A client with a secret and these habits.
    pub(crate) async fn client_with(
        &self,
        refresh_rotation: RefreshRotation,
        access_token_format: AccessTokenFormat,
    ) -> TestClient {
        self.client_of(
            ClientAuthentication::ClientSecret,
            refresh_rotation,
            access_token_format,
        )
        .await
    }

    /// A client that proves who it is in this way, without a secret, and asks for itself alone.
    pub(crate) async fn client_that(&self, authentication: ClientAuthentication) -> TestClient {
        self.client_of(authentication, RefreshRotation::Grace, AccessTokenFormat::Opaque)
            .await
    }

    async fn client_of(
        &self,
        authentication: ClientAuthentication,
        refresh_rotation: RefreshRotation,
        access_token_format: AccessTokenFormat,
    ) -> TestClient {
        let redirect_uris = match authentication {
            ClientAuthentication::ClientSecret => vec![REDIRECT_URI.parse().unwrap()],
            ClientAuthentication::PrivateKeyJwt(_) | ClientAuthentication::WorkloadIdentity { .. } => {
                Vec::new()
            }
        };
        let owner = self.door.owner().unwrap();
        let service_users = owner.service_users().list().await.unwrap();
        let service_user: ServiceUserId = service_users
            .iter()
            .find(|service_user| service_user.role == Role::OrgUserManager)
            .unwrap()
            .id;
        let (client, secret) = owner
            .clients()
            .create(NewClient {
                service_user,
                name: "Identity provider".to_owned(),
                authentication,
                access_token_format,
                refresh_rotation,
                redirect_uris,
                secret_life: None,
            })
            .await
            .unwrap();
        TestClient {
            gateway: self.gateway.clone(),
            id: client.id.to_string(),
            secret: secret
                .map(|secret| secret.reveal().to_owned())
                .unwrap_or_default(),
        }
    }

    /// A code that the organization's owner lets the client have. `rest` is what its request says besides.
    pub(crate) async fn code(&self, client: &TestClient, rest: &str) -> String {
        let query = format!("response_type=code&client_id={}&{rest}", client.id);
        let request = AuthorizationRequest::parse(&query).unwrap();
        let header = format!("Bearer {}", self.token(Role::OrgOwner));
        let presented = Presented::from_authorization(Some(&header));
        let gateway = self.gateway.surface().gateway;
        let org = gateway
            .enter(self.id, &presented, Caller::default(), "approval".to_owned())
            .await
            .unwrap();
        let endpoint = Endpoint {
            public_url: PUBLIC_URL.to_owned(),
            request_id: "approval".to_owned(),
        };
        let approved = org
            .owner()
            .unwrap()
            .grants()
            .approve(&request, &endpoint)
            .await
            .unwrap();
        approved.code.reveal().to_owned()
    }

    /// An access token with this scope, of a client that acts as a manager.
    pub(crate) async fn access_token(&self, scope: &str) -> String {
        let client = self.client().await;
        let pairs = [("grant_type", "client_credentials"), ("scope", scope)];
        let answer = client.post("token", &pairs).await.expect(200);
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    /// Shuts a client or opens it again.
    pub(crate) async fn set_client_active(&self, client: &TestClient, active: bool) {
        let owner = self.door.owner().unwrap();
        let id = client.id.parse().unwrap();
        owner.clients().set_active(id, active).await.unwrap();
    }
}

impl TestClient {
    /// The header that proves who it is.
    pub(crate) fn basic(&self) -> String {
        basic(&self.id, &self.secret)
    }

    /// Sends a form to one of the endpoints.
    pub(crate) async fn post(&self, endpoint: &str, pairs: &[(&str, &str)]) -> Answer {
        self.gateway
            .post_form(
                &format!("/oauth/v2/{endpoint}"),
                Some(&self.basic()),
                &form(pairs),
            )
            .await
    }

    /// Asks for a token for itself.
    pub(crate) async fn client_credentials(&self) -> Answer {
        self.post("token", &[("grant_type", "client_credentials")]).await
    }

    /// Exchanges a code whose request named [`REDIRECT_URI`].
    pub(crate) async fn exchange(&self, code: &str) -> Answer {
        let pairs = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT_URI),
        ];
        self.post("token", &pairs).await
    }

    /// Exchanges a refresh token.
    pub(crate) async fn refresh(&self, refresh_token: &str) -> Answer {
        let pairs = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
        self.post("token", &pairs).await
    }

    /// What a token is.
    pub(crate) async fn introspect(&self, token: &str) -> Answer {
        self.post("introspect", &[("token", token)]).await
    }

    /// Whether a token holds.
    pub(crate) async fn is_active(&self, token: &str) -> bool {
        let answer = self.introspect(token).await.expect(200);
        answer.json()["active"].as_bool().unwrap()
    }
}
