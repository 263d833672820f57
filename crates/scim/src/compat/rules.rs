//! The deviations that are understood, as a table for people: an administrator finds here what the name in a log means.
//! It rewrites nothing itself.

use std::fmt;

/// One deviation from the RFC that is understood instead of refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// What reports call it.
    pub name: RuleName,
    /// What the client sends, in one sentence.
    pub sends: &'static str,
    /// What that is read as.
    pub read_as: &'static str,
    /// Clients that are known to send it. Shapes decide and never names, so the rule applies to all.
    pub clients: &'static [&'static str],
    /// The section it deviates from.
    pub deviates_from: &'static str,
    /// Whether only tolerant mode understands it; otherwise it is harmless and understood in every mode.
    pub tolerant_only: bool,
}

macro_rules! rules {
    ($($(#[$doc:meta])* $variant:ident = $name:literal {
        sends: $sends:literal,
        read_as: $read_as:literal,
        clients: $clients:expr,
        deviates_from: $section:literal,
        tolerant_only: $tolerant_only:literal,
    })+) => {
        /// The name of a rule. Only names that stand in [`RULES`] exist.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum RuleName {
            $($(#[$doc])* $variant,)+
        }

        impl RuleName {
            /// The name in logs and documentation, in kebab-case.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }

        /// All rules.
        pub const RULES: &[Rule] = &[
            $(Rule {
                name: RuleName::$variant,
                sends: $sends,
                read_as: $read_as,
                clients: $clients,
                deviates_from: $section,
                tolerant_only: $tolerant_only,
            },)+
        ];
    };
}

impl RuleName {
    /// What the name stands for.
    pub fn rule(self) -> Option<&'static Rule> {
        RULES.iter().find(|rule| rule.name == self)
    }
}

impl fmt::Display for RuleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

rules! {
    /// A keyword of an operation in other case.
    OpCase = "op-case" {
        sends: "The `op` of a PATCH operation with capitals: `\"Add\"`, `\"Remove\"`, `\"Replace\"`.",
        read_as: "The same word in lower case.",
        clients: &["Entra ID"],
        deviates_from: "RFC 7644 §3.5.2",
        tolerant_only: false,
    }
    /// `Operations` in other case.
    OperationsCase = "operations-case" {
        sends: "The operations of a PATCH request under `operations`, or in other case.",
        read_as: "`Operations`.",
        clients: &["home-grown clients and test tools"],
        deviates_from: "RFC 7644 §3.5.2",
        tolerant_only: false,
    }
    /// A PATCH message that asks for nothing.
    OperationsEmpty = "operations-empty" {
        sends: "A PATCH request with an empty list of operations: `\"Operations\": []`.",
        read_as: "A request that changes nothing.",
        clients: &["Microsoft's SCIM validator"],
        deviates_from: "RFC 7644 §3.5.2",
        tolerant_only: true,
    }
    /// A PATCH message without its URN.
    PatchSchemasMissing = "patch-schemas-missing" {
        sends: "A PATCH request without `schemas`, or with an empty list.",
        read_as: "A request with the URN of `PatchOp`.",
        clients: &["home-grown clients and test tools"],
        deviates_from: "RFC 7644 §3.5.2",
        tolerant_only: true,
    }
    /// `path` as an empty text.
    EmptyPath = "empty-path" {
        sends: "A PATCH operation with an empty path: `\"path\": \"\"`.",
        read_as: "An operation without a path, whose value holds the attributes.",
        clients: &["clients that always write the member"],
        deviates_from: "RFC 7644 §3.5.2, figure 7",
        tolerant_only: true,
    }
    /// Keys that are paths.
    PathAsKey = "path-as-key" {
        sends: "A PATCH operation without a path, whose value has paths for keys: `{\"name.givenName\": \"Barbara\"}`.",
        read_as: "One operation for each key, with the key as its path.",
        clients: &["Entra ID with aadOptscim062020"],
        deviates_from: "RFC 7644 §3.5.2",
        tolerant_only: false,
    }
    /// Attributes that no client can change, inside a value.
    ReadOnlyInValue = "read-only-in-value" {
        sends: "A PATCH operation without a path, whose value repeats `id`, `schemas`, `meta` or `groups`.",
        read_as: "The other attributes; those that no client can change are ignored.",
        clients: &["Okta", "authentik"],
        deviates_from: "RFC 7644 §3.5.2",
        tolerant_only: false,
    }
    /// `remove` with a list of what goes.
    RemoveWithValue = "remove-with-value" {
        sends: "A `remove` operation with a list of values: `\"path\": \"members\", \"value\": [{\"value\": \"…\"}]`.",
        read_as: "The removal of the listed values only. An empty list removes nothing; no list, or `null`, removes all.",
        clients: &["Entra ID", "JumpCloud", "authentik", "Rauthy"],
        deviates_from: "RFC 7644 §3.5.2.2",
        tolerant_only: false,
    }
    /// A value that is not there is made by the path that selects it.
    ValueCreatedFromFilter = "value-created-from-filter" {
        sends: "An `add` or `replace` operation on a selected value that does not exist: \
                `\"path\": \"emails[type eq \\\"work\\\"].value\"`.",
        read_as: "The addition of such a value: an e-mail address of type `work`. Later operations find it.",
        clients: &["Entra ID"],
        deviates_from: "RFC 7644 §3.5.2.3",
        tolerant_only: true,
    }
    /// A replaced value keeps what it was selected by.
    ValueCompletedFromFilter = "value-completed-from-filter" {
        sends: "A `replace` operation on a selected value that does not repeat what it was selected by: \
                `\"path\": \"addresses[type eq \\\"work\\\"]\"` with a value without `type`.",
        read_as: "A value that keeps what it was selected by, here its `type`.",
        clients: &["home-grown clients"],
        deviates_from: "RFC 7644 §3.5.2.3",
        tolerant_only: true,
    }
    /// A literal of another type in a path.
    FilterLiteralType = "filter-literal-type" {
        sends: "A path that compares with a literal of another type: `roles[primary eq \"True\"].value`.",
        read_as: "A comparison with the value that is meant: `roles[primary eq true].value`.",
        clients: &["Entra ID"],
        deviates_from: "RFC 7644 §3.4.2.2",
        tolerant_only: true,
    }
    /// A literal without quotes in a path.
    FilterLiteralUnquoted = "filter-literal-unquoted" {
        sends: "A path that compares with text without quotes: `members[value eq 23a3]`.",
        read_as: "The same text in double quotes.",
        clients: &["Entra ID"],
        deviates_from: "RFC 7644 §3.4.2.2",
        tolerant_only: true,
    }
    /// A boolean as text.
    BooleanAsString = "boolean-as-string" {
        sends: "A boolean in quotes, in any case: `\"active\": \"False\"`, `\"primary\": \"True\"`.",
        read_as: "`true` or `false`.",
        clients: &["Entra ID", "Keycloak"],
        deviates_from: "RFC 7643 §2.3.2",
        tolerant_only: true,
    }
    /// A number as text.
    NumberAsString = "number-as-string" {
        sends: "A number in quotes for an attribute that is a number.",
        read_as: "The number.",
        clients: &["OneLogin"],
        deviates_from: "RFC 7643 §2.3.3, §2.3.4",
        tolerant_only: true,
    }
    /// A number for text.
    NumberForString = "number-for-string" {
        sends: "A number without quotes for an attribute that is text: `\"employeeNumber\": 4711`.",
        read_as: "Its digits as text.",
        clients: &["OneLogin"],
        deviates_from: "RFC 7643 §2.3.1",
        tolerant_only: true,
    }
    /// One value where a list belongs.
    SingleValueAsArray = "single-value-as-array" {
        sends: "One value where a list belongs: `\"emails\": {\"value\": \"…\"}`, `\"members\": {\"value\": \"…\"}`.",
        read_as: "A list of that one value.",
        clients: &["OneLogin"],
        deviates_from: "RFC 7643 §2.4",
        tolerant_only: true,
    }
    /// A list of one where one value belongs.
    ArrayAsSingleValue = "array-as-single-value" {
        sends: "A list of one where a single value belongs: `\"manager\": [{\"value\": \"…\"}]`.",
        read_as: "That one value.",
        clients: &["Entra ID"],
        deviates_from: "RFC 7643 §2.3.8",
        tolerant_only: true,
    }
    /// A bare value where an object belongs.
    BareValue = "bare-value" {
        sends: "A bare text where an object belongs: `\"manager\": \"123\"`, `\"emails\": [\"b@example.com\"]`.",
        read_as: "An object with that value: `{\"value\": \"123\"}`.",
        clients: &["Entra ID", "OneLogin"],
        deviates_from: "RFC 7643 §2.3.8, §2.4",
        tolerant_only: true,
    }
    /// An empty text.
    EmptyString = "empty-string" {
        sends: "An empty text: `\"title\": \"\"`, `\"manager\": \"\"`, `\"manager\": {\"value\": \"\"}`.",
        read_as: "No value: what was there is removed.",
        clients: &["Entra ID", "OneLogin", "Rauthy"],
        deviates_from: "RFC 7643 §2.5",
        tolerant_only: true,
    }
    /// The same value twice.
    DuplicateValue = "duplicate-value" {
        sends: "The same `value` and `type` twice in one attribute.",
        read_as: "One value, primary if either is.",
        clients: &["clients with two mappings to one attribute"],
        deviates_from: "RFC 7643 §2.4",
        tolerant_only: true,
    }
    /// A body without schemas.
    SchemasMissing = "schemas-missing" {
        sends: "A user or group without `schemas`, or with an empty list.",
        read_as: "A resource of the core schema.",
        clients: &["OneLogin", "home-grown clients"],
        deviates_from: "RFC 7643 §3",
        tolerant_only: true,
    }
    /// A body whose schemas lack the core schema.
    SchemasWithoutBase = "schemas-without-base" {
        sends: "A user or group whose `schemas` lack the core schema's URN.",
        read_as: "A resource of the core schema.",
        clients: &["OneLogin"],
        deviates_from: "RFC 7643 §3.3",
        tolerant_only: true,
    }
    /// A URN of SCIM 1.
    Scim1Urn = "scim-1-urn" {
        sends: "A URN of SCIM 1: `urn:scim:schemas:core:1.0`, `urn:scim:schemas:extension:enterprise:1.0`.",
        read_as: "The URN of the same schema in SCIM 2.0.",
        clients: &["OneLogin"],
        deviates_from: "RFC 7643 §3, §10.3.1",
        tolerant_only: true,
    }
    /// A schema that the resource type does not have.
    UndeclaredSchema = "undeclared-schema" {
        sends: "A URN in `schemas` that the resource type does not declare.",
        read_as: "Nothing: the URN is ignored. `schemas` of the answer names what is in use.",
        clients: &["Entra ID"],
        deviates_from: "RFC 7643 §3",
        tolerant_only: true,
    }
    /// An attribute that no schema has.
    UnknownAttribute = "unknown-attribute" {
        sends: "An attribute that no schema has.",
        read_as: "Nothing: the attribute is dropped. Correct its name or remove it from the attribute mapping.",
        clients: &["Okta", "Entra ID", "OneLogin", "Rauthy"],
        deviates_from: "RFC 7643 §3; RFC 7644 §3.5.2",
        tolerant_only: true,
    }
    /// An extension that nobody declared.
    UndeclaredExtension = "undeclared-extension" {
        sends: "An extension that the organization does not declare.",
        read_as: "Data to keep: it is stored and returned as sent, without types and checks.",
        clients: &["Okta", "Entra ID", "OneLogin"],
        deviates_from: "RFC 7643 §3.3",
        tolerant_only: true,
    }
    /// An attribute under its full name in a body.
    UrnQualifiedAttribute = "urn-qualified-attribute" {
        sends: "An attribute of a user or group under its full name: `\"urn:…:2.0:User:department\": \"IT\"`.",
        read_as: "The attribute in its place: in the extension's object, or without the URN.",
        clients: &["OneLogin", "home-grown clients"],
        deviates_from: "RFC 7643 §3.3",
        tolerant_only: true,
    }
    /// Core attributes in an object of their own.
    CoreAttributesInContainer = "core-attributes-in-container" {
        sends: "Core attributes in an object under the core schema's URN.",
        read_as: "Core attributes, as if they stood outside.",
        clients: &["OneLogin"],
        deviates_from: "RFC 7643 §3.3",
        tolerant_only: true,
    }
    /// A member that is unknown here.
    UnknownMemberSkipped = "unknown-member-skipped" {
        sends: "A member that is neither a user nor a group of the organization.",
        read_as: "The other members: the unknown one is skipped. Provision it first, then push the group again.",
        clients: &["clients that push a group before its users"],
        deviates_from: "RFC 7643 §4.2",
        tolerant_only: true,
    }
}
