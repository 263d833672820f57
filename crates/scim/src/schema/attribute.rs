//! Attribute characteristics of RFC 7643 §2.2 and §7, as data.

use crate::schema::is_same_name;

/// The data type of an attribute (RFC 7643 §2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Type {
    /// Unicode text.
    String,
    /// `true` or `false`.
    Boolean,
    /// A real number.
    Decimal,
    /// A whole number without fraction or exponent.
    Integer,
    /// An `xsd:dateTime` with date and time.
    DateTime,
    /// A URI.
    Reference,
    /// Base64 text.
    Binary,
    /// Sub-attributes.
    Complex,
}

impl Type {
    /// All of them.
    pub(super) const ALL: [Self; 8] = [
        Self::String,
        Self::Boolean,
        Self::Decimal,
        Self::Integer,
        Self::DateTime,
        Self::Reference,
        Self::Binary,
        Self::Complex,
    ];

    /// The name in a Schema resource.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Boolean => "boolean",
            Self::Decimal => "decimal",
            Self::Integer => "integer",
            Self::DateTime => "dateTime",
            Self::Reference => "reference",
            Self::Binary => "binary",
            Self::Complex => "complex",
        }
    }
}

/// When an attribute may be written (RFC 7643 §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mutability {
    /// Never by a client.
    ReadOnly,
    /// At any time.
    ReadWrite,
    /// Once; afterwards only the same value.
    Immutable,
    /// At any time, and never returned.
    WriteOnly,
}

impl Mutability {
    /// All of them.
    pub(super) const ALL: [Self; 4] = [Self::ReadOnly, Self::ReadWrite, Self::Immutable, Self::WriteOnly];

    /// The name in a Schema resource.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReadOnly => "readOnly",
            Self::ReadWrite => "readWrite",
            Self::Immutable => "immutable",
            Self::WriteOnly => "writeOnly",
        }
    }
}

/// When an attribute is returned (RFC 7643 §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Returned {
    /// In every answer, even when excluded by name.
    Always,
    /// In no answer.
    Never,
    /// Unless excluded.
    Default,
    /// Only when asked for or written.
    Request,
}

impl Returned {
    /// All of them.
    pub(super) const ALL: [Self; 4] = [Self::Always, Self::Never, Self::Default, Self::Request];

    /// The name in a Schema resource.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Never => "never",
            Self::Default => "default",
            Self::Request => "request",
        }
    }
}

/// How far a value is unique (RFC 7643 §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Uniqueness {
    /// Not at all.
    None,
    /// Within the organization.
    Server,
    /// Everywhere.
    Global,
}

impl Uniqueness {
    /// All of them.
    pub(super) const ALL: [Self; 3] = [Self::None, Self::Server, Self::Global];

    /// The name in a Schema resource.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Server => "server",
            Self::Global => "global",
        }
    }
}

/// One attribute or sub-attribute of a schema.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one characteristic of RFC 7643 §7, or ours"
)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// The name as the schema spells it; compared without regard to case.
    pub name: String,
    /// The data type.
    pub kind: Type,
    /// Whether the value is an array.
    pub multi_valued: bool,
    /// What the attribute means, for `/Schemas`.
    pub description: String,
    /// Whether a resource without it is refused.
    pub required: bool,
    /// Suggested values; never enforced.
    pub canonical_values: Vec<String>,
    /// Whether comparison regards case.
    pub case_exact: bool,
    /// When it may be written.
    pub mutability: Mutability,
    /// When it is returned.
    pub returned: Returned,
    /// How far it is unique.
    pub uniqueness: Uniqueness,
    /// For references: the resource types, or `external`, or `uri`.
    pub reference_types: Vec<String>,
    /// For complex attributes: the parts. Never complex themselves (erratum 8415).
    pub sub_attributes: Vec<Attribute>,
    /// Whether an index answers lookups by this attribute, or by its `value` where it is complex. Not the RFC's: an
    /// organization says so of an attribute that it has defined.
    pub indexed: bool,
}

impl Attribute {
    /// A sub-attribute by name, without regard to case.
    pub fn sub_attribute(&self, name: &str) -> Option<&Attribute> {
        self.sub_attributes
            .iter()
            .find(|attribute| is_same_name(&attribute.name, name))
    }

    /// What an index looks up: the attribute itself, or its `value` where it is complex. `None` where it is not indexed.
    pub fn indexed_value(&self) -> Option<&Attribute> {
        if !self.indexed {
            None
        } else if self.is_complex() {
            self.sub_attribute("value")
        } else {
            Some(self)
        }
    }

    /// Whether no answer shows it: it is never returned, or writeOnly (RFC 7643 §7).
    pub fn is_secret(&self) -> bool {
        self.returned == Returned::Never || self.mutability == Mutability::WriteOnly
    }

    /// Whether the attribute is complex.
    pub fn is_complex(&self) -> bool {
        self.kind == Type::Complex
    }
}
