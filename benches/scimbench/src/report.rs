//! A measurement as a line for people and as JSON for programs.

use crate::Res;
use crate::options::Options;
use serde_json::Value;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;

pub(crate) fn line(r: &Value) -> String {
    let f = |k: &str| r[k].as_f64().unwrap_or(0.0);
    let mut s = format!(
        "{:<16} {:<16} users={:<7} c={:<3} {:>9.1}/s  p50 {:>9.3}  p95 {:>9.3}  p99 {:>9.3} ms",
        r["target"].as_str().unwrap_or(""),
        r["scenario"].as_str().unwrap_or(""),
        r["users"],
        r["connections"],
        f("ops_per_s"),
        f("p50_ms"),
        f("p95_ms"),
        f("p99_ms"),
    );
    if !r["cpu_us_per_op"].is_null() {
        let _ = write!(s, "  cpu {:>9.1} us/op", f("cpu_us_per_op"));
    }
    if let Some(peak) = r["memory"]["server"]["peak_rss_mib"].as_f64() {
        let _ = write!(s, "  rss {peak:>6.0} MiB");
    }
    let _ = write!(s, "  ok={} err={}", r["ops"], r["failed"]);
    if r["members_seen"] != r["members_expected"] {
        let _ = write!(
            s,
            "  WRONG: {} members, not {}",
            r["members_seen"], r["members_expected"]
        );
    }
    if r["cleanup_failed"] != 0 {
        let _ = write!(s, "  not deleted: {}", r["cleanup_failed"]);
    }
    if f("client_cores") > 0.9 {
        s.push_str("  CLIENT-BOUND");
    }
    if f("other_cores") + f("steal_cores") > 0.2 {
        let _ = write!(s, "  NOISE {:.1} cores", f("other_cores") + f("steal_cores"));
    }
    for (k, v) in r["errors"].as_object().into_iter().flatten().take(3) {
        let _ = write!(
            s,
            "\n    {} x {k}: {}",
            v["count"],
            v["sample"].as_str().unwrap_or("")
        );
    }
    s
}

pub(crate) fn record(o: &Options, r: &Value) -> Res<()> {
    if let Some(path) = &o.out {
        let mut f = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .map_err(|e| format!("{path}: {e}"))?;
        writeln!(f, "{r}").map_err(|e| format!("{path}: {e}"))?;
    }
    Ok(())
}
