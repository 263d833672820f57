//! Clients that prove who they are with a signed assertion: `private_key_jwt`, and the workload identity of Microsoft
//! Entra. Each has rules of its own, and a client is judged by those it was registered with.

use jiff::Timestamp;
use wicketgate_auth::{
    jwt::{
        ClientAssertionRules, JwkSet, Unverified, Verified, WorkloadIdentityRules, verify_client_assertion,
        verify_workload_identity,
    },
    oauth::{self, ClientId},
};

use super::{ClientAuthentication, ClientKeys, KeySets};
use crate::{db::clients::Registered, grant::Endpoint};

/// An assertion that is one, of a client that may not be.
pub(super) struct Assertion<'a> {
    pub(super) client: ClientId,
    text: &'a str,
    kid: Option<String>,
}

impl<'a> Assertion<'a> {
    /// Reads whose it is: the request may say so, and otherwise the assertion does.
    pub(super) fn read(named: Option<ClientId>, text: &'a str) -> Result<Self, oauth::Error> {
        let unverified = Unverified::read(text).map_err(|reason| {
            tracing::info!(%reason, "a client assertion was refused");
            oauth::Error::invalid_client()
        })?;
        let client = match named {
            Some(client) => client,
            None => unverified
                .subject
                .parse()
                .map_err(|_| oauth::Error::invalid_client())?,
        };
        Ok(Self {
            client,
            text,
            kid: unverified.key_id,
        })
    }

    /// Verifies it by the rules of its client. What counts only once is named.
    pub(super) async fn verify(
        &self,
        registered: &Registered,
        endpoint: &Endpoint,
        key_sets: &KeySets,
        now: Timestamp,
    ) -> Result<Option<Verified>, oauth::Error> {
        let seconds = registered.now.as_second();
        let kid = self.kid.as_deref();
        let refused = |reason: String| {
            tracing::info!(client = %self.client, reason, "a client assertion was refused");
            oauth::Error::invalid_client()
        };
        match &registered.client.authentication {
            ClientAuthentication::ClientSecret => Err(refused("the client has a secret".to_owned())),
            ClientAuthentication::PrivateKeyJwt(keys) => {
                let rules = ClientAssertionRules {
                    client_id: self.client.to_string(),
                    audiences: vec![endpoint.token_endpoint(), endpoint.issuer().to_owned()],
                };
                let fetched;
                let given;
                let keys = match keys {
                    ClientKeys::Given(keys) => {
                        given = JwkSet::parse(keys.to_string().as_bytes())
                            .map_err(|error| refused(error.to_string()))?;
                        &given
                    }
                    ClientKeys::At(url) => {
                        fetched = key_sets
                            .get(url, kid, now)
                            .await
                            .ok_or_else(|| refused("its keys are not to be had".to_owned()))?;
                        &*fetched
                    }
                };
                verify_client_assertion(self.text, keys, &rules, seconds)
                    .map(Some)
                    .map_err(|reason| refused(reason.to_string()))
            }
            ClientAuthentication::WorkloadIdentity {
                issuer,
                subject,
                audiences,
            } => {
                let keys = key_sets
                    .get(&issuer.keys_url(), kid, now)
                    .await
                    .ok_or_else(|| refused("the tenant's keys are not to be had".to_owned()))?;
                let rules = WorkloadIdentityRules {
                    issuer: issuer.clone(),
                    subject: subject.clone(),
                    audiences: audiences.clone(),
                };
                verify_workload_identity(self.text, &keys, &rules, seconds)
                    .map(|_| None)
                    .map_err(|reason| refused(reason.to_string()))
            }
        }
    }
}
