//! OAuth 2.0 clients: what an identity provider that speaks OAuth is registered as. Each acts for one service user. What
//! they are given is in `grant/`.

mod assertion;
pub(crate) mod authenticate;
mod change;
mod create;
mod key_sets;
mod secret;

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde_json::Value;
use wicketgate_auth::{
    ServiceUserId,
    jwt::EntraIssuer,
    oauth::{ClientId, RedirectUri},
};

use crate::{Error, Owner, db};

pub use create::NewClient;
pub(crate) use create::Registration;
pub(crate) use key_sets::KeySets;
pub use secret::ClientSecret;

/// One client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Its id, which it presents.
    pub id: ClientId,
    /// Whom it acts for.
    pub service_user: ServiceUserId,
    /// Its name, for people.
    pub name: String,
    /// How it proves who it is.
    pub authentication: ClientAuthentication,
    /// What its access tokens look like.
    pub access_token_format: AccessTokenFormat,
    /// What happens to a refresh token that was used.
    pub refresh_rotation: RefreshRotation,
    /// Where a browser may be sent back to with a code, in the order of the alphabet. Without one, there are no codes.
    pub redirect_uris: Vec<RedirectUri>,
    /// Whether it, and what was issued to it, is accepted.
    pub active: bool,
    /// When it was created.
    pub created: Timestamp,
}

/// How a client proves who it is. It never changes: whoever wants another way registers another client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientAuthentication {
    /// It presents a secret that was issued to it.
    ClientSecret,
    /// It signs an assertion with a key of its own.
    PrivateKeyJwt(ClientKeys),
    /// It is the provisioning service of a Microsoft Entra tenant, which vouches for it.
    WorkloadIdentity {
        /// The tenant's authorization server.
        issuer: EntraIssuer,
        /// The provisioning service's principal there.
        subject: String,
        /// What stands for this server in its tokens: any one of these.
        audiences: Vec<String>,
    },
}

impl ClientAuthentication {
    /// The word used on the command line, in JSON and in the database.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::ClientSecret => "client_secret",
            Self::PrivateKeyJwt(_) => "private_key_jwt",
            Self::WorkloadIdentity { .. } => "workload_identity",
        }
    }
}

/// Where the public keys of a client are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientKeys {
    /// Here, as the JWK set that was handed in.
    Given(Value),
    /// At an address, where the client may change them at any time.
    At(String),
}

/// What the access tokens of a client look like. Either kind is looked up for each request, so either can be revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum AccessTokenFormat {
    /// A token that means nothing to anybody else.
    #[default]
    Opaque,
    /// A signed JSON Web Token (RFC 9068).
    Jwt,
}

impl AccessTokenFormat {
    /// All formats.
    pub const ALL: [Self; 2] = [Self::Opaque, Self::Jwt];

    /// The word used on the command line, in JSON and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Opaque => "opaque",
            Self::Jwt => "jwt",
        }
    }
}

impl fmt::Display for AccessTokenFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for AccessTokenFormat {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|format| format.as_str() == text)
            .ok_or_else(|| {
                Error::refused(
                    "access-token-format",
                    format!("{text:?} is not known: use opaque or jwt"),
                )
            })
    }
}

/// What happens to a refresh token that was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum RefreshRotation {
    /// Another one takes its place; until that is used, the old one is accepted again, because the answer that held the
    /// new one may have been lost.
    #[default]
    Grace,
    /// It stays what it is. For clients that keep the first one they got.
    Never,
}

impl RefreshRotation {
    /// All rules.
    pub const ALL: [Self; 2] = [Self::Grace, Self::Never];

    /// The word used on the command line, in JSON and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Grace => "grace",
            Self::Never => "never",
        }
    }
}

impl fmt::Display for RefreshRotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for RefreshRotation {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|rule| rule.as_str() == text)
            .ok_or_else(|| {
                Error::refused(
                    "refresh-rotation",
                    format!("{text:?} is not known: use grace or never"),
                )
            })
    }
}

/// The clients of one organization.
#[derive(Debug)]
pub struct Clients<'o> {
    pub(crate) owner: &'o Owner<'o>,
}

impl Clients<'_> {
    /// All clients, the oldest first.
    pub async fn list(&self) -> Result<Vec<Client>, Error> {
        let id = self.owner.org.id;
        self.owner
            .org
            .shared
            .db
            .read(move |tx| db::clients::list(tx, id))
            .await
    }

    /// Up to `limit` clients in the order of their ids, from the one behind `after` on.
    pub async fn page(&self, after: Option<ClientId>, limit: u16) -> Result<Vec<Client>, Error> {
        let id = self.owner.org.id;
        self.owner
            .org
            .shared
            .db
            .read(move |tx| db::clients::page(tx, id, after, limit))
            .await
    }

    /// One client.
    pub async fn get(&self, client: ClientId) -> Result<Client, Error> {
        let id = self.owner.org.id;
        self.owner
            .org
            .shared
            .db
            .read(move |tx| db::clients::get(tx, id, client))
            .await
    }

    /// The secrets of a client, the newest first, without what is secret of them.
    pub async fn secrets(&self, client: ClientId) -> Result<Vec<ClientSecret>, Error> {
        let id = self.owner.org.id;
        self.owner
            .org
            .shared
            .db
            .read(move |tx| {
                db::clients::get(tx, id, client)?;
                db::issued::secrets(tx, id, client)
            })
            .await
    }
}
