//! All texts of the table, to be read as one: `explain_texts.txt`. It does not test when a failure is told.

use std::fmt::Write as _;

use wicketgate_auth::Role;

use super::*;

fn every_failure() -> Vec<Failure> {
    let mut all = vec![
        Failure::Duplicate {
            attribute: "userName".to_owned(),
        },
        Failure::WrongRole {
            held: Role::OrgUserReader,
            needed: Role::OrgUserManager,
        },
    ];
    all.extend_from_slice(Failure::PLAIN);
    all
}

fn day(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn context(reason: &str, holder: Option<(&str, &str)>) -> Context {
    Context {
        name: Some("anna@example.com".to_owned()),
        holder: holder.map(|(name, id)| (name.to_owned(), id.to_owned())),
        token: Token {
            name: Some("okta-prod".to_owned()),
            service_user: Some("okta".to_owned()),
            expires: Some(day("2026-11-30T00:00:00Z")),
            revoked: Some(day("2026-11-20T00:00:00Z")),
            revoke_reason: Some(reason.to_owned()),
            successor: Some("okta-prod-2".to_owned()),
            overlap_ends: Some(day("2026-11-25T00:00:00Z")),
        },
    }
}

/// Where a text depends on more than the failure, each of its forms.
fn every_row() -> Vec<(String, Explanation)> {
    let mut rows = Vec::new();
    let plain = context("requested", None);
    for failure in every_failure() {
        let actions: &[Action] = match failure {
            Failure::NotFound => &[
                Action::UserUpdateFailed,
                Action::GroupUpdateFailed,
                Action::DiscoveryFailed,
            ],
            Failure::Duplicate { .. } | Failure::VersionConflict => {
                &[Action::UserCreateFailed, Action::GroupCreateFailed]
            }
            _ => &[Action::UserUpdateFailed],
        };
        for action in actions {
            let title = if actions.len() > 1 {
                format!("{} {action}", failure.as_str())
            } else {
                failure.as_str().to_owned()
            };
            rows.push((title, explain(&failure, *action, &plain)));
        }
    }
    let duplicate = Failure::Duplicate {
        attribute: "userName".to_owned(),
    };
    let held = context(
        "requested",
        Some(("Anna@example.com", "0198f2a1-7c3e-7d4b-9a55-3c1f0e6b2d88")),
    );
    rows.push((
        "duplicate, and the holder is known".to_owned(),
        explain(&duplicate, Action::UserCreateFailed, &held),
    ));
    for reason in [
        "rotation_cancelled",
        "all_of_service_user",
        "all_of_organization",
        "leaked",
        "restored",
        "unknown",
    ] {
        let explained = explain(
            &Failure::TokenRevoked,
            Action::CredentialRefused,
            &context(reason, None),
        );
        rows.push((format!("token_revoked {reason}"), explained));
    }
    for failure in [
        Failure::TokenExpired,
        Failure::TokenReplaced,
        Failure::ServiceUserDisabled,
    ] {
        let explained = explain(&failure, Action::CredentialRefused, &Context::default());
        rows.push((
            format!("{}, and the token is not known any more", failure.as_str()),
            explained,
        ));
    }
    rows
}

#[test]
fn every_failure_has_a_cause_and_a_fix_that_people_can_read() {
    let mut texts = String::new();
    for (title, Explanation { cause, fix }) in every_row() {
        writeln!(texts, "{title}\n  why  {cause}\n  fix  {fix}\n").unwrap();
    }
    assert_eq!(
        texts,
        include_str!("explain_texts.txt"),
        "the texts are now:\n{texts}"
    );
}

#[test]
fn failures_are_read_back_from_the_database() {
    for failure in every_failure() {
        assert_eq!(
            Failure::read(failure.as_str(), failure.about().as_deref()),
            failure
        );
    }
    assert_eq!(Failure::read("of_a_later_version", None), Failure::Other);
}
