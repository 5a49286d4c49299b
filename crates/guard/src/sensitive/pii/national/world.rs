//! Check digits and dates of the numbers of other continents, as `europe` has them.

use super::{digits, is_date, luhn_of, number};
use crate::sensitive::checks::{distinct, luhn, verhoeff, weighted};

/// SSA, *Social Security Number Randomization*: no area 000, 666 or 9xx, no group 00, no serial 0000.
pub fn us_ssn(text: &[u8]) -> bool {
    let (area, group, serial) = (number(&text[..3]), number(&text[3..5]), number(&text[5..]));
    !matches!(area, 0 | 666 | 900..)
        && group != 0
        && serial != 0
        && !matches!(text, b"123456789" | b"078051120")
}

pub fn us_itin(text: &[u8]) -> bool {
    text[0] == b'9' && matches!(number(&text[3..5]), 50..=65 | 70..=88 | 90..=92 | 94..=99)
}

/// CMS, *Understanding the MBI*: no S, L, O, I, B, Z.
pub fn us_mbi(text: &[u8]) -> bool {
    let letter = |at: usize| text[at].is_ascii_alphabetic() && !b"SLOIBZ".contains(&text[at]);
    let either = |at: usize| text[at].is_ascii_digit() || letter(at);
    text[0] != b'0' && letter(1) && either(2) && letter(4) && either(5) && letter(7) && letter(8)
}

pub fn us_npi(text: &[u8]) -> bool {
    let mut all = vec![8, 0, 8, 4, 0];
    all.extend(digits(text));
    matches!(text[0], b'1' | b'2') && luhn(&all) && distinct(text) > 2
}

pub fn us_dea(text: &[u8]) -> bool {
    let d = digits(text);
    let sum = d[0] + d[2] + d[4] + 2 * (d[1] + d[3] + d[5]);
    b"ABCDEFGHJKLMNPRSTUX".contains(&text[0]) && sum % 10 == d[6]
}

pub fn us_routing(text: &[u8]) -> bool {
    let prefix = number(&text[..2]);
    weighted(&digits(text), &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10)
        && matches!(prefix, 1..=12 | 21..=32 | 61..=72 | 80)
}

pub fn ca_sin(text: &[u8]) -> bool {
    !matches!(text[0], b'0' | b'8') && luhn_of(text) && text.iter().any(|byte| *byte != text[0])
}

pub fn za_id(text: &[u8]) -> bool {
    is_date(number(&text[2..4]), number(&text[4..6]))
        && matches!(text[10], b'0'..=b'2')
        && luhn_of(text)
}

pub fn in_aadhaar(text: &[u8]) -> bool {
    text[0] >= b'2' && verhoeff(&digits(text))
}

pub fn in_pan(text: &[u8]) -> bool {
    b"ABCFGHJLPTKSND".contains(&text[3])
}

pub fn in_gstin(text: &[u8]) -> bool {
    (1..=37).contains(&number(&text[..2])) && text[12] != b'0'
}

/// GB 11643: ISO/IEC 7064 MOD 11-2.
pub fn cn_resident(text: &[u8]) -> bool {
    let sum =
        weighted(&digits(&text[..17]), &[7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]);
    matches!(&text[6..8], b"19" | b"20")
        && is_date(number(&text[10..12]), number(&text[12..14]))
        && b"10X98765432"[sum as usize % 11] == text[17]
}

pub fn hk_id(text: &[u8]) -> bool {
    let check = match text[7] {
        b'A' => 10,
        byte if byte.is_ascii_digit() => u32::from(byte - b'0'),
        _ => return false,
    };
    (36 * 9
        + (u32::from(text[0] - b'A') + 10) * 8
        + weighted(&digits(&text[1..7]), &[7, 6, 5, 4, 3, 2])
        + check)
        .is_multiple_of(11)
}

/// `A123456789` is the example that everybody uses, and true of no one.
pub fn tw_id(text: &[u8]) -> bool {
    const PLACES: &[u8; 26] = b"ABCDEFGHJKLMNPQRSTUVXYWZIO";
    let Some(place) = PLACES.iter().position(|letter| *letter == text[0]) else { return false };
    let code = place as u32 + 10;
    let sum =
        code / 10 + code % 10 * 9 + weighted(&digits(&text[1..]), &[8, 7, 6, 5, 4, 3, 2, 1, 1]);
    matches!(text[1], b'1' | b'2' | b'8' | b'9')
        && sum.is_multiple_of(10)
        && &text[1..] != b"123456789"
}

pub fn sg_nric(text: &[u8]) -> bool {
    let sum = weighted(&digits(&text[1..8]), &[2, 7, 6, 5, 4, 3, 2]);
    let letters: (&[u8; 11], u32) = match text[0] {
        b'S' => (b"JZIHGFEDCBA", 0),
        b'T' => (b"JZIHGFEDCBA", 4),
        b'F' => (b"XWUTRQPNMLK", 0),
        b'G' => (b"XWUTRQPNMLK", 4),
        b'M' => (b"KLJNPQRTUWX", 3),
        _ => return false,
    };
    letters.0[(sum + letters.1) as usize % 11] == text[8]
}

