//! What the operator may allow beyond the public internet. It is the operator's to say, never an organization's.

use std::time::Duration;

/// The exceptions and bounds of a [`Fetcher`](crate::Fetcher). The default reaches public hosts on port 443 that the
/// machine's root certificates vouch for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Root certificates to trust beside the machine's, each entry one or more certificates in PEM: for identity
    /// providers whose certificates come from the operator's own authority.
    pub extra_root_certificates: Vec<String>,
    /// Hosts that may have an address that is not public, each by its exact name, or address, as it stands in the URL:
    /// for identity providers inside the operator's network. No wildcards, no networks: every organization's owner
    /// can have these hosts fetched, and nothing beside them.
    pub allowed_private_hosts: Vec<String>,
    /// Ports that may be reached beside 443.
    pub allowed_ports: Vec<u16>,
    /// How long connecting may take.
    pub connect_timeout: Duration,
    /// How long everything may take, from the look-up of the name to the last byte.
    pub total_timeout: Duration,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            extra_root_certificates: Vec::new(),
            allowed_private_hosts: Vec::new(),
            allowed_ports: Vec::new(),
            connect_timeout: Duration::from_secs(5),
            total_timeout: Duration::from_secs(10),
        }
    }
}

/// A rule cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRules {
    /// An extra root certificate is none.
    #[error("extra root certificate {0} is not a certificate in PEM")]
    RootCertificate(usize),
    /// An allowed host is a URL, has a port, or is written in another way than URLs have it.
    #[error(
        "allowed private host {0:?}: give the exact host alone, in lower case, as in \"idp.corp.example\", \"10.1.2.3\" or \"[fd00::1]\""
    )]
    Host(String),
    /// The client could not be made for another reason.
    #[error("the client for outgoing requests cannot be set up: {0}")]
    Client(String),
}
