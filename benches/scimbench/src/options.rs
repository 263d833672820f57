//! What the command line says.

use crate::Res;
use crate::scenario::Scenario;
use crate::target::Target;
use serde_json::json;
use std::time::Duration;

/// When a phase ends: after so many operations, after so much time, or whichever comes first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    pub(crate) count: u64,
    pub(crate) time: Duration,
}

impl Limit {
    pub(crate) fn parse(s: &str) -> Res<Limit> {
        let mut limit = Limit {
            count: u64::MAX,
            time: Duration::from_secs(86_400),
        };
        for part in s.split(',') {
            let bad = |_| format!("not a limit: {s}");
            match part.strip_suffix('s') {
                Some(secs) => limit.time = Duration::from_secs_f64(secs.parse().map_err(bad)?),
                None => limit.count = part.parse().map_err(|_| format!("not a limit: {s}"))?,
            }
        }
        Ok(limit)
    }

    pub(crate) fn is_none(&self) -> bool {
        self.count == 0 || self.time.is_zero()
    }
}

pub(crate) struct Options {
    pub(crate) targets: Vec<Target>,
    pub(crate) scenarios: Vec<Scenario>,
    pub(crate) connections: usize,
    pub(crate) threads: usize,
    pub(crate) measure: Limit,
    pub(crate) warmup: Limit,
    pub(crate) rate: Option<f64>,
    pub(crate) timeout: Duration,
    pub(crate) page: usize,
    pub(crate) settle: Duration,
    pub(crate) cleanup: bool,
    pub(crate) out: Option<String>,
    pub(crate) allow_errors: bool,
    pub(crate) rounds: usize,
    pub(crate) users: usize,
    pub(crate) groups: Vec<usize>,
    pub(crate) budget: Duration,
}

impl Options {
    pub(crate) fn parse(args: &[String]) -> Res<Options> {
        let mut o = Options {
            targets: vec![],
            scenarios: vec![],
            connections: 8,
            threads: 1,
            measure: Limit::parse("5s")?,
            warmup: Limit::parse("1s")?,
            rate: None,
            timeout: Duration::from_secs(60),
            page: 100,
            settle: Duration::ZERO,
            cleanup: true,
            out: None,
            allow_errors: false,
            rounds: 5,
            users: 0,
            groups: vec![],
            budget: Duration::from_secs(300),
        };
        let mut inline = json!({"pids": {}});
        let mut it = args.iter();
        while let Some(flag) = it.next() {
            let mut value = || it.next().ok_or(format!("{flag} needs a value"));
            fn num<T: std::str::FromStr>(flag: &str, s: &str) -> Res<T> {
                s.parse().map_err(|_| format!("{flag}: not a number: {s}"))
            }
            match flag.as_str() {
                "--target" => o.targets.push(Target::load(value()?)?),
                "--name" | "--base" | "--token" | "--state" => {
                    inline[&flag[2..]] = json!(value()?);
                }
                "--pid" => {
                    let v = value()?;
                    let (label, pid) = v.split_once('=').unwrap_or(("server", v));
                    inline["pids"][label] = json!(num::<u32>(flag, pid)?);
                }
                "--scenario" => {
                    for s in value()?.split(',') {
                        o.scenarios.push(Scenario::parse(s)?);
                    }
                }
                "-c" => o.connections = num(flag, value()?)?,
                "--threads" => o.threads = num(flag, value()?)?,
                "--for" => o.measure = Limit::parse(value()?)?,
                "--warmup" => o.warmup = Limit::parse(value()?)?,
                "--rate" => o.rate = Some(num(flag, value()?)?),
                "--timeout" => o.timeout = Duration::from_secs(num(flag, value()?)?),
                "--page" => o.page = num(flag, value()?)?,
                "--settle" => o.settle = Duration::from_secs(num(flag, value()?)?),
                "--no-cleanup" => o.cleanup = false,
                "--out" => o.out = Some(value()?.clone()),
                "--allow-errors" => o.allow_errors = true,
                "--rounds" => o.rounds = num(flag, value()?)?,
                "--users" => o.users = num(flag, value()?)?,
                "--groups" => {
                    for s in value()?.split(',') {
                        o.groups.push(num(flag, s)?);
                    }
                }
                "--budget" => o.budget = Duration::from_secs(num(flag, value()?)?),
                _ => return Err(format!("unknown option {flag}")),
            }
        }
        if inline.get("base").is_some() {
            o.targets.push(Target::from_value(inline)?);
        }
        if o.targets.is_empty() {
            return Err("no target: give --target FILE or --base URL".into());
        }
        o.threads = o.threads.clamp(1, o.connections.max(1));
        Ok(o)
    }
}
