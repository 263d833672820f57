//! A QR code as an inline picture. It is drawn, not styled: no style may be inline here.

use std::fmt::Write as _;

use qrcodegen::{QrCode, QrCodeEcc};

/// The light border that readers of QR codes need.
const BORDER: i32 = 4;

/// The code of a text, or nothing where the text is too long for one.
pub(super) fn svg(text: &str) -> Option<String> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let side = code.size() + 2 * BORDER;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in 0..code.size() {
            if code.get_module(x, y) {
                write!(path, "M{} {}h1v1h-1z", x + BORDER, y + BORDER).ok()?;
            }
        }
    }
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\" \
         aria-hidden=\"true\" focusable=\"false\"><path fill=\"#000\" d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_three_corners_inside_the_border() {
        let svg =
            svg("otpauth://totp/Wicketgate:anna%40example.com?secret=JBSWY3DPEHPK3PXP&issuer=Wicketgate")
                .unwrap();
        let side: i32 = svg
            .split_once("viewBox=\"0 0 ")
            .unwrap()
            .1
            .split(' ')
            .next()
            .unwrap()
            .parse()
            .unwrap();
        for (x, y) in [(4, 4), (side - 5, 4), (4, side - 5)] {
            assert!(svg.contains(&format!("M{x} {y}h1v1h-1z")), "{x} {y}");
        }
        assert!(!svg.contains("M3 ") && !svg.contains("style"), "{svg}");
    }

    #[test]
    fn a_text_that_is_too_long_has_no_code() {
        assert!(svg(&"a".repeat(5_000)).is_none());
    }
}
