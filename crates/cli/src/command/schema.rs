//! `wicketgate schema`: the extension schemas that an organization defines for itself.

use std::{fmt, fs::File, io::Read as _, path::PathBuf};

use anyhow::Context as _;
use serde::Serialize;
use wicketgate_auth::OrgId;
use wicketgate_domain::{Error, Extended, ExtensionSchema, Instance};
use wicketgate_scim::{Object, json, schema::definition::MAX_BYTES};

use super::Which;
use crate::output::{Format, fields, table, time};

#[derive(clap::Subcommand)]
pub(super) enum SchemaCommand {
    /// Define an extension schema, or change it.
    Define(Define),
    /// List an organization's extension schemas.
    List(Which),
    /// Show an extension schema with its definition.
    Show(One),
    /// Remove an extension schema. What resources hold under its URN stays.
    Remove(One),
}

#[derive(clap::Args)]
pub(super) struct Define {
    #[command(flatten)]
    org: Which,
    #[arg(
        long,
        value_name = "FILE",
        help = "The Schema resource as JSON, as /Schemas shows one"
    )]
    file: PathBuf,
    #[arg(
        long,
        value_name = "TYPE",
        default_value = Extended::User.as_str(),
        help = "What it extends: User or Group"
    )]
    resource_type: Extended,
    #[arg(
        long,
        help = "Refuse resources without it; only while there are none of the type"
    )]
    required: bool,
}

#[derive(clap::Args)]
pub(super) struct One {
    #[command(flatten)]
    org: Which,
    #[arg(long, help = "The URN of the schema, its id")]
    urn: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    urn: String,
    resource_type: &'static str,
    required: bool,
    unfinished: bool,
    created_at: String,
    last_modified: String,
    definition: Object,
    #[serde(skip)]
    attributes: Vec<String>,
}

impl From<ExtensionSchema> for Shown {
    fn from(known: ExtensionSchema) -> Self {
        let attribute = |attribute: &wicketgate_scim::schema::Attribute| {
            let mark = if attribute.indexed { " (indexed)" } else { "" };
            format!("{}{mark}", attribute.name)
        };
        Self {
            definition: known.definition(),
            attributes: known.schema.attributes.iter().map(attribute).collect(),
            urn: known.schema.id,
            resource_type: known.resource_type.as_str(),
            required: known.required,
            unfinished: known.unfinished,
            created_at: time(known.created),
            last_modified: time(known.last_modified),
        }
    }
}

impl Shown {
    fn state(&self) -> &'static str {
        if self.unfinished {
            "unfinished: define it again"
        } else {
            "in use"
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.urn)?;
        let required = if self.required { "yes" } else { "no" };
        fields(
            f,
            &[
                ("extends", self.resource_type.to_owned()),
                ("required", required.to_owned()),
                ("attributes", self.attributes.join(", ")),
                ("state", self.state().to_owned()),
                ("created", self.created_at.clone()),
                ("changed", self.last_modified.clone()),
            ],
        )
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct List(Vec<Shown>);

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return writeln!(f, "The organization has defined no extension schema.");
        }
        let rows = self.0.iter().map(|known| {
            [
                known.urn.clone(),
                known.resource_type.to_owned(),
                if known.required { "yes" } else { "no" }.to_owned(),
                known.attributes.len().to_string(),
                known.state().to_owned(),
            ]
        });
        table(f, ["URN", "EXTENDS", "REQUIRED", "ATTRIBUTES", "STATE"], rows)
    }
}

#[derive(Serialize)]
struct Removed {
    urn: String,
    removed: bool,
}

impl fmt::Display for Removed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Removed {}. What resources hold under it stays, and is shown.",
            self.urn
        )
    }
}

/// The definition in a file, read as strictly as a request's body.
fn definition(path: &PathBuf) -> anyhow::Result<Object> {
    let mut text = Vec::new();
    let limit = u64::try_from(MAX_BYTES)?;
    File::open(path)
        .and_then(|file| file.take(limit + 1).read_to_end(&mut text))
        .with_context(|| format!("{} cannot be read", path.display()))?;
    if text.len() > MAX_BYTES {
        anyhow::bail!(
            "{} has more than {MAX_BYTES} bytes, the most a definition may have",
            path.display()
        );
    }
    json::parse_object(&text)
        .map_err(|error| anyhow::anyhow!("{} is no definition: {}", path.display(), error.detail))
}

/// In the words of the command line: there is no client whom a SCIM keyword would tell anything.
fn explained(error: Error, org: OrgId, urn: &str) -> anyhow::Error {
    match error {
        Error::NotFound => anyhow::anyhow!(
            "the organization has no schema {urn:?}: `wicketgate schema list --org {org}` shows those it has"
        ),
        Error::Invalid(error) => anyhow::anyhow!(error.detail),
        error => error.into(),
    }
}

pub(super) async fn run(command: &SchemaCommand, instance: &Instance, format: Format) -> anyhow::Result<()> {
    match command {
        SchemaCommand::Define(define) => {
            let definition = definition(&define.file)?;
            let org = define.org.enter(instance).await?;
            let owner = org.owner()?;
            let defined = owner
                .schemas()
                .define(define.resource_type, define.required, &definition)
                .await
                .map_err(|error| explained(error, org.id(), ""))?;
            format.print(&Shown::from(defined))
        }
        SchemaCommand::List(which) => {
            let org = which.enter(instance).await?;
            let all = org.owner()?.schemas().list().await?;
            format.print(&List(all.into_iter().map(Shown::from).collect()))
        }
        SchemaCommand::Show(One { org: which, urn }) => {
            let org = which.enter(instance).await?;
            let known = org.owner()?.schemas().get(urn).await;
            let known = known.map_err(|error| explained(error, org.id(), urn))?;
            format.print(&Shown::from(known))
        }
        SchemaCommand::Remove(One { org: which, urn }) => {
            let org = which.enter(instance).await?;
            let removed = org.owner()?.schemas().remove(urn).await;
            removed.map_err(|error| explained(error, org.id(), urn))?;
            format.print(&Removed {
                urn: urn.clone(),
                removed: true,
            })
        }
    }
}
