//! National numbers of persons: the forms they are written in, and the check digits that prove them.

use super::window::Window;
use super::{Found, kind};
use crate::sensitive::checks::{distinct, luhn, mod_11_10, modulo, verhoeff, weighted};

/// What must be known beside the form and the check.
#[derive(Clone, Copy)]
enum Need {
    /// Nothing: the form and the check digits leave hardly any room for chance.
    Nothing,
    /// A word close by says what it is, or the text is nothing else.
    Words(&'static [&'static str]),
    /// A word close by, in any case.
    Named(&'static [&'static str]),
}

/// A form: `9` a digit, `A` a letter, `U` a capital, `X` either of digit and letter, `_` a space or nothing,
/// `~` a space, a hyphen or nothing, anything else itself.
type Form = (&'static str, &'static str, fn(&[u8]) -> bool, Need);

use Need::{Named, Nothing, Words};

const SSN: &[&str] = &["ssn", "social security", "socialsecurity"];
const TAX: &[&str] = &["tax", "tin", "steuer", "idnr", "nif", "vat", "itin", "iva", "fiscal"];

#[rustfmt::skip]
const FORMS: &[Form] = &[
    ("us_ssn", "999-99-9999", us_ssn, Nothing), ("us_ssn", "999 99 9999", us_ssn, Nothing), ("us_ssn", "999.99.9999", us_ssn, Nothing),
    ("us_ssn", "999999999", us_ssn, Named(SSN)), ("us_ssn", "999-999999", us_ssn, Named(SSN)), ("us_ssn", "99999-9999", us_ssn, Named(SSN)),
    ("us_itin", "999-99-9999", us_itin, Nothing), ("us_itin", "999~99~9999", us_itin, Words(TAX)),
    ("us_mbi", "9XX9~XX9~XX99", us_mbi, Nothing), ("us_npi", "9999-999-999", us_npi, Nothing), ("us_npi", "9999~999~999", us_npi, Words(&["npi", "provider"])),
    ("us_dea", "AA9999999", us_dea, Words(&["dea", "certificate"])),
    ("ca_sin", "999-999-999", ca_sin, Nothing), ("ca_sin", "999_999_999", ca_sin, Words(&["sin", "nas", "social insurance"])),
    ("uk_nino", "AA_99_99_99_A", uk_nino, Nothing), ("uk_nhs", "999-999-9999", uk_nhs, Nothing), ("uk_nhs", "999_999_9999", uk_nhs, Words(&["nhs", "health"])),
    ("uk_driving_licence", "XXXXX999999XX9AA", uk_licence, Nothing), ("uk_driving_licence", "XXXXX999999XXXAA", uk_licence, Nothing),
    ("de_tax_id", "99_999_999_999", de_tax, Words(TAX)), ("de_social_security", "99_999999_A_999", de_social, Nothing),
    ("de_health_insurance", "U999999999", de_health, Nothing), ("de_health_insurance", "A999999999", de_health, Words(&["kvnr", "egk", "krankenkasse", "versicherten"])),
    ("de_id_card", "XXXXXXXXX", de_document, Words(&["ausweis", "personalausweis", "reisepass", "pass-nr", "passnummer", "id card", "passport"])),
    ("de_lanr", "999999999", de_lanr, Words(&["lanr", "arztnummer"])), ("de_bsnr", "999999999", de_bsnr, Named(&["bsnr", "betriebsst"])),
    ("fr_nir", "9_99_99_9X_999_999_99", fr_nir, Nothing), ("es_nif", "99999999-A", es_nif, Nothing), ("es_nif", "99999999A", es_nif, Nothing),
    ("es_nif", "9999999U", es_nif, Nothing), ("es_nif", "9999999-A", es_nif, Nothing), ("es_nie", "A9999999-A", es_nie, Nothing), ("es_nie", "A9999999A", es_nie, Nothing),
    ("it_fiscal_code", "AAAAAA99A99A999A", it_fiscal, Nothing), ("it_vat", "99999999999", it_vat, Words(&["iva", "vat", "partita"])), ("it_vat", "99999999_999", it_vat, Words(&["iva"])),
    ("pt_nif", "999999999", pt_nif, Named(&["nif", "contribuinte"])), ("nl_bsn", "999999999", nl_bsn, Named(&["bsn", "burgerservice", "sofi"])),
    ("be_national", "99.99.99-999.99", be_national, Nothing), ("be_national", "99999999999", be_national, Words(&["rijksregister", "national", "nationaal", "registre"])),
    ("pl_pesel", "99999999999", pl_pesel, Nothing), ("se_personnummer", "999999-9999", se_person, Nothing), ("se_personnummer", "999999+9999", se_person, Nothing),
    ("se_personnummer", "99999999-9999", se_person, Nothing), ("se_personnummer", "999999999999", se_person, Nothing), ("se_personnummer", "9999999999", se_person, Words(&["pnr", "personnummer", "identity code", "personal"])),
    ("se_organisation", "999999-9999", se_organisation, Nothing), ("se_organisation", "9999999999", se_organisation, Named(&["orgnr", "orgnummer", "organisationsnummer", "company"])),
    ("no_national", "999999_99999", no_national, Nothing), ("dk_cpr", "999999-9999", dk_cpr, Nothing), ("dk_cpr", "9999999999", dk_cpr, Named(&["cpr"])),
    ("fi_hetu", "999999-999X", fi_hetu, Nothing), ("fi_hetu", "999999+999X", fi_hetu, Nothing), ("fi_hetu", "999999A999X", fi_hetu, Nothing),
    ("cz_birth_number", "999999/9999", cz_birth, Nothing), ("ro_cnp", "9999999999999", ro_cnp, Nothing), ("hr_oib", "99999999999", mod_11_10_of, Named(&["oib"])),
    ("bg_egn", "9999999999", bg_egn, Named(&["egn", "егн"])), ("ee_isikukood", "99999999999", ee_isikukood, Words(&["isikukood", "asmens", "personal code"])),
    ("ie_pps", "9999999AA", ie_pps, Words(&["pps", "ppsn"])), ("ie_pps", "9999999A", ie_pps, Words(&["pps", "ppsn"])), ("gr_amka", "99999999999", gr_amka, Named(&["amka", "αμκα"])),
    ("ch_ahv", "756.9999.9999.99", ch_ahv, Nothing), ("ch_ahv", "7569999999999", ch_ahv, Nothing), ("tr_national", "99999999999", tr_national, Nothing),
    ("il_id", "999999999", luhn_of, Named(&["teudat", "israeli id", "תעודת", "ת.ז"])), ("za_id", "9999999999999", za_id, Nothing),
    ("in_aadhaar", "9999-9999-9999", in_aadhaar, Nothing), ("in_aadhaar", "9999 9999 9999", in_aadhaar, Nothing), ("in_aadhaar", "9999:9999:9999", in_aadhaar, Nothing),
    ("in_aadhaar", "999999999999", in_aadhaar, Words(&["aadhaar", "aadhar", "uid"])), ("in_pan", "UUUUU9999U", in_pan, Nothing), ("in_pan", "AAAAA9999A", in_pan, Named(&["pan"])), ("in_pan", "A9999AAAAA", always, Words(&["pan"])),
    ("in_gstin", "99UUUUU9999UXZX", in_gstin, Nothing), ("in_voter", "AAA9999999", always, Words(&["voter", "vote", "epic", "this"])),
    ("cn_resident_id", "99999999999999999X", cn_resident, Nothing), ("hk_id", "U999999(X)", hk_id, Nothing), ("tw_id", "U999999999", tw_id, Nothing), ("sg_nric", "U9999999U", sg_nric, Nothing),
    ("my_nric", "999999-99-9999", my_nric, Nothing), ("id_nik", "9999999999999999", id_nik, Named(&["nik", "ktp"])), ("jp_my_number", "9999_9999_9999", jp_number, Named(&["my number", "マイナンバー", "個人番号"])),
    ("kr_rrn", "999999-9999999", kr_rrn, Nothing), ("kr_rrn", "9999999999999", kr_rrn_checked, Words(&[])), ("kr_rrn", "9999999999999", kr_rrn, Named(&["rrn", "frn", "resident", "주민", "외국인"])),
    ("kr_business", "999-99-99999", kr_business, Nothing), ("kr_business", "9999999999", kr_business, Words(&["brn", "사업자"])), ("kr_driver_licence", "99-99-999999-99", kr_licence, Nothing),
    ("kr_driver_licence", "99 99 999999 99", kr_licence, Nothing), ("kr_driver_licence", "99~99~999999~99", kr_licence, Named(&["license", "licence", "면허"])), ("th_national", "9-9999-99999-99-9", th_national, Nothing), ("th_national", "9999999999999", th_national, Words(&["thai", "tnin", "เลข"])),
    ("au_tfn", "999-999-999", au_tfn, Nothing), ("au_tfn", "999_999_999", au_tfn, Words(&["tfn", "tax file"])), ("au_acn", "999_999_999", au_acn, Words(&["acn", "company"])),
    ("au_abn", "99 999 999 999", au_abn, Nothing), ("au_abn", "99999999999", au_abn, Nothing), ("au_medicare", "9999 99999 9", au_medicare, Nothing), ("au_medicare", "9999999999", au_medicare, Words(&["medicare"])),
    ("br_cpf", "999.999.999-99", br_cpf, Nothing), ("br_cpf", "99999999999", br_cpf, Nothing), ("br_cnpj", "99.999.999/9999-99", br_cnpj, Nothing), ("br_cnpj", "99999999999999", br_cnpj, Nothing),
    ("mx_curp", "UUUU999999UUUUUUX9", mx_curp, Nothing), ("cl_rut", "99.999.999-X", cl_rut, Nothing), ("cl_rut", "9.999.999-X", cl_rut, Nothing), ("cl_rut", "99999999-X", cl_rut, Nothing), ("co_cedula", "9.999.999.999", always, Named(&["cedula", "cédula"])), ("ar_dni", "99.999.999", always, Named(&["dni"])),
    ("us_routing", "999999999", us_routing, Words(&["routing", "aba", "bank", "transit"])), ("us_routing", "9999-9999-9", us_routing, Nothing),
    ("uk_postcode", "UU99_9UU", uk_postcode, Words(POST)), ("uk_postcode", "UU9U_9UU", uk_postcode, Words(POST)), ("uk_postcode", "UU9_9UU", uk_postcode, Words(POST)), ("uk_postcode", "U99_9UU", uk_postcode, Words(POST)),
    ("uk_postcode", "U9U_9UU", uk_postcode, Words(POST)), ("uk_postcode", "U9_9UU", uk_postcode, Words(POST)), ("uk_postcode", "UU99 9UU", uk_postcode, Nothing), ("uk_postcode", "UU9U 9UU", uk_postcode, Nothing),
    ("uk_postcode", "GIR_0AA", always, Nothing),
    ("passport", "AAA999999", always, Words(PASS)), ("passport", "AA9999999", always, Words(PASS)), ("passport", "A99999999", kr_passport, Words(PASS)), ("passport", "A999A9999", kr_passport, Words(PASS)), ("passport", "A99999999", always, Named(PASS)), ("passport", "A9999999", always, Named(PASS)),
    ("it_driver_licence", "AA9999999A", always, Words(LICENCE)), ("it_driver_licence", "A9A999A99A", always, Words(LICENCE)), ("it_driver_licence", "A9A99A999A", always, Words(LICENCE)), ("it_id_card", "AA_9999999", always, Named(&["carta", "identità"])), ("it_id_card", "AA99999AA", always, Words(&["carta", "identità"])), ("it_id_card", "9999999AA", always, Named(&["carta", "identità"])),
    ("vehicle_plate", "UU99 UUU", uk_plate, Nothing), ("vehicle_plate", "AA99~AAA", uk_plate, Words(PLATE)), ("vehicle_plate", "A999~AAA", uk_plate, Words(PLATE)), ("vehicle_plate", "A9~AAA", uk_plate, Words(PLATE)), ("vehicle_plate", "AAA~999A", uk_plate, Words(PLATE)), ("vehicle_plate", "AAA~9A", uk_plate, Words(PLATE)),
    ("vehicle_plate", "99_AAA_9999", tr_plate, Words(PLATE)), ("vehicle_plate", "99_AAA_999", tr_plate, Words(PLATE)), ("vehicle_plate", "99_AA_9999", tr_plate, Words(PLATE)), ("vehicle_plate", "99_AA_999", tr_plate, Words(PLATE)), ("vehicle_plate", "99_AA_99", tr_plate, Words(PLATE)), ("vehicle_plate", "99_A_9999", tr_plate, Words(PLATE)), ("vehicle_plate", "99_A_999", tr_plate, Words(PLATE)), ("vehicle_plate", "99_A_99", tr_plate, Words(PLATE)),
    ("vehicle_plate", "AAA~999AA", always, Words(PLATE)), ("vehicle_plate", "UU99UU9999", always, Words(PLATE)), ("vehicle_plate", "UU9UUU9999", always, Words(PLATE)),
];

