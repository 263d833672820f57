//! Folding of names for comparison: two texts that fold alike are the same name. For display the text is kept as sent.

use std::borrow::Cow;

use icu_casemap::CaseMapper;
use icu_normalizer::ComposingNormalizerBorrowed;

/// U+FF61 to U+FF9D in order, as their full-width equivalents.
const KATAKANA: &str = "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";

/// Folds a text: NFC, full- and halfwidth forms to their ordinary ones, full case folding, NFC.
///
/// This is the username preparation of RFC 8265 §3.3 without its refusals. Folding is idempotent.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    fold_unicode(text)
}

fn fold_unicode(text: &str) -> String {
    const NFC: ComposingNormalizerBorrowed<'static> = ComposingNormalizerBorrowed::new_nfc();
    let composed = NFC.normalize(text);
    let ordinary = if composed.chars().any(|c| ordinary_width(c) != c) {
        Cow::Owned(composed.chars().map(ordinary_width).collect())
    } else {
        composed
    };
    let folded = CaseMapper::new().fold_string(&ordinary);
    NFC.normalize(&folded).into_owned()
}

/// The decomposition of a character that Unicode marks `<wide>` or `<narrow>`; any other character itself.
fn ordinary_width(c: char) -> char {
    let shifted = |first: u32, target: u32| char::from_u32(u32::from(c) - first + target).unwrap_or(c);
    match c {
        '\u{3000}' => ' ',
        '\u{FF01}'..='\u{FF5E}' => shifted(0xFF01, 0x21),
        '\u{FF5F}'..='\u{FF60}' => shifted(0xFF5F, 0x2985),
        '\u{FF61}'..='\u{FF9D}' => usize::try_from(u32::from(c) - 0xFF61)
            .ok()
            .and_then(|index| KATAKANA.chars().nth(index))
            .unwrap_or(c),
        '\u{FF9E}'..='\u{FF9F}' => shifted(0xFF9E, 0x3099),
        '\u{FFA0}' => '\u{3164}',
        '\u{FFA1}'..='\u{FFBE}' => shifted(0xFFA1, 0x3131),
        '\u{FFC2}'..='\u{FFC7}' => shifted(0xFFC2, 0x314F),
        '\u{FFCA}'..='\u{FFCF}' => shifted(0xFFCA, 0x3155),
        '\u{FFD2}'..='\u{FFD7}' => shifted(0xFFD2, 0x315B),
        '\u{FFDA}'..='\u{FFDC}' => shifted(0xFFDA, 0x3161),
        '\u{FFE0}'..='\u{FFE1}' => shifted(0xFFE0, 0xA2),
        '\u{FFE2}' => '\u{AC}',
        '\u{FFE3}' => '\u{AF}',
        '\u{FFE4}' => '\u{A6}',
        '\u{FFE5}' => '\u{A5}',
        '\u{FFE6}' => '\u{20A9}',
        '\u{FFE8}' => '\u{2502}',
        '\u{FFE9}'..='\u{FFEC}' => shifted(0xFFE9, 0x2190),
        '\u{FFED}' => '\u{25A0}',
        '\u{FFEE}' => '\u{25CB}',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use icu_normalizer::DecomposingNormalizerBorrowed;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn case_makes_no_difference() {
        assert_eq!(fold("Bjensen@Example.COM"), "bjensen@example.com");
        assert_eq!(fold("ÅSA"), fold("åsa"));
        assert_eq!(fold("ΣΊΣΥΦΟΣ"), fold("σίσυφος"));
        assert_eq!(fold("STRASSE ä"), fold("straße Ä"));
    }

    #[test]
    fn composition_makes_no_difference() {
        assert_eq!(fold("Jos\u{e9}"), fold("JOSE\u{301}"));
    }

    #[test]
    fn width_makes_no_difference() {
        assert_eq!(
            fold("Ｂｊｅｎｓｅｎ＠ｅｘａｍｐｌｅ．ｃｏｍ"),
            "bjensen@example.com"
        );
        assert_eq!(fold("ｶﾞｷﾞ"), "ガギ");
        assert_eq!(fold("a\u{3000}b"), "a b");
    }

    #[test]
    fn different_names_stay_different() {
        assert_ne!(fold("jose é"), fold("josé e"));
        // Compatibility forms other than width are other names: RFC 8265 uses NFC, not NFKC.
        assert_ne!(fold("ﬁnn"), fold("ﬃnn"));
        assert_ne!(fold("x²"), fold("x2"));
        // Case folding is not Turkish.
        assert_ne!(fold("ılgaz"), fold("ilgaz"));
    }

    #[test]
    fn every_width_form_becomes_what_unicode_says() {
        let nfkd = DecomposingNormalizerBorrowed::new_nfkd();
        let mut mapped = 0;
        for c in ('\u{FF00}'..='\u{FFEF}').chain(['\u{3000}']) {
            let ordinary = ordinary_width(c);
            mapped += usize::from(ordinary != c);
            assert_eq!(
                nfkd.normalize(c.encode_utf8(&mut [0; 4])),
                nfkd.normalize(ordinary.encode_utf8(&mut [0; 4])),
                "{c:?}"
            );
        }
        assert_eq!(mapped, 226);
    }

    #[test]
    fn folding_any_character_twice_changes_nothing() {
        for c in '\0'..=char::MAX {
            let once = fold(c.encode_utf8(&mut [0; 4]));
            assert_eq!(fold(&once), once, "{c:?}");
        }
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,12}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn the_ascii_path_agrees_with_the_long_one(text in "[ -~]{0,20}") {
            prop_assert_eq!(fold(&text), fold_unicode(&text));
        }
    }
}
