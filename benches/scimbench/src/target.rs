//! The servers under load, and what preload remembers of each.

use crate::Res;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

pub(crate) fn default_content_type() -> String {
    "application/scim+json".into()
}

#[derive(Clone, Deserialize)]
pub(crate) struct TargetFile {
    #[serde(default)]
    pub(crate) name: Option<String>,
    #[serde(default)]
    pub(crate) base: Option<String>,
    #[serde(default)]
    pub(crate) token: Option<String>,
    #[serde(default)]
    pub(crate) tenants: Vec<TenantFile>,
    #[serde(default)]
    pub(crate) pids: BTreeMap<String, u32>,
    #[serde(default)]
    pub(crate) state: Option<String>,
    #[serde(default = "default_content_type")]
    pub(crate) content_type: String,
    #[serde(default)]
    pub(crate) lenient: Vec<String>,
    #[serde(default)]
    pub(crate) body: Option<String>,
}

#[derive(Clone, Deserialize)]
pub(crate) struct TenantFile {
    pub(crate) base: String,
    #[serde(default)]
    pub(crate) token: String,
}

/// One organization on a server: its base URL, split up, and what precedes each request's body.
#[derive(Clone)]
pub(crate) struct Tenant {
    pub(crate) address: String,
    pub(crate) path: String,
    pub(crate) headers: String,
}

#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) tenants: Vec<Tenant>,
    pub(crate) pids: BTreeMap<String, u32>,
    pub(crate) state_path: Option<String>,
    pub(crate) content_type: String,
    pub(crate) lenient: Vec<String>,
    /// Users carry the enterprise extension, unless the server refuses it.
    pub(crate) enterprise: bool,
}

impl Target {
    pub(crate) fn load(path: &str) -> Res<Target> {
        let text = fs::read_to_string(path).map_err(|e| format!("{path}: {e}"))?;
        Target::from_value(serde_json::from_str(&text).map_err(|e| format!("{path}: {e}"))?)
    }

    pub(crate) fn from_value(v: Value) -> Res<Target> {
        let f: TargetFile = serde_json::from_value(v).map_err(|e| format!("target: {e}"))?;
        let mut all = f.tenants;
        if let Some(base) = f.base {
            all.insert(
                0,
                TenantFile {
                    base,
                    token: f.token.unwrap_or_default(),
                },
            );
        }
        let mut tenants = vec![];
        for t in &all {
            let rest = t
                .base
                .strip_prefix("http://")
                .ok_or(format!("base must start with http://: {}", t.base))?;
            let (host, path) = match rest.find('/') {
                Some(i) => rest.split_at(i),
                None => (rest, ""),
            };
            let address = if host.contains(':') {
                host.to_string()
            } else {
                format!("{host}:80")
            };
            let mut headers = format!("Host: {host}\r\nAccept: application/scim+json, application/json\r\n");
            if !t.token.is_empty() {
                let _ = write!(headers, "Authorization: Bearer {}\r\n", t.token);
            }
            tenants.push(Tenant {
                address,
                path: path.trim_end_matches('/').to_string(),
                headers,
            });
        }
        if tenants.is_empty() {
            return Err("target has no base URL".into());
        }
        Ok(Target {
            name: f.name.unwrap_or_else(|| tenants[0].address.clone()),
            tenants,
            pids: f.pids,
            state_path: f.state,
            content_type: f.content_type,
            lenient: f.lenient,
            enterprise: f.body.as_deref() != Some("core"),
        })
    }

    pub(crate) fn load_state(&self) -> Res<State> {
        let mut state = match &self.state_path {
            Some(p) if fs::exists(p).unwrap_or(false) => {
                let text = fs::read_to_string(p).map_err(|e| format!("{p}: {e}"))?;
                serde_json::from_str(&text).map_err(|e| format!("{p}: {e}"))?
            }
            _ => State::default(),
        };
        state
            .tenants
            .resize_with(self.tenants.len(), TenantState::default);
        Ok(state)
    }

    pub(crate) fn save_state(&self, state: &State) -> Res<()> {
        match &self.state_path {
            Some(p) => {
                fs::write(p, serde_json::to_vec(state).expect("state")).map_err(|e| format!("{p}: {e}"))
            }
            None => Ok(()),
        }
    }
}

/// What preload put into a server: the ids are needed to reach it again.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct State {
    pub(crate) tenants: Vec<TenantState>,
}

#[derive(Default, Serialize, Deserialize)]
pub(crate) struct TenantState {
    pub(crate) ids: Vec<String>,
    pub(crate) groups: BTreeMap<usize, GroupState>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct GroupState {
    pub(crate) id: String,
    /// Users [0, next) are members; group_add adds the user at `next`.
    pub(crate) next: usize,
}
