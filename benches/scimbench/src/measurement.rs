//! What was measured in one run, as the JSON object that is written and compared.

use crate::client::ClientRun;
use crate::machine::{Snapshot, proc_mib, process_tree};
use crate::options::Options;
use crate::scenario::Scenario;
use crate::target::Target;
use serde_json::{Value, json};
use std::collections::BTreeMap;

pub(crate) fn quantile(sorted: &[u32], q: f64) -> f64 {
    match sorted.len() {
        0 => 0.0,
        n => sorted[((n as f64 * q).ceil() as usize).clamp(1, n) - 1] as f64 / 1000.0,
    }
}

pub(crate) fn round(x: f64, places: i32) -> f64 {
    let k = 10f64.powi(places);
    (x * k).round() / k
}

/// One run: what the clients counted, between two looks at the machine.
pub(crate) struct Measurement {
    pub(crate) users: usize,
    pub(crate) clients: ClientRun,
    pub(crate) before: Snapshot,
    pub(crate) after: Snapshot,
    pub(crate) elapsed: f64,
}

impl Measurement {
    pub(crate) fn into_json(self, o: &Options, target: &Target, scenario: &Scenario) -> Value {
        let Measurement {
            users,
            clients,
            before,
            after,
            elapsed,
        } = self;
        let ClientRun {
            mut stats,
            warmup_failed,
            opened,
            bytes,
            unclean,
            members,
        } = clients;
        stats.latencies.sort_unstable();
        let all = (stats.ops + stats.failed).max(1) as f64;
        let mut cpu = BTreeMap::new();
        let mut server_seconds = 0.0;
        for (label, end) in &after.servers {
            let spent = end - before.servers.get(label).copied().unwrap_or(0.0);
            server_seconds += spent;
            cpu.insert(label.clone(), json!(round(spent / all * 1e6, 1)));
        }
        let client = after.client - before.client;
        let other = (after.busy - before.busy - server_seconds - client).max(0.0);
        let memory: BTreeMap<&String, Value> = target
            .pids
            .iter()
            .map(|(label, pid)| {
                let pss: f64 = process_tree(*pid)
                    .iter()
                    .filter_map(|p| proc_mib(format!("/proc/{p}/smaps_rollup"), "Pss:"))
                    .sum();
                let peak = proc_mib(format!("/proc/{pid}/status"), "VmHWM:");
                (
                    label,
                    json!({"peak_rss_mib": peak.map(|p| round(p, 1)), "tree_pss_mib": round(pss, 1)}),
                )
            })
            .collect();
        let steps: BTreeMap<&str, Value> = std::mem::take(&mut stats.steps)
        .into_iter()
        .map(|(name, mut v)| {
            v.sort_unstable();
            let q = json!({"n": v.len(), "p50_ms": quantile(&v, 0.5), "p95_ms": quantile(&v, 0.95), "p99_ms": quantile(&v, 0.99)});
            (name, q)
        })
        .collect();
        let errors: BTreeMap<&String, Value> = stats
            .errors
            .iter()
            .map(|(k, (n, sample))| (k, json!({"count": n, "sample": sample})))
            .collect();
        let has_pids = !target.pids.is_empty();
        json!({
            "target": target.name,
            "scenario": scenario.label(),
            "users": users,
            "tenants": target.tenants.len(),
            "connections": o.connections,
            "threads": o.threads,
            "rate": o.rate,
            "elapsed_s": round(elapsed, 3),
            "ops": stats.ops,
            "requests": stats.requests,
            "failed": stats.failed,
            "ops_per_s": round(stats.ops as f64 / elapsed, 2),
            "p50_ms": quantile(&stats.latencies, 0.50),
            "p95_ms": quantile(&stats.latencies, 0.95),
            "p99_ms": quantile(&stats.latencies, 0.99),
            "max_ms": quantile(&stats.latencies, 1.0),
            "cpu_us_per_op": if has_pids { json!(round(server_seconds / all * 1e6, 1)) } else { Value::Null },
            "cpu_us_by_process": cpu,
            "memory": memory,
            "client_cpu_us_per_op": round(client / all * 1e6, 1),
            "client_cores": round(client / elapsed, 2),
            "server_cores": round(server_seconds / elapsed, 2),
            "other_cores": round(other / elapsed, 2),
            "steal_cores": round((after.steal - before.steal) / elapsed, 2),
            "connections_opened": opened,
            "bytes_in": bytes,
            "steps": steps,
            "errors": errors,
            "warmup_failed": warmup_failed,
            "cleanup_failed": unclean,
            "members_seen": members.map(|m| m.0),
            "members_expected": members.map(|m| m.1),
            "lenient": target.lenient,
            "enterprise": target.enterprise,
        })
    }
}
