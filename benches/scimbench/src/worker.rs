//! One client: its connections, and the single requests of every scenario, each with its answer checked.

use crate::Res;
use crate::body::user_body;
use crate::connection::Conn;
use crate::scenario::Scenario;
use crate::stats::Stats;
use crate::target::{State, Target};
use serde::Deserialize;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

/// What all workers of one run share.
pub(crate) struct Shared {
    pub(crate) target: Target,
    pub(crate) state: State,
    pub(crate) scenario: Scenario,
    pub(crate) page: usize,
    pub(crate) timeout: Duration,
    /// Distinguishes the users and groups that this run creates.
    pub(crate) nonce: u64,
    pub(crate) sequence: AtomicU64,
    /// Per tenant: users taken by group_add or given back by group_remove.
    pub(crate) group_ops: Vec<AtomicU64>,
}

pub(crate) struct Worker {
    pub(crate) shared: Arc<Shared>,
    pub(crate) conns: Vec<Conn>,
    pub(crate) rng: u64,
    pub(crate) body: String,
    pub(crate) path: String,
    pub(crate) stats: Stats,
    /// (tenant, id) of users and groups to delete at the end.
    pub(crate) made: Vec<(usize, &'static str, String)>,
}

#[derive(Deserialize)]
pub(crate) struct ListAnswer {
    #[serde(rename = "totalResults")]
    pub(crate) total: u64,
    #[serde(rename = "Resources", default)]
    pub(crate) resources: Vec<ResourceAnswer>,
}

#[derive(Deserialize)]
pub(crate) struct ResourceAnswer {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) active: Option<Value>,
}

#[derive(Deserialize)]
pub(crate) struct GroupAnswer {
    #[serde(default)]
    pub(crate) members: Vec<serde::de::IgnoredAny>,
}

pub(crate) fn contains(hay: &[u8], needle: &[u8]) -> bool {
    hay.windows(needle.len()).any(|w| w == needle)
}

impl Worker {
    pub(crate) fn new(shared: Arc<Shared>, seed: u64) -> Worker {
        let conns = shared
            .target
            .tenants
            .iter()
            .map(|t| Conn::new(&t.address, shared.timeout))
            .collect();
        Worker {
            shared,
            conns,
            rng: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1,
            body: String::new(),
            path: String::new(),
            stats: Stats::default(),
            made: vec![],
        }
    }

    pub(crate) fn random(&mut self, below: usize) -> usize {
        self.rng ^= self.rng << 13;
        self.rng ^= self.rng >> 7;
        self.rng ^= self.rng << 17;
        ((self.rng >> 11) % below.max(1) as u64) as usize
    }

    /// Sends `self.path` (and `self.body` unless the method is GET or DELETE), checks the status.
    pub(crate) async fn step(
        &mut self,
        name: &'static str,
        method: &str,
        tenant: usize,
        accept: &[u16],
    ) -> Res<u16> {
        let shared = self.shared.clone();
        let t = &shared.target.tenants[tenant];
        let content = match method {
            "GET" | "DELETE" => None,
            _ => Some((shared.target.content_type.as_str(), self.body.as_str())),
        };
        let started = Instant::now();
        self.stats.requests += 1;
        let conn = &mut self.conns[tenant];
        let status = conn
            .send(method, t, &self.path, content)
            .await
            .map_err(|e| format!("{name}: {e}"))?;
        if !accept.contains(&status) {
            return Err(format!("{name}: status {status}"));
        }
        let micros = started.elapsed().as_micros() as u32;
        self.stats.steps.entry(name).or_default().push(micros);
        Ok(status)
    }

    pub(crate) fn answer<T: serde::de::DeserializeOwned>(&self, name: &str, tenant: usize) -> Res<T> {
        serde_json::from_slice(self.conns[tenant].body()).map_err(|e| format!("{name}: answer: {e}"))
    }

    pub(crate) fn set_path(&mut self, args: std::fmt::Arguments) {
        self.path.clear();
        let _ = self.path.write_fmt(args);
    }

    pub(crate) async fn create(&mut self, tenant: usize, name: &str, number: u64) -> Res<String> {
        self.set_path(format_args!("/Users"));
        self.body.clear();
        user_body(&mut self.body, name, number, 0, self.shared.target.enterprise);
        self.step("post", "POST", tenant, &[201]).await?;
        let made: ResourceAnswer = self.answer("post", tenant)?;
        Ok(made.id)
    }