const POST: &[&str] = &["postcode", "post code", "address", "postal"];
const PASS: &[&str] = &["passport", "passports", "pasaporte", "reisepass", "passeport", "passaporto", "passaporte", "paspoort", "travel document", "pass-nr", "여권", "护照", "паспорт"];
const LICENCE: &[&str] = &["license", "licence", "driver", "driving", "patente", "führerschein", "permis"];
const PLATE: &[&str] = &["plate", "plates", "registration", "car reg", "vehicle", "vehicles", "plaka", "plakası", "kennzeichen", "number plate"];

/// The first form that fits at the window's place.
pub fn detect(window: &Window<'_>, first: u8) -> Option<Found> {
    if first.is_ascii_digit() && window.continues_number() {
        return None;
    }
    FORMS.iter().find_map(|(id, form, check, need)| {
        let opens = match form.as_bytes()[0] {
            b'9' => first.is_ascii_digit(),
            b'A' | b'U' => first.is_ascii_alphabetic(),
            b'X' => first.is_ascii_alphanumeric(),
            literal => literal == first,
        };
        if !opens {
            return None;
        }
        let (end, text) = fit(window, form)?;
        let known = check(text.bytes()) && match need {
            Nothing => true,
            Words(words) => window.named_around(end, words) || window.is_alone(end),
            Named(words) => window.named_around(end, words),
        };
        known.then_some(Found { kind: kind(id), length: end })
    })
}

