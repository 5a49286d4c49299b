//! Check digits and checksums that tell a real number or token from one that only looks like it.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

/// ISO/IEC 7812-1 annex B: the check digit of cards and many national numbers.
pub fn luhn(digits: &[u8]) -> bool {
    let mut sum = 0_u32;
    for (place, digit) in digits.iter().rev().enumerate() {
        let value = u32::from(*digit);
        let doubled = if place % 2 == 1 { value * 2 } else { value };
        sum += if doubled > 9 { doubled - 9 } else { doubled };
    }
    digits.len() > 1 && sum.is_multiple_of(10)
}

/// The sum of digits times weights, weights counted from the left.
pub fn weighted(digits: &[u8], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| u32::from(*digit) * weight).sum()
}

/// The number modulo `modulus`, digit by digit, so that its length does not matter.
pub fn modulo(digits: &[u8], modulus: u64) -> u64 {
    digits.iter().fold(0, |rest, digit| (rest * 10 + u64::from(*digit)) % modulus)
}

/// ISO/IEC 7064 MOD 97-10 as ISO 13616 uses it: the first four characters go to the end, letters are 10 to 35.
pub fn iban(characters: &[u8]) -> bool {
    if characters.len() < 5 {
        return false;
    }
    let (head, tail) = characters.split_at(4);
    let mut rest = 0_u32;
    for byte in tail.iter().chain(head) {
        rest = match byte {
            b'0'..=b'9' => rest * 10 + u32::from(byte - b'0'),
            b'A'..=b'Z' => rest * 100 + u32::from(byte - b'A') + 10,
            b'a'..=b'z' => rest * 100 + u32::from(byte - b'a') + 10,
            _ => return false,
        } % 97;
    }
    rest == 1
}

/// ISO/IEC 7064 MOD 11,10: German tax numbers, Croatian OIB.
pub fn mod_11_10(digits: &[u8]) -> bool {
    let Some((check, payload)) = digits.split_last() else { return false };
    let product = payload.iter().fold(10_u32, |product, digit| {
        let sum = (u32::from(*digit) + product) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    (11 - product) % 10 == u32::from(*check)
}

/// Verhoeff's dihedral check, of the Indian Aadhaar (J. Verhoeff, *Error Detecting Decimal Codes*, 1969).
pub fn verhoeff(digits: &[u8]) -> bool {
    const PRODUCT: [[u8; 10]; 10] = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
        [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
        [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
        [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
        [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
        [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
        [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
        [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
        [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
    ];
    const PERMUTATION: [[u8; 10]; 8] = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
        [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
        [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
        [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
        [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
        [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
        [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
    ];
    let mut check = 0;
    for (place, digit) in digits.iter().rev().enumerate() {
        let permuted = PERMUTATION[place % 8][usize::from(*digit % 10)];
        check = PRODUCT[usize::from(check)][usize::from(permuted)];
    }
    check == 0
}

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Whether the last six characters are the CRC-32 of the others in base 62: GitHub's and npm's tokens
/// (GitHub, *Behind GitHub's new authentication token formats*, 2021).
pub fn crc32_base62(body: &[u8]) -> bool {
    let Some((payload, check)) = body.len().checked_sub(6).map(|at| body.split_at(at)) else {
        return false;
    };
    let mut rest = crc32fast::hash(payload);
    let mut expected = [b'0'; 6];
    for place in expected.iter_mut().rev() {
        *place = BASE62[(rest % 62) as usize];
        rest /= 62;
    }
    check == expected
}

const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// The characters of base 58, which has no 0, O, I and l.
pub fn is_base58(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() && !matches!(byte, b'0' | b'O' | b'I' | b'l')
}

/// Base58Check: a version byte, 20 bytes, and four bytes of a double SHA-256. `ripple` says whether
/// the alphabet of the XRP ledger is used instead of Bitcoin's.
pub fn base58check(text: &[u8], ripple: bool) -> bool {
    const RIPPLE: &[u8; 58] = b"rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz";
    let alphabet = if ripple { RIPPLE } else { BASE58 };
    let mut number = [0_u8; 25];
    for byte in text {
        let Some(digit) = alphabet.iter().position(|known| known == byte) else { return false };
        let mut carry = digit as u32;
        for place in number.iter_mut().rev() {
            carry += u32::from(*place) * 58;
            *place = (carry & 0xff) as u8;
            carry >>= 8;
        }
        if carry != 0 {
            return false;
        }
    }
    let (payload, check) = number.split_at(21);
    Sha256::digest(Sha256::digest(payload)).as_slice().starts_with(check)
}

/// Bech32 and Bech32m over a whole address of one case (BIP 173, BIP 350).
pub fn bech32(text: &[u8]) -> bool {
    const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let lower = text.to_ascii_lowercase();
    if text.iter().any(u8::is_ascii_uppercase) && text.iter().any(u8::is_ascii_lowercase) {
        return false;
    }
    let Some(one) = lower.iter().rposition(|byte| *byte == b'1') else { return false };
    let (prefix, data) = (&lower[..one], &lower[one + 1..]);
    let mut check = 1_u32;
    let mut step = |value: u32| {
        let top = check >> 25;
        check = (check & 0x1ff_ffff) << 5 ^ value;
        for (bit, generator) in GENERATOR.iter().enumerate() {
            if top >> bit & 1 == 1 {
                check ^= generator;
            }
        }
    };
    prefix.iter().for_each(|byte| step(u32::from(byte >> 5)));
    step(0);
    prefix.iter().for_each(|byte| step(u32::from(byte & 31)));
    for byte in data {
        let Some(value) = ALPHABET.iter().position(|known| known == byte) else { return false };
        step(value as u32);
    }
    data.len() >= 6 && matches!(check, 1 | 0x2bc8_30a3)
}

/// Shannon's entropy in bits a character.
pub fn entropy_bits(text: &[u8]) -> f64 {
    // Of n bytes, one that comes c times has the share c/n, and so log2(n) - log2(c) bits, c times over.
    let mut counts = [0_u32; 256];
    text.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
    let log = |count: u32| match LOGARITHMS.get(count as usize) {
        Some(known) => *known,
        None => f64::from(count).log2(),
    };
    let length = text.len().max(1);
    let of_counts: f64 = text.iter().map(|byte| log(counts[usize::from(*byte)])).sum();
    log(u32::try_from(length).unwrap_or(u32::MAX)) - of_counts / length as f64
}

/// Logarithms of the first numbers to the base of 2: most values are short.
static LOGARITHMS: LazyLock<[f64; 129]> =
    LazyLock::new(|| std::array::from_fn(|number| (number.max(1) as f64).log2()));

/// How many different bytes there are.
pub fn distinct(text: &[u8]) -> usize {
    let mut seen = [0_u64; 4];
    text.iter().for_each(|byte| seen[usize::from(*byte / 64)] |= 1 << (byte % 64));
    seen.iter().map(|bits| bits.count_ones() as usize).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_is_in_bits_a_character() {
        let close = |text: &[u8], bits: f64| (entropy_bits(text) - bits).abs() < 1e-9;
        assert!(close(b"", 0.0) && close(b"aaaa", 0.0) && close(b"abab", 1.0));
        assert!(
            close(b"abcd", 2.0) && close(&[b"ab".repeat(300), b"cd".repeat(300)].concat(), 2.0)
        );
        assert_eq!(
            (distinct(b""), distinct(b"abcab"), distinct(&[0, 64, 128, 192, 255])),
            (0, 3, 5)
        );
    }
}
