//! Who made a request, as far as the connection tells, and the uses of credentials that wait to be written down. What a
//! credential may do is not decided here.

use std::{
    collections::{HashMap, hash_map::Entry},
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use wicketgate_auth::{OrgId, TokenId};

use crate::{Error, Gateway, db};

/// How much of a user agent is kept, in characters.
const LONGEST_AGENT: usize = 200;
/// How many credentials may wait to have their last use written down.
const WAITING: usize = 16_384;
/// How many are written in one statement.
const BATCH: usize = 500;

/// Where a request came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Caller {
    /// The network of its address.
    pub network: Option<String>,
    /// What it calls itself.
    pub user_agent: Option<String>,
}

impl Caller {
    /// Keeps of an address its network alone, a /24 or a /48: enough to recognise a place, and not a person.
    pub fn new(address: Option<IpAddr>, user_agent: Option<&str>) -> Self {
        Self {
            network: address.map(network),
            user_agent: user_agent.map(str::to_owned),
        }
    }
}

fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            format!("{}/48", std::net::Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
    }
}

/// The last use of a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastUse {
    /// When.
    pub at: Timestamp,
    /// From which network, a /24 or a /48.
    pub network: Option<String>,
    /// By what, in its own words: the first 200 characters of them.
    pub user_agent: Option<String>,
}

/// Uses of credentials that wait to be written down, the newest of each. Bounded: where there is no room, a use is not
/// remembered.
#[derive(Debug, Default)]
pub(crate) struct Uses(Mutex<HashMap<TokenId, (OrgId, LastUse)>>);

impl Uses {
    /// Remembers a use.
    pub(crate) fn record(&self, org: OrgId, credential: TokenId, caller: Caller, at: Timestamp) {
        let shortened = |agent: String| {
            let printable = agent.chars().filter(|c| !c.is_control());
            printable.take(LONGEST_AGENT).collect::<String>()
        };
        let used = LastUse {
            at,
            network: caller.network,
            user_agent: caller.user_agent.map(shortened),
        };
        Self::keep(&mut self.locked(), org, credential, used);
    }

    fn keep(
        waiting: &mut HashMap<TokenId, (OrgId, LastUse)>,
        org: OrgId,
        credential: TokenId,
        used: LastUse,
    ) {
        let has_room = waiting.len() < WAITING;
        match waiting.entry(credential) {
            Entry::Occupied(mut entry) => {
                if entry.get().1.at <= used.at {
                    entry.insert((org, used));
                }
            }
            Entry::Vacant(entry) if has_room => {
                entry.insert((org, used));
            }
            Entry::Vacant(_) => {}
        }
    }

    /// Takes all, ordered so that processes that write at once take rows in the same order.
    fn take(&self) -> Vec<(OrgId, TokenId, LastUse)> {
        let waiting = std::mem::take(&mut *self.locked());
        let mut uses: Vec<_> = waiting
            .into_iter()
            .map(|(credential, (org, used))| (org, credential, used))
            .collect();
        uses.sort_by_key(|(org, credential, _)| (*org, *credential));
        uses
    }

    /// Takes back what could not be written.
    fn give_back(&self, uses: Vec<(OrgId, TokenId, LastUse)>) {
        let mut waiting = self.locked();
        for (org, credential, used) in uses {
            Self::keep(&mut waiting, org, credential, used);
        }
    }

    /// Nothing that holds this lock can panic half-way.
    fn locked(&self) -> MutexGuard<'_, HashMap<TokenId, (OrgId, LastUse)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Gateway {
    /// Writes down when, from where and by what credentials were used since the last time, one statement for each batch.
    /// What cannot be written is tried again with the next call.
    pub async fn flush_last_used(&self) -> Result<(), Error> {
        let mut uses = self.shared.uses.take();
        while !uses.is_empty() {
            let rest = uses.split_off(uses.len().min(BATCH));
            let batch = uses.clone();
            let written = self
                .shared
                .db
                .write(move |tx| db::last_used::write(tx, &batch))
                .await;
            if let Err(error) = written {
                self.shared.uses.give_back(uses);
                self.shared.uses.give_back(rest);
                return Err(error);
            }
            uses = rest;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn id(number: usize) -> TokenId {
        format!("{number:016}").parse().unwrap()
    }

    fn at(millisecond: i64) -> Timestamp {
        Timestamp::from_millisecond(millisecond).unwrap()
    }

    #[test]
    fn of_an_address_only_the_network_is_kept() {
        for (address, network) in [
            ("198.51.100.77", "198.51.100.0/24"),
            ("::ffff:198.51.100.77", "198.51.100.0/24"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
            ("::1", "::/48"),
        ] {
            let caller = Caller::new(Some(address.parse().unwrap()), None);
            assert_eq!(caller.network.as_deref(), Some(network), "{address}");
        }
    }

    #[test]
    fn of_a_user_agent_two_hundred_printable_characters_are_kept() {
        let uses = Uses::default();
        let caller = Caller::new(None, Some(&format!("a\u{0}\n{}", "ü".repeat(300))));
        uses.record(OrgId::from_uuid(Uuid::nil()), id(1), caller, at(0));
        let kept = uses.take().remove(0).2.user_agent.unwrap();
        assert_eq!(kept, format!("a{}", "ü".repeat(199)));
    }

    #[test]
    fn the_newest_use_of_each_credential_waits() {
        let (uses, org) = (Uses::default(), OrgId::from_uuid(Uuid::nil()));
        for (credential, time) in [(1, 5), (1, 9), (1, 7), (2, 1)] {
            uses.record(org, id(credential), Caller::default(), at(time));
        }
        let times: Vec<_> = uses
            .take()
            .into_iter()
            .map(|(_, id, used)| (id, used.at))
            .collect();
        assert_eq!(times, [(id(1), at(9)), (id(2), at(1))]);
        assert!(uses.take().is_empty());
    }

    #[test]
    fn where_there_is_no_room_a_use_is_not_remembered() {
        let (uses, org) = (Uses::default(), OrgId::from_uuid(Uuid::nil()));
        for credential in 0..=WAITING {
            uses.record(org, id(credential), Caller::default(), at(1));
        }
        uses.record(org, id(0), Caller::default(), at(2));
        let waiting = uses.take();
        assert_eq!(waiting.len(), WAITING);
        assert_eq!(waiting[0].2.at, at(2));
    }
}
