//! scimbench: a neutral load generator for SCIM 2.0 servers.
//!
//! One client for every server, so that two servers can be compared fairly on a small machine:
//! each request is written and read by the same lean HTTP/1.1 code over kept-alive connections,
//! every answer is checked (status and content), and the CPU time that the server's own processes
//! spent is read from /proc, since CPU per request is steadier than throughput on a shared machine.
//!
//! Run `scimbench help` for the commands.
#![forbid(unsafe_code)]

mod body;
mod client;
mod connection;
mod machine;
mod measurement;
mod operate;
mod options;
mod pair;
mod preload;
mod report;
mod run;
mod runtime;
mod scenario;
mod stats;
mod target;
mod worker;

use options::Options;
use std::process::ExitCode;

const HELP: &str = "\
scimbench: load generator for SCIM 2.0 servers

  scimbench preload --target T.json --users N [--groups 100,10000] [--budget 300]
      Creates users up to N, then one group per size listed, and remembers their ids.
  scimbench run  --target T.json --scenario S[,S...] [options]
      Measures each scenario on one server.
  scimbench pair --target A.json --target B.json [--target C.json...] --scenario S[,S...]
                 [--rounds 5] [options]
      Measures each scenario on all servers in turn (A B, B A, A B...), and prints the
      medians and the median of the per-round ratios to the first server.

Target, as a file or as options (--name --base --token --pid [label=]PID --state FILE):
  {\"name\": \"ours\", \"base\": \"http://127.0.0.1:8080/scim/v2/org1\", \"token\": \"secret\",
   \"pids\": {\"server\": 123, \"db\": 456}, \"state\": \"ours.state.json\",
   \"tenants\": [{\"base\": \"...\", \"token\": \"...\"}],     more organizations, optional
   \"content_type\": \"application/scim+json\",
   \"lenient\": [\"total_results\"],                       checks to leave out, reported
   \"body\": \"core\"}                                     no enterprise extension, reported

Scenarios:
  create           POST a new user (14 attributes); deleted again after the measured time
  get              GET a random user by id
  lookup           GET ?filter=userName eq \"...\" for a random existing user
  lookup_miss      the same for a user that does not exist
  put              PUT a random user with a changed profile
  patch_replace    PATCH replace one attribute of a random user
  patch_active     PATCH active=false, then active=true, of a random user
  okta_lifecycle   per user: lookup, POST, GET, PUT, PATCH active=false, PATCH active=true
  mixed            60% lookup, 15% get, 10% patch_replace, 5% put, 5% list_page, 5% create
  list_page        GET ?startIndex=(random)&count=100
  group_add:N      PATCH add 1 member to the group that preload filled with N members
  group_remove:N   PATCH remove 1 member by path filter (the ones that group_add added last)
  group_push:M     PATCH add M members in one operation to a new empty group; latency is that of
                   the PATCH alone (after both, the group's members are counted once, not timed)
  group_get:N      GET the group with N members
  raw:/path        GET base + path, status 200 only (for measuring plain HTTP)

Options:
  -c N             connections (default 8)
  --threads N      client threads (default 1)
  --for L          5s, 500 (operations) or 500,10s (default 5s)
  --warmup L       same form, not measured (default 1s)
  --rate R         open loop: R operations a second; latency counts from the due time
  --timeout S      per request (default 60)
  --page N         list_page's count (default 100)
  --settle S       before each run wait up to S seconds until other programs use little CPU
  --no-cleanup     leave the created users
  --out FILE       append one JSON object per run
  --allow-errors   exit 0 even if some operations failed
";

type Res<T> = Result<T, String>;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match args.first().map(String::as_str) {
        Some("preload") => Options::parse(&args[1..]).and_then(|o| preload::cmd_preload(&o)),
        Some("run") => Options::parse(&args[1..]).and_then(|o| run::cmd_run(&o)),
        Some("pair") => Options::parse(&args[1..]).and_then(|o| pair::cmd_pair(&o)),
        _ => {
            print!("{HELP}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(e) => {
            eprintln!("scimbench: {e}");
            ExitCode::from(2)
        }
    }
}
