//! Building attributes: starts from the defaults of RFC 7643 §2.2 and changes one characteristic at a time.

use crate::schema::{Attribute, Mutability, Returned, Type, Uniqueness};

impl Attribute {
    /// An attribute with the defaults of RFC 7643 §2.2: optional, singular, readWrite, returned by default, not unique.
    ///
    /// References and binary values are compared with regard to case (RFC 7643 §2.3.6 and §2.3.7), all others without.
    pub fn new(name: &str, kind: Type, description: &str) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            multi_valued: false,
            description: description.to_owned(),
            required: false,
            canonical_values: Vec::new(),
            case_exact: matches!(kind, Type::Reference | Type::Binary),
            mutability: Mutability::ReadWrite,
            returned: Returned::Default,
            uniqueness: Uniqueness::None,
            reference_types: Vec::new(),
            sub_attributes: Vec::new(),
            indexed: false,
        }
    }

    pub(super) fn required(mut self) -> Self {
        self.required = true;
        self
    }

    pub(super) fn multi_valued(mut self) -> Self {
        self.multi_valued = true;
        self
    }

    pub(super) fn case_exact(mut self, exact: bool) -> Self {
        self.case_exact = exact;
        self
    }

    pub(super) fn mutability(mut self, mutability: Mutability) -> Self {
        self.mutability = mutability;
        self
    }

    pub(super) fn returned(mut self, returned: Returned) -> Self {
        self.returned = returned;
        self
    }

    pub(super) fn unique(mut self, uniqueness: Uniqueness) -> Self {
        self.uniqueness = uniqueness;
        self
    }

    pub(super) fn canonical(mut self, values: &[&str]) -> Self {
        self.canonical_values = owned(values);
        self
    }

    pub(super) fn refers_to(mut self, types: &[&str]) -> Self {
        self.reference_types = owned(types);
        self
    }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

pub(super) fn string(name: &str, description: &str) -> Attribute {
    Attribute::new(name, Type::String, description)
}

pub(super) fn boolean(name: &str, description: &str) -> Attribute {
    Attribute::new(name, Type::Boolean, description)
}

pub(super) fn date_time(name: &str, description: &str) -> Attribute {
    Attribute::new(name, Type::DateTime, description)
}

pub(super) fn reference(name: &str, types: &[&str], description: &str) -> Attribute {
    Attribute::new(name, Type::Reference, description).refers_to(types)
}

pub(super) fn complex(name: &str, description: &str, sub_attributes: Vec<Attribute>) -> Attribute {
    Attribute {
        sub_attributes,
        ..Attribute::new(name, Type::Complex, description)
    }
}

/// A multi-valued complex attribute with the sub-attributes of RFC 7643 §2.4 around the given `value`.
pub(super) fn plural(name: &str, description: &str, value: Attribute, types: &[&str]) -> Attribute {
    let sub_attributes = vec![
        value,
        string("display", "How the value is shown to people."),
        string("type", "What the value is used for.").canonical(types),
        primary(),
    ];
    complex(name, description, sub_attributes).multi_valued()
}

pub(super) fn primary() -> Attribute {
    boolean("primary", "Whether this is the preferred value; at most one is.")
}
