//! The vocabulary of OAuth 2.0: what its messages say, in the words of RFC 6749. It reads and writes messages and
//! decides nothing that needs a stored row: whether a client, a code or a token is genuine is the domain's.
//!
//! | Question | File |
//! |---|---|
//! | How is a client named? | `client_id.rs` |
//! | What is answered when something is refused? | `error.rs` |
//! | What may a token be used for? | `scope.rs` |
//! | What do a query and a form say? | `form.rs` |
//! | How does a client prove who it is? | `presented_client.rs` |
//! | What is asked of the token endpoint, and what is its answer? | `token_request.rs`, `token_response.rs` |
//! | What is asked about a token? | `token_query.rs` |
//! | What is asked of the authorization endpoint? | `authorization_request.rs` |
//! | Where may a browser be sent back to? | `redirect_uri.rs` |
//! | Is who exchanges a code who asked for it? | `code_challenge.rs` |

mod authorization_request;
mod client_id;
mod code_challenge;
mod error;
mod form;
mod presented_client;
mod redirect_uri;
mod scope;
mod token_query;
mod token_request;
mod token_response;

pub use authorization_request::{Asked, AuthorizationRequest};
pub use client_id::{ClientId, InvalidClientId};
pub use code_challenge::CodeChallenge;
pub use error::{Error, ErrorCode};
pub use form::MAX_LEN;
pub use presented_client::{JWT_BEARER, PresentedClient};
pub use redirect_uri::{InvalidRedirectUri, RedirectUri, okta_redirect_uris};
pub use scope::Scope;
pub use token_query::{IntrospectionRequest, RevocationRequest};
pub use token_request::{GrantRequest, TokenRequest};
pub use token_response::TokenResponse;
