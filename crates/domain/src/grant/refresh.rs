//! Exchanging a refresh token.
//!
//! Each exchange makes the next pair of tokens of a grant. The refresh token that it was made with is accepted again as
//! long as nothing of a later pair was used: the answer that held that pair may have been lost, and then the pair is
//! revoked and another one made. So at any time one pair is live, whatever gets lost or overtaken on the way. Once a
//! later pair was used, an old refresh token can only be a copy.

use wicketgate_auth::{Plaintext, TokenKind, oauth::TokenResponse};

use super::{
    ExchangeError,
    code::{narrowed, parse},
    exchange::{Exchange, REFRESH_TOKEN_LIFE},
    invalid_grant,
};
use crate::{
    client::RefreshRotation,
    db::{self, Conn},
};

/// Why the tokens of a pair are revoked that another one took the place of.
const SUPERSEDED: &str = "superseded";

impl Exchange<'_> {
    pub(super) fn refresh(
        &self,
        tx: &mut Conn,
        refresh_token: &Plaintext,
        scope: Option<&str>,
    ) -> Result<TokenResponse, ExchangeError> {
        let org = self.registered.org;
        let token = parse(refresh_token, TokenKind::RefreshToken)?;
        let (_, grant, _) = self.own(tx, &token)?;
        let stored = db::grants::lock(tx, org, grant)?;
        // What it is now that nobody else can exchange it.
        let (issued, _, step) = self.own(tx, &token)?;
        let is_superseded = issued.revoked.as_deref() == Some(SUPERSEDED);
        if stored.grant.revoked.is_some() || issued.expired || (issued.revoked.is_some() && !is_superseded) {
            return Err(invalid_grant().into());
        }
        let granted = stored.grant.scope;
        let scope = narrowed(scope, granted)?;
        let is_fresh = !issued.used && !is_superseded;
        if is_fresh && self.registered.client.refresh_rotation == RefreshRotation::Never {
            db::issued::prolong(tx, org, issued.id, self.later(REFRESH_TOKEN_LIFE)?)?;
            return self.issue(tx, Some((grant, step)), scope, None);
        }
        let (newest, is_used) = db::issued::later(tx, org, grant, step)?;
        if is_used {
            // One that was overtaken before its holder could use it is a mishap of two requests at once, not a copy.
            if issued.used {
                self.replayed(tx, grant, &issued)?;
            }
            return Err(invalid_grant().into());
        }
        db::issued::revoke_after(tx, org, grant, step, SUPERSEDED, self.origin.at)?;
        db::issued::consume(tx, org, issued.id, self.origin.at)?;
        self.issue(tx, Some((grant, newest.saturating_add(1))), scope, Some(granted))
    }
}
