//! Encodings undone, within bounds: a text that was decoded is read like any other, and may hold an encoded one again.

pub mod blobs;
pub mod ciphers;
pub mod escapes;
pub mod fragments;

/// How often a decoded text may be decoded again.
pub const DEPTH_MAX: usize = 2;
/// Bytes of all the views that one scan may make, folded ones included.
pub const DERIVED_BYTES_MAX: usize = 512 * 1024;
/// Encoded runs that are decoded in one text.
pub const BLOBS_MAX: usize = 64;

/// Whether bytes that came out of a decoder are a text that somebody wrote.
fn as_text(bytes: Vec<u8>) -> Option<String> {
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        // A cut last character is no reason to give up the rest.
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let mut bytes = error.into_bytes();
            if bytes.len() - valid > 3 {
                return None;
            }
            bytes.truncate(valid);
            String::from_utf8(bytes).ok()?
        }
    };
    let (mut shown, mut hidden) = (0_usize, 0_usize);
    for character in text.chars() {
        if character.is_alphanumeric() || character.is_ascii_graphic() || character.is_whitespace()
        {
            shown += 1;
        } else {
            hidden += 1;
        }
    }
    (shown >= 4 && hidden * 10 <= shown).then_some(text)
}
