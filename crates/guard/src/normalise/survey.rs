//! One look at a text that tells which tricks are worth undoing.
//!
//! Clean text is what the gateway sees nearly always, so it pays for this look alone: the bytes of a window are sorted
//! and counted without a branch. The look errs towards "worth it": a needless view costs time, and finds nothing.

/// Letters that stand alone within a window before a text counts as spaced out.
const SPACED_LETTERS_MIN: u32 = 6;
/// Places where a digit is followed by a letter, before a text may be leet.
const LEET_EDGES_MIN: u32 = 4;
/// Length of a run that may be base64, base32 or hex, in bytes.
pub const BLOB_BYTES_MIN: usize = 16;
/// Escapes before they are worth undoing.
const ESCAPES_MIN: u32 = 3;
/// Dots and dashes within a window before a text may be Morse code.
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

/// Bytes of a window.
const WINDOW_BYTES: usize = 64;
/// From one window to the next: a run of [`BLOB_BYTES_MIN`] lies whole in one of them.
const STEP_BYTES: usize = WINDOW_BYTES - BLOB_BYTES_MIN;
/// The bits of a window that are counted in it and not in the next one.
const COUNTED: u64 = (1 << STEP_BYTES) - 1;

pub fn survey(text: &str) -> Survey {
    let bytes = text.as_bytes();
    let mut survey = Survey { beyond_ascii: !text.is_ascii(), ..Survey::default() };
    let (mut edges, mut escapes, mut at) = (0, 0, 0);
    while at < bytes.len() {
        let rest = &bytes[at..];
        let window = match rest.first_chunk() {
            Some(full) => Window::of(full),
            None => {
                let mut padded = [b' '; WINDOW_BYTES];
                padded[..rest.len()].copy_from_slice(rest);
                Window::of(&padded)
            }
        };
        survey.blob |= window.blob;
        survey.spaced |= window.letters_alone >= SPACED_LETTERS_MIN;
        survey.morse |= window.marks >= MORSE_MARKS_MIN;
        edges += window.edges;
        escapes += window.escapes;
        at += STEP_BYTES;
    }
    survey.leet = edges >= LEET_EDGES_MIN;
    survey.escapes = escapes >= ESCAPES_MIN;
    survey
}

/// What is counted in a window; edges and escapes only in the bytes that the next one has not.
struct Window {
    /// Letters with no letter and no digit beside them.
    letters_alone: u32,
    /// Digits that a letter follows.
    edges: u32,
    marks: u32,
    escapes: u32,
    blob: bool,
}

const LETTER: u8 = 1;
/// Digits, and the marks that are written for letters.
const DIGIT: u8 = 2;
/// What base64, base32 and hex are made of.
const BLOB: u8 = 4;
/// What begins an escape.
const ESCAPE: u8 = 8;
/// Dots and dashes.
const MARK: u8 = 16;

/// What a byte is, without a branch, so that a compiler sorts many at once.
#[inline(always)]
fn sorted(byte: u8) -> u8 {
    let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
    let digit = byte.wrapping_sub(b'0') < 10;
    let joins = (byte == b'+') | (byte == b'/') | (byte == b'=') | (byte == b'_') | (byte == b'-');
    let escapes = (byte == b'\\') | (byte == b'%') | (byte == b'&');
    (u8::from(letter | (byte >= 0x80)) * LETTER)
        | (u8::from(digit | (byte == b'@') | (byte == b'$')) * DIGIT)
        | (u8::from(letter | digit | joins) * BLOB)
        | (u8::from(escapes) * ESCAPE)
        | (u8::from((byte == b'.') | (byte == b'-')) * MARK)
}

/// One in each of eight bytes.
const ONES: u64 = 0x0101_0101_0101_0101;

impl Window {
    fn of(bytes: &[u8; WINDOW_BYTES]) -> Self {
        let mut sorts = [0; WINDOW_BYTES];
        for (sort, byte) in sorts.iter_mut().zip(bytes) {
            *sort = sorted(*byte);
        }
        let (mut letters, mut digits, mut marks, mut escapes) = (0, 0, 0, 0);
        let mut blob = false;
        for (index, group) in sorts.as_chunks::<8>().0.iter().enumerate() {
            let group = u64::from_le_bytes(*group);
            let plane = |sort: u8| group >> sort.trailing_zeros() & ONES;
            letters |= gather(group) << (index * 8);
            digits |= gather(plane(DIGIT)) << (index * 8);
            marks += plane(MARK);
            if index < STEP_BYTES / 8 {
                escapes += plane(ESCAPE);
            }
            blob |= plane(BLOB) == ONES;
        }
        let beside = letters | digits;
        Self {
            letters_alone: (letters & !(beside << 1) & !(beside >> 1)).count_ones(),
            edges: (digits & letters >> 1 & COUNTED).count_ones(),
            marks: sum(marks),
            escapes: sum(escapes),
            // A long run holds eight bytes that begin at a multiple of eight, so that most windows need no closer look.
            blob: blob && has_long_run(&sorts),
        }
    }
}

/// The sum of eight bytes, which is no more than 255.
fn sum(bytes: u64) -> u32 {
    (bytes.wrapping_mul(ONES) >> 56) as u32
}

/// Whether [`BLOB_BYTES_MIN`] bytes of a blob stand in a row.
fn has_long_run(sorts: &[u8; WINDOW_BYTES]) -> bool {
    let mut length = 0;
    sorts.iter().any(|sort| {
        length = if sort & BLOB == 0 { 0 } else { length + 1 };
        length == BLOB_BYTES_MIN
    })
}

/// The lowest bits of eight bytes, as eight bits.
pub(crate) fn gather(bytes: u64) -> u64 {
    (bytes & 0x0101_0101_0101_0101).wrapping_mul(0x0102_0408_1020_4080) >> 56
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
