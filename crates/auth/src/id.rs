//! The ids that both sides of the decision need. Other ids live with their resource.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use uuid::{Uuid, Variant};

/// The text is not the canonical form of an id.
///
/// On a URL this is no mistake worth explaining: an id in any other spelling is simply unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not an id: expected a UUID version 7 in lower case with hyphens, such as 0198f2a1-7c3e-7d4b-9a55-3c1f0e6b2d88"
)]
pub struct InvalidId;

/// Reads the one spelling that is written: every id then has exactly one URL, and one cache and log key.
fn parse_canonical(text: &str) -> Result<Uuid, InvalidId> {
    let uuid = Uuid::try_parse(text).map_err(|_| InvalidId)?;
    let canonical = uuid.hyphenated().encode_lower(&mut Uuid::encode_buffer()) == text;
    if canonical && uuid.get_version_num() == 7 && uuid.get_variant() == Variant::RFC4122 {
        Ok(uuid)
    } else {
        Err(InvalidId)
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// Text is read only in the canonical form: version 7, lower case, hyphenated.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID that this installation made or stored; its version is not checked.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID, for a column or an index.
            pub const fn as_uuid(&self) -> &Uuid {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self.0.as_hyphenated(), f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                parse_canonical(text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    };
}

id! {
    /// Names an organization, as in `/scim/v2/{orgId}`.
    OrgId
}

id! {
    /// Names a service user of an organization.
    ServiceUserId
}

id! {
    /// Names an account: a person who uses the console. No user that was provisioned is one.
    AccountId
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Builder;

    use super::*;

    const CANONICAL: &str = "0198f2a1-7c3e-7d4b-9a55-3c1f0e6b2d88";

    #[test]
    fn the_canonical_text_is_read_and_printed_unchanged() {
        assert_eq!(CANONICAL.parse::<OrgId>().unwrap().to_string(), CANONICAL);
        assert_eq!(CANONICAL.parse::<ServiceUserId>().unwrap().to_string(), CANONICAL);
    }

    #[test]
    fn an_id_goes_through_its_uuid_unchanged() {
        let id: OrgId = CANONICAL.parse().unwrap();
        assert_eq!(OrgId::from_uuid(*id.as_uuid()), id);
        assert_eq!(format!("{id:?}"), format!("OrgId({CANONICAL})"));
    }

    #[test]
    fn an_id_is_serialized_as_its_text() {
        let id: OrgId = CANONICAL.parse().unwrap();
        assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{CANONICAL}\""));
    }

    #[test]
    fn any_other_spelling_is_refused() {
        for (text, why) in [
            ("", "empty"),
            ("0198F2A1-7C3E-7D4B-9A55-3C1F0E6B2D88", "upper case"),
            ("0198f2a1-7c3e-7d4b-9a55-3c1f0e6b2d8A", "one upper-case digit"),
            ("0198f2a17c3e7d4b9a553c1f0e6b2d88", "no hyphens"),
            ("{0198f2a1-7c3e-7d4b-9a55-3c1f0e6b2d88}", "braces"),
            ("urn:uuid:0198f2a1-7c3e-7d4b-9a55-3c1f0e6b2d88", "urn"),
            (" 0198f2a1-7c3e-7d4b-9a55-3c1f0e6b2d88", "leading space"),
            ("0198f2a1-7c3e-7d4b-9a55-3c1f0e6b2d88\n", "trailing newline"),
            ("0198f2a1-7c3e-7d4b-9a55-3c1f0e6b2d8", "a digit short"),
            ("0198f2a1-7c3e-7d4b-9a55-3c1f0e6b2d888", "a digit long"),
            ("0198f2a1-7c3e7-d4b-9a55-3c1f0e6b2d88", "hyphen moved"),
            ("0198f2a1-7c3e-7d4b-9a55-3c1f0e6b2dé", "same bytes, not ASCII"),
            ("0198f2a1-7c3e-4d4b-9a55-3c1f0e6b2d88", "version 4"),
            ("0198f2a1-7c3e-1d4b-9a55-3c1f0e6b2d88", "version 1"),
            ("0198f2a1-7c3e-7d4b-ca55-3c1f0e6b2d88", "another variant"),
            ("00000000-0000-0000-0000-000000000000", "nil"),
            ("ffffffff-ffff-ffff-ffff-ffffffffffff", "max"),
        ] {
            assert_eq!(text.parse::<OrgId>(), Err(InvalidId), "{why}");
        }
    }

    proptest! {
        #[test]
        fn every_version_7_uuid_is_read_as_it_was_printed(millis in 0_u64..(1 << 48), random: [u8; 10]) {
            let id = OrgId::from_uuid(Builder::from_unix_timestamp_millis(millis, &random).into_uuid());
            prop_assert_eq!(id.to_string().parse(), Ok(id));
        }

        #[test]
        fn only_printed_text_is_ever_read(text in "[0-9a-fA-F{}:urn -]{30,40}|\\PC*") {
            if let Ok(id) = text.parse::<OrgId>() {
                prop_assert_eq!(id.to_string(), text);
            }
        }
    }
}
