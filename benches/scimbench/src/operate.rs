//! The operations that scenarios are made of, repeated until a phase ends.

use crate::Res;
use crate::body::{members_patch, user_name};
use crate::connection::Conn;
use crate::options::Limit;
use crate::scenario::Scenario;
use crate::worker::{GroupAnswer, Worker};
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

impl Worker {
    /// One operation of the scenario; the sequence number makes names unique.
    pub(crate) async fn operate(&mut self, sequence: u64) -> Res<Option<Duration>> {
        let shared = self.shared.clone();
        let tenant = if shared.target.tenants.len() > 1 {
            self.random(shared.target.tenants.len())
        } else {
            0
        };
        let ids = &shared.state.tenants[tenant].ids;
        let pick = self.random(ids.len());
        let new_name = || format!("new{:x}-{sequence}@bench.example.com", shared.nonce);
        let mut scenario = shared.scenario.clone();
        if scenario == Scenario::Mixed {
            scenario = match self.random(100) {
                0..60 => Scenario::Lookup,
                60..75 => Scenario::Get,
                75..85 => Scenario::PatchReplace,
                85..90 => Scenario::Put,
                90..95 => Scenario::ListPage,
                _ => Scenario::Create,
            };
        }
        match scenario {
            Scenario::Create => {
                let id = self.create(tenant, &new_name(), sequence).await?;
                self.made.push((tenant, "Users", id));
            }
            Scenario::Get => self.get(tenant, &ids[pick]).await?,
            Scenario::Lookup => self.lookup(tenant, &user_name(pick), Some(&ids[pick])).await?,
            Scenario::LookupMiss => self.lookup(tenant, &new_name(), None).await?,
            Scenario::Put => {
                self.put(tenant, &ids[pick], &user_name(pick), pick as u64, sequence)
                    .await?;
            }
            Scenario::PatchReplace => self.patch_replace(tenant, &ids[pick], sequence).await?,
            Scenario::PatchActive => {
                self.patch_active(tenant, &ids[pick], false).await?;
                self.patch_active(tenant, &ids[pick], true).await?;
            }
            Scenario::OktaLifecycle => {
                let name = new_name();
                self.lookup(tenant, &name, None).await?;
                let id = self.create(tenant, &name, sequence).await?;
                self.made.push((tenant, "Users", id.clone()));
                self.get(tenant, &id).await?;
                self.put(tenant, &id, &name, sequence, 1).await?;
                self.patch_active(tenant, &id, false).await?;
                self.patch_active(tenant, &id, true).await?;
            }
            Scenario::ListPage => self.list_page(tenant).await?,
            Scenario::GroupAdd(n) => {
                let group = &shared.state.tenants[tenant].groups[&n];
                let user = group.next + shared.group_ops[tenant].fetch_add(1, Relaxed) as usize;
                let Some(user) = ids.get(user) else {
                    return Err("group_add: no users left to add (preload more)".into());
                };
                self.body.clear();
                members_patch(&mut self.body, std::slice::from_ref(user));
                self.group_patch("add", tenant, &group.id).await?;
            }
            Scenario::GroupRemove(n) => {
                let group = &shared.state.tenants[tenant].groups[&n];
                let done = shared.group_ops[tenant].fetch_add(1, Relaxed) as usize;
                if done + n >= group.next {
                    return Err("group_remove: nobody left to remove (run group_add first)".into());
                }
                let user = &ids[group.next - 1 - done];
                self.body.clear();
                let _ = write!(
                    self.body,
                    r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{{"op":"remove","path":"members[value eq \"{user}\"]"}}]}}"#
                );
                self.group_patch("remove", tenant, &group.id).await?;
            }
            Scenario::GroupPush(n) => {
                let name = format!("push{:x}-{sequence}", shared.nonce);
                let id = self.create_group(tenant, &name).await?;
                self.made.push((tenant, "Groups", id.clone()));
                let members = ids.get(..n).ok_or("group_push: not enough users preloaded")?;
                self.body.clear();
                members_patch(&mut self.body, members);
                // Only the push itself is timed.
                let started = Instant::now();
                self.group_patch("push", tenant, &id).await?;
                return Ok(Some(started.elapsed()));
            }
            Scenario::GroupGet(n) => {
                let group = &shared.state.tenants[tenant].groups[&n];
                self.set_path(format_args!("/Groups/{}", group.id));
                self.step("get_group", "GET", tenant, &[200]).await?;
                let answer: GroupAnswer = self.answer("get_group", tenant)?;
                if answer.members.len() < n {
                    return Err(format!("get_group: {} members, not {n}", answer.members.len()));
                }
            }
            Scenario::Raw(path) => {
                self.set_path(format_args!("{path}"));
                self.step("raw", "GET", tenant, &[200]).await?;
            }
            Scenario::Mixed => unreachable!(),
        }
        Ok(None)
    }

    /// Repeats the operation until the phase ends.
    pub(crate) async fn phase(&mut self, limit: Limit, taken: &AtomicU64, begin: Instant, rate: Option<f64>) {
        loop {
            let turn = taken.fetch_add(1, Relaxed);
            if turn >= limit.count {
                break;
            }
            let mut due = Instant::now();
            if let Some(rate) = rate {
                due = begin + Duration::from_secs_f64(turn as f64 / rate);
                tokio::time::sleep_until(due.into()).await;
            }
            if begin.elapsed() >= limit.time {
                break;
            }
            let sequence = self.shared.sequence.fetch_add(1, Relaxed);
            match self.operate(sequence).await {
                Ok(own) => {
                    let latency = own.unwrap_or_else(|| due.elapsed());
                    self.stats.ops += 1;
                    self.stats
                        .latencies
                        .push(latency.as_micros().min(u32::MAX as u128) as u32);
                }
                Err(e) => {
                    self.stats.failed += 1;
                    let body = self
                        .conns
                        .iter()
                        .map(Conn::body)
                        .find(|b| !b.is_empty())
                        .unwrap_or_default();
                    let sample = String::from_utf8_lossy(&body[..body.len().min(300)]).into_owned();
                    self.stats.errors.entry(e).or_insert((0, sample)).0 += 1;
                    // A server that fails at once must not make the client spin.
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            }
        }
        self.stats.last_end = Some(Instant::now());
    }

    /// After group_add and group_push: the members that the group really has, and should have.
    pub(crate) async fn count_members(&mut self) -> Option<(usize, usize)> {
        let shared = self.shared.clone();
        let (tenant, id, expected) = match shared.scenario {
            Scenario::GroupAdd(n) => {
                let group = &shared.state.tenants[0].groups[&n];
                let added = shared.group_ops[0].load(Relaxed) as usize;
                (
                    0,
                    group.id.clone(),
                    (group.next + added).min(shared.state.tenants[0].ids.len()),
                )
            }
            Scenario::GroupPush(n) => {
                let (tenant, _, id) = self.made.last()?.clone();
                (tenant, id, n)
            }
            _ => return None,
        };
        self.set_path(format_args!("/Groups/{id}"));
        let seen = match self.step("verify", "GET", tenant, &[200]).await {
            Ok(_) => self
                .answer::<GroupAnswer>("verify", tenant)
                .map_or(0, |g| g.members.len()),
            Err(_) => 0,
        };
        Some((seen, expected))
    }

    pub(crate) async fn clean(&mut self) -> u64 {
        let mut failed = 0;
        for (tenant, kind, id) in std::mem::take(&mut self.made) {
            self.set_path(format_args!("/{kind}/{id}"));
            if self.step("delete", "DELETE", tenant, &[200, 204]).await.is_err() {
                failed += 1;
            }
        }
        failed
    }
}
