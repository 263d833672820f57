//! What a row says that nobody searches by: one text, so that rows are narrow and can learn to say more.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::action::TargetKind;

/// What is known of a request beside the columns. What is not known takes no room.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Facts {
    #[serde(rename = "m", skip_serializing_if = "String::is_empty")]
    pub(crate) method: String,
    #[serde(rename = "r", skip_serializing_if = "String::is_empty")]
    pub(crate) route: String,
    /// The UUID of the service user, without hyphens.
    #[serde(rename = "s", skip_serializing_if = "Option::is_none")]
    pub(crate) service_user: Option<String>,
    #[serde(rename = "k", skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<Marked>,
    #[serde(rename = "n", skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    /// What a lookup found, without hyphens. It is no target that rows are searched by: a lookup changes nothing, and
    /// the place of a user in an index is a page of its own for every one of them.
    #[serde(rename = "p", skip_serializing_if = "Option::is_none")]
    pub(crate) resource: Option<String>,
    /// The position among the operations of a bulk request.
    #[serde(rename = "o", skip_serializing_if = "Option::is_none")]
    pub(crate) operation: Option<u32>,
    #[serde(rename = "q", skip_serializing_if = "Option::is_none")]
    pub(crate) question: Option<String>,
    #[serde(rename = "f", skip_serializing_if = "Option::is_none")]
    pub(crate) found: Option<u64>,
    #[serde(rename = "a", skip_serializing_if = "Vec::is_empty")]
    pub(crate) attributes: Vec<String>,
    #[serde(rename = "+", skip_serializing_if = "is_zero")]
    pub(crate) added: usize,
    #[serde(rename = "-", skip_serializing_if = "is_zero")]
    pub(crate) removed: usize,
    #[serde(rename = "x", skip_serializing_if = "Option::is_none")]
    pub(crate) failure: Option<String>,
    /// What goes with the name of the failure.
    #[serde(rename = "y", skip_serializing_if = "Option::is_none")]
    pub(crate) about: Option<String>,
    #[serde(rename = "t", skip_serializing_if = "Option::is_none")]
    pub(crate) scim_type: Option<String>,
    #[serde(rename = "e", skip_serializing_if = "Option::is_none")]
    pub(crate) detail: Option<String>,
    #[serde(rename = "w", skip_serializing_if = "Vec::is_empty")]
    pub(crate) rewrites: Vec<(String, String)>,
    #[serde(rename = "d", skip_serializing_if = "is_nothing")]
    pub(crate) microseconds: u64,
    #[serde(rename = "u", skip_serializing_if = "Option::is_none")]
    pub(crate) user_agent: Option<String>,
    #[serde(rename = "i", skip_serializing_if = "Option::is_none")]
    pub(crate) network: Option<String>,
    /// The id of the request, where that of the row does not tell it.
    #[serde(rename = "z", skip_serializing_if = "Option::is_none")]
    pub(crate) request: Option<String>,
    /// How many requests the row stands for, where it is more than one.
    #[serde(rename = "c", skip_serializing_if = "is_nothing")]
    pub(crate) count: u64,
    /// The first of them, in milliseconds.
    #[serde(rename = "b", skip_serializing_if = "Option::is_none")]
    pub(crate) first: Option<i64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_nothing(number: &u64) -> bool {
    *number == 0
}

/// A kind of target as one letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Marked(pub(crate) TargetKind);

impl Serialize for Marked {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self.0 {
            TargetKind::User => "u",
            TargetKind::Group => "g",
        })
    }
}

impl<'de> Deserialize<'de> for Marked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match String::deserialize(deserializer)?.as_str() {
            "u" => Ok(Self(TargetKind::User)),
            "g" => Ok(Self(TargetKind::Group)),
            _ => Err(de::Error::custom("neither a user nor a group")),
        }
    }
}

impl Facts {
    /// The text in the database.
    pub(crate) fn text(&self) -> String {
        // A struct of texts and numbers can always be written.
        serde_json::to_string(self).unwrap_or_default()
    }
}
