//! Base64, base32 and hexadecimal runs (RFC 4648).

use std::ops::Range;

use data_encoding::{BASE32_NOPAD, BASE64_NOPAD, BASE64URL_NOPAD, Encoding, HEXLOWER_PERMISSIVE};

use super::{BLOBS_MAX, as_text};
use crate::normalise::View;
use crate::normalise::survey::BLOB_BYTES_MIN;

/// Bytes of a run that are decoded to see whether it is worth decoding.
const TASTE_BYTES: usize = 16;

/// The texts of the encoded runs, together at most `bytes_max` long.
pub fn blobs(text: &str, bytes_max: usize) -> Vec<View> {
    let mut views = Vec::new();
    let mut left = bytes_max;
    for run in runs(text.as_bytes()) {
        if views.len() == BLOBS_MAX {
            break;
        }
        let Some(decoded) = decode(&text.as_bytes()[run.clone()], left) else { continue };
        left -= decoded.len().min(left);
        views.push(View::whole(decoded, run));
    }
    views
}

fn is_blob(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

/// The runs of letters that an encoding uses, without their padding.
fn runs(bytes: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        // A run that begins at `from` or behind it, and is long enough, has a letter at its least length less one.
        while let Some(byte) = bytes.get(from + BLOB_BYTES_MIN - 1) {
            if !is_blob(*byte) {
                from += BLOB_BYTES_MIN;
                continue;
            }
            let last = from + BLOB_BYTES_MIN - 1;
            let start =
                last - bytes[from..last].iter().rev().take_while(|byte| is_blob(**byte)).count();
            let end = last + bytes[last..].iter().take_while(|byte| is_blob(**byte)).count();
            from = end + 1;
            if end - start >= BLOB_BYTES_MIN {
                return Some(start..end);
            }
        }
        None
    })
}

fn decode(run: &[u8], bytes_max: usize) -> Option<String> {
    let run = &run[..run.len().min(bytes_max)];
    let all = |accepts: fn(&u8) -> bool| run.iter().all(accepts);
    if all(u8::is_ascii_hexdigit)
        && let Some(text) = attempt(&HEXLOWER_PERMISSIVE, run, 2)
    {
        return Some(text);
    }
    if all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'))
        && let Some(text) = attempt(&BASE32_NOPAD, run, 8)
    {
        return Some(text);
    }
    let encoding = if all(|byte| !matches!(byte, b'-' | b'_')) {
        &BASE64_NOPAD
    } else if all(|byte| !matches!(byte, b'+' | b'/')) {
        &BASE64URL_NOPAD
    } else {
        return None;
    };
    attempt(encoding, run, 4)
}

/// Decodes whole blocks of `block` letters, and what can be saved of the last one.
fn attempt(encoding: &Encoding, run: &[u8], block: usize) -> Option<String> {
    let taste = encoding.decode(&run[..TASTE_BYTES.min(run.len())]).ok()?;
    let strange =
        taste.iter().filter(|byte| byte.is_ascii_control() && !byte.is_ascii_whitespace()).count();
    if strange > 1 {
        return None;
    }
    let bytes =
        encoding.decode(run).or_else(|_| encoding.decode(&run[..run.len() / block * block]));
    as_text(bytes.ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_encoding_is_read() {
        for (encoded, plain) in [
            ("so: aWdub3JlIGFsbCBvZiBpdA== !", "ignore all of it"),
            ("so: aWdub3JlIGFsbCBvZiBpdA", "ignore all of it"),
            ("NFTW433SMUQGC3DMEBXWMIDJOQ======", "ignore all of it"),
            ("69676e6f726520616c6c206f66206974", "ignore all of it"),
        ] {
            let views = blobs(encoded, 1_000);
            assert_eq!(views.len(), 1, "{encoded}");
            assert_eq!(views[0].text, plain);
        }
    }

    #[test]
    fn what_is_no_text_is_left_alone() {
        assert!(blobs("crates/guard/src/decode/blobs", 1_000).is_empty());
        assert!(blobs("d41d8cd98f00b204e9800998ecf8427e", 1_000).is_empty());
        assert!(blobs("internationalisation_of_everything", 1_000).is_empty());
    }
}
