//! Check digits and dates of European numbers. Each is given the letters and digits that fitted its form, capitals all.

use super::{digits, is_date, luhn_of, number};
use crate::sensitive::checks::{mod_11_10, modulo, weighted};

/// HMRC, *NIM39110*: letters that are not used, prefixes that are not given out.
pub fn uk_nino(text: &[u8]) -> bool {
    let prefix = &text[..2];
    !b"DFIQUV".contains(&prefix[0])
        && !b"DFIQUVO".contains(&prefix[1])
        && !matches!(prefix, b"BG" | b"GB" | b"KN" | b"NK" | b"NT" | b"TN" | b"ZZ")
        && (b'A'..=b'D').contains(&text[8])
}

pub fn uk_nhs(text: &[u8]) -> bool {
    let d = digits(text);
    let check = 11 - weighted(&d[..9], &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    check % 11 == u32::from(d[9]) && check != 10
}

/// Five of the surname, filled up with 9, then the date of birth, the month of women plus 50.
pub fn uk_licence(text: &[u8]) -> bool {
    let month = number(&text[6..8]) % 50;
    let name = &text[..5];
    let filled =
        name.iter().skip_while(|byte| byte.is_ascii_alphabetic()).all(|byte| *byte == b'9');
    name[0].is_ascii_alphabetic() && filled && is_date(month, number(&text[8..10]))
}

/// BZSt, *Prüfziffernberechnung*: of the ten digits before the check digit one comes twice or three times, and no
/// other comes again. That none comes again is let pass: numbers made up for forms are so.
pub fn de_tax(text: &[u8]) -> bool {
    let d = digits(text);
    let mut counts = [0_u8; 10];
    for digit in &d[..10] {
        counts[usize::from(*digit)] += 1;
    }
    let repeated: Vec<u8> = counts.into_iter().filter(|count| *count > 1).collect();
    d[0] != 0 && mod_11_10(&d) && matches!(repeated[..], [] | [2 | 3])
}

/// VKVV §4: the letter becomes two digits, the products' digits are added.
pub fn de_social(text: &[u8]) -> bool {
    let mut d = digits(&text[..8]);
    let letter = text[8] - b'A' + 1;
    d.extend([letter / 10, letter % 10]);
    d.extend(digits(&text[9..]));
    let sum: u32 = d[..12]
        .iter()
        .zip([2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1])
        .map(|(digit, weight)| u32::from(*digit) * weight)
        .map(|product| product / 10 + product % 10)
        .sum();
    let day = number(&text[2..4]);
    sum % 10 == u32::from(d[12])
        && is_date(number(&text[4..6]), if day > 50 { day - 50 } else { day })
}

pub fn de_health(text: &[u8]) -> bool {
    let letter = text[0] - b'A' + 1;
    let mut d = vec![letter / 10, letter % 10];
    d.extend(digits(&text[1..]));
    let sum: u32 = d[..10]
        .iter()
        .enumerate()
        .map(|(place, digit)| u32::from(*digit) * (1 + place as u32 % 2))
        .map(|product| product / 10 + product % 10)
        .sum();
    sum % 10 == u32::from(d[10])
}

/// ICAO 9303 part 3 §4.9: weights 7, 3, 1 over digits and letters.
fn icao(text: &[u8]) -> u32 {
    let value = |byte: u8| {
        if byte.is_ascii_digit() { u32::from(byte - b'0') } else { u32::from(byte - b'A') + 10 }
    };
    text.iter()
        .zip([7, 3, 1].into_iter().cycle())
        .map(|(byte, weight)| value(*byte) * weight)
        .sum::<u32>()
        % 10
}

pub fn de_document(text: &[u8]) -> bool {
    let allowed = |byte: &u8| byte.is_ascii_digit() || b"CFGHJKLMNPRTVWXYZ".contains(byte);
    let old = text[0] == b'T' && text[1..].iter().all(u8::is_ascii_digit);
    text[0].is_ascii_alphabetic()
        && text.iter().filter(|byte| byte.is_ascii_digit()).count() >= 4
        && text.iter().all(allowed)
        && text[8].is_ascii_digit()
        && (icao(&text[..8]) == u32::from(text[8] - b'0') || old)
}

pub fn de_lanr(text: &[u8]) -> bool {
    let d = digits(text);
    let sum = weighted(&d[..6], &[4, 9, 4, 9, 4, 9]);
    number(text) != 0 && (10 - sum % 10) % 10 == u32::from(d[6])
}

pub fn de_bsnr(text: &[u8]) -> bool {
    matches!(number(&text[..2]), 1..=3 | 6..=31 | 35..=53 | 55..=99 | 5) && number(text) != 0
}

pub fn fr_nir(text: &[u8]) -> bool {
    if !matches!(text[0], b'1'..=b'4' | b'7' | b'8')
        || !(1..=12).contains(&(number(&text[3..5]) % 20))
    {
        return false;
    }
    let mut d = digits(&text[..13]);
    // The two departments of Corsica.
    if text[6] == b'A' || text[6] == b'B' {
        d = digits(
            &[&text[..5], if text[6] == b'A' { b"19" } else { b"18" }, &text[7..13]].concat(),
        );
    }
    d.len() == 13 && 97 - modulo(&d, 97) == u64::from(number(&text[13..]))
}

const SPANISH: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";

pub fn es_nif(text: &[u8]) -> bool {
    let Some((letter, rest)) = text.split_last() else { return false };
    SPANISH[number(rest) as usize % 23] == *letter
}

pub fn es_nie(text: &[u8]) -> bool {
    let Some(first) = [b'X', b'Y', b'Z'].iter().position(|letter| *letter == text[0]) else {
        return false;
    };
    SPANISH[(number(&text[1..8]) as usize + first * 10_000_000) % 23] == text[8]
}

pub fn it_fiscal(text: &[u8]) -> bool {
    let day = number(&text[9..11]) % 40;
    b"ABCDEHLMPRST".contains(&text[8]) && (1..=31).contains(&day)
}

/// Licences of the central office: `U1`, then neither vowels nor Q.
pub fn it_licence(text: &[u8]) -> bool {
    text[0] == b'U' && !text[2..9].iter().any(|byte| b"AEIOQV".contains(byte))
}

pub fn it_vat(text: &[u8]) -> bool {
    luhn_of(text) && number(text) != 0
}

pub fn pt_nif(text: &[u8]) -> bool {
    let d = digits(text);
    let rest = weighted(&d[..8], &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    (if rest < 2 { 0 } else { 11 - rest }) == u32::from(d[8])
}

pub fn nl_bsn(text: &[u8]) -> bool {
    let d = digits(text);
    let sum = weighted(&d[..8], &[9, 8, 7, 6, 5, 4, 3, 2]);
    sum >= u32::from(d[8]) && (sum - u32::from(d[8])).is_multiple_of(11) && sum > 0
}

pub fn be_national(text: &[u8]) -> bool {
    let d = digits(text);
    let check = u64::from(number(&text[9..]));
    let later = [&[2], &d[..9]].concat();
    is_date(number(&text[2..4]) % 20, number(&text[4..6]))
        && (97 - modulo(&d[..9], 97) == check || 97 - modulo(&later, 97) == check)
}

pub fn pl_pesel(text: &[u8]) -> bool {
    let d = digits(text);
    let sum = weighted(&d[..10], &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3]);
    (10 - sum % 10) % 10 == u32::from(d[10])
        && is_date(number(&text[2..4]) % 20, number(&text[4..6]))
}

/// The last ten digits are checked; the day of a coordination number is 60 higher.
pub fn se_person(text: &[u8]) -> bool {
    let last = &text[text.len() - 10..];
    let century = text.len() == 10 || matches!(&text[..2], b"18" | b"19" | b"20");
    century && luhn_of(last) && is_date(number(&last[2..4]), number(&last[4..6]) % 60)
}

pub fn se_organisation(text: &[u8]) -> bool {
    text[2] >= b'2' && text[0] != b'0' && luhn_of(text)
}

pub fn no_national(text: &[u8]) -> bool {
    let d = digits(text);
    is_date(number(&text[2..4]) % 40, number(&text[..2]) % 40)
        && weighted(&d, &[3, 7, 6, 1, 8, 9, 4, 5, 2, 1]).is_multiple_of(11)
        && weighted(&d, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
}

pub fn dk_cpr(text: &[u8]) -> bool {
    is_date(number(&text[2..4]), number(&text[..2]))
}

pub fn fi_hetu(text: &[u8]) -> bool {
    let checked = [&text[..6], &text[text.len() - 4..text.len() - 1]].concat();
    let serial = number(&text[text.len() - 4..text.len() - 1]);
    let mark = text.len() == 10 || b"ABCDEFUVWXY".contains(&text[6]);
    mark && checked.iter().all(u8::is_ascii_digit)
        && serial >= 2
        && is_date(number(&text[2..4]), number(&text[..2]))
        && b"0123456789ABCDEFHJKLMNPRSTUVWXY"[number(&checked) as usize % 31]
            == text[text.len() - 1]
}

pub fn cz_birth(text: &[u8]) -> bool {
    let month = number(&text[2..4]) % 50;
    modulo(&digits(text), 11) == 0 && is_date(month % 20, number(&text[4..6]))
}

pub fn ro_cnp(text: &[u8]) -> bool {
    let d = digits(text);
    let rest = weighted(&d[..12], &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
    d[0] != 0
        && is_date(number(&text[3..5]), number(&text[5..7]))
        && (if rest == 10 { 1 } else { rest }) == u32::from(d[12])
}

pub fn bg_egn(text: &[u8]) -> bool {
    let d = digits(text);
    weighted(&d[..9], &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10 == u32::from(d[9])
        && is_date(number(&text[2..4]) % 20, number(&text[4..6]))
}

pub fn ee_isikukood(text: &[u8]) -> bool {
    let d = digits(text);
    let first = weighted(&d[..10], &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
    let second = weighted(&d[..10], &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11 % 10;
    (1..=8).contains(&d[0])
        && is_date(number(&text[3..5]), number(&text[5..7]))
        && (if first < 10 { first } else { second }) == u32::from(d[10])
}

pub fn ie_pps(text: &[u8]) -> bool {
    let second = text.get(8).map_or(0, |byte| (u32::from(byte - b'A') + 1) * 9);
    let sum = weighted(&digits(&text[..7]), &[8, 7, 6, 5, 4, 3, 2]) + second;
    b"WABCDEFGHIJKLMNOPQRSTUV"[sum as usize % 23] == text[7]
}

pub fn gr_amka(text: &[u8]) -> bool {
    luhn_of(text) && is_date(number(&text[2..4]), number(&text[..2]))
}

pub fn ch_ahv(text: &[u8]) -> bool {
    let d = digits(text);
    weighted(&d, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]).is_multiple_of(10)
}

pub fn tr_national(text: &[u8]) -> bool {
    let d: Vec<u32> = digits(text).into_iter().map(u32::from).collect();
    let odd = d[0] + d[2] + d[4] + d[6] + d[8];
    let even = d[1] + d[3] + d[5] + d[7];
    d[0] != 0 && (odd * 7 + 90 - even) % 10 == d[9] && (odd + even + d[9]) % 10 == d[10]
}

pub fn uk_postcode(text: &[u8]) -> bool {
    let inward = &text[text.len() - 2..];
    let area = b"QVX".contains(&text[0]) || b"IJZ".contains(&text[1]);
    !area && !inward.iter().any(|byte| b"CIKMOV".contains(byte))
}

/// The provinces.
pub fn tr_plate(text: &[u8]) -> bool {
    (1..=81).contains(&number(&text[..2]))
}

pub fn uk_plate(text: &[u8]) -> bool {
    let letters = text.iter().filter(|byte| byte.is_ascii_alphabetic());
    let ages = number(text);
    let current = text.len() == 7 && text[1].is_ascii_alphabetic() && text[2].is_ascii_digit();
    !letters.clone().any(|byte| b"IQ".contains(byte))
        && !matches!(text[0], b'O' | b'Z')
        && (current || text.last() != Some(&b'Z'))
        && (!current || matches!(ages, 2..=29 | 51..=79))
}