/// The letters and digits of the longest form.
const FORM_BYTES_MAX: usize = 24;

/// The letters and digits that fitted.
struct Text {
    bytes: [u8; FORM_BYTES_MAX],
    length: usize,
}

impl Text {
    fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte;
            self.length += 1;
        }
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// The end of what fits a form, with its letters and digits, capitals all. Nothing of a word or a number may follow.
fn fit(window: &Window<'_>, form: &str) -> Option<(usize, Text)> {
    let mut text = Text { bytes: [0; FORM_BYTES_MAX], length: 0 };
    let mut at = 0;
    for wanted in form.bytes() {
        let found = window.at(at);
        if wanted == b'_' || wanted == b'~' {
            at += usize::from(found == Some(b' ') || wanted == b'~' && found == Some(b'-'));
            continue;
        }
        let byte = found?;
        let fits = match wanted {
            b'9' => byte.is_ascii_digit(),
            b'A' => byte.is_ascii_alphabetic(),
            b'U' => byte.is_ascii_uppercase(),
            b'X' => byte.is_ascii_alphanumeric(),
            _ => byte == wanted,
        };
        if !fits {
            return None;
        }
        if byte.is_ascii_alphanumeric() {
            text.push(byte.to_ascii_uppercase());
        }
        at += 1;
    }
    let divider = window.at(at);
    let in_groups = divider == Some(b' ') && form.contains([' ', '_', '~']);
    let goes_on = (in_groups || matches!(divider, Some(b'-' | b'/' | b'.' | b'+' | b':'))) && window.at(at + 1).is_some_and(|byte| byte.is_ascii_digit());
    (window.is_boundary(at) && !goes_on).then_some((at, text))
}

