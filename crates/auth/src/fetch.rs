//! The one way to ask the outside: key sets of clients, discovery documents of `OpenID` providers. This file says what
//! is promised; the crate `fetch` keeps the promise, and nothing here calls anybody.

use std::pin::Pin;

/// A response that is on its way.
pub type Fetching<'a> =
    Pin<Box<dyn Future<Output = Result<http::Response<Vec<u8>>, FetchError>> + Send + 'a>>;

/// Sends a request to an address that somebody else chose.
///
/// Whoever implements it keeps the gateway from being used against its own network: only https, only public
/// addresses unless the operator named the host, no redirects, no cookies, no credentials of its own, and bounds on
/// time and size.
pub trait Fetch: Send + Sync {
    /// Sends it once and reads the whole body. A response of any status is a response, a redirect too: the caller
    /// judges it.
    fn fetch(&self, request: http::Request<Vec<u8>>) -> Fetching<'_>;
}

/// Why there is no response.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The URL is one that is never fetched, whatever stands behind it. Holds what to change.
    #[error("the URL cannot be fetched: {0}")]
    UrlRefused(&'static str),
    /// The host is, or resolves to, an address that is not public.
    #[error(
        "the host {host:?} is not on the public internet: the operator has to allow it by its exact name"
    )]
    AddressRefused {
        /// The host of the URL, as written there.
        host: String,
    },
    /// The name has no address, nobody answers there, or the certificate is not trusted. Holds the cause.
    #[error("the host {host:?} cannot be reached: {cause}")]
    Unreachable {
        /// The host of the URL, as written there.
        host: String,
        /// What the lower layers said.
        cause: String,
    },
    /// It took longer than connecting or the whole exchange may take.
    #[error("the host {host:?} did not answer in time")]
    TimedOut {
        /// The host of the URL, as written there.
        host: String,
    },
    /// The body is longer than a response may be.
    #[error("the response of {host:?} is longer than {limit} bytes")]
    TooLarge {
        /// The host of the URL, as written there.
        host: String,
        /// The longest body that is read.
        limit: usize,
    },
    /// The machine has no root certificates, so no server can be trusted.
    #[error(
        "no root certificates were found on this machine: install its ca-certificates package, point SSL_CERT_FILE at a bundle, or configure the roots to trust"
    )]
    NoRootCertificates,
}
