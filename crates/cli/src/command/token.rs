//! `wicketgate token`: what a service user's identity provider presents. A secret is printed once, by `create`.

use std::{fmt, time::Duration};

use anyhow::bail;
use serde::Serialize;
use wicketgate_auth::{ServiceUserId, Token, TokenId};
use wicketgate_domain::{Error, Instance, PersonalAccessToken};

use super::Which;
use crate::output::{Format, fields, or_never, table, time};

#[derive(clap::Subcommand)]
pub(super) enum TokenCommand {
    /// Create a token, and print it once.
    Create {
        #[command(flatten)]
        org: Which,
        #[arg(long, value_name = "ID", help = "Whose it will be")]
        service_user: ServiceUserId,
        #[arg(long, help = "What people call it, such as okta-2026")]
        name: String,
        #[arg(
            long,
            value_name = "DURATION",
            default_value = "365d",
            help = "12h, 90d and the like, up to 730d, or never"
        )]
        expires_in: Life,
    },
    /// List an organization's tokens, without their secrets.
    List(Which),
    /// Refuse a token from the next request on, for good.
    Revoke {
        #[command(flatten)]
        org: Which,
        #[arg(
            long,
            value_name = "ID",
            help = "The token's id, as `wicketgate token list` shows it"
        )]
        token: TokenId,
    },
}

/// How long a token is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    For(Duration),
    Forever,
}

impl std::str::FromStr for Life {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        if text == "never" {
            return Ok(Self::Forever);
        }
        let seconds = [('s', 1), ('m', 60), ('h', 60 * 60), ('d', 24 * 60 * 60)]
            .into_iter()
            .find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, seconds)))
            .filter(|(number, _)| number.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|(number, seconds)| number.parse::<u64>().ok()?.checked_mul(seconds));
        match seconds {
            Some(seconds) => Ok(Self::For(Duration::from_secs(seconds))),
            None => bail!("write a number and a unit, such as 1s, 30m, 12h or 90d, or never"),
        }
    }
}

impl Life {
    fn duration(self) -> Option<Duration> {
        match self {
            Self::For(duration) => Some(duration),
            Self::Forever => None,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Created<'t> {
    id: TokenId,
    token: &'t str,
    expires_at: Option<String>,
}

impl fmt::Display for Created<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Created the token. It is shown only now: keep it.")?;
        fields(
            f,
            &[
                ("id", self.id.to_string()),
                ("token", self.token.to_owned()),
                ("expires", or_never(self.expires_at.as_ref()).to_owned()),
            ],
        )
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    id: TokenId,
    name: String,
    service_user_id: ServiceUserId,
    hint: String,
    created_at: String,
    expires_at: Option<String>,
    revoked_at: Option<String>,
}

impl Listed {
    fn new(token: PersonalAccessToken) -> Self {
        Self {
            id: token.id,
            name: token.name,
            service_user_id: token.service_user,
            hint: token.hint,
            created_at: time(token.created),
            expires_at: token.expires.map(time),
            revoked_at: token.revoked.map(time),
        }
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct List(Vec<Listed>);

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.0.iter().map(|token| {
            [
                token.id.to_string(),
                token.service_user_id.to_string(),
                format!("…{}", token.hint),
                or_never(token.expires_at.as_ref()).to_owned(),
                token.revoked_at.clone().unwrap_or_else(|| "no".to_owned()),
                token.name.clone(),
            ]
        });
        table(
            f,
            ["ID", "SERVICE USER", "ENDS WITH", "EXPIRES", "REVOKED", "NAME"],
            rows,
        )
    }
}

#[derive(Serialize)]
struct Revoked {
    id: TokenId,
    revoked: bool,
}

impl fmt::Display for Revoked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Revoked the token {}.", self.id)
    }
}

/// The answer that shows a token to its owner.
fn created<'t>(token: &PersonalAccessToken, secret: &'t Token) -> Created<'t> {
    Created {
        id: token.id,
        token: secret.reveal(),
        expires_at: token.expires.map(time),
    }
}

pub(super) async fn run(command: &TokenCommand, instance: &Instance, format: Format) -> anyhow::Result<()> {
    match command {
        TokenCommand::Create {
            org: which,
            service_user,
            name,
            expires_in,
        } => {
            let org = which.enter(instance).await?;
            let (token, secret) = org
                .owner()?
                .tokens()
                .create(*service_user, name, expires_in.duration())
                .await
                .map_err(|error| match error {
                    Error::NotFound => anyhow::anyhow!(
                        "the organization has no service user {service_user}: `wicketgate service-user list` shows \
                         those there are"
                    ),
                    error => error.into(),
                })?;
            format.print(&created(&token, &secret))
        }
        TokenCommand::List(which) => {
            let org = which.enter(instance).await?;
            let tokens = org.owner()?.tokens().list().await?;
            format.print(&List(tokens.into_iter().map(Listed::new).collect()))
        }
        TokenCommand::Revoke { org: which, token } => {
            let org = which.enter(instance).await?;
            org.owner()?
                .tokens()
                .revoke(*token)
                .await
                .map_err(|error| match error {
                    Error::NotFound => anyhow::anyhow!(
                        "the organization has no token {token}: `wicketgate token list` shows those there are"
                    ),
                    error => error.into(),
                })?;
            format.print(&Revoked {
                id: *token,
                revoked: true,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_is_a_number_with_a_unit_or_never() {
        for (text, seconds) in [
            ("1s", Some(1)),
            ("30m", Some(1_800)),
            ("12h", Some(43_200)),
            ("90d", Some(7_776_000)),
            ("never", None),
        ] {
            let life: Life = text.parse().unwrap();
            assert_eq!(life.duration(), seconds.map(Duration::from_secs), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_examples() {
        for text in [
            "",
            "90",
            "d",
            "1w",
            "-1d",
            "+1d",
            "1.5h",
            "1 d",
            "90D",
            "Never",
            "1d12h",
            "99999999999999999999d",
            "9999999999999999999d",
            "é",
        ] {
            let error = text.parse::<Life>().unwrap_err().to_string();
            assert!(error.contains("90d"), "{text}: {error}");
        }
    }
}
