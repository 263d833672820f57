//! Where the address of a name comes from, and the filter that every answer goes through at the moment of connecting:
//! an answer that was harmless when the URL was checked, and is not now, gets nobody anywhere.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name};

use crate::is_public;

/// An answer that is on its way.
pub type Resolving = Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>;

/// Looks up the addresses of a name. Its answers are filtered and need not be trusted.
pub trait Resolve: Send + Sync {
    /// The addresses of the host. Port 0 stands for the port of the URL; another one is used when the URL names none.
    fn resolve(&self, host: &str) -> Resolving;
}

/// The resolver of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve(&self, host: &str) -> Resolving {
        let host = host.to_owned();
        Box::pin(async move { Ok(tokio::net::lookup_host((host, 0)).await?.collect()) })
    }
}

/// Lets only public addresses through, except for hosts that the operator allowed.
pub(crate) struct Filter {
    pub(crate) resolver: Arc<dyn Resolve>,
    pub(crate) allowed_private_hosts: Vec<String>,
}

impl reqwest::dns::Resolve for Filter {
    fn resolve(&self, name: Name) -> reqwest::dns::Resolving {
        let allowed = self
            .allowed_private_hosts
            .iter()
            .any(|host| host == name.as_str());
        let resolving = self.resolver.resolve(name.as_str());
        Box::pin(async move {
            let mut addresses = resolving.await?;
            if !allowed {
                let before = addresses.len();
                addresses.retain(|address| is_public(address.ip()));
                if addresses.is_empty() && before > 0 {
                    return Err(NotPublic.into());
                }
            }
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// Every address of the name was filtered out.
#[derive(Debug, thiserror::Error)]
#[error("no address of the name is public")]
pub(crate) struct NotPublic;
