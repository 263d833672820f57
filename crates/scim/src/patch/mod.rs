//! PATCH (RFC 7644 §3.5.2): operations are applied in order to a copy, all or none. It writes nothing and does not know
//! ids: values kept outside the document come back as changes for the domain to make.

mod add;
mod container;
mod detached;
mod interop;
mod parse;
mod remove;
mod replace;
mod resolve;
mod schemas;
mod seed;
mod values;
mod work;

#[cfg(test)]
mod tests;

pub use parse::parse;
use resolve::Lead;
use serde_json::Value;

use crate::{
    Error, Mode, Object,
    compat::{self, RuleName},
    filter::Filter,
    path::PatchPath,
    resource::{self, Rewrite},
    schema::ResourceType,
};

/// The most operations of one request.
pub const MAX_OPERATIONS: usize = 1_000;

/// The most work of one request: about how many bytes its operations may compare and copy.
///
/// A thousand operations on attributes of ordinary size stay far below. Past it are requests whose operations each
/// search a large attribute with a long filter, or compare many new values with many old ones.
pub const MAX_WORK: usize = 32 * 1_024 * 1_024;

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// Adds values, or sets what is unassigned.
    Add,
    /// Removes values.
    Remove,
    /// Replaces values.
    Replace,
}

impl Op {
    /// The keyword in the request.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Remove => "remove",
            Self::Replace => "replace",
        }
    }
}

/// One operation of a PATCH request.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// What to do.
    pub op: Op,
    /// Where. `None`: `value` is an object of attributes.
    pub path: Option<PatchPath>,
    /// With what. `Some(Null)` was sent as null.
    pub value: Option<Value>,
}

/// A PATCH request that was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct PatchRequest {
    /// What to do, in order. In tolerant mode there may be nothing.
    pub operations: Vec<Operation>,
    /// Deviations that were understood.
    pub rewrites: Vec<Rewrite>,
}

/// What happens to a multi-valued attribute whose values live outside the document (`Group.members`).
#[derive(Debug, Clone, PartialEq)]
pub enum ValuesChange {
    /// Adds those that are not there. Each has a `value`, or a `$ref` that ends in it.
    Add(Vec<Object>),
    /// Changes nothing. What is said here of one value, beside its `value`, has to be what it is already.
    Confirm(Object),
    /// Removes those whose `value` is listed; absent ones are no error.
    Remove(Vec<String>),
    /// Removes those that fulfil a checked filter on their sub-attributes.
    RemoveWhere(Filter),
    /// Replaces all. Empty: removes all.
    Replace(Vec<Object>),
}

/// The outcome of a PATCH request.
#[derive(Debug, Clone, PartialEq)]
pub struct Applied {
    /// The changed copy, in stored form and valid. Equal to the original when nothing changed.
    pub resource: Object,
    /// Changes to the values outside the document, in order.
    pub detached: Vec<ValuesChange>,
    /// Deviations that were understood, those of parsing included.
    pub rewrites: Vec<Rewrite>,
}

/// Applies all operations of a request to a stored resource, or none.
///
/// `detached` names the core attribute whose values are not in `resource`; what happens to it is returned as
/// [`Applied::detached`]. What is writeOnly, the password among it, is accepted and dropped. The caller compares the resource with the original to
/// see whether something changed.
pub fn apply(
    rt: &ResourceType,
    mode: Mode,
    resource: &Object,
    request: &PatchRequest,
    detached: Option<&str>,
) -> Result<Applied, Error> {
    let mut editor = Editor {
        rt,
        mode,
        detached,
        resource: resource.clone(),
        changes: Vec::new(),
        rewrites: request.rewrites.clone(),
        work: 0,
    };
    let count = request.operations.len();
    for (index, operation) in request.operations.iter().enumerate() {
        editor
            .operation(operation)
            .map_err(|error| numbered(error, index, count))?;
    }
    resource::validate(rt, &editor.resource)?;
    Ok(Applied {
        resource: editor.resource,
        detached: editor.changes,
        rewrites: editor.rewrites,
    })
}

/// Says which operation a refusal is about, when there are several.
fn numbered(mut error: Error, index: usize, count: usize) -> Error {
    if count > 1 {
        error.detail = format!("Operation {} of {count}: {}", index + 1, error.detail);
    }
    error
}

/// Whether an attribute was named by the operation's `path` or stands inside its `value`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Path,
    Value,
}