    pub(crate) async fn create_group(&mut self, tenant: usize, name: &str) -> Res<String> {
        self.set_path(format_args!("/Groups"));
        self.body.clear();
        let _ = write!(
            self.body,
            r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"{name}"}}"#
        );
        self.step("post_group", "POST", tenant, &[201]).await?;
        let made: ResourceAnswer = self.answer("post_group", tenant)?;
        Ok(made.id)
    }

    pub(crate) async fn get(&mut self, tenant: usize, id: &str) -> Res<()> {
        self.set_path(format_args!("/Users/{id}"));
        self.step("get", "GET", tenant, &[200]).await?;
        match contains(self.conns[tenant].body(), id.as_bytes()) {
            true => Ok(()),
            false => Err("get: not the user asked for".into()),
        }
    }

    pub(crate) async fn lookup(&mut self, tenant: usize, name: &str, expect: Option<&str>) -> Res<()> {
        let step = if expect.is_some() { "lookup" } else { "lookup_miss" };
        self.path.clear();
        self.path.push_str("/Users?filter=userName%20eq%20%22");
        for c in name.chars() {
            match c {
                '@' => self.path.push_str("%40"),
                c => self.path.push(c),
            }
        }
        self.path.push_str("%22&startIndex=1&count=100");
        self.step(step, "GET", tenant, &[200]).await?;
        let list: ListAnswer = self.answer(step, tenant)?;
        match (expect, list.resources.as_slice()) {
            (None, []) if list.total == 0 => Ok(()),
            (Some(id), [one]) if list.total == 1 && one.id == id => Ok(()),
            _ => Err(format!("{step}: not the users asked for")),
        }
    }

    pub(crate) async fn put(
        &mut self,
        tenant: usize,
        id: &str,
        name: &str,
        number: u64,
        revision: u64,
    ) -> Res<()> {
        self.set_path(format_args!("/Users/{id}"));
        self.body.clear();
        user_body(
            &mut self.body,
            name,
            number,
            revision,
            self.shared.target.enterprise,
        );
        self.step("put", "PUT", tenant, &[200, 204]).await?;
        Ok(())
    }

    /// PATCH in Okta's form: no path, the value an object.
    pub(crate) async fn patch_active(&mut self, tenant: usize, id: &str, active: bool) -> Res<()> {
        let step = if active { "activate" } else { "deactivate" };
        self.set_path(format_args!("/Users/{id}"));
        self.body.clear();
        let _ = write!(
            self.body,
            r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{{"op":"replace","value":{{"active":{active}}}}}]}}"#
        );
        if self.step(step, "PATCH", tenant, &[200, 204]).await? == 200 {
            let user: ResourceAnswer = self.answer(step, tenant)?;
            if user.active != Some(json!(active)) {
                return Err(format!("{step}: active not changed"));
            }
        }
        Ok(())
    }

    pub(crate) async fn patch_replace(&mut self, tenant: usize, id: &str, value: u64) -> Res<()> {
        self.set_path(format_args!("/Users/{id}"));
        self.body.clear();
        let _ = write!(
            self.body,
            r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{{"op":"replace","path":"title","value":"Title {value}"}}]}}"#
        );
        if self.step("patch", "PATCH", tenant, &[200, 204]).await? == 200 {
            let wanted = format!("Title {value}");
            if !contains(self.conns[tenant].body(), wanted.as_bytes()) {
                return Err("patch: value not changed".into());
            }
        }
        Ok(())
    }

    pub(crate) async fn list_page(&mut self, tenant: usize) -> Res<()> {
        let (known, page) = (self.shared.state.tenants[tenant].ids.len(), self.shared.page);
        let start = 1 + self.random(known.saturating_sub(page) + 1);
        self.set_path(format_args!("/Users?startIndex={start}&count={page}"));
        self.step("list", "GET", tenant, &[200]).await?;
        let list: ListAnswer = self.answer("list", tenant)?;
        if list.resources.len() < page.min(known) {
            return Err(format!(
                "list: {} resources on a page of {page}",
                list.resources.len()
            ));
        }
        let lenient = self.shared.target.lenient.iter().any(|l| l == "total_results");
        if !lenient && list.total < known as u64 {
            return Err(format!("list: totalResults {} for {known} users", list.total));
        }
        Ok(())
    }

    pub(crate) async fn group_patch(&mut self, step: &'static str, tenant: usize, id: &str) -> Res<()> {
        self.set_path(format_args!("/Groups/{id}"));
        self.step(step, "PATCH", tenant, &[200, 204]).await?;
        Ok(())
    }
}
