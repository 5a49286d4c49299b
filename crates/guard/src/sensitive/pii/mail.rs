//! Mail addresses: dot-atoms on both sides of the at sign (RFC 5321 §4.1.2), international ones too (RFC 6531).

use super::window::{AHEAD_BYTES_MAX, Window, is_word};
use super::{Found, kind};

/// The longest local part (RFC 5321 §4.5.3.1.1).
const LOCAL_BYTES_MAX: usize = 64;

pub fn detect(window: &Window<'_>) -> Option<Found> {
    let mut at = 0;
    // The longest run of what may stand before the at sign. An apostrophe belongs to a name only between letters.
    while at <= LOCAL_BYTES_MAX {
        match window.at(at)? {
            b'@' => break,
            byte if is_word(byte) || matches!(byte, b'.' | b'+' | b'-' | b'%') => at += 1,
            b'\'' if at > 0 && window.at(at + 1).is_some_and(|next| next.is_ascii_alphabetic()) => {
                at += 1
            }
            _ => return None,
        }
    }
    if at == 0 || at > LOCAL_BYTES_MAX || matches!(window.slice(at - 1..at), [b'.' | b'-' | b'\''])
    {
        return None;
    }
    let local = window.slice(0..at);
    let end = domain(window, at + 1)?;
    // The user of a code host's remote is nobody.
    if local == b"git" && window.at(end) == Some(b':') {
        return None;
    }
    Some(Found { kind: kind("email"), length: end })
}

/// The end of a domain name: labels divided by dots, the last of letters. Where the window ends first, there too.
fn domain(window: &Window<'_>, start: usize) -> Option<usize> {
    let label_byte = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte >= 0x80;
    let mut labels = 0;
    let mut end = start;
    let mut at = start;
    loop {
        let label = window.run(at, 64, label_byte);
        let text = window.slice(at..label);
        if text.is_empty() || text[0] == b'-' {
            break;
        }
        if label >= AHEAD_BYTES_MAX {
            return Some(AHEAD_BYTES_MAX);
        }
        labels += 1;
        let hyphens = text.iter().rev().take_while(|byte| **byte == b'-').count();
        // A label that only digits make is a version's or an address's, not a top-level domain.
        let top = text.len() - hyphens >= 2
            && (text.iter().all(|byte| byte.is_ascii_alphabetic() || *byte >= 0x80)
                || text.starts_with(b"xn--")
                || hyphens > 0 && !text[0].is_ascii_digit());
        if labels > 1 && top {
            end = label - hyphens;
        }
        if window.at(label) != Some(b'.') || hyphens > 0 {
            break;
        }
        at = label + 1;
    }
    (end > start).then_some(end)
}
