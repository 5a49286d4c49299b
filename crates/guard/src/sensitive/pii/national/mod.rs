//! National numbers of persons: the forms they are written in, and the check digits that prove them.

mod europe;
mod world;

use std::sync::LazyLock;

use super::window::Window;
use super::{Found, kind};
use crate::sensitive::checks::{luhn, mod_11_10};

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

const HEALTH: &[&str] =
    &["kvnr", "egk", "krankenkasse", "krankenversicherung", "versicherten", "health insurance"];
const SIN: &[&str] = &["sin", "nas", "social insurance"];
const SSN: &[&str] = &["ssn", "social security", "socialsecurity"];
const TAX: &[&str] = &["tax", "tin", "steuer", "idnr", "nif", "vat", "itin", "iva", "fiscal"];

#[rustfmt::skip]
const FORMS: &[Form] = &[
    ("us_ssn", "999-99-9999", world::us_ssn, Nothing), ("us_ssn", "999 99 9999", world::us_ssn, Nothing),
    ("us_ssn", "999.99.9999", world::us_ssn, Nothing),
    ("us_ssn", "999999999", world::us_ssn, Named(SSN)), ("us_ssn", "999-999999", world::us_ssn, Named(SSN)),
    ("us_ssn", "99999-9999", world::us_ssn, Named(SSN)),
    ("us_itin", "999-99-9999", world::us_itin, Nothing), ("us_itin", "999~99~9999", world::us_itin, Words(TAX)),
    ("us_mbi", "9XX9~XX9~XX99", world::us_mbi, Nothing), ("us_npi", "9999-999-999", world::us_npi, Nothing),
    ("us_npi", "9999~999~999", world::us_npi, Named(&["npi", "provider"])),
    ("us_dea", "AA9999999", world::us_dea, Words(&["dea", "certificate"])),
    ("ca_sin", "999-999-999", world::ca_sin, Nothing),
    ("ca_sin", "999 999 999", world::ca_sin, Words(SIN)), ("ca_sin", "999999999", world::ca_sin, Named(SIN)),
    ("uk_nino", "AA_99_99_99_A", europe::uk_nino, Nothing), ("uk_nhs", "999-999-9999", europe::uk_nhs, Nothing),
    ("uk_nhs", "999_999_9999", europe::uk_nhs, Words(&["nhs", "health"])),
    ("uk_driving_licence", "XXXXX999999XX9AA", europe::uk_licence, Nothing),
    ("uk_driving_licence", "XXXXX999999XXXAA", europe::uk_licence, Nothing),
    ("de_tax_id", "99_999_999_999", europe::de_tax, Words(TAX)),
    ("de_social_security", "99_999999_A_999", europe::de_social, Nothing),
    ("de_health_insurance", "A999999999", europe::de_health, Words(HEALTH)),
    ("de_id_card", "XXXXXXXXX", europe::de_document, Words(GERMAN)),
    ("de_lanr", "999999999", europe::de_lanr, Words(&["lanr", "arztnummer"])),
    ("de_bsnr", "999999999", europe::de_bsnr, Named(&["bsnr", "betriebsst"])),
    ("fr_nir", "9_99_99_9X_999_999_99", europe::fr_nir, Nothing), ("es_nif", "99999999-A", europe::es_nif, Nothing),
    ("es_nif", "99999999A", europe::es_nif, Nothing),
    ("es_nif", "9999999U", europe::es_nif, Nothing), ("es_nif", "9999999-A", europe::es_nif, Nothing),
    ("es_nie", "A9999999-A", europe::es_nie, Nothing), ("es_nie", "A9999999A", europe::es_nie, Nothing),
    ("it_fiscal_code", "AAAAAA99A99A999A", europe::it_fiscal, Nothing),
    ("it_vat", "99999999999", europe::it_vat, Words(&["iva", "vat", "partita"])),
    ("it_vat", "99999999_999", europe::it_vat, Words(&["iva"])),
    ("pt_nif", "999999999", europe::pt_nif, Named(&["nif", "contribuinte"])),
    ("nl_bsn", "999999999", europe::nl_bsn, Named(&["bsn", "burgerservice", "sofi"])),
    ("be_national", "99.99.99-999.99", europe::be_national, Nothing),
    ("be_national", "99999999999", europe::be_national, Words(&["rijksregister", "national", "nationaal", "registre"])),
    ("pl_pesel", "99999999999", europe::pl_pesel, Nothing), ("se_personnummer", "999999-9999", europe::se_person, Nothing),
    ("se_personnummer", "999999+9999", europe::se_person, Nothing),
    ("se_personnummer", "99999999-9999", europe::se_person, Nothing),
    ("se_personnummer", "999999999999", europe::se_person, Nothing),
    ("se_personnummer", "9999999999", europe::se_person, Words(&["pnr", "personnummer", "identity code", "personal"])),
    ("se_organisation", "999999-9999", europe::se_organisation, Nothing),
    ("se_organisation", "9999999999", europe::se_organisation, Named(&["orgnr", "orgnummer", "organisationsnummer", "company"])),
    ("no_national", "999999_99999", europe::no_national, Nothing), ("dk_cpr", "999999-9999", europe::dk_cpr, Nothing),
    ("dk_cpr", "9999999999", europe::dk_cpr, Named(&["cpr"])),
    ("fi_hetu", "999999-999X", europe::fi_hetu, Nothing), ("fi_hetu", "999999+999X", europe::fi_hetu, Nothing),
    ("fi_hetu", "999999A999X", europe::fi_hetu, Nothing),
    ("cz_birth_number", "999999/9999", europe::cz_birth, Nothing), ("ro_cnp", "9999999999999", europe::ro_cnp, Nothing),
    ("hr_oib", "99999999999", mod_11_10_of, Named(&["oib"])),
    ("bg_egn", "9999999999", europe::bg_egn, Named(&["egn", "егн"])),
    ("ee_isikukood", "99999999999", europe::ee_isikukood, Words(&["isikukood", "asmens", "personal code"])),
    ("ie_pps", "9999999AA", europe::ie_pps, Words(&["pps", "ppsn"])),
    ("ie_pps", "9999999A", europe::ie_pps, Words(&["pps", "ppsn"])),
    ("gr_amka", "99999999999", europe::gr_amka, Named(&["amka", "αμκα"])),
    ("ch_ahv", "756.9999.9999.99", europe::ch_ahv, Nothing), ("ch_ahv", "7569999999999", europe::ch_ahv, Nothing),
    ("tr_national", "99999999999", europe::tr_national, Nothing),
    ("il_id", "999999999", luhn_of, Named(&["teudat", "israeli id", "תעודת", "ת.ז"])),
    ("za_id", "9999999999999", world::za_id, Nothing),
    ("in_aadhaar", "9999-9999-9999", world::in_aadhaar, Nothing),
    ("in_aadhaar", "9999 9999 9999", world::in_aadhaar, Nothing),
    ("in_aadhaar", "9999:9999:9999", world::in_aadhaar, Nothing),
    ("in_aadhaar", "999999999999", world::in_aadhaar, Words(&["aadhaar", "aadhar", "uid"])),
    ("in_pan", "UUUUU9999U", world::in_pan, Nothing), ("in_pan", "AAAAA9999A", world::in_pan, Named(&["pan"])),
    ("in_pan", "A9999AAAAA", always, Words(&["pan"])),
    ("in_gstin", "99UUUUU9999UXZX", world::in_gstin, Nothing),
    ("in_voter", "AAA9999999", always, Words(&["voter", "vote", "epic", "this"])),
    ("cn_resident_id", "99999999999999999X", world::cn_resident, Nothing), ("hk_id", "U999999(X)", world::hk_id, Nothing),
    ("tw_id", "U999999999", world::tw_id, Words(&["taiwan", "身分證", "身份證", "roc id"])), ("sg_nric", "U9999999U", world::sg_nric, Nothing),
    ("my_nric", "999999-99-9999", world::my_nric, Nothing),
    ("id_nik", "9999999999999999", world::id_nik, Named(&["nik", "ktp"])),
    ("jp_my_number", "9999_9999_9999", world::jp_number, Named(&["my number", "マイナンバー", "個人番号"])),
    ("kr_rrn", "999999-9999999", world::kr_rrn, Nothing), ("kr_rrn", "9999999999999", world::kr_rrn_checked, Words(&[])),
    ("kr_rrn", "999999-9999999", world::kr_rrn_dated, Named(RESIDENT)),
    ("kr_rrn", "9999999999999", world::kr_rrn_dated, Named(RESIDENT)),
    ("kr_business", "999-99-99999", world::kr_business, Nothing),
    ("kr_business", "9999999999", world::kr_business, Named(&["brn", "사업자"])),
    ("kr_driver_licence", "99-99-999999-99", world::kr_licence, Nothing),
    ("kr_driver_licence", "99 99 999999 99", world::kr_licence, Nothing),
    ("kr_driver_licence", "99~99~999999~99", world::kr_licence, Named(&["license", "licence", "면허"])),
    ("th_national", "9-9999-99999-99-9", world::th_national, Nothing),
    ("th_national", "9999999999999", world::th_national, Words(&["thai", "tnin", "เลข"])),
    ("au_tfn", "999-999-999", world::au_tfn, Nothing), ("au_tfn", "999_999_999", world::au_tfn, Words(&["tfn", "tax file"])),
    ("au_acn", "999_999_999", world::au_acn, Named(&["acn", "company"])),
    ("au_abn", "99 999 999 999", world::au_abn, Nothing), ("au_abn", "99999999999", world::au_abn, Words(&["abn"])),
    ("au_medicare", "9999 99999 9", world::au_medicare, Nothing),
    ("au_medicare", "9999999999", world::au_medicare, Words(&["medicare"])),
    ("br_cpf", "999.999.999-99", world::br_cpf, Nothing), ("br_cpf", "99999999999", world::br_cpf, Nothing),
    ("br_cnpj", "99.999.999/9999-99", world::br_cnpj, Nothing), ("br_cnpj", "99999999999999", world::br_cnpj, Nothing),
    ("mx_curp", "UUUU999999UUUUUUX9", world::mx_curp, Nothing), ("cl_rut", "99.999.999-X", world::cl_rut, Nothing),
    ("cl_rut", "9.999.999-X", world::cl_rut, Nothing), ("cl_rut", "99999999-X", world::cl_rut, Nothing),
    ("co_cedula", "9.999.999.999", always, Named(&["cedula", "cédula"])), ("ar_dni", "99.999.999", always, Named(&["dni"])),
    ("us_routing", "999999999", world::us_routing, Named(&["routing", "aba", "bank", "transit"])),
    ("us_routing", "9999-9999-9", world::us_routing, Nothing),
    ("uk_postcode", "UU99_9UU", europe::uk_postcode, Words(POST)),
    ("uk_postcode", "UU9U_9UU", europe::uk_postcode, Words(POST)),
    ("uk_postcode", "UU9_9UU", europe::uk_postcode, Words(POST)),
    ("uk_postcode", "U99_9UU", europe::uk_postcode, Words(POST)),
    ("uk_postcode", "U9U_9UU", europe::uk_postcode, Words(POST)),
    ("uk_postcode", "U9_9UU", europe::uk_postcode, Words(POST)), ("uk_postcode", "UU99 9UU", europe::uk_postcode, Nothing),
    ("uk_postcode", "UU9U 9UU", europe::uk_postcode, Nothing),
    ("uk_postcode", "GIR_0AA", always, Nothing),
    ("passport", "AAA999999", always, Words(PASS)), ("passport", "UU9999999", always, Words(PASS)),
    ("passport", "AA9999999", always, Named(PASS)),
    ("passport", "A99999999", world::kr_passport, Words(PASS)), ("passport", "A999A9999", world::kr_passport, Words(PASS)),
    ("passport", "A99999999", always, Named(PASS)), ("passport", "A9999999", always, Named(PASS)),
    ("it_driver_licence", "AA9999999A", always, Words(LICENCE)), ("it_driver_licence", "A1XXXXXXXA", europe::it_licence, Words(LICENCE)),
    ("it_id_card", "AA_9999999", always, Named(&["carta", "identità"])),
    ("it_id_card", "AA99999AA", always, Words(&["carta", "identità"])),
    ("it_id_card", "9999999AA", always, Named(&["carta", "identità"])),
    ("vehicle_plate", "UU99 UUU", europe::uk_plate, Nothing), ("vehicle_plate", "AA99~AAA", europe::uk_plate, Words(PLATE)),
    ("vehicle_plate", "A999~AAA", europe::uk_plate, Words(PLATE)),
    ("vehicle_plate", "A9~AAA", europe::uk_plate, Words(PLATE)),
    ("vehicle_plate", "AAA~999A", europe::uk_plate, Words(PLATE)),
    ("vehicle_plate", "AAA~9A", europe::uk_plate, Words(PLATE)),
    ("vehicle_plate", "99_AAA_9999", europe::tr_plate, Words(PLATE)),
    ("vehicle_plate", "99_AAA_999", europe::tr_plate, Words(PLATE)),
    ("vehicle_plate", "99_AA_9999", europe::tr_plate, Words(PLATE)),
    ("vehicle_plate", "99_AA_999", europe::tr_plate, Words(PLATE)),
    ("vehicle_plate", "99_AA_99", europe::tr_plate, Words(PLATE)),
    ("vehicle_plate", "99_A_9999", europe::tr_plate, Words(PLATE)),
    ("vehicle_plate", "99_A_999", europe::tr_plate, Words(PLATE)),
    ("vehicle_plate", "99_A_99", europe::tr_plate, Words(PLATE)),
    ("vehicle_plate", "AAA~999AA", always, Words(PLATE)), ("vehicle_plate", "UU99UU9999", always, Words(PLATE)),
    ("vehicle_plate", "UU9UUU9999", always, Words(PLATE)),
];

