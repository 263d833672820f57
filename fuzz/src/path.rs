//! Attribute paths and the paths of PATCH operations: what must hold of reading and printing them. Whether the names
//! exist is not asked here.

use wicketgate_scim::{
    Mode, ScimType,
    filter::MAX_LENGTH,
    path::{AttrPath, PatchPath},
};

use super::MODES;

/// Takes the bytes as the text of a path.
///
/// - Every refusal is `invalidPath`, or `invalidFilter` where the path has brackets.
/// - What is printed reads back as the same path, in every mode.
/// - What strict mode understands, tolerant mode understands in the same way.
/// - An attribute path is a PATCH path with the same parts.
pub fn run(data: &[u8]) -> bool {
    let Ok(text) = str::from_utf8(data) else {
        return false;
    };
    let plain = AttrPath::parse(text);
    match &plain {
        Ok(path) => assert_eq!(AttrPath::parse(&path.to_string()).as_ref(), Ok(path), "{text}"),
        Err(error) => assert_eq!(error.scim_type, ScimType::InvalidPath, "{text}: {error}"),
    }
    let mut understood = false;
    for mode in MODES {
        let path = match PatchPath::parse(text, mode) {
            Ok(path) => path,
            Err(error) => {
                let is_filter = error.scim_type == ScimType::InvalidFilter && text.contains('[');
                assert!(
                    is_filter || error.scim_type == ScimType::InvalidPath,
                    "{text}: {error}"
                );
                continue;
            }
        };
        understood = true;
        if !mode.is_tolerant() {
            assert_eq!(
                PatchPath::parse(text, Mode::Tolerant).as_ref(),
                Ok(&path),
                "{mode} against tolerant: {text}"
            );
        }
        reads_back(&path);
        if let Ok(AttrPath { urn, name, sub }) = plain.clone() {
            let name = Some(name);
            assert_eq!(
                path,
                PatchPath {
                    urn,
                    name,
                    filter: None,
                    sub
                },
                "{text}"
            );
        }
    }
    understood
}

/// Printing may write more than was sent, escapes for instance, and so pass the limit.
fn reads_back(path: &PatchPath) {
    let printed = path.to_string();
    if printed.chars().count() > MAX_LENGTH {
        return;
    }
    for mode in MODES {
        assert_eq!(
            PatchPath::parse(&printed, mode).as_ref(),
            Ok(path),
            "{mode}: {printed}"
        );
    }
}