pub fn my_nric(text: &[u8]) -> bool {
    is_date(number(&text[2..4]), number(&text[4..6]))
}

pub fn id_nik(text: &[u8]) -> bool {
    is_date(number(&text[8..10]), number(&text[6..8]) % 40)
}

pub fn jp_number(text: &[u8]) -> bool {
    let d = digits(text);
    let rest = weighted(&d[..11], &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    (if rest <= 1 { 0 } else { 11 - rest }) == u32::from(d[11])
}

/// The birth date and the digit for century and sex. Numbers given out since October 2020 have no check digit: of those
/// who were born before, nearly all have one.
pub fn kr_rrn(text: &[u8]) -> bool {
    let since_2020 = matches!(text[6], b'3' | b'4' | b'7' | b'8') && number(&text[..2]) >= 20;
    kr_rrn_checked(text) || kr_rrn_dated(text) && since_2020
}

/// As [`kr_rrn`], where a word says what it is.
pub fn kr_rrn_dated(text: &[u8]) -> bool {
    is_date(number(&text[2..4]), number(&text[4..6])) && matches!(text[6], b'1'..=b'8')
}

/// The check digit of residents, and of foreigners, whose offset differs by two.
pub fn kr_rrn_checked(text: &[u8]) -> bool {
    let d = digits(text);
    let rest = weighted(&d[..12], &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11;
    let offset = if d[6] >= 5 { 13 } else { 11 };
    kr_rrn_dated(text) && (offset - rest) % 10 == u32::from(d[12])
}

/// The letter of the sort: M and S tourists, R residents, O officials, D diplomats, G work.
pub fn kr_passport(text: &[u8]) -> bool {
    b"MSRODG".contains(&text[0])
}

pub fn kr_business(text: &[u8]) -> bool {
    let d = digits(text);
    let sum = weighted(&d[..9], &[1, 3, 7, 1, 3, 7, 1, 3, 5]) + u32::from(d[8]) * 5 / 10;
    (10 - sum % 10) % 10 == u32::from(d[9])
}

pub fn kr_licence(text: &[u8]) -> bool {
    (11..=28).contains(&number(&text[..2]))
}

pub fn th_national(text: &[u8]) -> bool {
    let d = digits(text);
    let sum = weighted(&d[..12], &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
    (1..=8).contains(&d[0])
        && matches!(number(&text[1..3]), 10..=27 | 30..=58 | 60..=67 | 70..=77 | 80..=86 | 90..=96)
        && (11 - sum % 11) % 10 == u32::from(d[12])
}

pub fn au_tfn(text: &[u8]) -> bool {
    weighted(&digits(text), &[1, 4, 3, 7, 5, 8, 6, 9, 10]).is_multiple_of(11) && number(text) != 0
}

pub fn au_acn(text: &[u8]) -> bool {
    let d = digits(text);
    number(text) != 0
        && (10 - weighted(&d[..8], &[8, 7, 6, 5, 4, 3, 2, 1]) % 10) % 10 == u32::from(d[8])
}

pub fn au_abn(text: &[u8]) -> bool {
    let mut d = digits(text);
    if d[0] == 0 {
        return false;
    }
    d[0] -= 1;
    weighted(&d, &[10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]).is_multiple_of(89)
}

pub fn au_medicare(text: &[u8]) -> bool {
    let d = digits(text);
    (2..=6).contains(&d[0]) && weighted(&d[..8], &[1, 3, 7, 9, 1, 3, 7, 9]) % 10 == u32::from(d[8])
}

/// Two check digits, each from all digits before it, by weights that fall to 2 and begin again at `most`.
fn brazilian(d: &[u8], most: u32) -> bool {
    let check = |length: usize| {
        let sum: u32 = d[..length]
            .iter()
            .rev()
            .zip((2..=most).cycle())
            .map(|(digit, weight)| u32::from(*digit) * weight)
            .sum();
        let rest = sum % 11;
        if rest < 2 { 0 } else { 11 - rest }
    };
    let length = d.len();
    d.iter().any(|digit| *digit != d[0])
        && check(length - 2) == u32::from(d[length - 2])
        && check(length - 1) == u32::from(d[length - 1])
}

pub fn br_cpf(text: &[u8]) -> bool {
    brazilian(&digits(text), 11)
}

pub fn br_cnpj(text: &[u8]) -> bool {
    brazilian(&digits(text), 9)
}

pub fn mx_curp(text: &[u8]) -> bool {
    is_date(number(&text[6..8]), number(&text[8..10])) && matches!(text[10], b'H' | b'M' | b'X')
}

pub fn cl_rut(text: &[u8]) -> bool {
    let Some((check, rest)) = text.split_last() else { return false };
    let sum: u32 = digits(rest)
        .iter()
        .rev()
        .zip((2..=7).cycle())
        .map(|(digit, weight)| u32::from(*digit) * weight)
        .sum();
    b"0K987654321"[sum as usize % 11] == *check
}