fn always(_: &[u8]) -> bool {
    true
}

fn digits(text: &[u8]) -> Vec<u8> {
    text.iter().filter(|byte| byte.is_ascii_digit()).map(|byte| byte - b'0').collect()
}

fn number(text: &[u8]) -> u32 {
    text.iter().filter(|byte| byte.is_ascii_digit()).fold(0, |number, byte| number.wrapping_mul(10).wrapping_add(u32::from(byte - b'0')))
}

fn is_date(month: u32, day: u32) -> bool {
    let days = match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    (1..=12).contains(&month) && (1..=days).contains(&day)
}

fn luhn_of(text: &[u8]) -> bool {
    luhn(&digits(text))
}

fn mod_11_10_of(text: &[u8]) -> bool {
    mod_11_10(&digits(text))
}

/// SSA, *Social Security Number Randomization*: no area 000, 666 or 9xx, no group 00, no serial 0000.
fn us_ssn(text: &[u8]) -> bool {
    let (area, group, serial) = (number(&text[..3]), number(&text[3..5]), number(&text[5..]));
    !matches!(area, 0 | 666 | 900..) && group != 0 && serial != 0 && !matches!(text, b"123456789" | b"078051120")
}

fn us_itin(text: &[u8]) -> bool {
    text[0] == b'9' && matches!(number(&text[3..5]), 50..=65 | 70..=88 | 90..=92 | 94..=99)
}

/// CMS, *Understanding the MBI*: no S, L, O, I, B, Z.
fn us_mbi(text: &[u8]) -> bool {
    let letter = |at: usize| text[at].is_ascii_alphabetic() && !b"SLOIBZ".contains(&text[at]);
    let either = |at: usize| text[at].is_ascii_digit() || letter(at);
    text[0] != b'0' && letter(1) && either(2) && letter(4) && either(5) && letter(7) && letter(8)
}

fn us_npi(text: &[u8]) -> bool {
    let mut all = vec![8, 0, 8, 4, 0];
    all.extend(digits(text));
    matches!(text[0], b'1' | b'2') && luhn(&all) && distinct(text) > 2
}

