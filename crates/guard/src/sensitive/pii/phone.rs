//! Telephone numbers: international by country code and length (ITU-T E.164 and its list of assigned codes),
//! national by the shapes they are written in, and anything of fitting length where a word says what it is.
//!
//! An own table instead of a port of libphonenumber: the ports validate a number that is given to them, at
//! the price of hundreds of regular expressions, but do not find one in a text that is still arriving.

use super::numbers::Run;
use super::window::Window;
use super::{Found, kind};

const WORDS: &[&str] = &[
    "phone",
    "tel",
    "telephone",
    "mobile",
    "cell",
    "cellphone",
    "fax",
    "call",
    "dial",
    "whatsapp",
    "sms",
    "text me",
    "contact",
    "reach",
    "hotline",
    "desk",
    "office",
    "landline",
    "handy",
    "telefon",
    "telefax",
    "mobil",
    "rufnummer",
    "telefono",
    "teléfono",
    "móvil",
    "movil",
    "celular",
    "telefone",
    "téléphone",
    "portable",
    "appel",
    "telefoon",
    "cep",
    "numaram",
    "puhelin",
    "telefonszám",
    "ring",
    "телефон",
    "тел",
    "моб",
    "电话",
    "手机",
    "電話",
    "携帯",
    "전화",
    "โทร",
    "هاتف",
];

const WORDS_BEHIND: &[&str] =
    &["office", "fax", "mobile", "cell", "home", "work", "desk", "phone", "tel"];

/// Digits of the shortest number that no country code introduces.
const DIGITS_MIN: usize = 6;

pub fn detect(window: &Window<'_>, run: &Run) -> Option<Found> {
    let spaced = (1..run.count).take_while(|group| run.divider(*group) == b' ').count() + 1;
    (1..=run.count).rev().find_map(|count| {
        // A part of what is written with one divider throughout is no number of its own.
        let part = count < run.count && (run.divider(count) != b' ' || count <= spaced);
        if part || !run.plus && run.digits(count).len() < DIGITS_MIN {
            return None;
        }
        let end = extension(window, run.end(count));
        let behind = end > run.end(count);
        let ok = (behind || window.is_boundary(end)) && is_phone(window, run, count, behind);
        ok.then_some(Found { kind: kind("phone"), length: end })
    })
}

/// The end of `x123` or `ext. 123`, if that follows.
fn extension(window: &Window<'_>, end: usize) -> usize {
    let spaced = end + usize::from(window.at(end) == Some(b' '));
    if !matches!(window.at(spaced), None | Some(b'e' | b'E' | b'x' | b'X' | b'#')) {
        return end;
    }
    for mark in [b"extension ".as_slice(), b"ext. ", b"ext.", b"ext ", b"ext", b"x", b"#"] {
        let fits = mark.iter().enumerate().all(|(place, byte)| {
            window.at(spaced + place).is_some_and(|found| found.eq_ignore_ascii_case(byte))
        });
        if fits {
            let digits = window.run(spaced + mark.len(), 7, |byte| byte.is_ascii_digit());
            let size = digits - spaced - mark.len();
            return if (1..=6).contains(&size) && window.is_boundary(digits) {
                digits
            } else {
                end
            };
        }
    }
    end
}

