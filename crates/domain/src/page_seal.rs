//! What a page hands to a browser and gets back: sealed where the browser may read it, encrypted where it may not. The
//! peppers themselves stay in here, and no seal of a page is one of anything else.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use crate::Gateway;

/// Bytes of the pepper's number, which stands before what is encrypted.
const ID_LEN: usize = 4;

impl Gateway {
    /// The time, for what a page judges by itself.
    pub fn now(&self) -> jiff::Timestamp {
        self.shared.sources.now()
    }

    /// Seals a message for one purpose of the pages.
    pub fn seal_for_page(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        self.shared.peppers.seal(&of_pages(purpose), message)
    }

    /// Whether this message was sealed for this purpose of the pages. The time it takes does not depend on the seal.
    pub fn is_sealed_for_page(&self, purpose: &str, message: &[u8], seal: &[u8]) -> bool {
        self.shared.peppers.is_sealed(&of_pages(purpose), message, seal)
    }

    /// Encrypts a message for one purpose of the pages: letters, digits, `-` and `_`.
    pub fn encrypt_for_page(&self, purpose: &str, message: &[u8]) -> String {
        let (pepper_id, encrypted) = self
            .shared
            .sources
            .with_entropy(|entropy| self.shared.peppers.encrypt(&of_pages(purpose), message, entropy));
        let mut bytes = pepper_id.to_be_bytes().to_vec();
        bytes.extend_from_slice(&encrypted);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads what [`Gateway::encrypt_for_page`] made for this purpose.
    pub fn decrypt_for_page(&self, purpose: &str, text: &str) -> Option<Zeroizing<Vec<u8>>> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (pepper_id, encrypted) = bytes.split_first_chunk::<ID_LEN>()?;
        self.shared
            .peppers
            .decrypt(&of_pages(purpose), i32::from_be_bytes(*pepper_id), encrypted)
            .ok()
    }
}

fn of_pages(purpose: &str) -> String {
    format!("wicketgate page {purpose}")
}
