//! Signing in: with a password, or through an organization's provider. Whatever does not fit has one answer and costs
//! the same work, so that nobody learns who has an account here.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use wicketgate_auth::{
    AccountId, Digest, OrgId, Plaintext, Token, TokenKind,
    password::Verdict,
    totp::{TotpSecret, recovery_code_key},
};

use super::{Caller, RECOVERY_CODE, email_key, recovery_code_message, throttle, totp};
use crate::{
    Error, Gateway,
    db::{
        self,
        account_sessions::{NewSession, StoredSession},
        accounts::StoredAccount,
    },
    org::Shared,
};

/// How long a session lasts, however busy it is.
const LONGEST: SignedDuration = SignedDuration::from_hours(12);

/// A session that has just begun, or goes on under another token.
#[derive(Debug)]
pub struct SignedIn {
    /// What the browser keeps. It cannot be read again.
    pub session: Token,
    /// Whose session it is.
    pub account: AccountId,
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInRefused {
    /// The address, the password or the code is wrong. Which one is not said.
    #[error("the e-mail address, the password or the code is wrong")]
    Wrong,
    /// The password is right, and the account also wants the code of its authenticator app, or a recovery code.
    #[error("enter the code of your authenticator app, or a recovery code")]
    TotpNeeded,
    /// Too many attempts. Nothing was looked at.
    #[error("too many attempts: try again in {} seconds", retry_after.as_secs().max(1))]
    Throttled {
        /// When to try again.
        retry_after: Duration,
    },
    /// The database could not say, or what was sent is refused.
    #[error(transparent)]
    Store(#[from] Error),
}

/// A session that is about to begin.
pub(super) struct Beginning {
    token: Token,
    pepper_id: i32,
    digest: Digest,
    at: Timestamp,
    expires: Timestamp,
    caller: Caller,
}

impl Beginning {
    pub(super) fn draw(shared: &Shared, caller: &Caller) -> Result<Self, Error> {
        let at = shared.sources.now();
        let token = shared.sources.token(TokenKind::Session);
        let pepper = shared.peppers.current();
        Ok(Self {
            pepper_id: pepper.id(),
            digest: pepper.digest(&token),
            token,
            at,
            expires: at.checked_add(LONGEST).map_err(Error::internal)?,
            caller: caller.clone(),
        })
    }

    /// The row of a session of this account.
    pub(super) fn of(&self, account: AccountId, vouched_by: Option<OrgId>) -> NewSession {
        NewSession {
            id: self.token.id(),
            account,
            pepper_id: self.pepper_id,
            digest: self.digest,
            vouched_by,
            created: self.at,
            authenticated: self.at,
            expires: self.expires,
            caller: self.caller.clone(),
        }
    }

    /// The row of a session that takes the place of another one, and ends when that one would have ended.
    pub(super) fn instead_of(&self, session: &StoredSession) -> NewSession {
        NewSession {
            created: session.created,
            expires: session.expires,
            caller: session.caller.clone(),
            ..self.of(session.account.account.id, session.vouched_by)
        }
    }

    pub(super) fn signed_in(self, account: AccountId) -> SignedIn {
        SignedIn {
            session: self.token,
            account,
        }
    }
}

/// A second factor that was presented, before anything is looked up.
#[derive(Debug, Clone)]
pub(super) enum SecondFactor {
    /// The time step of a code that fits.
    Step(i64),
    /// A recovery code.
    Recovery(Arc<Plaintext>),
}

/// What was presented beside the password. `None` where it cannot be right.
pub(super) fn second_factor(
    shared: &Shared,
    stored: &StoredAccount,
    code: &str,
) -> Result<Option<SecondFactor>, Error> {
    let Some((pepper_id, sealed)) = &stored.totp else {
        return Ok(None);
    };
    if let Some(code) = recovery_code_key(code) {
        return Ok(Some(SecondFactor::Recovery(Arc::new(code))));
    }
    let secret: TotpSecret = totp::unsealed(shared, stored.account.id, *pepper_id, sealed)?;
    let last = stored.totp_last_step.and_then(|step| u64::try_from(step).ok());
    let step = secret.step_of(code, totp::seconds(shared), last);
    Ok(step
        .and_then(|step| i64::try_from(step).ok())
        .map(SecondFactor::Step))
}

/// Uses a second factor up. `false` where it was used before, or is none of the account's.
pub(super) fn use_second_factor(
    tx: &mut db::Conn,
    shared: &Shared,
    account: AccountId,
    factor: &SecondFactor,
    at: Timestamp,
) -> Result<bool, Error> {
    match factor {
        SecondFactor::Step(step) => db::accounts::use_step(tx, account, *step),
        SecondFactor::Recovery(code) => {
            let message = recovery_code_message(account, code.reveal());
            for seal in db::accounts::recovery_codes(tx, account)? {
                if shared.peppers.is_sealed(RECOVERY_CODE, &message, &seal) {
                    return db::accounts::use_recovery_code(tx, account, &seal, at);
                }
            }
            Ok(false)
        }
    }
}

/// A password that was found right, and what else must be settled in the transaction.
pub(super) struct Verified {
    pub(super) stored: StoredAccount,
    pub(super) factor: Option<SecondFactor>,
    pub(super) attempt: throttle::Attempt,
    rehashed: Option<String>,
}

/// Looks at password and code. One password is hashed, whatever is wrong.
pub(super) async fn verify(
    shared: &Arc<Shared>,
    email: &str,
    password: &Plaintext,
    code: Option<&str>,
    caller: &Caller,
) -> Result<Verified, SignInRefused> {
    let attempt = throttle::begin(shared, email_key(email), caller)
        .await?
        .map_err(|retry_after| SignInRefused::Throttled { retry_after })?;
    let account = attempt.account.clone();
    let hash = account.as_ref().and_then(|stored| stored.password.clone());
    let verdict = shared.hashers.verify(password, hash).await?;
    let (Some(stored), Verdict::Right { outdated }) = (account, verdict) else {
        attempt.failed(shared).await?;
        return Err(SignInRefused::Wrong);
    };
    if !stored.account.active {
        attempt.failed(shared).await?;
        return Err(SignInRefused::Wrong);
    }
    let code = code.map(str::trim).filter(|code| !code.is_empty());
    let factor = match (stored.totp_confirmed, code) {
        (false, _) => None,
        (true, None) => return Err(SignInRefused::TotpNeeded),
        (true, Some(code)) => {
            let Some(factor) = second_factor(shared, &stored, code)? else {
                attempt.failed(shared).await?;
                return Err(SignInRefused::Wrong);
            };
            Some(factor)
        }
    };
    let rehashed = if outdated {
        Some(shared.hashers.hash(password, &shared.sources).await?)
    } else {
        None
    };
    Ok(Verified {
        stored,
        factor,
        attempt,
        rehashed,
    })
}

/// Settles what was verified, in one transaction with the session that comes of it. `None` where it does not hold any
/// more.
pub(super) async fn settle(
    shared: &Arc<Shared>,
    verified: Verified,
    session: NewSession,
    instead_of: Option<wicketgate_auth::TokenId>,
) -> Result<bool, Error> {
    let (inner, at) = (Arc::clone(shared), session.authenticated);
    let account = verified.stored.account.id;
    let failed = verified.attempt.clone();
    let settled = shared
        .db
        .write(move |tx| {
            let now = db::accounts::get(tx, account)?;
            let is_same = now.password == verified.stored.password
                && now.account.active
                && now.totp_confirmed == verified.stored.totp_confirmed;
            if !is_same {
                return Ok(false);
            }
            if let Some(factor) = &verified.factor
                && !use_second_factor(tx, &inner, account, factor, at)?
            {
                return Ok(false);
            }
            if let Some(rehashed) = &verified.rehashed {
                db::accounts::set_password(tx, account, now.password.as_deref(), rehashed)?;
            }
            if let Some(old) = &instead_of
                && !db::account_sessions::revoke(tx, account, old, at)?
            {
                return Ok(false);
            }
            verified.attempt.succeeded(tx)?;
            if !db::accounts::signed_in(tx, account, at)? {
                return Ok(false);
            }
            db::account_sessions::insert(tx, &session)?;
            Ok(true)
        })
        .await?;
    if !settled {
        failed.failed(shared).await?;
    }
    Ok(settled)
}

impl Gateway {
    /// Signs an account in with its password, and the code of its authenticator app or a recovery code where it has
    /// one.
    pub async fn sign_in(
        &self,
        email: &str,
        password: &Plaintext,
        code: Option<&str>,
        caller: &Caller,
    ) -> Result<SignedIn, SignInRefused> {
        let work = async {
            let verified = verify(&self.shared, email, password, code, caller).await?;
            let beginning = Beginning::draw(&self.shared, caller)?;
            let account = verified.stored.account.id;
            let session = beginning.of(account, None);
            if settle(&self.shared, verified, session, None).await? {
                Ok(beginning.signed_in(account))
            } else {
                Err(SignInRefused::Wrong)
            }
        };
        self.shared.counted(work.await)
    }

    /// Signs in the account that an organization's provider vouches for, by issuer and subject and by nothing else. The
    /// session opens that organization and no other one: a provider vouches only for those who chose it.
    pub async fn sign_in_external(
        &self,
        org: OrgId,
        issuer: &str,
        subject: &str,
        caller: &Caller,
    ) -> Result<SignedIn, SignInRefused> {
        let beginning = Beginning::draw(&self.shared, caller)?;
        let (issuer, subject) = (issuer.to_owned(), subject.to_owned());
        let template = beginning.of(AccountId::from_uuid(self.shared.sources.uuid()), Some(org));
        let account = self
            .shared
            .db
            .write(move |tx| {
                let Some(account) = db::identity_providers::account_of(tx, org, &issuer, &subject)? else {
                    return Ok(None);
                };
                let is_open = db::account_roles::orgs_of(tx, account)?
                    .iter()
                    .any(|open| open.id == org);
                let session = NewSession {
                    account,
                    ..template.clone()
                };
                if !is_open || !db::accounts::signed_in(tx, account, session.authenticated)? {
                    return Ok(None);
                }
                db::account_sessions::insert(tx, &session)?;
                Ok(Some(account))
            })
            .await?;
        self.shared.counted(match account {
            Some(account) => Ok(beginning.signed_in(account)),
            None => Err(SignInRefused::Wrong),
        })
    }
}