fn is_phone(window: &Window<'_>, run: &Run, count: usize, extended: bool) -> bool {
    let digits = run.digits(count);
    let total = digits.len();
    if run.plus {
        return is_international(digits);
    }
    if !(DIGITS_MIN..=17).contains(&total) || looks_like_date(run, count) {
        return false;
    }
    let sizes = |shape: &[usize]| {
        shape.len() == count
            && shape.iter().enumerate().all(|(group, size)| run.size(group) == *size)
    };
    let dotted = (1..count).any(|group| run.divider(group) == b'.');
    let slashed = (1..count).any(|group| run.divider(group) == b'/');
    let prefix = |digits_before: &[u8]| digits.starts_with(digits_before);
    // Behind another number goes on what began there, unless a word calls for one.
    let begins = window.before(1) != Some(b' ')
        || !window.before(2).is_some_and(|byte| byte.is_ascii_digit())
        || window.named(WORDS);
    // 00 and 011 lead abroad.
    if count > 1
        && begins
        && (prefix(&[0, 0]) && digits[2] != 0 && is_international(&digits[2..])
            || prefix(&[0, 1, 1]) && total > 11 && is_international(&digits[3..]))
        && (3..=5).contains(&run.size(0))
    {
        return true;
    }
    // North America and the many places that write alike.
    let american = sizes(&[3, 3, 4]) && (digits[0] == 0 || is_american(digits))
        || sizes(&[1, 3, 3, 4]) && digits[0] == 1
        || sizes(&[3, 7]) && run.bracketed;
    if american && begins && !slashed && (!dotted || run.is_even(count)) {
        return true;
    }
    if extended && total >= 9 && count > 1 {
        return true;
    }
    // A trunk prefix, in groups.
    let pairs = (0..count).all(|group| run.size(group) == 2);
    let trunk = digits[0] == 0
        && digits[1] != 0
        && count > 1
        && (run.size(0) > 1 || !dotted && total >= 10)
        && !slashed;
    let like_ssn = sizes(&[3, 2, 4]);
    let even = run.is_even(count) || run.bracketed || count == 2;
    if trunk
        && even
        && !like_ssn
        && (9..=11).contains(&total)
        && (!pairs || total == 10 && run.count == count)
    {
        return true;
    }
    // An area code in brackets.
    let year = run.size(0) == 4 && (prefix(&[1, 9]) || prefix(&[2, 0]));
    if run.bracketed
        && !year
        && total >= 8
        && run.size(0) >= 2
        && run.size(0) <= 5
        && total - run.size(0) >= 5
        && !dotted
    {
        return true;
    }
    // Mobile numbers without a divider: their first digits are nobody else's.
    if count == 1 && total == 11 && (prefix(&[0, 9]) || prefix(&[0, 7]) || prefix(&[0, 5])) {
        return true;
    }
    // Turkey's area codes are even.
    let turkish = total == 10
        && (prefix(&[5]) || matches!(digits[..3], [2..=4, 1..=8, area] if area % 2 == 0))
        || total == 11 && digits[0] == 1 && (3..=9).contains(&digits[1]);
    if count == 1
        && turkish
        && (window.is_alone(run.end(count))
            || total == 11 && window.named(&["number", "no.", "号", "號"]))
        || sizes(&[3, 3, 2, 2]) && digits[0] == 5
    {
        return true;
    }
    // Nine or more digits do not come by chance where a word calls for a number; fewer must be written as one.
    let card = window.named(&["card"]);
    let named =
        !card && window.named(WORDS) || window.named_directly_behind(run.end(count), WORDS_BEHIND);
    named && (6..=15).contains(&total) && (count > 1 && !dotted_pair(run, count) || total >= 9)
}

/// Whether an area and an exchange begin with the digits that theirs begin with in North America.
fn is_american(digits: &[u8]) -> bool {
    digits[0] > 1 && digits[3] > 1
}

/// `3.14159` and `192.168`: two groups and a point are a decimal.
fn dotted_pair(run: &Run, count: usize) -> bool {
    count == 2 && run.divider(1) == b'.'
}

/// Day, month and year in any order, with what may follow.
fn looks_like_date(run: &Run, count: usize) -> bool {
    if count < 3 || run.divider(1) != run.divider(2) || run.bracketed {
        return false;
    }
    let sizes = [run.size(0), run.size(1), run.size(2)];
    let value = |group: usize| {
        let from = if group == 0 { 0 } else { run.digits(group).len() };
        run.digits(group + 1)[from..]
            .iter()
            .fold(0_u32, |number, digit| number * 10 + u32::from(*digit))
    };
    let year = |group: usize| (1900..=2099).contains(&value(group));
    let small = |group: usize| (1..=31).contains(&value(group));
    match sizes {
        [4, 1 | 2, 1 | 2] => year(0) && small(1) && small(2),
        [1 | 2, 1 | 2, 4] => year(2) && small(0) && small(1),
        _ => false,
    }
}