const RESIDENT: &[&str] = &["rrn", "frn", "resident", "주민", "외국인"];
const GERMAN: &[&str] =
    &["ausweis", "personalausweis", "reisepass", "pass-nr", "passnummer", "id card", "passport"];
const POST: &[&str] = &["postcode", "post code", "address", "postal"];
const PASS: &[&str] = &[
    "passport",
    "passports",
    "pasaporte",
    "reisepass",
    "passeport",
    "passaporto",
    "passaporte",
    "paspoort",
    "travel document",
    "pass-nr",
    "여권",
    "护照",
    "паспорт",
];
const LICENCE: &[&str] =
    &["license", "licence", "driver", "driving", "patente", "führerschein", "permis"];
const PLATE: &[&str] = &[
    "plate",
    "plates",
    "registration",
    "car reg",
    "vehicle",
    "vehicles",
    "plaka",
    "plakası",
    "kennzeichen",
    "number plate",
];

/// The kinds of national numbers.
pub fn kinds() -> impl Iterator<Item = crate::sensitive::Kind> {
    FORMS.iter().map(|(id, ..)| kind(id))
}

/// The first form that fits at the window's place.
pub fn detect(window: &Window<'_>, first: u8) -> Option<Found> {
    if first.is_ascii_digit() && window.continues_number() {
        return None;
    }
    possible(window, first).find_map(|(id, form, check, need)| {
        let (end, text) = fit(window, form)?;
        let known = check(text.bytes())
            && match need {
                Nothing => true,
                Words(words) => window.named_around(end, words) || window.is_alone(end),
                Named(words) => window.named_around(end, words),
            };
        known.then_some(Found { kind: kind(id), length: end })
    })
}

