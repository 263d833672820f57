//! `wicketgate demo`: an organization to look at, made through the same use cases that identity providers reach, served
//! until Ctrl-C and then gone.

use std::{fmt, time::Duration};

use anyhow::Context as _;
use serde::Serialize;
use serde_json::{Value, json};
use tempfile::TempDir;
use wicketgate_auth::{OrgId, OsEntropy, Role, ServiceUserId, TokenId};
use wicketgate_domain::{DEFAULT_DOMAIN, Org};
use wicketgate_scim::Object;

use super::{org::scim_base_url, serve::Listening};
use crate::{
    config::{Settings, database, pepper::Fresh},
    installation,
    output::{Format, fields, or_never, time},
};

/// Long enough to try everything, short enough not to be forgotten.
const TOKEN_LIFE: Duration = Duration::from_hours(24);

const PEOPLE: [(&str, &str); 3] = [("Anna", "Alvarez"), ("Ben", "Baker"), ("Chloé", "Chen")];

/// Okta's form, filled in.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Demo {
    org_id: OrgId,
    scim_base_url: String,
    unique_identifier: &'static str,
    authentication_mode: &'static str,
    service_user_id: ServiceUserId,
    token_id: TokenId,
    token: String,
    expires_at: Option<String>,
    curl: String,
    database: String,
    temporary: bool,
}

impl fmt::Display for Demo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "An organization with three users and a group, in {}.",
            self.database
        )?;
        writeln!(f, "\nOkta, tab Provisioning, Integration:\n")?;
        fields(
            f,
            &[
                ("SCIM connector base URL", self.scim_base_url.clone()),
                (
                    "Unique identifier field for users",
                    self.unique_identifier.to_owned(),
                ),
                (
                    "Supported provisioning actions",
                    "Push New Users, Push Profile Updates, Push Groups".to_owned(),
                ),
                ("Authentication Mode", self.authentication_mode.to_owned()),
                ("Authorization", format!("Bearer {}", self.token)),
            ],
        )?;
        writeln!(
            f,
            "\nThe form shows the word Bearer already: paste the token alone."
        )?;
        writeln!(f, "The token expires: {}.", or_never(self.expires_at.as_ref()))?;
        writeln!(f, "\nOr ask for the users yourself:\n\n  {}\n", self.curl)?;
        if self.temporary {
            writeln!(f, "Press Ctrl-C to stop; everything is gone then.")
        } else {
            writeln!(
                f,
                "Press Ctrl-C to stop; the token is revoked then, and the organization stays in the database, paused."
            )
        }
    }
}

pub(super) async fn run(
    mut settings: Settings,
    in_given_database: bool,
    format: Format,
) -> anyhow::Result<()> {
    // Only the flag chooses a database: what the environment or the file name is the real one.
    let folder = if in_given_database {
        None
    } else {
        let folder = TempDir::with_prefix("wicketgate-demo-").context("cannot make a temporary folder")?;
        let path = folder.path().join("demo.db");
        let path = path
            .to_str()
            .context("the temporary folder's name is not UTF-8: set TMPDIR")?;
        settings.database_url = format!("sqlite://{path}");
        folder.path().clone_into(&mut settings.data_dir);
        Some(folder)
    };
    installation::migrate(&settings)?;
    // The pepper is thrown away too: no token of the demo opens anything afterwards.
    let instance = installation::connect(&settings, Fresh::draw(&mut OsEntropy).peppers()?)?;
    // Those are of the gateway beside which the demonstration may run.
    settings.metrics_listen = None;
    let listening = Listening::start(&settings, instance.gateway())?;
    let org = instance.org(instance.create_org("Demo").await?.id).await?;
    fill(&org).await?;
    let owner = org.owner()?;
    let service_user = owner
        .service_users()
        .create("Okta", Role::OrgUserManager, DEFAULT_DOMAIN)
        .await?;
    let (token, secret) = owner
        .tokens()
        .create(service_user.id, "demo", Some(TOKEN_LIFE))
        .await?;
    let base = scim_base_url(&listening.public_url, org.id());
    format.print(&Demo {
        org_id: org.id(),
        unique_identifier: org.settings().unique_identifier.as_str(),
        authentication_mode: "HTTP Header",
        service_user_id: service_user.id,
        token_id: token.id,
        token: secret.reveal().to_owned(),
        expires_at: token.expires.map(time),
        curl: format!(
            "curl -sS '{base}/Users' -H 'Authorization: Bearer {}'",
            secret.reveal()
        ),
        scim_base_url: base,
        database: database::redacted(&settings.database_url),
        temporary: folder.is_some(),
    })?;
    listening.serve().await?;
    if let Some(folder) = folder {
        folder
            .close()
            .context("cannot remove the demo's temporary folder")
    } else {
        owner.tokens().revoke(token.id).await?;
        Ok(owner.pause().await?)
    }
}

/// Three users, two of them in a group.
async fn fill(org: &Org) -> anyhow::Result<()> {
    let manager = org.user_manager()?;
    let mut members = Vec::new();
    for (number, (given, family)) in PEOPLE.into_iter().enumerate() {
        let address = format!("{}@example.com", given.to_lowercase());
        let user = manager
            .users()
            .create(object(json!({
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
                "externalId": format!("00u-demo-{number}"),
                "userName": address,
                "name": {"givenName": given, "familyName": family},
                "displayName": format!("{given} {family}"),
                "emails": [{"value": address, "type": "work", "primary": true}],
                "active": true,
            })))
            .await?;
        members.push(json!({"value": user.resource.id.to_string()}));
    }
    members.truncate(2);
    manager
        .groups()
        .create(object(json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
            "displayName": "Engineering",
            "members": members,
        })))
        .await?;
    Ok(())
}

fn object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Object::new(),
    }
}