/// Country codes with the lengths of what follows them: code, least, most. Those of one digit come last.
#[rustfmt::skip]
const COUNTRIES: &[(u32, usize, usize)] = &[
    (20, 8, 10), (211, 9, 9), (212, 9, 9), (213, 8, 9), (216, 8, 8), (218, 8, 10), (220, 7, 7), (221, 9, 9), (222, 8, 8),
    (223, 8, 8), (224, 8, 9), (225, 8, 10), (226, 8, 8), (227, 8, 8),
    (228, 8, 8), (229, 8, 10), (230, 7, 8), (231, 7, 9), (232, 8, 8), (233, 9, 9), (234, 7, 10), (235, 8, 8), (236, 8, 8),
    (237, 8, 9), (238, 7, 7), (239, 7, 7), (240, 9, 9), (241, 7, 8), (242, 9, 9),
    (243, 7, 9), (244, 9, 9), (245, 7, 9), (246, 7, 7), (248, 7, 7), (249, 9, 9), (250, 8, 9), (251, 9, 9), (252, 7, 9),
    (253, 8, 8), (254, 7, 10), (255, 9, 9), (256, 9, 9), (257, 8, 8), (258, 8, 9),
    (260, 9, 9), (261, 9, 10), (262, 9, 9), (263, 5, 10), (264, 6, 9), (265, 7, 9), (266, 8, 8), (267, 7, 8), (268, 8, 8),
    (269, 7, 7), (27, 9, 9), (290, 4, 5), (291, 7, 7), (297, 7, 7), (298, 6, 6),
    (299, 6, 6), (30, 10, 10), (31, 9, 10), (32, 8, 9), (33, 9, 9), (34, 9, 9), (350, 8, 8), (351, 9, 9), (352, 5, 11),
    (353, 7, 10), (354, 7, 9), (355, 6, 9), (356, 8, 8), (357, 8, 8), (358, 5, 12),
    (359, 7, 9), (36, 8, 9), (370, 8, 8), (371, 8, 8), (372, 7, 10), (373, 8, 8), (374, 8, 8), (375, 9, 10), (376, 6, 9),
    (377, 8, 9), (378, 6, 12), (380, 9, 9), (381, 6, 12), (382, 8, 9), (383, 8, 9),
    (385, 8, 12), (386, 8, 8), (387, 8, 9), (389, 8, 8), (39, 6, 11), (40, 9, 9), (41, 9, 12), (420, 9, 9), (421, 9, 9),
    (423, 7, 9), (43, 4, 13), (44, 9, 11), (45, 8, 8), (46, 7, 13), (47, 8, 8),
    (48, 9, 9), (49, 6, 13), (500, 5, 5), (501, 7, 7), (502, 8, 8), (503, 7, 8), (504, 8, 8), (505, 8, 8), (506, 8, 8),
    (507, 7, 8), (508, 6, 6), (509, 8, 8), (51, 8, 9), (52, 10, 11), (53, 6, 8),
    (54, 10, 11), (55, 10, 11), (56, 8, 9), (57, 8, 10), (58, 10, 10), (590, 9, 9), (591, 8, 8), (592, 7, 7), (593, 8, 9),
    (594, 9, 9), (595, 7, 9), (596, 9, 9), (597, 6, 7), (598, 7, 8), (599, 7, 8),
    (60, 8, 10), (61, 9, 10), (62, 7, 12), (63, 8, 10), (64, 8, 10), (65, 8, 8), (66, 8, 9), (670, 7, 8), (672, 6, 6),
    (673, 7, 7), (674, 7, 7), (675, 7, 8), (676, 5, 7), (677, 5, 7), (678, 5, 7),
    (679, 7, 7), (680, 7, 7), (685, 5, 7), (687, 6, 6), (689, 6, 8), (7, 10, 10), (81, 9, 11), (82, 8, 11), (84, 8, 10),
    (850, 8, 10), (852, 8, 8), (853, 8, 8), (855, 8, 9), (856, 8, 10), (86, 8, 11),
    (870, 9, 9), (880, 6, 10), (886, 8, 9), (90, 10, 10), (91, 10, 10), (92, 9, 10), (93, 9, 9), (94, 9, 9), (95, 7, 10),
    (960, 7, 7), (961, 7, 8), (962, 8, 9), (963, 8, 9), (964, 8, 10), (965, 7, 8),
    (966, 8, 9), (967, 7, 9), (968, 8, 8), (970, 8, 9), (971, 8, 9), (972, 8, 9), (973, 8, 8), (974, 7, 8), (975, 7, 8),
    (976, 8, 8), (977, 8, 10), (98, 10, 10), (992, 9, 9), (993, 8, 8), (994, 9, 9),
    (995, 9, 9), (996, 9, 9), (998, 9, 9), (1, 10, 10),
];

fn is_international(digits: &[u8]) -> bool {
    (1..=3).any(|size| {
        let Some((code, rest)) = digits.split_at_checked(size) else { return false };
        let code = code.iter().fold(0, |number, digit| number * 10 + u32::from(*digit));
        // A trunk zero that is written in brackets is one digit more.
        let rest = rest.len() - usize::from(rest.first() == Some(&0) && rest.len() > 9);
        COUNTRIES
            .iter()
            .any(|(known, least, most)| *known == code && (*least..=*most).contains(&rest))
    }) || digits.len() >= 10 && digits.len() <= 12 && digits[0] == 1
}