/// A set of forms, one bit each.
type FormSet = [u64; FORMS.len().div_ceil(64)];

/// Bytes by which forms are sorted out.
const PLACES: usize = 8;
/// Sorts of bytes: digits, capitals, other letters, each divider, and all the others.
const DIVIDERS: &[u8] = b" -.:/()+";
const SORTS: usize = 3 + DIVIDERS.len() + 1;

/// The sort of each byte.
const SORT: [u8; 256] = {
    let mut sorts = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        sorts[byte] = match byte as u8 {
            b'0'..=b'9' => 0,
            b'A'..=b'Z' => 1,
            b'a'..=b'z' => 2,
            _ => {
                let mut nth = 0;
                while nth < DIVIDERS.len() && DIVIDERS[nth] != byte as u8 {
                    nth += 1;
                }
                3 + nth as u8
            }
        };
        byte += 1;
    }
    sorts
};

fn sort(byte: u8) -> usize {
    usize::from(SORT[usize::from(byte)])
}

/// For each place and sort of byte, the forms that may have such a byte there.
static POSSIBLE: LazyLock<[[FormSet; SORTS]; PLACES]> = LazyLock::new(|| {
    let mut possible = [[FormSet::default(); SORTS]; PLACES];
    for (index, (_, form, ..)) in FORMS.iter().enumerate() {
        let bit = 1 << (index % 64);
        // Where in the form a place of the text may be, since some of its dividers may be left out.
        let mut reached = vec![0];
        for place in &mut possible {
            let mut next = Vec::new();
            while let Some(at) = reached.pop() {
                let wanted = form.as_bytes().get(at).copied();
                let sorts: Vec<usize> = match wanted {
                    // Behind its end stands anything.
                    None => (0..SORTS).collect(),
                    Some(b'9') => vec![0],
                    Some(b'A') => vec![1, 2],
                    Some(b'U') => vec![1],
                    Some(b'X') => vec![0, 1, 2],
                    Some(b'_') => vec![sort(b' ')],
                    Some(b'~') => vec![sort(b' '), sort(b'-')],
                    Some(literal) => vec![sort(literal)],
                };
                sorts.iter().for_each(|sort| place[*sort][index / 64] |= bit);
                next.push(at + 1);
                if matches!(wanted, Some(b'_' | b'~')) {
                    reached.push(at + 1);
                }
            }
            next.sort_unstable();
            next.dedup();
            reached = next;
        }
    }
    possible
});

