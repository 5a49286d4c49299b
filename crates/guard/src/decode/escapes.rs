//! Escapes: `\x41`, `\u0041`, `\u{41}`, `%41`, `&#65;`, `&#x41;` and the common named entities.

use crate::normalise::View;

/// Escapes before the unescaped text is worth reading.
const ESCAPES_MIN: usize = 3;

/// The text with its escapes undone, if there are some.
pub fn unescaped(text: &str) -> Option<View> {
    let bytes = text.as_bytes();
    let mut view = View::with_capacity(text.len());
    let (mut at, mut plain, mut count) = (0, 0, 0);
    while at < bytes.len() {
        let found = match bytes[at] {
            b'\\' => backslash(&bytes[at..]),
            b'%' => percent(&bytes[at..]),
            b'&' => entity(&bytes[at..]),
            _ => None,
        };
        let Some((character, length)) = found else {
            at += 1;
            continue;
        };
        view.copy(&text[plain..at], plain);
        view.put(character, at..at + length);
        at += length;
        plain = at;
        count += 1;
    }
    view.copy(&text[plain..], plain);
    (count >= ESCAPES_MIN).then_some(view)
}

fn hex(digits: &[u8]) -> Option<u32> {
    let digits = std::str::from_utf8(digits).ok()?;
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    u32::from_str_radix(digits, 16).ok()
}

fn backslash(bytes: &[u8]) -> Option<(char, usize)> {
    match bytes.get(1)? {
        b'x' => Some((char::from_u32(hex(bytes.get(2..4)?)?)?, 4)),
        b'u' if bytes.get(2) == Some(&b'{') => {
            let digits = bytes.iter().skip(3).take(7).position(|byte| *byte == b'}')?;
            Some((char::from_u32(hex(bytes.get(3..3 + digits)?)?)?, digits + 4))
        }
        b'u' => {
            let high = hex(bytes.get(2..6)?)?;
            if !(0xd800..0xdc00).contains(&high) {
                return Some((char::from_u32(high)?, 6));
            }
            let low = hex(bytes.get(8..12).filter(|_| bytes[6..8] == *b"\\u")?)?;
            let code = 0x10000 + ((high - 0xd800) << 10) + low.checked_sub(0xdc00)?;
            Some((char::from_u32(code)?, 12))
        }
        _ => None,
    }
}

/// One character of one to four percent-encoded bytes of UTF-8 (RFC 3986).
fn percent(bytes: &[u8]) -> Option<(char, usize)> {
    let byte = |index: usize| {
        let escape = bytes.get(index * 3..index * 3 + 3).filter(|escape| escape[0] == b'%')?;
        u8::try_from(hex(&escape[1..])?).ok()
    };
    let first = byte(0)?;
    let length = match first {
        0..0x80 => return Some((char::from(first), 3)),
        0xc0..0xe0 => 2,
        0xe0..0xf0 => 3,
        0xf0..0xf8 => 4,
        _ => return None,
    };
    let encoded: Vec<u8> = (0..length).map(byte).collect::<Option<_>>()?;
    Some((std::str::from_utf8(&encoded).ok()?.chars().next()?, length * 3))
}

fn entity(bytes: &[u8]) -> Option<(char, usize)> {
    let length = bytes.iter().take(10).position(|byte| *byte == b';')?;
    let name = bytes.get(1..length)?;
    let character = match name {
        [b'#', b'x' | b'X', digits @ ..] => char::from_u32(hex(digits)?)?,
        [b'#', digits @ ..] => char::from_u32(std::str::from_utf8(digits).ok()?.parse().ok()?)?,
        b"lt" => '<',
        b"gt" => '>',
        b"amp" => '&',
        b"quot" => '"',
        b"apos" => '\'',
        b"nbsp" => ' ',
        _ => return None,
    };
    Some((character, length + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_escape_is_undone() {
        for (escaped, plain) in [
            (r"a \x49\x67\x6e b", "a Ign b"),
            (r"\u0049\u0067\u{6e}\ud83d\ude00", "Ign😀"),
            ("%49%67%6e%c3%a9", "Igné"),
            ("&#73;&#x67;n&lt;", "Ign<"),
        ] {
            assert_eq!(unescaped(escaped).unwrap().text, plain);
        }
    }

    #[test]
    fn broken_escapes_stay_as_they_are() {
        for broken in
            [r"\x4 \u12 \u{110000} \u{ \ud83d \xg", "%4 %zz %ff% %c3%28", "&#; &#x; &#9999999; &a"]
        {
            assert_eq!(unescaped(broken), None, "{broken}");
        }
    }
}
