//! The client: which URLs are fetched, and within which bounds. It sends a request once and hands back what came; what
//! an answer means is for the caller to judge.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use http::{Request, Response};
use reqwest::{Certificate, Client, redirect};
use url::{Host, Url};
use wicketgate_auth::{Fetch, FetchError, Fetching};

use crate::resolve::{Filter, NotPublic};
use crate::{InvalidRules, Resolve, Rules, SystemResolver, is_public};

/// The longest body that is read, in bytes.
pub const MAX_BODY: usize = 256 * 1024;

/// The only client of ours that calls out. Its futures must run on a Tokio runtime with IO and time.
///
/// It follows no redirect, uses no proxy whatever the environment says, and makes a connection of its own for each
/// request, so that every request's address is looked up and judged anew.
pub struct Fetcher {
    /// Nothing if the machine has no root certificates.
    client: Option<Client>,
    rules: Rules,
}

impl Fetcher {
    /// Makes the client, with the resolver of the operating system.
    ///
    /// A machine without root certificates, as a container may be, is no error here, because most installations
    /// never call out: every fetch then fails with [`FetchError::NoRootCertificates`], and [`Fetcher::ready`] tells
    /// in advance.
    pub fn new(rules: Rules) -> Result<Self, InvalidRules> {
        Self::with_resolver(rules, Arc::new(SystemResolver))
    }

    /// Makes the client with another resolver. Its answers go through the same filter.
    pub fn with_resolver(rules: Rules, resolver: Arc<dyn Resolve>) -> Result<Self, InvalidRules> {
        for host in &rules.allowed_private_hosts {
            // A pattern would be taken for a name that no host has.
            if host.contains('*') || Host::parse(host).map(|parsed| parsed.to_string()).as_ref() != Ok(host) {
                return Err(InvalidRules::Host(host.clone()));
            }
        }
        let mut extra = Vec::new();
        for (position, pem) in rules.extra_root_certificates.iter().enumerate() {
            let certificates = Certificate::from_pem_bundle(pem.as_bytes())
                .map_err(|_| InvalidRules::RootCertificate(position))?;
            if certificates.is_empty() {
                return Err(InvalidRules::RootCertificate(position));
            }
            extra.extend(certificates);
        }
        let builder = Client::builder()
            .https_only(true)
            .http1_only()
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .user_agent("wicketgate")
            .pool_max_idle_per_host(0)
            .connect_timeout(rules.connect_timeout)
            .timeout(rules.total_timeout)
            .dns_resolver(Arc::new(Filter {
                resolver,
                allowed_private_hosts: rules.allowed_private_hosts.clone(),
            }))
            .tls_certs_merge(extra);
        let client = match builder.build() {
            Ok(client) => Some(client),
            // The one way that the verifier has to say so.
            Err(error) if causes(&error).contains("No CA certificates") => None,
            Err(error) => return Err(InvalidRules::Client(causes(&error))),
        };
        Ok(Self { client, rules })
    }

    /// Whether anything can be fetched at all: the machine, or the operator, has root certificates.
    pub fn ready(&self) -> Result<(), FetchError> {
        self.client().map(|_| ())
    }

    fn client(&self) -> Result<&Client, FetchError> {
        self.client.as_ref().ok_or(FetchError::NoRootCertificates)
    }

    /// The URL, if it is one that is fetched, and its host. Names are judged later, by their addresses.
    fn judge(&self, uri: &http::Uri) -> Result<(Url, String), FetchError> {
        let url = Url::parse(&uri.to_string())
            .map_err(|_| FetchError::UrlRefused("it is not an absolute URL with a valid host"))?;
        if url.scheme() != "https" {
            return Err(FetchError::UrlRefused("it must begin with https://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(FetchError::UrlRefused("it must not hold a user name or password"));
        }
        let port = url.port_or_known_default();
        if port != Some(443) && !port.is_some_and(|port| self.rules.allowed_ports.contains(&port)) {
            return Err(FetchError::UrlRefused(
                "its port is not 443 nor one that the operator allowed",
            ));
        }
        let host = url.host().ok_or(FetchError::UrlRefused("it has no host"))?;
        let name = host.to_string();
        // An address in the URL is connected to without asking the resolver.
        let public = match host {
            Host::Domain(_) => true,
            Host::Ipv4(address) => is_public(address.into()),
            Host::Ipv6(address) => is_public(address.into()),
        };
        if !public && !self.rules.allowed_private_hosts.contains(&name) {
            return Err(FetchError::AddressRefused { host: name });
        }
        Ok((url, name))
    }

    async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, FetchError> {
        let (url, host) = self.judge(request.uri())?;
        let client = self.client()?;
        let (parts, body) = request.into_parts();
        let mut response = client
            .request(parts.method, url)
            .headers(parts.headers)
            .body(body)
            .send()
            .await
            .map_err(|error| failure(&error, &host))?;
        let too_large = || FetchError::TooLarge {
            host: host.clone(),
            limit: MAX_BODY,
        };
        if response
            .content_length()
            .is_some_and(|length| length > MAX_BODY as u64)
        {
            return Err(too_large());
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error, &host))? {
            if body.len() + chunk.len() > MAX_BODY {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        let mut answer = Response::new(body);
        *answer.status_mut() = response.status();
        *answer.headers_mut() = std::mem::take(response.headers_mut());
        Ok(answer)
    }
}

impl Fetch for Fetcher {
    fn fetch(&self, request: Request<Vec<u8>>) -> Fetching<'_> {
        Box::pin(self.send(request))
    }
}

impl fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetcher")
            .field("rules", &self.rules)
            .finish_non_exhaustive()
    }
}

fn failure(error: &reqwest::Error, host: &str) -> FetchError {
    let host = host.to_owned();
    if chain(error).any(<dyn std::error::Error>::is::<NotPublic>) {
        FetchError::AddressRefused { host }
    } else if error.is_timeout() {
        FetchError::TimedOut { host }
    } else {
        FetchError::Unreachable {
            host,
            cause: causes(error),
        }
    }
}

fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// Every cause once, from the outermost: the outer ones alone say only that something failed.
fn causes(error: &reqwest::Error) -> String {
    let mut text = String::new();
    for cause in chain(error).map(ToString::to_string) {
        if !text.contains(&cause) {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&cause);
        }
    }
    text
}
