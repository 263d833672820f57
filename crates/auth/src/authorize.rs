//! The one decision: whether a token opens an organization. It looks nothing up and logs nothing. What a role may do
//! inside the organization is in `role.rs`.

#[cfg(test)]
#[path = "authorize_tests.rs"]
mod tests;

use subtle::ConstantTimeEq;

use crate::{Denied, Digest, OrgId, Peppers, Permission, Reason, Role, ServiceUserId, Token, TokenId};

/// What the store knows of a token id, made from one row by whoever read it, at one moment of the database's clock.
#[derive(Debug, Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a reason of its own to refuse"
)]
pub struct StoredCredential {
    /// The key of the row.
    pub id: TokenId,
    /// What its owner calls it, for logs.
    pub name: String,
    /// The organization that the row belongs to: the only one the token can open.
    pub org: OrgId,
    /// Who acts with it.
    pub service_user: ServiceUserId,
    /// The pepper that the digest was made with.
    pub pepper_id: i32,
    /// The digest of the whole token.
    pub digest: Digest,
    /// Whether it was revoked.
    pub revoked: bool,
    /// Whether the approval that it comes of was revoked. No other credential comes of one.
    pub grant_revoked: bool,
    /// Whether it has expired by the database's clock, or was replaced for long enough.
    pub expired: bool,
    /// Whether the client that it was issued to is active. A service user's own credential counts as such.
    pub client_active: bool,
    /// Whether it was issued for reading alone.
    pub reads_only: bool,
    /// The state of its organization.
    pub org_state: OrgState,
    /// Whether its service user is active.
    pub service_user_active: bool,
    /// The role of its service user.
    pub role: Role,
}

/// Whether an organization is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrgState {
    /// Requests are served.
    Active,
    /// Credentials hold, but requests are put off.
    Paused,
    /// Nothing opens it any more.
    Deleted,
}

/// Proof that a service user may enter one organization with its role.
///
/// Only [`authorize`] makes one. It holds for the request it was made for: keeping it would outlive a revocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    org: OrgId,
    service_user: ServiceUserId,
    credential: TokenId,
    role: Role,
    reads_only: bool,
    org_state: OrgState,
}

impl Grant {
    /// The organization that may be entered.
    pub const fn org(&self) -> OrgId {
        self.org
    }

    /// Who acts.
    pub const fn service_user(&self) -> ServiceUserId {
        self.service_user
    }

    /// The credential that was used.
    pub const fn credential(&self) -> TokenId {
        self.credential
    }

    /// What the service user may do there.
    pub const fn role(&self) -> Role {
        self.role
    }

    /// Whether the credential was issued for reading alone, whatever the role may.
    pub const fn reads_only(&self) -> bool {
        self.reads_only
    }

    /// What may be done with this credential: what the role may, less what the credential was not issued for.
    pub const fn may(&self, permission: Permission) -> bool {
        self.role.may(permission) && (!self.reads_only || !permission.changes())
    }

    /// Active or paused; a deleted organization is never granted.
    pub const fn org_state(&self) -> OrgState {
        self.org_state
    }
}

/// Decides whether the token opens `org`, the organization that the path names, given the row of the token's id.
///
/// Every check before the digest is settled does the same work whether or not the row exists, so neither the answer
/// nor its time tells which ids do. Everything after it is told only to the holder of a genuine token, who learns
/// nothing about any organization but the own one.
pub fn authorize(
    token: &Token,
    org: OrgId,
    stored: Option<&StoredCredential>,
    peppers: &Peppers,
) -> Result<Grant, Denied> {
    let stored = genuine(token, stored, peppers).map_err(Denied::Unauthenticated)?;
    if stored.revoked {
        return Err(Denied::Unauthenticated(Reason::Revoked));
    }
    if stored.grant_revoked {
        return Err(Denied::Unauthenticated(Reason::GrantRevoked));
    }
    if stored.expired {
        return Err(Denied::Unauthenticated(Reason::Expired));
    }
    if stored.org != org {
        return Err(Denied::OrgNotVisible);
    }
    match stored.org_state {
        OrgState::Active | OrgState::Paused => {}
        OrgState::Deleted => return Err(Denied::Unauthenticated(Reason::OrgDeleted)),
    }
    if !stored.service_user_active {
        return Err(Denied::Unauthenticated(Reason::ServiceUserDisabled));
    }
    if !stored.client_active {
        return Err(Denied::Unauthenticated(Reason::ClientDisabled));
    }
    Ok(Grant {
        org: stored.org,
        service_user: stored.service_user,
        credential: stored.id,
        role: stored.role,
        reads_only: stored.reads_only,
        org_state: stored.org_state,
    })
}

/// Whether the token is the one of which a row keeps this digest under this pepper. It does the same work where there
/// is no row.
pub fn is_genuine(token: &Token, stored: Option<(i32, &Digest)>, peppers: &Peppers) -> bool {
    compare(token, stored, peppers) == Comparison::Same
}

/// The row, if it is the token's own.
fn genuine<'a>(
    token: &Token,
    stored: Option<&'a StoredCredential>,
    peppers: &Peppers,
) -> Result<&'a StoredCredential, Reason> {
    let kept = stored.map(|stored| (stored.pepper_id, &stored.digest));
    match (stored, compare(token, kept, peppers)) {
        (Some(stored), Comparison::Same) => Ok(stored),
        (Some(_), Comparison::Other) => Err(Reason::WrongSecret),
        (Some(_), Comparison::PepperMissing) => Err(Reason::PepperMissing),
        (None, _) => Err(Reason::Unknown),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Same,
    Other,
    PepperMissing,
}

/// One HMAC and one comparison on every path.
fn compare(token: &Token, stored: Option<(i32, &Digest)>, peppers: &Peppers) -> Comparison {
    const DUMMY: Digest = Digest::new([0; Digest::LEN]);

    let pepper = stored.and_then(|(pepper_id, _)| peppers.get(pepper_id));
    let expected = stored.map_or(&DUMMY, |(_, digest)| digest);
    let computed = pepper.unwrap_or(peppers.current()).digest(token);
    // Compared before the cases part, although only one of them asks.
    let matches = bool::from(computed.ct_eq(expected));
    match (stored, pepper) {
        (Some(_), Some(_)) if matches => Comparison::Same,
        (Some(_), None) => Comparison::PepperMissing,
        (Some(_), Some(_)) | (None, _) => Comparison::Other,
    }
}
