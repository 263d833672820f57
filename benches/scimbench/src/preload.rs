//! The users and groups that scenarios need, created through the API.

use crate::Res;
use crate::body::{members_patch, user_name};
use crate::options::Options;
use crate::runtime::{on_workers, runtime};
use crate::scenario::Scenario;
use crate::target::{GroupState, State, Target};
use crate::worker::{Shared, Worker};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// The number of a user, and its id or what the server said.
type Created = (usize, Res<String>);

pub(crate) fn cmd_preload(o: &Options) -> Res<bool> {
    let mut complete = true;
    for target in &o.targets {
        if target.state_path.is_none() {
            return Err("preload needs a state file".into());
        }
        complete &= preload(o, target)?;
    }
    Ok(complete)
}

pub(crate) fn preload(o: &Options, target: &Target) -> Res<bool> {
    let rt = runtime();
    let begin = Instant::now();
    let mut state = target.load_state()?;
    let shared = Arc::new(Shared {
        group_ops: vec![],
        state: State::default(),
        target: target.clone(),
        scenario: Scenario::Create,
        page: o.page,
        timeout: o.timeout,
        nonce: 0,
        sequence: AtomicU64::new(0),
    });
    let mut complete = true;
    for tenant in 0..target.tenants.len() {
        // Users, in slices, so that a server that slows down can be given up in time.
        let first = state.tenants[tenant].ids.len();
        let users_begin = Instant::now();
        let mut rates = vec![];
        while state.tenants[tenant].ids.len() < o.users {
            if begin.elapsed() > o.budget {
                println!(
                    "{}: gave up at {} users: budget spent",
                    target.name,
                    state.tenants[tenant].ids.len()
                );
                complete = false;
                break;
            }
            let from = state.tenants[tenant].ids.len();
            let to = (from + 500).min(o.users);
            let next = Arc::new(AtomicU64::new(from as u64));
            let slice_begin = Instant::now();
            let workers = (0..o.connections)
                .map(|w| Worker::new(shared.clone(), w as u64 + 1))
                .collect();
            let done: Arc<Mutex<Vec<Created>>> = Arc::default();
            on_workers(&rt, workers, |mut w| {
                let (next, done) = (next.clone(), done.clone());
                async move {
                    loop {
                        let i = next.fetch_add(1, Relaxed) as usize;
                        if i >= to {
                            return w;
                        }
                        let r = w.create(tenant, &user_name(i), i as u64).await;
                        let failed = r.is_err();
                        if failed {
                            let body = String::from_utf8_lossy(w.conns[tenant].body()).into_owned();
                            done.lock()
                                .expect("lock")
                                .push((i, r.map_err(|e| format!("{e} {body}"))));
                            return w;
                        }
                        done.lock().expect("lock").push((i, r));
                    }
                }
            });
            let mut slice = std::mem::take(&mut *done.lock().expect("lock"));
            slice.sort_by_key(|s| s.0);
            for (i, r) in slice {
                let id = r.map_err(|e| format!("{}: user {i}: {e}", target.name))?;
                state.tenants[tenant].ids.push(id);
            }
            rates.push((to - from) as f64 / slice_begin.elapsed().as_secs_f64());
        }
        let made = state.tenants[tenant].ids.len() - first;
        if made > 0 {
            let secs = users_begin.elapsed().as_secs_f64();
            println!(
                "{}: {made} users in {secs:.1} s = {:.0}/s (first 500: {:.0}/s, last: {:.0}/s); {} in all",
                target.name,
                made as f64 / secs,
                rates.first().unwrap_or(&0.0),
                rates.last().unwrap_or(&0.0),
                state.tenants[tenant].ids.len()
            );
        }
        target.save_state(&state)?;

        for &size in &o.groups {
            if state.tenants[tenant].groups.contains_key(&size) || state.tenants[tenant].ids.len() < size {
                continue;
            }
            let ids = state.tenants[tenant].ids.clone();
            let shared = shared.clone();
            let group_begin = Instant::now();
            let budget = o.budget;
            let filled: Res<(String, usize, f64)> = rt.block_on(async move {
                let mut w = Worker::new(shared, 1);
                let id = w.create_group(tenant, &format!("bench-{size}")).await?;
                let (mut added, mut last) = (0, 0.0);
                for batch in ids[..size].chunks(1000) {
                    if begin.elapsed() > budget {
                        break;
                    }
                    let t = Instant::now();
                    w.body.clear();
                    members_patch(&mut w.body, batch);
                    w.group_patch("add", tenant, &id).await.map_err(|e| {
                        format!(
                            "{e} after {added} members {}",
                            String::from_utf8_lossy(
                                &w.conns[tenant].body()[..w.conns[tenant].body().len().min(300)]
                            )
                        )
                    })?;
                    added += batch.len();
                    last = t.elapsed().as_secs_f64();
                }
                Ok((id, added, last))
            });
            match filled {
                Ok((id, added, last)) => {
                    println!(
                        "{}: group of {added} of {size} members in {:.1} s (last batch of 1000: {:.3} s)",
                        target.name,
                        group_begin.elapsed().as_secs_f64(),
                        last
                    );
                    if added == size {
                        state.tenants[tenant]
                            .groups
                            .insert(size, GroupState { id, next: size });
                    } else {
                        complete = false;
                    }
                }
                Err(e) => {
                    println!("{}: group of {size}: {e}", target.name);
                    complete = false;
                }
            }
            target.save_state(&state)?;
        }
    }
    Ok(complete)
}
