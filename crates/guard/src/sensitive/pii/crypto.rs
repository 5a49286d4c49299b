//! Addresses of crypto-currencies, proven by their checksums; Ethereum's by its form.

use super::window::Window;
use super::{Found, kind};
use crate::sensitive::checks::{base58check, bech32, is_base58};

pub fn detect(window: &Window<'_>, word: usize) -> Option<Found> {
    let text = window.slice(0..word);
    if !(25..=75).contains(&word) || !window.is_boundary(word) {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let segwit = [b"bc1".as_slice(), b"tb1", b"ltc1", b"bcrt1"]
        .iter()
        .any(|prefix| lower.starts_with(prefix));
    let ether =
        word == 42 && lower.starts_with(b"0x") && lower[2..].iter().all(u8::is_ascii_hexdigit);
    // 1 and 3 for Bitcoin, L and M for Litecoin, D for Dogecoin, T for Tron, X for Dash, r for the XRP ledger.
    let legacy = word <= 35
        && matches!(
            text[0],
            b'1' | b'3'
                | b'2'
                | b'm'
                | b'n'
                | b'L'
                | b'M'
                | b'D'
                | b'A'
                | b'9'
                | b'T'
                | b'X'
                | b'7'
                | b'r'
                | b't'
                | b'Z'
        )
        && text.iter().all(|byte| is_base58(*byte));
    let is = ether || segwit && bech32(text) || legacy && base58check(text, text[0] == b'r');
    is.then_some(Found { kind: kind("crypto_address"), length: word })
}
