//! The token in the forms of a session. It proves that the form was made for this session; that it was also sent by a
//! page of ours is in `cross_site.rs`.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use wicketgate_auth::TokenId;
use wicketgate_domain::Gateway;

const PURPOSE: &str = "form";

/// The token for the forms of one session.
pub(crate) fn of(gateway: &Gateway, session: &TokenId) -> String {
    URL_SAFE_NO_PAD.encode(gateway.seal_for_page(PURPOSE, session.to_string().as_bytes()))
}

/// Whether a form carries the token of this session.
pub(crate) fn fits(gateway: &Gateway, session: &TokenId, given: Option<&str>) -> bool {
    given
        .and_then(|given| URL_SAFE_NO_PAD.decode(given).ok())
        .is_some_and(|seal| gateway.is_sealed_for_page(PURPOSE, session.to_string().as_bytes(), &seal))
}
