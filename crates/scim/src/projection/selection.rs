//! The attributes one parameter names, resolved once for each request.

use crate::schema::{ResourceType, is_urn};

/// The attributes one parameter names, by their canonical names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Selection {
    pub(super) core: Parts,
    /// By canonical URN.
    extensions: Vec<(String, Container)>,
    /// As sent: what stands under a URN that the resource type does not have.
    pub(super) undeclared: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Container {
    Whole,
    Attributes(Parts),
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Parts(Vec<(String, Part)>);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Whole,
    Subs(Vec<String>),
}

impl Selection {
    pub(super) fn parse(rt: &ResourceType, names: &str) -> Self {
        let mut selection = Self::default();
        for name in names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            selection.add(rt, name);
        }
        selection
    }

    fn add(&mut self, rt: &ResourceType, sent: &str) {
        if !is_urn(sent) {
            self.add_attribute(rt, None, sent);
        } else if sent.eq_ignore_ascii_case(&rt.schema.id) {
            for attribute in &rt.schema.attributes {
                self.core.add(&attribute.name, None);
            }
        } else if let Some(name) = rt.schema.unqualified(sent) {
            self.add_attribute(rt, None, name);
        } else if let Some(extension) = rt.extension(sent) {
            self.extensions.retain(|(urn, _)| *urn != extension.schema.id);
            self.extensions
                .push((extension.schema.id.clone(), Container::Whole));
        } else if let Some((urn, name)) = rt.extensions.iter().find_map(|extension| {
            let schema = &extension.schema;
            Some((schema.id.as_str(), schema.unqualified(sent)?))
        }) {
            self.add_attribute(rt, Some(urn), name);
        } else {
            self.undeclared.push(sent.to_owned());
        }
    }

    fn add_attribute(&mut self, rt: &ResourceType, urn: Option<&str>, path: &str) {
        let (name, sub) = match path.split_once('.') {
            Some((name, sub)) => (name, Some(sub)),
            None => (path, None),
        };
        let Some(target) = rt.find(urn, name, sub) else {
            return;
        };
        let sub = target.sub.map(|sub| sub.name.as_str());
        match target.extension {
            None => self.core.add(&target.attribute.name, sub),
            Some(urn) => match self.extensions.iter_mut().find(|(named, _)| named == urn) {
                Some((_, Container::Whole)) => {}
                Some((_, Container::Attributes(parts))) => parts.add(&target.attribute.name, sub),
                None => {
                    let mut parts = Parts::default();
                    parts.add(&target.attribute.name, sub);
                    self.extensions
                        .push((urn.to_owned(), Container::Attributes(parts)));
                }
            },
        }
    }

    pub(super) fn container(&self, urn: &str) -> Option<&Container> {
        self.extensions
            .iter()
            .find(|(name, _)| name == urn)
            .map(|(_, container)| container)
    }
}

impl Parts {
    pub(super) fn part(&self, name: &str) -> Option<&Part> {
        self.0
            .iter()
            .find(|(named, _)| named == name)
            .map(|(_, part)| part)
    }

    fn add(&mut self, name: &str, sub: Option<&str>) {
        let fresh = match sub {
            Some(sub) => Part::Subs(vec![sub.to_owned()]),
            None => Part::Whole,
        };
        match (self.0.iter_mut().find(|(named, _)| named == name), sub) {
            (None, _) => self.0.push((name.to_owned(), fresh)),
            (Some((_, Part::Subs(subs))), Some(sub)) => subs.push(sub.to_owned()),
            (Some((_, part)), None) => *part = Part::Whole,
            (Some((_, Part::Whole)), Some(_)) => {}
        }
    }
}
