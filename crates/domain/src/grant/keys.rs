//! The public keys of the authorization server, for whoever reads JWT access tokens.

use serde_json::Value;

use super::signing::published;
use crate::{Error, Gateway, db};

impl Gateway {
    /// The JWK set. It is empty until the first JWT access token is issued.
    pub async fn keys(&self) -> Result<Value, Error> {
        let now = self.shared.sources.now();
        let keys = self.shared.db.read(db::signing_keys::list).await?;
        Ok(published(&keys, now))
    }
}