fn us_dea(text: &[u8]) -> bool {
    let d = digits(text);
    let sum = d[0] + d[2] + d[4] + 2 * (d[1] + d[3] + d[5]);
    b"ABCDEFGHJKLMNPRSTUX".contains(&text[0]) && sum % 10 == d[6]
}

fn us_routing(text: &[u8]) -> bool {
    let prefix = number(&text[..2]);
    weighted(&digits(text), &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10) && matches!(prefix, 1..=12 | 21..=32 | 61..=72 | 80)
}

fn ca_sin(text: &[u8]) -> bool {
    !matches!(text[0], b'0' | b'8') && luhn_of(text) && text.iter().any(|byte| *byte != text[0])
}

/// HMRC, *NIM39110*: letters that are not used, prefixes that are not given out.
fn uk_nino(text: &[u8]) -> bool {
    let prefix = &text[..2];
    !b"DFIQUV".contains(&prefix[0]) && !b"DFIQUVO".contains(&prefix[1]) && !matches!(prefix, b"BG" | b"GB" | b"KN" | b"NK" | b"NT" | b"TN" | b"ZZ") && (b'A'..=b'D').contains(&text[8])
}

fn uk_nhs(text: &[u8]) -> bool {
    let d = digits(text);
    let check = 11 - weighted(&d[..9], &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    check % 11 == u32::from(d[9]) && check != 10
}

/// Five of the surname, filled up with 9, then the date of birth, the month of women plus 50.
fn uk_licence(text: &[u8]) -> bool {
    let month = number(&text[6..8]) % 50;
    let name = &text[..5];
    let filled = name.iter().skip_while(|byte| byte.is_ascii_alphabetic()).all(|byte| *byte == b'9');
    name[0].is_ascii_alphabetic() && filled && is_date(month, number(&text[8..10]))
}

fn de_tax(text: &[u8]) -> bool {
    let d = digits(text);
    let most = (0..10).map(|digit| d[..10].iter().filter(|found| **found == digit).count()).max().unwrap_or(0);
    d[0] != 0 && mod_11_10(&d) && most <= 3
}

/// VKVV §4: the letter becomes two digits, the products' digits are added.
fn de_social(text: &[u8]) -> bool {
    let mut d = digits(&text[..8]);
    let letter = text[8] - b'A' + 1;
    d.extend([letter / 10, letter % 10]);
    d.extend(digits(&text[9..]));
    let sum: u32 = d[..12].iter().zip([2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1]).map(|(digit, weight)| u32::from(*digit) * weight).map(|product| product / 10 + product % 10).sum();
    let day = number(&text[2..4]);
    sum % 10 == u32::from(d[12]) && is_date(number(&text[4..6]), if day > 50 { day - 50 } else { day })
}

fn de_health(text: &[u8]) -> bool {
    let letter = text[0] - b'A' + 1;
    let mut d = vec![letter / 10, letter % 10];
    d.extend(digits(&text[1..]));
    let sum: u32 = d[..10].iter().enumerate().map(|(place, digit)| u32::from(*digit) * (1 + place as u32 % 2)).map(|product| product / 10 + product % 10).sum();
    sum % 10 == u32::from(d[10])
}

/// ICAO 9303 part 3 §4.9: weights 7, 3, 1 over digits and letters.
fn icao(text: &[u8]) -> u32 {
    let value = |byte: u8| if byte.is_ascii_digit() { u32::from(byte - b'0') } else { u32::from(byte - b'A') + 10 };
    text.iter().zip([7, 3, 1].into_iter().cycle()).map(|(byte, weight)| value(*byte) * weight).sum::<u32>() % 10
}

fn de_document(text: &[u8]) -> bool {
    let allowed = |byte: &u8| byte.is_ascii_digit() || b"CFGHJKLMNPRTVWXYZ".contains(byte);
    let old = text[0] == b'T' && text[1..].iter().all(u8::is_ascii_digit);
    text[0].is_ascii_alphabetic() && text.iter().filter(|byte| byte.is_ascii_digit()).count() >= 4 && text.iter().all(allowed)
        && text[8].is_ascii_digit() && (icao(&text[..8]) == u32::from(text[8] - b'0') || old)
}

fn de_lanr(text: &[u8]) -> bool {
    let d = digits(text);
    let sum = weighted(&d[..6], &[4, 9, 4, 9, 4, 9]);
    number(text) != 0 && (10 - sum % 10) % 10 == u32::from(d[6])
}

fn de_bsnr(text: &[u8]) -> bool {
    matches!(number(&text[..2]), 1..=3 | 6..=31 | 35..=53 | 55..=99 | 5) && number(text) != 0
}

fn fr_nir(text: &[u8]) -> bool {
    if !matches!(text[0], b'1'..=b'4' | b'7' | b'8') || !(1..=12).contains(&(number(&text[3..5]) % 20)) {
        return false;
    }
    let mut d = digits(&text[..13]);
    // The two departments of Corsica.
    if text[6] == b'A' || text[6] == b'B' {
        d = digits(&[&text[..5], if text[6] == b'A' { b"19" } else { b"18" }, &text[7..13]].concat());
    }
    d.len() == 13 && 97 - modulo(&d, 97) == u64::from(number(&text[13..]))
}

const SPANISH: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";

fn es_nif(text: &[u8]) -> bool {
    let Some((letter, rest)) = text.split_last() else { return false };
    SPANISH[number(rest) as usize % 23] == *letter
}

fn es_nie(text: &[u8]) -> bool {
    let Some(first) = [b'X', b'Y', b'Z'].iter().position(|letter| *letter == text[0]) else { return false };
    SPANISH[(number(&text[1..8]) as usize + first * 10_000_000) % 23] == text[8]
}

fn it_fiscal(text: &[u8]) -> bool {
    let day = number(&text[9..11]) % 40;
    b"ABCDEHLMPRST".contains(&text[8]) && (1..=31).contains(&day)
}

fn it_vat(text: &[u8]) -> bool {
    luhn_of(text) && number(text) != 0
}

fn pt_nif(text: &[u8]) -> bool {
    let d = digits(text);
    let rest = weighted(&d[..8], &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    (if rest < 2 { 0 } else { 11 - rest }) == u32::from(d[8])
}

fn nl_bsn(text: &[u8]) -> bool {
    let d = digits(text);
    let sum = weighted(&d[..8], &[9, 8, 7, 6, 5, 4, 3, 2]);
    sum >= u32::from(d[8]) && (sum - u32::from(d[8])).is_multiple_of(11) && sum > 0
}

fn be_national(text: &[u8]) -> bool {
    let d = digits(text);
    let check = u64::from(number(&text[9..]));
    let later = [&[2], &d[..9]].concat();
    is_date(number(&text[2..4]) % 20, number(&text[4..6])) && (97 - modulo(&d[..9], 97) == check || 97 - modulo(&later, 97) == check)
}

fn pl_pesel(text: &[u8]) -> bool {
    let d = digits(text);
    let sum = weighted(&d[..10], &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3]);
    (10 - sum % 10) % 10 == u32::from(d[10]) && is_date(number(&text[2..4]) % 20, number(&text[4..6]))
}

/// The last ten digits are checked; the day of a coordination number is 60 higher.
fn se_person(text: &[u8]) -> bool {
    let last = &text[text.len() - 10..];
    let century = text.len() == 10 || matches!(&text[..2], b"18" | b"19" | b"20");
    century && luhn_of(last) && is_date(number(&last[2..4]), number(&last[4..6]) % 60)
}

fn se_organisation(text: &[u8]) -> bool {
    text[2] >= b'2' && text[0] != b'0' && luhn_of(text)
}

fn no_national(text: &[u8]) -> bool {
    let d = digits(text);
    is_date(number(&text[2..4]) % 40, number(&text[..2]) % 40)
        && weighted(&d, &[3, 7, 6, 1, 8, 9, 4, 5, 2, 1]).is_multiple_of(11)
        && weighted(&d, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)
}

fn dk_cpr(text: &[u8]) -> bool {
    is_date(number(&text[2..4]), number(&text[..2]))
}

fn fi_hetu(text: &[u8]) -> bool {
    let checked = [&text[..6], &text[text.len() - 4..text.len() - 1]].concat();
    let serial = number(&text[text.len() - 4..text.len() - 1]);
    let mark = text.len() == 10 || b"ABCDEFUVWXY".contains(&text[6]);
    mark && checked.iter().all(u8::is_ascii_digit) && serial >= 2 && is_date(number(&text[2..4]), number(&text[..2]))
        && b"0123456789ABCDEFHJKLMNPRSTUVWXY"[number(&checked) as usize % 31] == text[text.len() - 1]
}

fn cz_birth(text: &[u8]) -> bool {
    let month = number(&text[2..4]) % 50;
    modulo(&digits(text), 11) == 0 && is_date(month % 20, number(&text[4..6]))
}

fn ro_cnp(text: &[u8]) -> bool {
    let d = digits(text);
    let rest = weighted(&d[..12], &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
    d[0] != 0 && is_date(number(&text[3..5]), number(&text[5..7])) && (if rest == 10 { 1 } else { rest }) == u32::from(d[12])
}

fn bg_egn(text: &[u8]) -> bool {
    let d = digits(text);
    weighted(&d[..9], &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10 == u32::from(d[9]) && is_date(number(&text[2..4]) % 20, number(&text[4..6]))
}

fn ee_isikukood(text: &[u8]) -> bool {
    let d = digits(text);
    let first = weighted(&d[..10], &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
    let second = weighted(&d[..10], &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11 % 10;
    (1..=8).contains(&d[0]) && is_date(number(&text[3..5]), number(&text[5..7])) && (if first < 10 { first } else { second }) == u32::from(d[10])
}

fn ie_pps(text: &[u8]) -> bool {
    let second = text.get(8).map_or(0, |byte| (u32::from(byte - b'A') + 1) * 9);
    let sum = weighted(&digits(&text[..7]), &[8, 7, 6, 5, 4, 3, 2]) + second;
    b"WABCDEFGHIJKLMNOPQRSTUV"[sum as usize % 23] == text[7]
}

fn gr_amka(text: &[u8]) -> bool {
    luhn_of(text) && is_date(number(&text[2..4]), number(&text[..2]))
}

fn ch_ahv(text: &[u8]) -> bool {
    let d = digits(text);
    weighted(&d, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]).is_multiple_of(10)
}

fn tr_national(text: &[u8]) -> bool {
    let d: Vec<u32> = digits(text).into_iter().map(u32::from).collect();
    let odd = d[0] + d[2] + d[4] + d[6] + d[8];
    let even = d[1] + d[3] + d[5] + d[7];
    d[0] != 0 && (odd * 7 + 90 - even) % 10 == d[9] && (odd + even + d[9]) % 10 == d[10]
}

fn za_id(text: &[u8]) -> bool {
    is_date(number(&text[2..4]), number(&text[4..6])) && matches!(text[10], b'0'..=b'2') && luhn_of(text)
}

fn in_aadhaar(text: &[u8]) -> bool {
    text[0] >= b'2' && verhoeff(&digits(text))
}

fn in_pan(text: &[u8]) -> bool {
    b"ABCFGHJLPTKSND".contains(&text[3])
}

fn in_gstin(text: &[u8]) -> bool {
    (1..=37).contains(&number(&text[..2])) && text[12] != b'0'
}

/// GB 11643: ISO/IEC 7064 MOD 11-2.
fn cn_resident(text: &[u8]) -> bool {
    let sum = weighted(&digits(&text[..17]), &[7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]);
    matches!(&text[6..8], b"19" | b"20") && is_date(number(&text[10..12]), number(&text[12..14])) && b"10X98765432"[sum as usize % 11] == text[17]
}

fn hk_id(text: &[u8]) -> bool {
    let check = match text[7] {
        b'A' => 10,
        byte if byte.is_ascii_digit() => u32::from(byte - b'0'),
        _ => return false,
    };
    (36 * 9 + (u32::from(text[0] - b'A') + 10) * 8 + weighted(&digits(&text[1..7]), &[7, 6, 5, 4, 3, 2]) + check).is_multiple_of(11)
}

fn tw_id(text: &[u8]) -> bool {
    const PLACES: &[u8; 26] = b"ABCDEFGHJKLMNPQRSTUVXYWZIO";
    let Some(place) = PLACES.iter().position(|letter| *letter == text[0]) else { return false };
    let code = place as u32 + 10;
    let sum = code / 10 + code % 10 * 9 + weighted(&digits(&text[1..]), &[8, 7, 6, 5, 4, 3, 2, 1, 1]);
    matches!(text[1], b'1' | b'2' | b'8' | b'9') && sum.is_multiple_of(10)
}

fn sg_nric(text: &[u8]) -> bool {
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

fn my_nric(text: &[u8]) -> bool {
    is_date(number(&text[2..4]), number(&text[4..6]))
}

fn id_nik(text: &[u8]) -> bool {
    is_date(number(&text[8..10]), number(&text[6..8]) % 40)
}

fn jp_number(text: &[u8]) -> bool {
    let d = digits(text);
    let rest = weighted(&d[..11], &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    (if rest <= 1 { 0 } else { 11 - rest }) == u32::from(d[11])
}

/// The birth date and the digit for century and sex; numbers given out since October 2020 have no check digit.
fn kr_rrn(text: &[u8]) -> bool {
    is_date(number(&text[2..4]), number(&text[4..6])) && matches!(text[6], b'1'..=b'8')
}

/// The check digit of residents, and of foreigners, whose offset differs by two.
fn kr_rrn_checked(text: &[u8]) -> bool {
    let d = digits(text);
    let rest = weighted(&d[..12], &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11;
    let offset = if d[6] >= 5 { 13 } else { 11 };
    kr_rrn(text) && (offset - rest) % 10 == u32::from(d[12])
}

/// The letter of the sort: M and S tourists, R residents, O officials, D diplomats, G work.
fn kr_passport(text: &[u8]) -> bool {
    b"MSRODG".contains(&text[0])
}

fn kr_business(text: &[u8]) -> bool {
    let d = digits(text);
    let sum = weighted(&d[..9], &[1, 3, 7, 1, 3, 7, 1, 3, 5]) + u32::from(d[8]) * 5 / 10;
    (10 - sum % 10) % 10 == u32::from(d[9])
}

fn kr_licence(text: &[u8]) -> bool {
    (11..=28).contains(&number(&text[..2]))
}

fn th_national(text: &[u8]) -> bool {
    let d = digits(text);
    let sum = weighted(&d[..12], &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
    (1..=8).contains(&d[0]) && matches!(number(&text[1..3]), 10..=27 | 30..=58 | 60..=67 | 70..=77 | 80..=86 | 90..=96) && (11 - sum % 11) % 10 == u32::from(d[12])
}

fn au_tfn(text: &[u8]) -> bool {
    weighted(&digits(text), &[1, 4, 3, 7, 5, 8, 6, 9, 10]).is_multiple_of(11) && number(text) != 0
}

fn au_acn(text: &[u8]) -> bool {
    let d = digits(text);
    number(text) != 0 && (10 - weighted(&d[..8], &[8, 7, 6, 5, 4, 3, 2, 1]) % 10) % 10 == u32::from(d[8])
}

fn au_abn(text: &[u8]) -> bool {
    let mut d = digits(text);
    if d[0] == 0 {
        return false;
    }
    d[0] -= 1;
    weighted(&d, &[10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]).is_multiple_of(89)
}

fn au_medicare(text: &[u8]) -> bool {
    let d = digits(text);
    (2..=6).contains(&d[0]) && weighted(&d[..8], &[1, 3, 7, 9, 1, 3, 7, 9]) % 10 == u32::from(d[8])
}

/// Two check digits, each from all digits before it, by weights that fall to 2 and begin again at `most`.
fn brazilian(d: &[u8], most: u32) -> bool {
    let check = |length: usize| {
        let sum: u32 = d[..length].iter().rev().zip((2..=most).cycle()).map(|(digit, weight)| u32::from(*digit) * weight).sum();
        let rest = sum % 11;
        if rest < 2 { 0 } else { 11 - rest }
    };
    let length = d.len();
    d.iter().any(|digit| *digit != d[0]) && check(length - 2) == u32::from(d[length - 2]) && check(length - 1) == u32::from(d[length - 1])
}

fn br_cpf(text: &[u8]) -> bool {
    brazilian(&digits(text), 11)
}

fn br_cnpj(text: &[u8]) -> bool {
    brazilian(&digits(text), 9)
}

fn mx_curp(text: &[u8]) -> bool {
    is_date(number(&text[6..8]), number(&text[8..10])) && matches!(text[10], b'H' | b'M' | b'X')
}

fn cl_rut(text: &[u8]) -> bool {
    let Some((check, rest)) = text.split_last() else { return false };
    let sum: u32 = digits(rest).iter().rev().zip((2..=7).cycle()).map(|(digit, weight)| u32::from(*digit) * weight).sum();
    b"0K987654321"[sum as usize % 11] == *check
}

fn uk_postcode(text: &[u8]) -> bool {
    let inward = &text[text.len() - 2..];
    !b"QVX".contains(&text[0]) && !(text[1].is_ascii_alphabetic() && b"IJZ".contains(&text[1])) && !inward.iter().any(|byte| b"CIKMOV".contains(byte))
}

/// The provinces.
fn tr_plate(text: &[u8]) -> bool {
    (1..=81).contains(&number(&text[..2]))
}

fn uk_plate(text: &[u8]) -> bool {
    let letters = text.iter().filter(|byte| byte.is_ascii_alphabetic());
    let ages = number(text);
    let current = text.len() == 7 && text[1].is_ascii_alphabetic() && text[2].is_ascii_digit();
    !letters.clone().any(|byte| b"IQ".contains(byte)) && !matches!(text[0], b'O' | b'Z') && !matches!(text.last(), Some(b'Z')) && (!current || matches!(ages, 2..=29 | 51..=79))
}
