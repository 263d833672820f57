//! The one decision: whether a token opens an organization. It looks nothing up and logs nothing. What a role may do
//! inside the organization is in `role.rs`.

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

#[cfg(test)]
mod tests {
    use uuid::Builder;

    use super::*;
    use crate::entropy::Seeded;
    use crate::{Pepper, TokenKind};

    fn org(number: u8) -> OrgId {
        OrgId::from_uuid(Builder::from_unix_timestamp_millis(0, &[number; 10]).into_uuid())
    }

    fn token(seed: u64) -> Token {
        Token::generate(TokenKind::PersonalAccessToken, &mut Seeded(seed))
    }

    /// Pepper 2 is current, pepper 1 older.
    fn peppers() -> Peppers {
        let entropy = &mut Seeded(99);
        let [older, current] = [1, 2].map(|id| Pepper::generate(id, entropy));
        Peppers::new(current, vec![older]).unwrap()
    }

    /// The row of a token of organization 1 with which nothing is wrong.
    fn row(token: &Token) -> StoredCredential {
        StoredCredential {
            id: token.id(),
            name: "okta-prod".to_owned(),
            org: org(1),
            service_user: ServiceUserId::from_uuid(*org(50).as_uuid()),
            pepper_id: 2,
            digest: peppers().current().digest(token),
            revoked: false,
            grant_revoked: false,
            expired: false,
            client_active: true,
            reads_only: false,
            org_state: OrgState::Active,
            service_user_active: true,
            role: Role::OrgUserManager,
        }
    }

    #[test]
    fn a_genuine_token_opens_its_own_organization_with_what_its_row_says() {
        let token = token(1);
        for role in Role::ALL {
            for org_state in [OrgState::Active, OrgState::Paused] {
                let stored = StoredCredential {
                    org_state,
                    role,
                    ..row(&token)
                };
                let grant = authorize(&token, org(1), Some(&stored), &peppers()).unwrap();
                assert_eq!(grant.org(), org(1));
                assert_eq!(grant.service_user(), stored.service_user);
                assert_eq!(grant.credential(), token.id());
                assert_eq!(grant.role(), role);
                assert_eq!(grant.org_state(), org_state);
            }
        }
    }

    #[test]
    fn a_digest_under_an_older_pepper_still_opens() {
        let (token, peppers) = (token(1), peppers());
        let digest = peppers.get(1).unwrap().digest(&token);
        let stored = StoredCredential {
            pepper_id: 1,
            digest,
            ..row(&token)
        };
        assert!(authorize(&token, org(1), Some(&stored), &peppers).is_ok());
    }

    /// Every combination of everything that can be wrong; the first in the documented order is the answer.
    #[test]
    fn the_first_thing_that_is_wrong_is_the_answer() {
        let other = row(&token(2)).digest;
        let (token, peppers) = (token(1), peppers());
        let mut granted = 0;
        for flags in 0_u16..512 {
            let [
                wrong,
                missing,
                revoked,
                withdrawn,
                expired,
                foreign,
                deleted,
                disabled,
                inactive,
            ] = std::array::from_fn(|bit| flags & (1 << bit) != 0);
            let mut stored = row(&token);
            stored.revoked = revoked;
            stored.grant_revoked = withdrawn;
            stored.expired = expired;
            stored.service_user_active = !disabled;
            stored.client_active = !inactive;
            if wrong {
                stored.digest = other;
            }
            if missing {
                stored.pepper_id = 3;
            }
            if deleted {
                stored.org_state = OrgState::Deleted;
            }
            let expected = [
                (missing, Denied::Unauthenticated(Reason::PepperMissing)),
                (wrong, Denied::Unauthenticated(Reason::WrongSecret)),
                (revoked, Denied::Unauthenticated(Reason::Revoked)),
                (withdrawn, Denied::Unauthenticated(Reason::GrantRevoked)),
                (expired, Denied::Unauthenticated(Reason::Expired)),
                (foreign, Denied::OrgNotVisible),
                (deleted, Denied::Unauthenticated(Reason::OrgDeleted)),
                (disabled, Denied::Unauthenticated(Reason::ServiceUserDisabled)),
                (inactive, Denied::Unauthenticated(Reason::ClientDisabled)),
            ];
            let expected = expected
                .into_iter()
                .find_map(|(is_wrong, denied)| is_wrong.then_some(denied));
            let path = if foreign { org(2) } else { org(1) };
            let decision = authorize(&token, path, Some(&stored), &peppers);
            assert_eq!(decision.as_ref().err().copied(), expected, "{stored:?} on {path}");
            granted += usize::from(decision.is_ok());
        }
        assert_eq!(granted, 1);
    }

