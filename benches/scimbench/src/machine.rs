//! What Linux knows of the machine and of the servers' processes.

use crate::target::Target;
use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

/// CPU seconds of a process and everything below it, including children that have ended.
pub(crate) fn tree_cpu(root: u32) -> f64 {
    let per_tick = 1.0 / 100.0; // USER_HZ is 100 on every Linux architecture in use
    process_tree(root)
        .iter()
        .filter_map(|pid| fs::read_to_string(format!("/proc/{pid}/stat")).ok())
        .map(|s| {
            let rest = s.rsplit_once(')').map_or("", |p| p.1);
            rest.split_whitespace()
                .skip(11)
                .take(4)
                .filter_map(|f| f.parse::<f64>().ok())
                .sum::<f64>()
        })
        .sum::<f64>()
        * per_tick
}

pub(crate) fn process_tree(root: u32) -> Vec<u32> {
    let mut children: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|n| n.parse::<u32>().ok()) else {
            continue;
        };
        let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else {
            continue;
        };
        let parent = stat
            .rsplit_once(')')
            .and_then(|p| p.1.split_whitespace().nth(1)?.parse().ok());
        children.entry(parent.unwrap_or(0)).or_default().push(pid);
    }
    let mut tree = vec![root];
    let mut at = 0;
    while at < tree.len() {
        tree.extend(children.get(&tree[at]).into_iter().flatten());
        at += 1;
    }
    tree
}

/// A "Name:  123 kB" line of a /proc file, in MiB.
pub(crate) fn proc_mib(path: String, key: &str) -> Option<f64> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find(|l| l.starts_with(key))?;
    Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? / 1024.0)
}

/// Busy and stolen CPU seconds of the whole machine.
pub(crate) fn machine_cpu() -> (f64, f64) {
    let text = fs::read_to_string("/proc/stat").unwrap_or_default();
    let first = text.lines().next().unwrap_or_default();
    let f: Vec<f64> = first
        .split_whitespace()
        .skip(1)
        .filter_map(|x| x.parse().ok())
        .collect();
    if f.len() < 8 {
        return (0.0, 0.0);
    }
    ((f[0] + f[1] + f[2] + f[5] + f[6]) / 100.0, f[7] / 100.0)
}

/// Waits until the machine has been nearly idle for a second, or until the patience is spent.
pub(crate) fn settle(patience: Duration) {
    let begin = Instant::now();
    while begin.elapsed() < patience {
        let (busy, _) = machine_cpu();
        std::thread::sleep(Duration::from_secs(1));
        if machine_cpu().0 - busy < 0.15 {
            break;
        }
    }
}

pub(crate) struct Snapshot {
    pub(crate) servers: BTreeMap<String, f64>,
    pub(crate) client: f64,
    pub(crate) busy: f64,
    pub(crate) steal: f64,
}

impl Snapshot {
    pub(crate) fn take(target: &Target) -> Snapshot {
        let (busy, steal) = machine_cpu();
        Snapshot {
            servers: target
                .pids
                .iter()
                .map(|(l, p)| (l.clone(), tree_cpu(*p)))
                .collect(),
            client: tree_cpu(std::process::id()),
            busy,
            steal,
        }
    }
}
