//! Deviations first seen from OneLogin, whose administrators write the JSON of a user themselves. It knows names, no
//! values.

use crate::schema::{ENTERPRISE_USER, ResourceType};

/// The URN in SCIM 2.0 of a schema that is named by its URN in SCIM 1.
pub(crate) fn scim_2_urn<'a>(rt: &'a ResourceType, urn: &str) -> Option<&'a str> {
    let is = |other: &str| urn.eq_ignore_ascii_case(other);
    if is("urn:scim:schemas:core:1.0")
        || is("urn:scim:schemas:core:1.0:User")
        || is("urn:scim:schemas:core:1.0:Group")
    {
        return Some(&rt.schema.id);
    }
    if is("urn:scim:schemas:extension:enterprise:1.0") || is("urn:scim:schemas:extension:enterprise:1.0:User")
    {
        return rt
            .extension(ENTERPRISE_USER)
            .map(|extension| extension.schema.id.as_str());
    }
    None
}