/// The forms that what stands in the window may have, in their order.
fn possible(window: &Window<'_>, first: u8) -> impl Iterator<Item = &'static Form> {
    let places = &*POSSIBLE;
    let mut possible = places[0][sort(first)];
    for (place, sorts) in places.iter().enumerate().skip(1) {
        // What has not arrived may be anything.
        let Some(byte) = window.peek(place) else { break };
        possible.iter_mut().zip(sorts[sort(byte)]).for_each(|(set, other)| *set &= other);
        if possible == FormSet::default() {
            break;
        }
    }
    possible.into_iter().enumerate().flat_map(|(part, mut set)| {
        std::iter::from_fn(move || {
            let lowest = set.trailing_zeros() as usize;
            set &= set.wrapping_sub(1);
            // None is left where the lowest is beyond the set.
            if lowest < 64 { FORMS.get(part * 64 + lowest) } else { None }
        })
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
    let goes_on = (in_groups || matches!(divider, Some(b'-' | b'/' | b'.' | b'+' | b':')))
        && window.at(at + 1).is_some_and(|byte| byte.is_ascii_digit());
    (window.is_boundary(at) && !goes_on).then_some((at, text))
}

fn always(_: &[u8]) -> bool {
    true
}

fn digits(text: &[u8]) -> Vec<u8> {
    text.iter().filter(|byte| byte.is_ascii_digit()).map(|byte| byte - b'0').collect()
}

fn number(text: &[u8]) -> u32 {
    text.iter()
        .filter(|byte| byte.is_ascii_digit())
        .fold(0, |number, byte| number.wrapping_mul(10).wrapping_add(u32::from(byte - b'0')))
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