/// The copy that is being changed.
struct Editor<'a> {
    rt: &'a ResourceType,
    mode: Mode,
    detached: Option<&'a str>,
    resource: Object,
    changes: Vec<ValuesChange>,
    rewrites: Vec<Rewrite>,
    /// What the operations so far have cost, out of [`MAX_WORK`].
    work: usize,
}

impl Editor<'_> {
    fn operation(&mut self, operation: &Operation) -> Result<(), Error> {
        if let Some(path) = &operation.path {
            return self.at(operation.op, path, operation.value.as_ref(), Origin::Path);
        }
        if operation.op == Op::Remove {
            return Err(Error::no_target(
                "A remove operation needs a path that says what to remove.",
            ));
        }
        if self.mode == Mode::Interop {
            return Err(Error::syntax(format!(
                "The {} operation has no path: in interop mode each operation names its attribute in \"path\".",
                operation.op.as_str()
            )));
        }
        let Some(Value::Object(attributes)) = &operation.value else {
            return Err(Error::value(format!(
                "The {} operation has no path, so its value must be an object of attributes.",
                operation.op.as_str()
            )));
        };
        self.attributes(operation.op, attributes, None)
    }

    /// Applies an object of attributes, each by its own rule. `urn`: the extension that names without one belong to.
    fn attributes(&mut self, op: Op, attributes: &Object, urn: Option<&str>) -> Result<(), Error> {
        for (key, value) in attributes {
            let mut path = match compat::entra::path(key, self.mode, &mut self.rewrites) {
                Ok(path) => path,
                Err(error) if key.contains('[') => return Err(error),
                Err(_) => {
                    self.unknown(key, Origin::Value)?;
                    continue;
                }
            };
            compat::entra::path_as_key(self.rt, &path, &mut self.rewrites);
            if path.urn.is_none() {
                path.urn = urn.map(str::to_owned);
            }
            self.at(op, &path, Some(value), Origin::Value)?;
        }
        Ok(())
    }

    fn at(&mut self, op: Op, path: &PatchPath, value: Option<&Value>, origin: Origin) -> Result<(), Error> {
        let value = match (op, value) {
            (Op::Remove, Some(Value::Null)) => None,
            (Op::Add | Op::Replace, None) => {
                return Err(Error::value(format!(
                    "The {} operation on \"{path}\" needs a value.",
                    op.as_str()
                )));
            }
            (_, value) => value,
        };
        let rt = self.rt;
        match resolve::resolve(rt, self.detached, path) {
            Lead::Attribute(target) => self.attribute(op, target, path, value),
            Lead::Detached(attribute) => self.detached(op, attribute, path, value),
            Lead::ReadOnly(_) | Lead::Schemas if origin == Origin::Value => {
                compat::okta::read_only_in_value(path, &mut self.rewrites);
                Ok(())
            }
            Lead::ReadOnly(attribute) => Err(Error::mutability(format!(
                "\"{}\" is readOnly: remove the operation on \"{path}\".",
                attribute.name
            ))),
            Lead::Schemas => self.schemas(op, path, value),
            Lead::NeverKept => Ok(()),
            Lead::Base => match value {
                Some(Value::Object(attributes)) if op != Op::Remove => self.attributes(op, attributes, None),
                _ => Err(Error::mutability(format!(
                    "\"{path}\" is the base schema: name one of its attributes, or send an object of them."
                ))),
            },
            Lead::Extension(extension) => self.extension(op, extension, value),
            Lead::Undeclared(urn) if self.mode.is_tolerant() => self.undeclared(op, urn, path, value),
            Lead::Undeclared(_) | Lead::Unknown => self.unknown(&path.unfiltered(), origin),
        }
    }

    /// An attribute that no schema has.
    fn unknown(&mut self, name: &str, origin: Origin) -> Result<(), Error> {
        let rt_name = &self.rt.name;
        match (self.mode, origin) {
            (Mode::Tolerant, _) => {
                let shown: String = name.chars().take(100).collect();
                Rewrite::report(&mut self.rewrites, RuleName::UnknownAttribute, shown);
                Ok(())
            }
            (Mode::Strict, Origin::Value) => Ok(()),
            (Mode::Strict | Mode::Interop, Origin::Path) => Err(Error::path(format!(
                "The path \"{name}\" names no attribute of {rt_name}: correct it or remove it from the mapping."
            ))),
            (Mode::Interop, Origin::Value) => Err(Error::syntax(format!(
                "\"{name}\" is not an attribute of {rt_name}: remove it from the mapping."
            ))),
        }
    }
}
