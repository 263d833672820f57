//! Personal access tokens of a service user. A secret is shown once, in the answer to the form that made it.

pub(crate) mod create;
pub(crate) mod revoke;
pub(crate) mod rotate;

use jiff::Timestamp;
use wicketgate_domain::{ListedToken, PersonalAccessToken, ServiceUser};

use super::{Entered, end::End};
use crate::{call::Call, failure::Failure, page::Moment};

/// A token in a list, as it is now.
pub(super) struct Shown {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) hint: String,
    pub(super) created: Moment,
    pub(super) expires: End,
    pub(super) used: Option<Moment>,
    /// From which network and by what it was last used.
    pub(super) used_by: Option<String>,
    /// From when on it is refused because another one takes its place.
    pub(super) replaced_at: Option<Moment>,
    /// Whether it takes the place of another one that is still accepted.
    pub(super) is_successor: bool,
    /// Why it is refused, or nothing where it is accepted.
    pub(super) ended: String,
}

impl Shown {
    /// A token, at this moment.
    pub(super) fn new(listed: &ListedToken, now: Timestamp) -> Self {
        let token = &listed.token;
        let is_accepted = ended(token, now).is_empty();
        let used = token.last_used.as_ref();
        Self {
            id: token.id.to_string(),
            name: token.name.clone(),
            hint: token.hint.clone(),
            created: Moment(token.created),
            expires: End {
                at: token.expires,
                now,
            },
            used: used.map(|used| Moment(used.at)),
            used_by: used.and_then(|used| {
                let known = [used.network.as_deref(), used.user_agent.as_deref()];
                let known: Vec<&str> = known.into_iter().flatten().collect();
                (!known.is_empty()).then(|| known.join(" · "))
            }),
            replaced_at: token.overlap_ends.filter(|_| is_accepted).map(Moment),
            is_successor: listed.is_successor,
            ended: ended(token, now),
        }
    }

    pub(super) fn is_accepted(&self) -> bool {
        self.ended.is_empty()
    }
}

/// Why a token is refused at this moment, or nothing.
fn ended(token: &PersonalAccessToken, now: Timestamp) -> String {
    let is_over = |end: Option<Timestamp>| end.is_some_and(|end| end <= now);
    if token.revoked.is_some() {
        reason(token.revoke_reason.as_deref()).to_owned()
    } else if is_over(token.expires) {
        "It has expired".to_owned()
    } else if is_over(token.overlap_ends) {
        "Another token has taken its place".to_owned()
    } else {
        String::new()
    }
}

/// Why a token was revoked, in words.
fn reason(word: Option<&str>) -> &'static str {
    match word {
        Some("rotated") => "Another token has taken its place",
        Some("rotation_cancelled") => "It was to take another token's place, and that was cancelled",
        Some("all_of_service_user") => "Every credential of the service user was revoked",
        Some("all_of_organization") => "Every credential of the organization was revoked",
        Some("leaked") => "It was found in public",
        Some("restored") => "Every credential was revoked after the database was restored from a backup",
        Some(_) | None => "It was revoked",
    }
}

/// A token of the service user that the path names, and that service user.
async fn found(call: &Call, entered: &Entered) -> Result<(ServiceUser, PersonalAccessToken), Failure> {
    let owner = entered.owner()?;
    let service_user = owner.service_users().get(call.id(1)?).await?;
    let token = owner.tokens().get(call.id(2)?).await?;
    if token.service_user == service_user.id {
        Ok((service_user, token))
    } else {
        Err(Failure::NotFound)
    }
}

/// The page of a service user.
fn home(entered: &Entered, service_user: &ServiceUser, rest: &str) -> String {
    entered.path(&format!("/service-users/{}{rest}", service_user.id))
}

/// What was done with a token.
pub(super) fn done(word: &str) -> Option<&'static str> {
    match word {
        "rotated" => Some("The rotation is complete. The old token is refused from the next request on."),
        "rotation-cancelled" => Some(
            "The rotation was cancelled. The new token is refused, and the old one is accepted as before.",
        ),
        "revoked" => Some("The token was revoked. It is refused from the next request on."),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use wicketgate_domain::RevokeReason;

    use super::*;

    #[test]
    fn every_reason_has_words() {
        for (known, words) in [
            (RevokeReason::Requested, "It was revoked"),
            (RevokeReason::Rotated, "Another token has taken its place"),
            (
                RevokeReason::RotationCancelled,
                "It was to take another token's place, and that was cancelled",
            ),
            (
                RevokeReason::ServiceUser,
                "Every credential of the service user was revoked",
            ),
            (
                RevokeReason::Organization,
                "Every credential of the organization was revoked",
            ),
            (RevokeReason::Leaked, "It was found in public"),
            (
                RevokeReason::Restored,
                "Every credential was revoked after the database was restored from a backup",
            ),
        ] {
            assert_eq!(reason(Some(known.as_str())), words);
        }
    }
}
