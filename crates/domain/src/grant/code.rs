//! Exchanging a code: once, by the client that it was given to, for what the owner approved.

use wicketgate_auth::{
    Plaintext, Token, TokenKind,
    oauth::{Scope, TokenResponse},
};

use super::{ExchangeError, exchange::Exchange, invalid_grant};
use crate::db::{self, Conn, grants::Stored};

impl Exchange<'_> {
    pub(super) fn code(
        &self,
        tx: &mut Conn,
        code: &Plaintext,
        redirect_uri: Option<&str>,
        code_verifier: Option<&Plaintext>,
        scope: Option<&str>,
    ) -> Result<TokenResponse, ExchangeError> {
        let code = parse(code, TokenKind::AuthorizationCode)?;
        let (_, grant, _) = self.own(tx, &code)?;
        let stored = db::grants::lock(tx, self.registered.org, grant)?;
        // What it is now that nobody else can exchange it.
        let (issued, ..) = self.own(tx, &code)?;
        if issued.used {
            if stored.grant.revoked.is_none() {
                self.replayed(tx, grant, &issued)?;
            }
            return Err(invalid_grant().into());
        }
        if stored.grant.revoked.is_some() || issued.revoked.is_some() || issued.expired {
            return Err(invalid_grant().into());
        }
        if !is_redirected_there(&stored, redirect_uri) || !is_who_asked(&stored, code_verifier) {
            return Err(invalid_grant().into());
        }
        let granted = stored.grant.scope;
        let scope = narrowed(scope, granted)?;
        db::issued::consume(tx, self.registered.org, issued.id, self.origin.at)?;
        self.issue(tx, Some((grant, 1)), scope, Some(granted))
    }
}

/// A token of the kind that is asked for. Anything else is simply none.
pub(super) fn parse(text: &Plaintext, kind: TokenKind) -> Result<Token, ExchangeError> {
    Token::parse(text.reveal())
        .ok()
        .filter(|token| token.kind() == kind)
        .ok_or_else(|| invalid_grant().into())
}

/// What is asked for, which is what was granted where nothing is.
pub(super) fn narrowed(asked: Option<&str>, granted: Scope) -> Result<Scope, ExchangeError> {
    let Some(asked) = asked.filter(|asked| !asked.trim_ascii().is_empty()) else {
        return Ok(granted);
    };
    Ok(Scope::requested(Some(asked))?.narrow(&granted)?)
}

/// RFC 6749 §4.1.3: the redirect URI is named again if it was named when the code was asked for.
fn is_redirected_there(stored: &Stored, redirect_uri: Option<&str>) -> bool {
    match redirect_uri {
        Some(uri) => uri == stored.redirect_uri,
        None => !stored.redirect_uri_named,
    }
}

/// A verifier belongs to a challenge: without either there is nothing to prove, and one without the other is an attempt
/// to do without it (RFC 9700 §4.8.2).
fn is_who_asked(stored: &Stored, code_verifier: Option<&Plaintext>) -> bool {
    match (&stored.code_challenge, code_verifier) {
        (None, None) => true,
        (Some(challenge), Some(verifier)) => challenge.verifies(verifier.reveal()),
        (Some(_), None) | (None, Some(_)) => false,
    }
}
