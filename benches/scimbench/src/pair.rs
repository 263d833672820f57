//! Several servers measured in turn, and compared round by round.

use crate::Res;
use crate::measurement::round;
use crate::options::Options;
use crate::report::{line, record};
use crate::run::run_once;
use serde_json::{Value, json};
use std::fmt::Write as _;

pub(crate) fn median(values: &[f64]) -> f64 {
    let mut v: Vec<f64> = values.iter().copied().filter(|x| x.is_finite()).collect();
    v.sort_by(f64::total_cmp);
    match v.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => v[n / 2],
        n => (v[n / 2 - 1] + v[n / 2]) / 2.0,
    }
}

pub(crate) fn cmd_pair(o: &Options) -> Res<bool> {
    if o.targets.len() < 2 {
        return Err("pair needs two or more targets".into());
    }
    let mut clean = true;
    for scenario in &o.scenarios {
        // results[target][round]; the order turns each round, so that a drift falls on all alike.
        let mut results: Vec<Vec<Value>> = vec![vec![]; o.targets.len()];
        for round in 0..o.rounds {
            let mut order: Vec<usize> = (0..o.targets.len()).collect();
            if round % 2 == 1 {
                order.reverse();
            }
            for i in order {
                let mut r = match run_once(o, &o.targets[i], scenario) {
                    Ok(r) => r,
                    Err(e) => {
                        // A server that cannot take part must not stop the others.
                        println!("{:<16} {:<16} left out: {e}", o.targets[i].name, scenario.label());
                        clean = false;
                        continue;
                    }
                };
                r["round"] = json!(round);
                println!("{}", line(&r));
                record(o, &r)?;
                clean &= r["failed"] == 0;
                results[i].push(r);
            }
        }
        println!(
            "== {} : medians of {} rounds; ratio to {} = median of the per-round ratios [lowest..highest]",
            scenario.label(),
            o.rounds,
            o.targets[0].name
        );
        let metrics = ["ops_per_s", "p50_ms", "p95_ms", "p99_ms", "cpu_us_per_op"];
        let mut summary = json!({"pair": scenario.label(), "baseline": o.targets[0].name, "targets": {}});
        for (i, runs) in results.iter().enumerate() {
            if runs.is_empty() {
                continue;
            }
            let name = &o.targets[i].name;
            let mut text = format!("   {name:<16}");
            for m in metrics {
                let get = |r: &Value| r[m].as_f64().unwrap_or(f64::NAN);
                let own: Vec<f64> = runs.iter().map(get).collect();
                let base = |r: &Value| {
                    results[0]
                        .iter()
                        .find(|b| b["round"] == r["round"])
                        .map_or(f64::NAN, get)
                };
                let ratios: Vec<f64> = runs
                    .iter()
                    .map(|r| get(r) / base(r))
                    .filter(|x| x.is_finite())
                    .collect();
                let (mid, ratio) = (median(&own), median(&ratios));
                let low = ratios.iter().copied().fold(f64::INFINITY, f64::min);
                let high = ratios.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let _ = write!(text, "  {m} {mid:.2}");
                if i > 0 {
                    let _ = write!(text, " (x{ratio:.2} [{low:.2}..{high:.2}])");
                }
                summary["targets"][name][m] = json!({"median": round(mid, 3), "ratio": round(ratio, 4), "low": round(low, 4), "high": round(high, 4)});
            }
            let failed: u64 = runs.iter().filter_map(|r| r["failed"].as_u64()).sum();
            summary["targets"][name]["failed"] = json!(failed);
            let _ = write!(text, "  err={failed}");
            println!("{text}");
        }
        record(o, &summary)?;
    }
    Ok(clean || o.allow_errors)
}
