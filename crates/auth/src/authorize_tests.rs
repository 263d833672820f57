//! Every way in which a token can fail to open an organization, and the work that each costs.

use uuid::Builder;

use super::*;
use crate::entropy::Seeded;
use crate::pepper::DIGESTS;
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
        let digit = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[(rest % 62) as usize];
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

/// What a stranger can present: nothing of it may take longer than the rest.
#[test]
fn whatever_is_wrong_with_a_secret_costs_one_digest() {
    let (genuine, other, peppers) = (token(1), token(2), peppers());
    let own = row(&genuine);
    let foreign = StoredCredential {
        org: org(2),
        ..row(&genuine)
    };
    let revoked = StoredCredential {
        revoked: true,
        ..row(&genuine)
    };
    let pepper_missing = StoredCredential {
        pepper_id: 3,
        ..row(&genuine)
    };
    for (name, stored) in [
        ("an unknown id", None),
        ("the own row with another secret", Some(&own)),
        ("another organization's row with another secret", Some(&foreign)),
        ("a revoked row with another secret", Some(&revoked)),
        ("a row of a pepper that is gone", Some(&pepper_missing)),
    ] {
        let before = DIGESTS.get();
        let decision = authorize(&other, org(1), stored, &peppers);
        assert!(
            matches!(decision, Err(Denied::Unauthenticated(_))),
            "{name}: {decision:?}"
        );
        assert_eq!(DIGESTS.get() - before, 1, "{name}");
    }
    let before = DIGESTS.get();
    authorize(&genuine, org(1), Some(&own), &peppers).unwrap();
    assert_eq!(DIGESTS.get() - before, 1, "as much as the genuine one");
}
