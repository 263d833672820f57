//! `wicketgate token`: what a service user's identity provider presents. A secret is printed once, by `create` or
//! `rotate`.

use std::{fmt, time::Duration};

use anyhow::bail;
use serde::Serialize;
use wicketgate_auth::{OrgId, ServiceUserId, Token, TokenId};
use wicketgate_domain::{DEFAULT_OVERLAP, Error, Instance, PersonalAccessToken};

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
    /// Create a token that takes another one's place, and print it once. Both are accepted for a while.
    Rotate(Rotate),
}

/// What is done to a token that gets a successor.
#[derive(clap::Args)]
pub(super) struct Rotate {
    #[command(flatten)]
    org: Which,
    #[arg(
        long,
        value_name = "ID",
        help = "The old token's id, as `wicketgate token list` shows it"
    )]
    token: TokenId,
    #[arg(
        long,
        value_name = "DURATION",
        help = "For how long both tokens are accepted: up to 30d, 7d unless it is given"
    )]
    overlap: Option<Life>,
    #[arg(
        long,
        conflicts_with_all = ["overlap", "cancel"],
        help = "End a rotation: refuse the old token from the next request on"
    )]
    complete: bool,
    #[arg(
        long,
        conflicts_with = "overlap",
        help = "Call a rotation off: refuse the new token, and keep the old one"
    )]
    cancel: bool,
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
    pub(super) fn duration(self) -> Option<Duration> {
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
    revoke_reason: Option<String>,
    successor_id: Option<TokenId>,
    overlap_ends_at: Option<String>,
    last_used_at: Option<String>,
    last_used_network: Option<String>,
    last_used_agent: Option<String>,
}

impl Listed {
    fn new(token: PersonalAccessToken) -> Self {
        let (last_used_at, last_used_network, last_used_agent) = match token.last_used {
            Some(used) => (Some(time(used.at)), used.network, used.user_agent),
            None => (None, None, None),
        };
        Self {
            id: token.id,
            name: token.name,
            service_user_id: token.service_user,
            hint: token.hint,
            created_at: time(token.created),
            expires_at: token.expires.map(time),
            revoked_at: token.revoked.map(time),
            revoke_reason: token.revoke_reason,
            successor_id: token.successor,
            overlap_ends_at: token.overlap_ends.map(time),
            last_used_at,
            last_used_network,
            last_used_agent,
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
                or_never(token.overlap_ends_at.as_ref().or(token.expires_at.as_ref())).to_owned(),
                or_never(token.last_used_at.as_ref()).to_owned(),
                token.revoked_at.clone().unwrap_or_else(|| "no".to_owned()),
                token.name.clone(),
            ]
        });
        table(
            f,
            [
                "ID",
                "SERVICE USER",
                "ENDS WITH",
                "EXPIRES",
                "LAST USED",
                "REVOKED",
                "NAME",
            ],
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

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rotated<'t> {
    id: TokenId,
    token: &'t str,
    expires_at: Option<String>,
    replaces: TokenId,
    overlap_ends_at: String,
    #[serde(skip)]
    org: OrgId,
}

impl fmt::Display for Rotated<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Created the new token. It is shown only now: keep it.")?;
        fields(
            f,
            &[
                ("id", self.id.to_string()),
                ("token", self.token.to_owned()),
                ("expires", or_never(self.expires_at.as_ref()).to_owned()),
                ("replaces", self.replaces.to_string()),
                ("both are accepted until", self.overlap_ends_at.clone()),
            ],
        )?;
        writeln!(
            f,
            "Next: put it into the identity provider, then: wicketgate token rotate --org {} --token {} --complete",
            self.org, self.replaces
        )
    }
}

/// How a rotation ended.
#[derive(Serialize)]
struct Ended {
    id: TokenId,
    rotation: &'static str,
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "The rotation of the token {} is {}.", self.id, self.rotation)
    }
}

/// The organization has no such token.
fn unknown(error: Error, token: TokenId) -> anyhow::Error {
    match error {
        Error::NotFound => anyhow::anyhow!(
            "the organization has no token {token}: `wicketgate token list` shows those there are"
        ),
        error => error.into(),
    }
}

async fn rotate(rotate: &Rotate, instance: &Instance, format: Format) -> anyhow::Result<()> {
    let org = rotate.org.enter(instance).await?;
    let owner = org.owner()?;
    let (tokens, token) = (owner.tokens(), rotate.token);
    if rotate.complete || rotate.cancel {
        let (ended, rotation) = if rotate.complete {
            (tokens.complete_rotation(token).await, "completed")
        } else {
            (tokens.cancel_rotation(token).await, "cancelled")
        };
        ended.map_err(|error| unknown(error, token))?;
        return format.print(&Ended { id: token, rotation });
    }
    let overlap = match rotate.overlap {
        Some(Life::For(overlap)) => overlap,
        Some(Life::Forever) => bail!("--overlap: choose 0d to 30d"),
        None => DEFAULT_OVERLAP,
    };
    let started = tokens
        .start_rotation(token, overlap)
        .await
        .map_err(|error| unknown(error, token))?;
    format.print(&Rotated {
        id: started.successor.id,
        token: started.secret.reveal(),
        expires_at: started.successor.expires.map(time),
        replaces: token,
        overlap_ends_at: time(started.overlap_ends),
        org: org.id(),
    })
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
                .map_err(|error| unknown(error, *token))?;
            format.print(&Revoked {
                id: *token,
                revoked: true,
            })
        }
        TokenCommand::Rotate(command) => rotate(command, instance, format).await,
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
