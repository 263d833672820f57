//! Accounts: the console's people. They are no users: nothing in SCIM reads or writes what is here, and an account
//! enters an organization only by a role that it has there.
//!
//! | Question | File |
//! |---|---|
//! | Who is it, by e-mail address and password? | `sign_in.rs` |
//! | How often may that be asked? | `throttle.rs` |
//! | How many passwords are hashed at the same time? | `hashing.rs` |
//! | What may a signed-in browser do? | `session.rs` |
//! | How does an account look after its own safety? | `security.rs`, `totp.rs` |
//! | How does a person get a role? | `invitation.rs` |
//! | Who has which role in an organization? | `role.rs` |
//! | Who is an account to the organization's own provider? | `provider.rs` |
//! | Who looks after the installation? | `operator.rs` |
//! | How does the first one of them come in? | `first_run.rs` |
//! | How is an account shut? | `state.rs` |
//! | How does one get in again? | `recovery.rs` |

mod first_run;
mod hashing;
mod invitation;
mod operator;
mod provider;
mod recovery;
mod role;
mod security;
mod session;
mod sign_in;
mod state;
#[cfg(test)]
mod tests;
mod throttle;
mod totp;

use jiff::Timestamp;
use wicketgate_auth::{AccountId, OrgId, Role, Token, TokenId};

use crate::{Caller, Error, user::keys::key};

pub(crate) use hashing::Hashers;
pub use invitation::{Invitation, Invitations, Offer};
pub use operator::Operator;
pub use provider::{IdentityProvider, IdentityProviders, LinkedIdentity, ProviderClient};
pub use role::{OrgAccount, OrgAccounts};
pub use session::{Session, SessionInfo, SessionRefused};
pub use sign_in::{SignInRefused, SignedIn};
pub(crate) use throttle::{Delays, KNOWN_DAYS};
pub use totp::TotpSetup;

/// How long an e-mail address may be (RFC 5321 §4.5.3.1.3, without the angle brackets).
const LONGEST_EMAIL: usize = 254;
/// How long a one-time link holds, in hours.
const LINK_HOURS: i64 = 72;

/// One account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Its e-mail address, as it was written. No two differ in case only.
    pub email: String,
    /// What the person is called.
    pub display_name: String,
    /// Whether it may sign in.
    pub active: bool,
    /// Whether it has a password. Without one it signs in through an organization's provider.
    pub has_password: bool,
    /// Whether it also asks for the code of an authenticator app.
    pub has_totp: bool,
    /// When it was created.
    pub created: Timestamp,
    /// When somebody last signed in to it.
    pub last_sign_in: Option<Timestamp>,
}

/// An organization that an account may enter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrgOfAccount {
    /// The organization.
    pub id: OrgId,
    /// Its name.
    pub name: String,
    /// What the account is there.
    pub role: Role,
}

/// An address that can be written to, without space around it.
fn checked_email(email: &str) -> Result<String, Error> {
    let email = email.trim();
    let is_plain =
        |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c.is_control());
    let (local, host) = email.rsplit_once('@').unwrap_or_default();
    if email.len() > LONGEST_EMAIL || !is_plain(local) || !is_plain(host) || local.contains('@') {
        return Err(Error::refused(
            "email",
            format!("write an e-mail address of at most {LONGEST_EMAIL} bytes, such as anna@example.com"),
        ));
    }
    Ok(email.to_owned())
}

/// An address as it is compared.
fn email_key(email: &str) -> String {
    key(email.trim())
}

/// The seal under which a recovery code is kept: it is worth nothing for another account.
fn recovery_code_message(account: AccountId, code: &str) -> Vec<u8> {
    [account.as_uuid().as_bytes().as_slice(), code.as_bytes()].concat()
}

/// What recovery codes are sealed for.
const RECOVERY_CODE: &str = "account recovery code";

/// A link's token and what is stored of it.
struct Link {
    token: Token,
    id: TokenId,
    pepper_id: i32,
    digest: wicketgate_auth::Digest,
    created: Timestamp,
    expires: Timestamp,
}

impl Link {
    /// Draws a link of this kind that holds for [`LINK_HOURS`].
    fn draw(common: &crate::org::Common, kind: wicketgate_auth::TokenKind) -> Result<Self, Error> {
        let created = common.sources.now();
        let token = common.sources.token(kind);
        let pepper = common.peppers.current();
        Ok(Self {
            id: token.id(),
            pepper_id: pepper.id(),
            digest: pepper.digest(&token),
            created,
            expires: created
                .checked_add(jiff::SignedDuration::from_hours(LINK_HOURS))
                .map_err(Error::internal)?,
            token,
        })
    }
}
