//! What an organization may choose.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use wicketgate_domain::{Organization, RequestLimits, Settings};
use wicketgate_scim::Object;

use super::{
    Answer, Call, Org,
    error::{Error, FieldError},
    fields::{Fields, parsed},
    openapi::{Doc, body, shape},
    orgs,
    reply::{self, Condition},
};

/// What an organization has chosen.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Settings)]
pub(super) struct ShownSettings {
    /// How literally the protocol is taken.
    #[schema(value_type = String)]
    scim_mode: &'static str,
    /// What identity providers look users up by.
    #[schema(value_type = String)]
    unique_identifier: &'static str,
    /// For how many days a personal access token may be issued, at most.
    longest_token_days: u16,
    /// Whether personal access tokens may be issued that never expire.
    endless_tokens: bool,
    /// For how many days a row of the provisioning log is kept.
    log_days: u16,
    /// For how many days the redacted body of a request is kept beside its row.
    body_days: u16,
    /// For how many days a deleted user can be restored.
    grace_days: u16,
    /// How many SCIM requests may come in a second, on the long run; 0 is as many as come.
    requests_per_second: u16,
    /// How many may come at once; 0 is as many as in a second.
    request_burst: u16,
    /// How many may run at the same time; 0 is as many as come.
    concurrent_requests: u16,
}

/// A change of the organization (RFC 7396). What is left out stays; null brings back what is usual.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes a body that is read member by member")]
struct OrgPatch {
    /// The settings to change.
    settings: Option<SettingsPatch>,
}

/// Settings to change. What is left out stays; null brings back what is usual.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes a body that is read member by member")]
struct SettingsPatch {
    scim_mode: Option<ModeWord>,
    unique_identifier: Option<IdentifierWord>,
    #[schema(minimum = 30, maximum = 730)]
    longest_token_days: Option<u16>,
    endless_tokens: Option<bool>,
    #[schema(minimum = 7, maximum = 365)]
    log_days: Option<u16>,
    /// 0, 7, 30 or 90, and not more than logDays.
    #[schema(minimum = 0, maximum = 90)]
    body_days: Option<u16>,
    #[schema(minimum = 1, maximum = 90)]
    grace_days: Option<u16>,
    #[schema(maximum = 10000)]
    requests_per_second: Option<u16>,
    #[schema(maximum = 10000)]
    request_burst: Option<u16>,
    #[schema(maximum = 1000)]
    concurrent_requests: Option<u16>,
}

/// How literally the protocol is taken.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "it describes a word")]
enum ModeWord {
    Tolerant,
    Strict,
    Interop,
}

/// What identity providers look users up by.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "it describes a word")]
enum IdentifierWord {
    UserName,
    Email,
}

impl ShownSettings {
    pub(super) fn new(settings: &Settings) -> Self {
        let RequestLimits {
            per_second,
            burst,
            at_a_time,
        } = settings.requests;
        Self {
            scim_mode: settings.mode.as_str(),
            unique_identifier: settings.unique_identifier.as_str(),
            longest_token_days: settings.longest_token_days,
            endless_tokens: settings.endless_tokens,
            log_days: settings.log_days,
            body_days: settings.body_days,
            grace_days: settings.grace_days,
            requests_per_second: per_second,
            request_burst: burst,
            concurrent_requests: at_a_time,
        }
    }
}

/// Settings that a change names.
#[derive(Clone)]
struct Change {
    edits: Vec<Edit>,
}

/// Where a setting that is a number stands.
type Number = fn(&mut Settings) -> &mut u16;
/// What becomes of one setting.
type Edit = std::sync::Arc<dyn Fn(&mut Settings) + Send + Sync>;

impl Change {
    fn read(settings: Object) -> Result<Self, Error> {
        let usual = Settings::default();
        let mut fields = Fields::new(settings);
        let mut edits: Vec<Edit> = Vec::new();
        let modes = "write tolerant, strict or interop";
        if let Some(mode) = setting(&mut fields, "scimMode", modes, usual.mode, parsed) {
            edits.push(std::sync::Arc::new(move |settings| settings.mode = mode));
        }
        let identifiers = "write userName or email";
        let identifier = usual.unique_identifier;
        if let Some(identifier) = setting(&mut fields, "uniqueIdentifier", identifiers, identifier, parsed) {
            edits.push(std::sync::Arc::new(move |settings| {
                settings.unique_identifier = identifier;
            }));
        }
        if let Some(endless) = setting(
            &mut fields,
            "endlessTokens",
            "write true or false",
            usual.endless_tokens,
            Value::as_bool,
        ) {
            edits.push(std::sync::Arc::new(move |settings| {
                settings.endless_tokens = endless;
            }));
        }
        let numbers: [(&str, Number); 7] = [
            ("longestTokenDays", |settings| &mut settings.longest_token_days),
            ("logDays", |settings| &mut settings.log_days),
            ("bodyDays", |settings| &mut settings.body_days),
            ("graceDays", |settings| &mut settings.grace_days),
            ("requestsPerSecond", |settings| &mut settings.requests.per_second),
            ("requestBurst", |settings| &mut settings.requests.burst),
            ("concurrentRequests", |settings| &mut settings.requests.at_a_time),
        ];
        for (name, place) in numbers {
            let usual = *place(&mut usual.clone());
            let number = |value: &Value| u16::try_from(value.as_u64()?).ok();
            let expected = "write a whole number from 0 to 10000";
            if let Some(number) = setting(&mut fields, name, expected, usual, number) {
                edits.push(std::sync::Arc::new(move |settings| *place(settings) = number));
            }
        }
        fields.finish(Some(Self { edits })).map_err(|error| match error {
            Error::Input(errors) => Error::Input(errors.into_iter().map(below_settings).collect()),
            other => other,
        })
    }

    fn apply(&self, settings: &Settings) -> Settings {
        let mut settings = settings.clone();
        for edit in &self.edits {
            edit(&mut settings);
        }
        settings
    }
}

fn below_settings(error: FieldError) -> FieldError {
    FieldError {
        field: format!("settings.{}", error.field),
        ..error
    }
}

/// A setting that a change names. Null is what is usual.
fn setting<T>(
    fields: &mut Fields,
    name: &str,
    expected: &str,
    usual: T,
    read: impl FnOnce(&Value) -> Option<T>,
) -> Option<T> {
    fields.optional(name, expected, |value| {
        if value.is_null() { Some(usual) } else { read(value) }
    })
}

pub(super) const PATCH: Doc = Doc::change(
    "updateOrg",
    orgs::TAG,
    "Change the organization's settings, by JSON merge patch.",
    body::<OrgPatch>,
    shape::<orgs::ShownOrg>,
)
.conditional();

/// `PATCH /admin/v1/orgs/{orgId}`.
pub(super) async fn patch(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    let condition = Condition::read(call.http.request.headers());
    let mut fields = call.http.fields().await?;
    let settings = fields.optional("settings", "write an object, or leave it out", |value| {
        value.as_object().cloned()
    });
    fields.finish(Some(()))?;
    let change = Change::read(settings.unwrap_or_default())?;
    let changed = owner
        .change_settings(move |organization: &Organization| {
            condition.check(&ShownSettings::new(&organization.settings))?;
            Ok(change.apply(&organization.settings))
        })
        .await?;
    let shown = orgs::ShownOrg::new(&changed, &call.http);
    reply::tagged(&shown, &shown.settings)
}
