//! Lists as people go through them: narrowed by a text and a state, in an order that an index has, a page at a time. A page
//! costs the same in every organization: what no index narrows is read in steps, and a page may have few entries, or none,
//! and still a next one.
//!
//! | List | File |
//! |---|---|
//! | Tokens of a service user | `tokens.rs` |
//! | Service users, and the OAuth clients of one | `service_users.rs` |
//! | What owners allowed a client | `grants.rs` |
//! | Invitations and setup links | `links.rs` |
//! | The people of an organization, and the organizations of a person | `people.rs` |
//! | Organizations and operators of the installation | `installation.rs` |

mod grants;
mod installation;
mod links;
mod people;
mod place;
mod service_users;
mod tokens;

use wicketgate_scim::fold::fold;

use crate::Error;

pub use links::SetupLinkState;
pub use tokens::{ListedToken, TokenState};

/// How many entries one page looks at, of which few may be wanted.
const STEP: usize = 1_000;
/// How many are read at once where not all are wanted.
const PIECE: u16 = 100;

/// In which order a list is that has the order of creation alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ByTime {
    /// The last one that was made first.
    #[default]
    Newest,
    /// The first one that was made first.
    Oldest,
}

/// In which order a list is that has an index of names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ByName {
    /// By name.
    #[default]
    Name,
    /// The last one that was made first.
    Newest,
    /// The first one that was made first.
    Oldest,
}

/// What a list is asked for. `S` are the states that its entries have; of two states, `true` is that which counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListQuery<S, O = ByTime> {
    /// Words that the name of an entry contains, whatever their case. Empty for all.
    pub text: String,
    /// Only those in this state.
    pub state: Option<S>,
    /// In which order.
    pub order: O,
    /// Where the page before ended.
    pub after: Option<String>,
    /// How many entries at most.
    pub limit: u16,
}

impl<S, O: Default> ListQuery<S, O> {
    /// The first `limit` entries.
    pub fn first(limit: u16) -> Self {
        Self {
            text: String::new(),
            state: None,
            order: O::default(),
            after: None,
            limit,
        }
    }
}

impl<S, O> ListQuery<S, O> {
    /// Whether a name contains what is looked for.
    fn names(&self) -> impl Fn(&str) -> bool + use<S, O> {
        let wanted = fold(self.text.trim());
        move |name| wanted.is_empty() || fold(name).contains(&wanted)
    }

    /// How many entries are read at once.
    fn piece(&self) -> u16 {
        if self.text.trim().is_empty() && self.state.is_none() {
            self.limit.max(1).saturating_add(1)
        } else {
            PIECE
        }
    }

    /// Where the page before ended.
    fn place<P>(&self, read: impl Fn(&str) -> Option<P>) -> Result<Option<P>, Error> {
        self.after
            .as_deref()
            .map(|text| read(text).ok_or_else(|| Error::refused("after", "ask for the first page again")))
            .transpose()
    }
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// Its entries.
    pub entries: Vec<T>,
    /// What the next page is `after`, if there may be one.
    pub next: Option<String>,
}

/// Goes through a list until a page is full or enough was looked at. `read` is asked for the entries behind a place, and how
/// many; `place` says where an entry is, and `write` how an address calls that place.
fn walk<T, P>(
    (limit, piece): (u16, u16),
    mut after: Option<P>,
    mut read: impl FnMut(Option<&P>, i64) -> Result<Vec<T>, Error>,
    place: impl Fn(&T) -> P,
    write: impl Fn(&P) -> String,
    wants: impl Fn(&T) -> bool,
) -> Result<Listed<T>, Error> {
    let limit = usize::from(limit.max(1));
    let mut entries = Vec::new();
    let mut looked_at = 0;
    loop {
        let found = read(after.as_ref(), i64::from(piece))?;
        let is_last = found.len() < usize::from(piece);
        looked_at += found.len();
        for entry in found {
            let here = place(&entry);
            if wants(&entry) {
                if entries.len() == limit {
                    let next = after.as_ref().map(&write);
                    return Ok(Listed { entries, next });
                }
                entries.push(entry);
            }
            after = Some(here);
        }
        if is_last || looked_at >= STEP {
            let next = after.as_ref().filter(|_| !is_last).map(&write);
            return Ok(Listed { entries, next });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers below `end` that `wants` wants, page by page, and how many pages it took.
    fn pages(
        end: usize,
        limit: u16,
        piece: u16,
        wants: impl Fn(&usize) -> bool + Copy,
    ) -> (Vec<usize>, usize) {
        let (mut all, mut after, mut pages) = (Vec::new(), None, 0);
        loop {
            let mut read = 0;
            let page = walk(
                (limit, piece),
                after,
                |after: Option<&usize>, take| {
                    let take = usize::try_from(take).unwrap();
                    let found: Vec<usize> = (after.map_or(0, |after| after + 1)..end).take(take).collect();
                    read += found.len();
                    Ok(found)
                },
                |number| *number,
                usize::to_string,
                wants,
            )
            .unwrap();
            assert!(page.entries.len() <= usize::from(limit.max(1)) && read <= STEP + usize::from(piece));
            all.extend(page.entries);
            pages += 1;
            match page.next {
                Some(next) => after = Some(next.parse().unwrap()),
                None => return (all, pages),
            }
        }
    }

    #[test]
    fn everything_comes_once_and_the_last_page_is_known_to_be_the_last() {
        for (end, limit, expected) in [(0, 2, 1), (1, 2, 1), (2, 2, 1), (3, 2, 2), (4, 2, 2), (5, 0, 5)] {
            let (all, count) = pages(end, limit, limit.max(1) + 1, |_| true);
            assert_eq!(all, (0..end).collect::<Vec<_>>(), "{end}");
            assert_eq!(count, expected, "{end} by {limit}");
        }
    }

    #[test]
    fn what_is_rare_is_looked_for_in_steps() {
        let (all, count) = pages(5 * STEP + 1, 10, PIECE, |number| number % 2_000 == 7);
        assert_eq!(all, [7, 2_007, 4_007]);
        assert_eq!(count, 6);
    }

    #[test]
    fn a_name_is_found_by_a_part_of_it_whatever_its_case() {
        let query = |text: &str| ListQuery::<bool> {
            text: text.to_owned(),
            ..ListQuery::first(1)
        };
        assert!(query(" ÄPFEL ").names()("Rote Äpfel"));
        assert!(query("").names()(""));
        assert!(!query("b").names()("Äpfel"));
    }
}
