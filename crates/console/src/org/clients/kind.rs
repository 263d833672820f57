//! The ways in which an identity provider may be registered, and what each form asks for.

use std::str::FromStr as _;

use wicketgate_auth::{
    ServiceUserId,
    jwt::EntraIssuer,
    oauth::{RedirectUri, okta_redirect_uris},
};
use wicketgate_domain::{AccessTokenFormat, ClientAuthentication, ClientKeys, NewClient, RefreshRotation};

use crate::{
    call::Call,
    field::{Choice, Field},
    form::{Lines, Part},
    org::life,
    wrong::{Wrong, beside},
};

/// One way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Okta, by authorization code.
    Okta,
    /// Anybody with a client secret.
    Secret,
    /// Anybody with a key of its own.
    Key,
    /// Microsoft Entra ID, by workload identity.
    Entra,
}

impl Kind {
    pub(super) const ALL: [Self; 4] = [Self::Okta, Self::Secret, Self::Key, Self::Entra];

    /// The word in the address.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Okta => "okta",
            Self::Secret => "client-secret",
            Self::Key => "private-key-jwt",
            Self::Entra => "workload-identity",
        }
    }

    pub(super) fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Okta => "Okta, OAuth 2.0",
            Self::Secret => "Client secret",
            Self::Key => "Key of its own (private_key_jwt)",
            Self::Entra => "Microsoft Entra ID, workload identity",
        }
    }

    /// When to choose it.
    pub(super) const fn advice(self) -> &'static str {
        match self {
            Self::Okta => {
                "For an app of Okta's catalogue. An owner of this organization allows it by signing in; the redirect URIs \
                 are Okta's own."
            }
            Self::Secret => {
                "For an identity provider that asks for a client ID and a client secret, with or without redirect URIs."
            }
            Self::Key => "For a client that signs its requests. No secret is shared with it.",
            Self::Entra => {
                "For Entra's provisioning service, whose tenant vouches for it. No secret is shared with it."
            }
        }
    }

    pub(super) const fn has_secret(self) -> bool {
        matches!(self, Self::Okta | Self::Secret)
    }

    /// The fields of the form, with what was typed before.
    pub(super) fn parts(self, call: &Call, wrong: Option<&Wrong>) -> Vec<Part> {
        let line = |name, label, hint: &str| {
            Field::text(name, label, "off")
                .hint(hint)
                .with(call.form.trimmed(name))
                .longest(1024)
                .error(beside(wrong, name))
        };
        let lines = |name, label, hint: &str| {
            Lines::new(name, label, hint)
                .with(call.form.text(name))
                .error(beside(wrong, name))
        };
        let mut parts: Vec<Part> = vec![
            line("name", "Name", "What you call it here, such as okta.")
                .longest(200)
                .into(),
        ];
        match self {
            Self::Okta => parts.push(
                line(
                    "app",
                    "Application name",
                    "The name that Okta's catalogue has for the app, as it stands in the addresses of Okta's admin pages.",
                )
                .longest(100)
                .into(),
            ),
            Self::Secret => parts.push(
                lines(
                    "redirect-uri",
                    "Redirect URIs",
                    "One in each line, exactly as the identity provider shows them. Leave it empty for client credentials.",
                )
                .optional()
                .into(),
            ),
            Self::Key => {
                parts.push(
                    line(
                        "jwks-uri",
                        "Address of the public keys",
                        "Where the client publishes its JWK set. Leave it empty to paste the keys instead.",
                    )
                    .optional()
                    .into(),
                );
                parts.push(
                    lines("jwks", "Public keys", "The JWK set itself, where it has no address.")
                        .optional()
                        .into(),
                );
            }
            Self::Entra => {
                parts.push(
                    line("issuer", "Issuer", "https://login.microsoftonline.com/TENANT/v2.0, with the tenant's id.").into(),
                );
                parts.push(
                    line("subject", "Subject", "The object id of the provisioning service's principal in that tenant.")
                        .into(),
                );
                parts.push(
                    lines(
                        "audience",
                        "Audiences",
                        "What stands for this gateway in Entra's tokens, one in each line.",
                    )
                    .into(),
                );
            }
        }
        if self.has_secret() {
            parts.push(
                life::choice("The secret expires after", 730, true, call.form.get("expires-in"))
                    .error(beside(wrong, "expires-in"))
                    .into(),
            );
        }
        parts
    }

    /// What hardly anybody changes.
    pub(super) fn advanced(self, call: &Call) -> Vec<Part> {
        let formats = [
            (AccessTokenFormat::Opaque.as_str(), "Opaque"),
            (AccessTokenFormat::Jwt.as_str(), "Signed JSON Web Tokens"),
        ];
        let mut parts: Vec<Part> = vec![
            Choice::of("access-token-format", "Access tokens", formats)
                .with(call.form.text("access-token-format"))
                .hint("Either kind can be revoked at once. Choose JSON Web Tokens only where the client asks for them.")
                .into(),
        ];
        if self == Self::Secret {
            let rules = [
                (RefreshRotation::Grace.as_str(), "Replace a used one by a new one"),
                (RefreshRotation::Never.as_str(), "Keep the first one"),
            ];
            parts.push(
                Choice::of("refresh-rotation", "Refresh tokens", rules)
                    .with(call.form.text("refresh-rotation"))
                    .hint("Keep the first one only for clients that do not store a new one.")
                    .into(),
            );
        }
        parts
    }

    /// What the form asks for.
    pub(super) fn read(self, call: &Call, service_user: ServiceUserId) -> Result<NewClient, Wrong> {
        let secret_life = if self.has_secret() {
            life::parse(call.form.text("expires-in"))?
        } else {
            None
        };
        let format = call.form.text("access-token-format");
        let access_token_format = AccessTokenFormat::from_str(format)
            .map_err(|_| Wrong::at("access-token-format", "Choose one of the list."))?;
        let refresh_rotation = match self {
            Self::Okta => RefreshRotation::Never,
            Self::Secret => RefreshRotation::from_str(call.form.text("refresh-rotation"))
                .map_err(|_| Wrong::at("refresh-rotation", "Choose one of the list."))?,
            Self::Key | Self::Entra => RefreshRotation::Grace,
        };
        let redirect_uris = match self {
            Self::Okta => okta_redirect_uris(call.form.trimmed("app"))
                .map_err(|error| Wrong::at("app", format!("Not usable: {error}.")))?
                .to_vec(),
            Self::Secret => redirect_uris(call.form.text("redirect-uri"))?,
            Self::Key | Self::Entra => Vec::new(),
        };
        Ok(NewClient {
            service_user,
            name: call.form.trimmed("name").to_owned(),
            authentication: self.authentication(call)?,
            access_token_format,
            refresh_rotation,
            redirect_uris,
            secret_life,
        })
    }

    fn authentication(self, call: &Call) -> Result<ClientAuthentication, Wrong> {
        match self {
            Self::Okta | Self::Secret => Ok(ClientAuthentication::ClientSecret),
            Self::Key => match (call.form.trimmed("jwks-uri"), call.form.trimmed("jwks")) {
                ("", "") => Err(Wrong::at(
                    "jwks-uri",
                    "Give the address of the client's public keys, or paste the keys below.",
                )),
                ("", keys) => serde_json::from_str(keys)
                    .map(|keys| ClientAuthentication::PrivateKeyJwt(ClientKeys::Given(keys)))
                    .map_err(|_| {
                        Wrong::at(
                            "jwks",
                            "This is no JSON: paste the whole JWK set, with its braces.",
                        )
                    }),
                (address, "") => Ok(ClientAuthentication::PrivateKeyJwt(ClientKeys::At(
                    address.to_owned(),
                ))),
                (_, _) => Err(Wrong::at("jwks", "Give either an address or the keys, not both.")),
            },
            Self::Entra => Ok(ClientAuthentication::WorkloadIdentity {
                issuer: EntraIssuer::from_str(call.form.trimmed("issuer")).map_err(|_| {
                    Wrong::at(
                        "issuer",
                        "Write https://login.microsoftonline.com/TENANT/v2.0 with the tenant's id.",
                    )
                })?,
                subject: call.form.trimmed("subject").to_owned(),
                audiences: each_line(call.form.text("audience")).map(str::to_owned).collect(),
            }),
        }
    }
}

/// The lines that say something.
fn each_line(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// The redirect URIs that were typed, one in each line.
pub(super) fn redirect_uris(text: &str) -> Result<Vec<RedirectUri>, Wrong> {
    each_line(text)
        .map(|line| {
            line.parse::<RedirectUri>()
                .map_err(|error| Wrong::at("redirect-uri", format!("{line}: {error}.")))
        })
        .collect()
}
