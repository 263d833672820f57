//! The scenarios by name.

use crate::Res;

#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Scenario {
    Create,
    Get,
    Lookup,
    LookupMiss,
    Put,
    PatchReplace,
    PatchActive,
    OktaLifecycle,
    Mixed,
    ListPage,
    GroupAdd(usize),
    GroupRemove(usize),
    GroupPush(usize),
    GroupGet(usize),
    Raw(String),
}

impl Scenario {
    pub(crate) fn parse(s: &str) -> Res<Scenario> {
        let (name, arg) = s.split_once(':').unwrap_or((s, ""));
        let n = |default: usize| match arg {
            "" => Ok(default),
            _ => arg.parse().map_err(|_| format!("not a number in scenario {s}")),
        };
        Ok(match name {
            "create" => Scenario::Create,
            "get" => Scenario::Get,
            "lookup" => Scenario::Lookup,
            "lookup_miss" => Scenario::LookupMiss,
            "put" => Scenario::Put,
            "patch_replace" => Scenario::PatchReplace,
            "patch_active" => Scenario::PatchActive,
            "okta_lifecycle" => Scenario::OktaLifecycle,
            "mixed" => Scenario::Mixed,
            "list_page" => Scenario::ListPage,
            "group_add" => Scenario::GroupAdd(n(100)?),
            "group_remove" => Scenario::GroupRemove(n(100)?),
            "group_push" => Scenario::GroupPush(n(1000)?),
            "group_get" => Scenario::GroupGet(n(100)?),
            "raw" => Scenario::Raw(arg.to_string()),
            _ => return Err(format!("unknown scenario {s}")),
        })
    }

    pub(crate) fn label(&self) -> String {
        match self {
            Scenario::Create => "create".into(),
            Scenario::Get => "get".into(),
            Scenario::Lookup => "lookup".into(),
            Scenario::LookupMiss => "lookup_miss".into(),
            Scenario::Put => "put".into(),
            Scenario::PatchReplace => "patch_replace".into(),
            Scenario::PatchActive => "patch_active".into(),
            Scenario::OktaLifecycle => "okta_lifecycle".into(),
            Scenario::Mixed => "mixed".into(),
            Scenario::ListPage => "list_page".into(),
            Scenario::GroupAdd(n) => format!("group_add:{n}"),
            Scenario::GroupRemove(n) => format!("group_remove:{n}"),
            Scenario::GroupPush(n) => format!("group_push:{n}"),
            Scenario::GroupGet(n) => format!("group_get:{n}"),
            Scenario::Raw(p) => format!("raw:{p}"),
        }
    }

    pub(crate) fn needs_users(&self) -> bool {
        !matches!(
            self,
            Scenario::Create | Scenario::LookupMiss | Scenario::OktaLifecycle | Scenario::Raw(_)
        )
    }

    pub(crate) fn group_size(&self) -> Option<usize> {
        match self {
            Scenario::GroupAdd(n) | Scenario::GroupRemove(n) | Scenario::GroupGet(n) => Some(*n),
            _ => None,
        }
    }
}