    #[test]
    fn a_credential_for_reading_alone_reads_what_the_role_may_and_changes_nothing() {
        let token = token(1);
        for role in Role::ALL {
            for reads_only in [false, true] {
                let stored = StoredCredential {
                    reads_only,
                    role,
                    ..row(&token)
                };
                let grant = authorize(&token, org(1), Some(&stored), &peppers()).unwrap();
                for permission in Permission::ALL {
                    let expected = role.may(permission) && !(reads_only && permission.changes());
                    assert_eq!(
                        grant.may(permission),
                        expected,
                        "{role} {permission:?} {reads_only}"
                    );
                }
            }
        }
    }

    #[test]
    fn only_the_token_of_a_digest_is_genuine() {
        let (token, other, peppers) = (token(1), token(2), peppers());
        let stored = row(&token);
        let kept = Some((stored.pepper_id, &stored.digest));
        assert!(is_genuine(&token, kept, &peppers));
        assert!(!is_genuine(&other, kept, &peppers));
        assert!(!is_genuine(&token, Some((3, &stored.digest)), &peppers));
        assert!(!is_genuine(&token, None, &peppers));
    }

    #[test]
    fn an_unknown_id_is_unauthenticated_whatever_the_path_names() {
        for path in [org(1), org(2)] {
            let decision = authorize(&token(1), path, None, &peppers());
            assert_eq!(decision, Err(Denied::Unauthenticated(Reason::Unknown)));
        }
    }

    #[test]
    fn a_token_that_is_not_genuine_learns_nothing_about_the_path() {
        let stored = row(&token(1));
        for path in [org(1), org(2)] {
            let decision = authorize(&token(2), path, Some(&stored), &peppers());
            assert_eq!(decision, Err(Denied::Unauthenticated(Reason::WrongSecret)));
        }
    }

    #[test]
    fn a_well_formed_near_miss_has_the_wrong_secret() {
        let genuine = token(1);
        let (stored, peppers) = (row(&genuine), peppers());
        let covered = &genuine.reveal()[..70];
        // From the first character after the prefix: with a checksum made for it, each near miss is well formed.
        for place in 11..70 {
            for replacement in ('0'..='9').chain('A'..='Z').chain('a'..='z') {
                let mut near = covered.to_owned();
                near.replace_range(place..=place, replacement.encode_utf8(&mut [0; 4]));
                if near == covered {
                    continue;
                }
                let near = Token::parse(&with_checksum(&near)).unwrap();
                let decision = authorize(&near, org(1), Some(&stored), &peppers);
                assert_eq!(
                    decision,
                    Err(Denied::Unauthenticated(Reason::WrongSecret)),
                    "{replacement} at {place}"
                );
            }
        }
    }

    fn with_checksum(covered: &str) -> String {
        let mut rest = u64::from(crc32fast::hash(covered.as_bytes()));
        let mut digits = String::new();
        for _ in 0..6 {
            let digit =
                b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[(rest % 62) as usize];
            digits.insert(0, char::from(digit));
            rest /= 62;
        }
        format!("{covered}{digits}")
    }

    #[test]
    fn the_debug_text_of_a_row_holds_no_digest() {
        let debug = format!("{:?}", row(&token(1)));
        assert!(debug.contains("digest: Digest(redacted)"), "{debug}");
    }
}
