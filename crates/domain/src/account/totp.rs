//! The authenticator app of an account, and its recovery codes.

use std::sync::Arc;

use wicketgate_auth::{
    AccountId, Plaintext,
    totp::{TotpSecret, recovery_code_key, recovery_codes},
};

use super::{RECOVERY_CODE, Session, recovery_code_message};
use crate::{Error, db, org::Shared};

/// What the shared secret is sealed for, with the account's id behind it: in another account's row it is worth nothing.
const PURPOSE: &str = "account authenticator";
/// What authenticator apps show beside the address.
const ISSUER: &str = "Wicketgate";

/// What a person needs once to set up an authenticator app.
#[derive(Debug)]
pub struct TotpSetup {
    /// The URI to be shown as a picture.
    pub uri: Plaintext,
    /// The same secret, to be typed.
    pub secret: Plaintext,
}

/// The seconds that codes are computed from.
pub(super) fn seconds(shared: &Shared) -> u64 {
    u64::try_from(shared.sources.now().as_second()).unwrap_or_default()
}

fn purpose(account: AccountId) -> String {
    format!("{PURPOSE} {account}")
}

/// The secret of an account.
pub(super) fn unsealed(
    shared: &Shared,
    account: AccountId,
    pepper_id: i32,
    sealed: &[u8],
) -> Result<TotpSecret, Error> {
    let bytes = shared
        .peppers
        .decrypt(&purpose(account), pepper_id, sealed)
        .map_err(Error::internal)?;
    Ok(TotpSecret::from_bytes(bytes.to_vec()))
}

/// New recovery codes, and what is stored of them.
fn drawn_codes(shared: &Shared, account: AccountId) -> (Vec<Plaintext>, Vec<[u8; 32]>) {
    let codes = shared.sources.with_entropy(|entropy| recovery_codes(entropy));
    let seals = codes
        .iter()
        .filter_map(|code| recovery_code_key(code.reveal()))
        .map(|key| {
            let message = recovery_code_message(account, key.reveal());
            shared.peppers.seal(RECOVERY_CODE, &message)
        })
        .collect();
    (codes, seals)
}

impl Session {
    /// Draws the secret of an authenticator app. It counts from [`confirm_totp`](Self::confirm_totp) on. Needs a recent
    /// sign-in.
    pub async fn start_totp(&self) -> Result<TotpSetup, Error> {
        self.require_own_and_fresh()?;
        let id = self.account().id;
        let secret = self
            .shared
            .sources
            .with_entropy(|entropy| TotpSecret::generate(entropy));
        let (pepper_id, sealed) = self.shared.sources.with_entropy(|entropy| {
            self.shared
                .peppers
                .encrypt(&purpose(id), secret.as_bytes(), entropy)
        });
        let started = self
            .shared
            .db
            .write(move |tx| db::accounts::start_totp(tx, id, pepper_id, &sealed))
            .await?;
        if !started {
            return Err(Error::refused(
                "totp",
                "the account has an authenticator app: remove it first",
            ));
        }
        Ok(TotpSetup {
            uri: secret.uri(ISSUER, &self.account().email),
            secret: secret.to_base32(),
        })
    }

    /// Lets the secret count from now on, if the code is one of it. The recovery codes in the answer cannot be read
    /// again.
    pub async fn confirm_totp(&self, code: &str) -> Result<Vec<Plaintext>, Error> {
        self.require_own_and_fresh()?;
        let wrong = || {
            Error::refused(
                "code",
                "enter the six digits that the authenticator app shows now, and check the time of that device",
            )
        };
        let (id, at) = (self.account().id, self.shared.sources.now());
        let stored = self.shared.db.read(move |tx| db::accounts::get(tx, id)).await?;
        let (Some((pepper_id, sealed)), false) = (stored.totp, stored.totp_confirmed) else {
            return Err(Error::refused("totp", "start with a new authenticator app first"));
        };
        let secret = unsealed(&self.shared, id, pepper_id, &sealed)?;
        let step = secret
            .step_of(code, seconds(&self.shared), None)
            .and_then(|step| i64::try_from(step).ok())
            .ok_or_else(wrong)?;
        let (codes, seals) = drawn_codes(&self.shared, id);
        let confirmed = self
            .shared
            .db
            .write(move |tx| {
                let confirmed = db::accounts::confirm_totp(tx, id, &sealed, step, at)?;
                if confirmed {
                    db::accounts::replace_recovery_codes(tx, id, &seals)?;
                }
                Ok(confirmed)
            })
            .await?;
        if confirmed { Ok(codes) } else { Err(wrong()) }
    }

    /// Forgets the authenticator app and the recovery codes. Needs a recent sign-in.
    pub async fn remove_totp(&self) -> Result<(), Error> {
        self.require_own_and_fresh()?;
        let id = self.account().id;
        self.shared
            .db
            .write(move |tx| db::accounts::remove_totp(tx, id))
            .await
    }

    /// Exchanges all recovery codes. Needs a recent sign-in.
    pub async fn new_recovery_codes(&self) -> Result<Vec<Plaintext>, Error> {
        self.require_own_and_fresh()?;
        if !self.account().has_totp {
            return Err(Error::refused("totp", "set up an authenticator app first"));
        }
        let id = self.account().id;
        let (codes, seals) = drawn_codes(&self.shared, id);
        self.shared
            .db
            .write(move |tx| db::accounts::replace_recovery_codes(tx, id, &seals))
            .await?;
        Ok(codes)
    }

    /// How many recovery codes are left.
    pub async fn recovery_codes_left(&self) -> Result<usize, Error> {
        let (id, shared) = (self.account().id, Arc::clone(&self.shared));
        let left = shared
            .db
            .read(move |tx| db::accounts::recovery_codes(tx, id))
            .await?;
        Ok(left.len())
    }
}
