//! Where the path of an operation leads in a resource type. It looks at names only, never at values.

use crate::{
    path::PatchPath,
    schema::{Attribute, Extension, Mutability, ResourceType, Target, is_same_name, is_urn},
};

/// What a path names.
pub(super) enum Lead<'a> {
    /// An attribute that can be written.
    Attribute(Target<'a>),
    /// The attribute whose values live outside the document.
    Detached(&'a Attribute),
    /// An attribute, or a part of one, that no client writes.
    ReadOnly(&'a Attribute),
    /// `schemas`.
    Schemas,
    /// An attribute that is accepted and dropped: a secret, such as `password`.
    NeverKept,
    /// The base schema's URN alone.
    Base,
    /// The URN alone of an extension.
    Extension(&'a Extension),
    /// Something in an extension that nobody declared, by the URN before the last colon (or the URN alone).
    Undeclared(&'a str),
    /// Nothing.
    Unknown,
}

pub(super) fn resolve<'a>(rt: &'a ResourceType, detached: Option<&str>, path: &'a PatchPath) -> Lead<'a> {
    let urn = path.urn.as_deref();
    if let Some(name) = &path.name
        && let Some(target) = rt.find(urn, name, path.sub.as_deref())
    {
        return attribute(target, detached);
    }
    if path.filter.is_some() {
        return Lead::Unknown;
    }
    // `…:2.0:User` is split like an attribute; only here the whole is known to be a URN.
    let whole = path.to_string();
    if whole.eq_ignore_ascii_case(&rt.schema.id) {
        return Lead::Base;
    }
    if let Some(extension) = rt.extension(&whole) {
        return Lead::Extension(extension);
    }
    match urn {
        Some(urn) if is_urn(urn) && !is_declared(rt, urn) => Lead::Undeclared(urn),
        _ => Lead::Unknown,
    }
}

/// Whether a URN is a schema's, or begins like the qualified name of an attribute of one: POST and PUT would look for
/// that attribute, and so a container of this name would be lost when the resource is sent back.
fn is_declared(rt: &ResourceType, urn: &str) -> bool {
    let extensions = rt.extensions.iter().map(|extension| &extension.schema);
    std::iter::once(&rt.schema)
        .chain(extensions)
        .any(|schema| urn.eq_ignore_ascii_case(&schema.id) || schema.unqualified(urn).is_some())
}

fn attribute<'a>(target: Target<'a>, detached: Option<&str>) -> Lead<'a> {
    let is_core = target.extension.is_none();
    let is_secret = |attribute: &Attribute| {
        attribute.mutability == Mutability::WriteOnly || is_same_name(&attribute.name, "password")
    };
    if is_secret(target.attribute) || target.sub.is_some_and(is_secret) {
        return Lead::NeverKept;
    }
    if is_core && is_same_name(&target.attribute.name, "schemas") {
        return Lead::Schemas;
    }
    if target.attribute.mutability == Mutability::ReadOnly {
        return Lead::ReadOnly(target.attribute);
    }
    if target.leaf().mutability == Mutability::ReadOnly {
        return Lead::ReadOnly(target.leaf());
    }
    if is_core && detached.is_some_and(|name| is_same_name(name, &target.attribute.name)) {
        return Lead::Detached(target.attribute);
    }
    Lead::Attribute(target)
}
