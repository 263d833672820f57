//! Operations whose path is `schemas`. The attribute is not stored: it lists the extensions that hold something, so
//! adding a URN changes nothing and removing one drops the extension.

use serde_json::Value;

use super::{Editor, Op, values::list};
use crate::{
    Error, Mode,
    compat::{RuleName, entra},
    filter::matches_element,
    path::PatchPath,
    resource::Rewrite,
    schema::common,
};

impl Editor<'_> {
    pub(super) fn schemas(&mut self, op: Op, path: &PatchPath, value: Option<&Value>) -> Result<(), Error> {
        let present: Vec<String> = std::iter::once(&self.rt.schema.id)
            .chain(self.resource.keys().filter(|key| crate::schema::is_urn(key)))
            .cloned()
            .collect();
        let is_listed =
            |listed: &[String], urn: &String| listed.iter().any(|other| other.eq_ignore_ascii_case(urn));
        match (op, &path.filter) {
            (Op::Add, None) => self.known(&urns(value)?),
            (Op::Replace, None) => {
                let listed = urns(value)?;
                self.known(&listed)?;
                self.drop_schemas(present.into_iter().filter(|urn| !is_listed(&listed, urn)))
            }
            (Op::Remove, None) if value.is_some() => {
                let listed = urns(value)?;
                self.drop_schemas(present.into_iter().filter(|urn| is_listed(&listed, urn)))
            }
            (Op::Remove, None) => self.drop_schemas(present.into_iter()),
            (Op::Remove, Some(filter)) => {
                let Some(schemas) = common("schemas") else {
                    return Ok(());
                };
                let filter = entra::element_filter(schemas, filter, self.mode, &mut self.rewrites)?;
                let matching = present
                    .into_iter()
                    .filter(|urn| matches_element(schemas, &filter, &Value::from(urn.as_str())));
                self.drop_schemas(matching.collect::<Vec<_>>().into_iter())
            }
            (Op::Add | Op::Replace, Some(_)) => Err(Error::path(format!(
                "\"{path}\" cannot be written: add or remove a URN with the path \"schemas\"."
            ))),
        }
    }

    fn known(&mut self, listed: &[String]) -> Result<(), Error> {
        for urn in listed {
            let base = urn.eq_ignore_ascii_case(&self.rt.schema.id);
            if base || self.rt.extension(urn).is_some() || self.resource.contains_key(urn) {
                continue;
            }
            let detail = format!(
                "\"{}\" is not a schema of {}: remove it from \"schemas\".",
                urn.chars().take(100).collect::<String>(),
                self.rt.name
            );
            match self.mode {
                Mode::Tolerant => Rewrite::report(&mut self.rewrites, RuleName::UndeclaredSchema, "schemas"),
                Mode::Strict => return Err(Error::value(detail)),
                Mode::Interop => return Err(Error::syntax(detail)),
            }
        }
        Ok(())
    }

    fn drop_schemas(&mut self, dropped: impl Iterator<Item = String>) -> Result<(), Error> {
        let rt = self.rt;
        for urn in dropped {
            if urn.eq_ignore_ascii_case(&rt.schema.id) {
                return Err(Error::mutability(format!(
                    "\"{urn}\" is the base schema and cannot be removed."
                )));
            }
            match rt.extension(&urn) {
                Some(extension) => self.drop_extension(extension)?,
                None => {
                    self.resource.shift_remove(&urn);
                }
            }
        }
        Ok(())
    }
}

fn urns(value: Option<&Value>) -> Result<Vec<String>, Error> {
    list(value.cloned())
        .into_iter()
        .map(|urn| match urn {
            Value::String(urn) => Ok(urn),
            _ => Err(Error::value("The values of \"schemas\" are URNs: send text.")),
        })
        .collect()
}
