//! Defining an extension schema, or changing its definition.

use serde_json::Value;
use wicketgate_scim::{
    Error as ScimError, Object,
    schema::{ENTERPRISE_USER, Schema, definition},
};

use super::{Extended, ExtensionSchema, MAX_SCHEMAS, Schemas};
use crate::{
    Error,
    db::{self, Conn},
    event::{Counts, EventKind, change_of},
    org::Act,
};

/// What the first of the two transactions found.
enum Begun {
    /// It is defined like that already.
    Unchanged,
    /// It waits since this revision.
    Waiting(i64),
}

impl Schemas<'_> {
    /// Defines an extension schema for one resource type, or changes it, and is what holds from the next request on.
    ///
    /// Takes as long as it takes to derive every resource of the type anew; requests go on meanwhile, by what was
    /// defined before. Defining the same again changes nothing.
    ///
    /// A definition may add attributes, and change what only describes them and what is indexed. Attributes that are
    /// there keep their type, number of values, case rule and access, and cannot be dropped: values are stored that were
    /// accepted by them. Something can be required, of the schema or of an attribute, only while there is no resource
    /// of the type, because an identity provider could change no resource that lacks it.
    pub async fn define(
        &self,
        resource_type: Extended,
        required: bool,
        definition: &Object,
    ) -> Result<ExtensionSchema, Error> {
        let schema = definition::parse(definition)?;
        check_index(resource_type, &schema)?;
        let urn = schema.id.clone();
        if let Begun::Waiting(since) = self.begin(resource_type, required, schema.clone()).await? {
            self.rebuild(resource_type).await?;
            self.finish(resource_type, required, schema, since).await?;
        }
        self.get(&urn).await
    }

    async fn begin(&self, resource_type: Extended, required: bool, schema: Schema) -> Result<Begun, Error> {
        let act = self.owner.org.act();
        self.owner
            .org
            .shared
            .db
            .write(move |tx| begin(tx, &act, resource_type, required, &schema))
            .await
    }

    async fn finish(
        &self,
        resource_type: Extended,
        required: bool,
        schema: Schema,
        since: i64,
    ) -> Result<(), Error> {
        let org = self.owner.org;
        let event = org.event(EventKind::OrgSchemaDefined, None, Object::new());
        let act = org.act();
        org.shared
            .db
            .write(move |tx| {
                db::orgs::lock(tx, act.org)?;
                let before = db::schemas::list(tx, act.org)?
                    .into_iter()
                    .find(|row| row.latest().is_ok_and(|known| known.id == schema.id))
                    .and_then(|row| row.definition);
                if !db::schemas::take_effect(tx, act.org, &schema.id, since)? {
                    return Err(Error::refused(
                        "schema",
                        "somebody else has defined or removed it meanwhile: look at it, and define it again",
                    ));
                }
                db::schemas::raise_revision(tx, act.org)?;
                let mut event = event.clone();
                event.payload = change_of(
                    [
                        ("schema", Value::from(schema.id.as_str())),
                        ("resourceType", Value::from(resource_type.as_str())),
                        ("required", Value::Bool(required)),
                    ],
                    &before.as_ref().map(definition::to_object).unwrap_or_default(),
                    &definition::to_object(&schema),
                );
                db::events::append(
                    tx,
                    act.org,
                    &act.origin,
                    std::slice::from_ref(&event),
                    Counts::default(),
                )
            })
            .await
    }
}

fn begin(
    tx: &mut Conn,
    act: &Act,
    resource_type: Extended,
    required: bool,
    schema: &Schema,
) -> Result<Begun, Error> {
    db::orgs::lock(tx, act.org)?;
    let rows = db::schemas::list(tx, act.org)?;
    let is_same = |row: &&db::schemas::Row| {
        row.latest()
            .is_ok_and(|known| known.id.eq_ignore_ascii_case(&schema.id))
    };
    let known = rows.iter().find(is_same);
    for row in rows.iter().filter(|row| !is_same(row)) {
        check_overlap(&schema.id, &row.latest()?.id)?;
    }
    check_overlap(&schema.id, ENTERPRISE_USER)?;
    let definition = known.and_then(|row| row.definition.as_ref());
    if let Some(row) = known {
        if row.resource_type != resource_type {
            return Err(Error::refused(
                "resource-type",
                format!("the schema extends {}: remove it first", row.resource_type),
            ));
        }
        if row.waiting.is_none() && definition == Some(schema) && row.required == required {
            return Ok(Begun::Unchanged);
        }
        if row.latest()?.id != schema.id {
            return Err(ScimError::value(format!(
                "id: the schema is defined as {:?}: spell it like that, or remove the schema first",
                row.latest()?.id
            ))
            .into());
        }
    } else if rows.len() >= MAX_SCHEMAS {
        return Err(Error::refused(
            "schema",
            format!(
                "an organization has at most {MAX_SCHEMAS}: remove one, or add the attributes to another"
            ),
        ));
    }
    if let Some(definition) = definition {
        definition::check_change(definition, schema)?;
    }
    let demanded = (required && !known.is_some_and(|row| row.required && row.definition.is_some()))
        .then(|| "the extension".to_owned())
        .or_else(|| definition::demands_more(definition, schema));
    if let Some(demanded) = demanded {
        check_empty(tx, act, resource_type, &demanded)?;
    }
    let since = db::schemas::raise_revision(tx, act.org)?;
    db::schemas::wait(tx, act.org, resource_type, required, schema, since, act.origin.at)?;
    Ok(Begun::Waiting(since))
}

/// Groups are few, and have no rows to be looked up by.
fn check_index(resource_type: Extended, schema: &Schema) -> Result<(), Error> {
    let indexed = schema.attributes.iter().find(|attribute| attribute.indexed);
    match (resource_type, indexed) {
        (Extended::Group, Some(attribute)) => Err(ScimError::value(format!(
            "{}: indexed is for attributes of users: remove it, and groups are found without",
            attribute.name
        ))
        .into()),
        (Extended::User | Extended::Group, _) => Ok(()),
    }
}

/// A path could mean an attribute of one schema or the other schema.
fn check_overlap(urn: &str, other: &str) -> Result<(), Error> {
    if definition::overlap(urn, other) {
        return Err(ScimError::value(format!(
            "id: paths could not tell it from {other:?}: choose a URN that neither continues it nor begins it"
        ))
        .into());
    }
    Ok(())
}

fn check_empty(tx: &mut Conn, act: &Act, resource_type: Extended, demanded: &str) -> Result<(), Error> {
    let organization = db::orgs::get(tx, act.org)?;
    let (count, plural) = match resource_type {
        Extended::User => (organization.users, "users"),
        Extended::Group => (organization.groups, "groups"),
    };
    if count == 0 {
        return Ok(());
    }
    Err(Error::refused(
        "required",
        format!(
            "{demanded} cannot be required of {count} {plural} that are there without it: define it as not required"
        ),
    ))
}
