//! The personal access tokens of a service user.

use std::collections::HashSet;

use jiff::Timestamp;
use wicketgate_auth::{ServiceUserId, TokenId};

use super::{ListQuery, Listed, place, walk};
use crate::{Error, PersonalAccessToken, Tokens, db};

/// What has become of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenState {
    /// It is accepted.
    Accepted,
    /// Its time is over, or the time in which it was accepted beside the one that takes its place.
    Expired,
    /// It was revoked.
    Revoked,
}

impl TokenState {
    /// What has become of a token at this moment.
    pub fn of(token: &PersonalAccessToken, now: Timestamp) -> Self {
        let is_over = |end: Option<Timestamp>| end.is_some_and(|end| end <= now);
        if token.revoked.is_some() {
            Self::Revoked
        } else if is_over(token.expires) || is_over(token.overlap_ends) {
            Self::Expired
        } else {
            Self::Accepted
        }
    }
}

/// A token in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedToken {
    /// The token.
    pub token: PersonalAccessToken,
    /// What has become of it by now.
    pub state: TokenState,
    /// Whether it takes the place of another one that is still accepted.
    pub is_successor: bool,
}

impl Tokens<'_> {
    /// Tokens of one service user.
    pub async fn of_service_user(
        &self,
        service_user: ServiceUserId,
        query: ListQuery<TokenState>,
    ) -> Result<Listed<ListedToken>, Error> {
        let id = self.owner.org.id;
        let after = query.place(place::moment)?;
        self.owner
            .org
            .shared
            .db
            .read(move |tx| {
                let now = db::orgs::clock(tx)?;
                let names = query.names();
                let page = walk(
                    (query.limit, query.piece()),
                    after.clone(),
                    |after, limit| {
                        db::credentials::of_service_user(tx, id, service_user, query.order, after, limit)
                    },
                    |token| (token.created.as_millisecond(), token.id.to_string()),
                    place::of_moment,
                    |token| {
                        names(&token.name)
                            && query
                                .state
                                .is_none_or(|state| state == TokenState::of(token, now))
                    },
                )?;
                let ids: Vec<TokenId> = page.entries.iter().map(|token| token.id).collect();
                let replaced: HashSet<TokenId> = db::credentials::replaced_by(tx, id, &ids)?
                    .into_iter()
                    .filter(|former| TokenState::of(former, now) == TokenState::Accepted)
                    .filter_map(|former| former.successor)
                    .collect();
                Ok(Listed {
                    entries: page
                        .entries
                        .into_iter()
                        .map(|token| ListedToken {
                            state: TokenState::of(&token, now),
                            is_successor: replaced.contains(&token.id),
                            token,
                        })
                        .collect(),
                    next: page.next,
                })
            })
            .await
    }
}
