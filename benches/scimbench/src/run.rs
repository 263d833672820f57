//! One scenario on one server: warm up, measure, check, clean.

use crate::Res;
use crate::client::{self, ClientRun, Plan};
use crate::machine::{Snapshot, settle};
use crate::measurement::Measurement;
use crate::options::Options;
use crate::report::{line, record};
use crate::scenario::Scenario;
use crate::target::Target;
use crate::worker::Shared;
use serde_json::Value;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Barrier};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

pub(crate) fn run_once(o: &Options, target: &Target, scenario: &Scenario) -> Res<Value> {
    let mut state = target.load_state()?;
    if scenario.needs_users() && state.tenants.iter().any(|t| t.ids.is_empty()) {
        return Err(format!(
            "{}: {} needs preloaded users",
            target.name,
            scenario.label()
        ));
    }
    if let Some(n) = scenario.group_size()
        && state.tenants.iter().any(|t| !t.groups.contains_key(&n))
    {
        return Err(format!("{}: no group of {n} preloaded", target.name));
    }
    settle(o.settle);
    let users = state.tenants.iter().map(|t| t.ids.len()).sum::<usize>();
    let nonce = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("clock")
        .as_millis() as u64;
    let shared = Arc::new(Shared {
        group_ops: state.tenants.iter().map(|_| AtomicU64::new(0)).collect(),
        state: std::mem::take(&mut state),
        target: target.clone(),
        scenario: scenario.clone(),
        page: o.page,
        timeout: o.timeout,
        nonce,
        sequence: AtomicU64::new(0),
    });

    let plan = Plan {
        warmup: o.warmup,
        measure: o.measure,
        rate: o.rate,
        cleanup: o.cleanup,
        barrier: Arc::new(Barrier::new(o.threads + 1)),
        turns: Arc::new([AtomicU64::new(0), AtomicU64::new(0)]),
    };
    let mut threads = vec![];
    for t in 0..o.threads {
        let mine = o.connections / o.threads + usize::from(t < o.connections % o.threads);
        let (shared, plan) = (shared.clone(), plan.clone());
        threads.push(std::thread::spawn(move || client::run(&shared, &plan, t, mine)));
    }

    plan.barrier.wait();
    let before = Snapshot::take(target);
    let begin = Instant::now();
    plan.barrier.wait();
    plan.barrier.wait();
    let after = Snapshot::take(target);

    let mut clients = ClientRun::default();
    for t in threads {
        clients.merge(t.join().map_err(|_| "client thread failed")?);
    }
    let elapsed = clients
        .stats
        .last_end
        .map_or(begin.elapsed(), |e| e - begin)
        .as_secs_f64();
    remember_border(target, scenario, &shared)?;
    Ok(Measurement {
        users,
        clients,
        before,
        after,
        elapsed,
    }
    .into_json(o, target, scenario))
}

/// Group scenarios move the border between members and others: the next run starts from there.
fn remember_border(target: &Target, scenario: &Scenario, shared: &Shared) -> Res<()> {
    let moved: Vec<u64> = shared.group_ops.iter().map(|c| c.load(Relaxed)).collect();
    if matches!(scenario, Scenario::GroupAdd(_) | Scenario::GroupRemove(_)) {
        let mut state = target.load_state()?;
        for (t, moved) in state.tenants.iter_mut().zip(moved) {
            let limit = t.ids.len();
            if let Some(g) = scenario.group_size().and_then(|n| t.groups.get_mut(&n)) {
                let moved = moved as usize;
                g.next = match scenario {
                    Scenario::GroupAdd(_) => (g.next + moved).min(limit),
                    _ => g
                        .next
                        .saturating_sub(moved)
                        .max(scenario.group_size().unwrap_or(0)),
                };
            }
        }
        target.save_state(&state)?;
    }
    Ok(())
}

pub(crate) fn cmd_run(o: &Options) -> Res<bool> {
    let mut clean = true;
    for target in &o.targets {
        for scenario in &o.scenarios {
            let r = run_once(o, target, scenario)?;
            println!("{}", line(&r));
            record(o, &r)?;
            clean &= r["failed"] == 0;
        }
    }
    Ok(clean || o.allow_errors)
}
