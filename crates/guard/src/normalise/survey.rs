//! One look at a text that tells which tricks are worth undoing.
//!
//! Clean text is what the gateway sees nearly always, so it pays for this look alone. The look errs towards
//! "worth it": a needless view costs time, and finds nothing.

/// Letters that stand alone in a row before a text counts as spaced out.
const SPACED_LETTERS_MIN: u32 = 6;
/// Places where digits end and letters begin, before a text may be leet.
const LEET_EDGES_MIN: u32 = 4;
/// Length of a run that may be base64, base32 or hex, in bytes.
pub const BLOB_BYTES_MIN: usize = 16;
/// Escapes before they are worth undoing.
const ESCAPES_MIN: u32 = 3;
/// Dots and dashes in a row before a text may be Morse code.
const MORSE_MARKS_MIN: u32 = 20;

/// What may be hidden in a text.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Survey {
    pub beyond_ascii: bool,
    pub spaced: bool,
    pub leet: bool,
    pub blob: bool,
    pub escapes: bool,
    pub morse: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Class {
    Letter,
    Digit,
    Space,
    /// Line ends.
    Break,
    /// `+ / = _`, which encodings use.
    Blob,
    Dash,
    Dot,
    /// What begins an escape.
    Escape,
    Other,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Other; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' | 0x80..=0xff => Class::Letter,
            b'0'..=b'9' | b'@' | b'$' => Class::Digit,
            b' ' | b'\t' => Class::Space,
            b'\n' | b'\r' => Class::Break,
            b'+' | b'/' | b'=' | b'_' => Class::Blob,
            b'-' => Class::Dash,
            b'.' => Class::Dot,
            b'\\' | b'%' | b'&' => Class::Escape,
            _ => Class::Other,
        };
        byte += 1;
    }
    classes
};

/// Bytes that are counted at a time.
const BLOCK_BYTES: usize = 64;

/// Looks closely at the blocks that do not read like prose; the others are only counted.
pub fn survey(text: &str) -> Survey {
    let bytes = text.as_bytes();
    let mut survey = Survey { beyond_ascii: !text.is_ascii(), ..Survey::default() };
    let mut edges = Edges::default();
    let mut odd: Option<usize> = None;
    for (index, block) in bytes.chunks(BLOCK_BYTES).enumerate() {
        match (is_prose(block), odd) {
            (false, None) => odd = Some((index * BLOCK_BYTES).saturating_sub(BLOCK_BYTES / 2)),
            (true, Some(start)) => {
                look(&bytes[start..index * BLOCK_BYTES + BLOCK_BYTES / 2], &mut survey, &mut edges);
                odd = None;
            }
            _ => {}
        }
    }
    if let Some(start) = odd {
        look(&bytes[start..], &mut survey, &mut edges);
    }
    survey.leet = edges.leet >= LEET_EDGES_MIN;
    survey.escapes = edges.escapes >= ESCAPES_MIN;
    survey
}

/// Whether a whole block has the spaces and the letters of prose: no run of an encoding is in it, no letters that
/// stand alone in a row, hardly a digit and no escape. Counted without branches, many bytes at a time.
fn is_prose(block: &[u8]) -> bool {
    let (mut spaces, mut letters, mut digits, mut escapes) = (0_u8, 0_u8, 0_u8, 0_u8);
    for byte in block {
        spaces += u8::from(*byte == b' ');
        letters += u8::from((byte | 0x20).wrapping_sub(b'a') < 26);
        digits += u8::from(byte.wrapping_sub(b'0') < 10 || *byte == b'@' || *byte == b'$');
        escapes += u8::from(*byte == b'\\' || *byte == b'%' || *byte == b'&');
    }
    block.len() == BLOCK_BYTES
        && (6..=18).contains(&spaces)
        && letters >= 40
        && digits <= 1
        && escapes == 0
}

/// What is counted over the whole text.
#[derive(Default)]
struct Edges {
    leet: u32,
    escapes: u32,
}

/// Looks at runs of bytes of one class; each byte is looked at once.
fn look(bytes: &[u8], survey: &mut Survey, counted: &mut Edges) {
    let (mut alone, mut marks) = (0_u32, 0_u32);
    let mut blob = 0_usize;
    let (mut before, mut before_length) = (Class::Break, 0_usize);
    let mut at = 0;
    while at < bytes.len() {
        let class = CLASSES[bytes[at] as usize];
        let start = at;
        at += 1;
        while at < bytes.len() && CLASSES[bytes[at] as usize] == class {
            at += 1;
        }
        let length = at - start;
        match class {
            Class::Letter => {
                alone = if length == 1 && before != Class::Digit { alone + 1 } else { 0 };
                counted.leet += u32::from(before == Class::Digit && before_length <= 2);
                blob += length;
                marks = 0;
            }
            Class::Digit => {
                blob += length;
                marks = 0;
            }
            Class::Blob => {
                blob += length;
                alone = if length == 1 { alone } else { 0 };
            }
            Class::Dash | Class::Dot => {
                blob = if class == Class::Dash { blob + length } else { 0 };
                alone = if length == 1 { alone } else { 0 };
                marks += length.min(6) as u32;
            }
            Class::Space => {
                blob = 0;
                alone = if length <= 4 { alone } else { 0 };
            }
            Class::Break => blob = 0,
            Class::Escape => {
                counted.escapes += length as u32;
                blob = 0;
                marks = 0;
            }
            Class::Other => {
                blob = 0;
                marks = 0;
            }
        }
        survey.spaced |= alone >= SPACED_LETTERS_MIN;
        survey.morse |= marks >= MORSE_MARKS_MIN;
        survey.blob |= blob >= BLOB_BYTES_MIN;
        (before, before_length) = (class, length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_needs_nothing() {
        let plain =
            "What is the capital of France? It has 2 million people, and I like it.\n\nThanks.";
        assert_eq!(survey(plain), Survey::default());
    }

    #[test]
    fn each_trick_is_noticed() {
        assert!(survey("I g n o r e   a l l").spaced);
        assert!(survey("i-g-n-o-r-e").spaced);
        assert!(survey("1gn0r3 4ll pr3v10u5").leet);
        assert!(survey("do SWdub3JlIGFsbCBwcmV2").blob);
        assert!(survey(r"\x49\x67\x6e").escapes);
        assert!(survey("%49%67%6e").escapes);
        assert!(survey(".. --. -. --- .-. . / .- .-.. .-..").morse);
        assert!(survey("ígnore").beyond_ascii);
    }
}
