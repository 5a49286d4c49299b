//! One look at a text that tells which tricks are worth undoing.
//!
//! Clean text is what the gateway sees nearly always, so it pays for this look alone: the bytes of a window are sorted
//! and counted without a branch. The look errs towards "worth it": a needless view costs time, and finds nothing.

/// Letters that stand alone within a window before a text counts as spaced out.
const SPACED_LETTERS_MIN: u8 = 6;
/// Places where a digit is followed by a letter, before a text may be leet.
const LEET_EDGES_MIN: u32 = 4;
/// Length of a run that may be base64, base32 or hex, in bytes.
pub const BLOB_BYTES_MIN: usize = 16;
/// Escapes before they are worth undoing.
const ESCAPES_MIN: u32 = 3;
/// Dots and dashes within a window before a text may be Morse code.
const MORSE_MARKS_MIN: u8 = 20;

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
        edges += u32::from(window.edges);
        escapes += u32::from(window.escapes);
        at += STEP_BYTES;
    }
    survey.leet = edges >= LEET_EDGES_MIN;
    survey.escapes = escapes >= ESCAPES_MIN;
    survey
}

/// What is counted in a window; edges and escapes only in the bytes that the next one has not.
struct Window {
    /// Letters with no letter and no digit beside them.
    letters_alone: u8,
    marks: u8,
    edges: u8,
    escapes: u8,
    blob: bool,
}

type Sort = [u8; WINDOW_BYTES];

impl Window {
    /// Loops over all bytes without a branch, which compilers turn into a few wide instructions each.
    fn of(bytes: &[u8; WINDOW_BYTES]) -> Self {
        let sorted = |is: fn(u8) -> bool| -> Sort { bytes.map(|byte| u8::from(is(byte))) };
        let letters = sorted(|byte| (byte | 0x20).wrapping_sub(b'a') < 26 || byte >= 0x80);
        let digits = sorted(|byte| {
            // And the marks that are written for letters.
            byte.wrapping_sub(b'0') < 10 || byte == b'@' || byte == b'$'
        });
        let blobs = sorted(|byte| {
            // What base64, base32 and hex are made of.
            (byte | 0x20).wrapping_sub(b'a') < 26
                || byte.wrapping_sub(b'/') < 11
                || byte == b'+'
                || byte == b'='
                || byte == b'_'
                || byte == b'-'
        });
        let escapes = sorted(|byte| byte == b'\\' || byte == b'%' || byte == b'&');
        let marks = sorted(|byte| byte == b'.' || byte == b'-');
        let sum = |sort: &[u8]| sort.iter().fold(0_u8, |sum, one| sum.wrapping_add(*one));
        Self {
            letters_alone: letters_alone(&letters, &digits),
            marks: sum(&marks),
            edges: sum(&edges(&letters, &digits)[..STEP_BYTES]),
            escapes: sum(&escapes[..STEP_BYTES]),
            blob: has_long_run(&blobs),
        }
    }
}

fn letters_alone(letters: &Sort, digits: &Sort) -> u8 {
    let mut beside = [0_u8; WINDOW_BYTES + 2];
    for index in 0..WINDOW_BYTES {
        beside[index + 1] = letters[index] | digits[index];
    }
    let mut alone = 0_u8;
    for index in 0..WINDOW_BYTES {
        alone = alone.wrapping_add(letters[index] & !beside[index] & !beside[index + 2]);
    }
    alone
}

/// Digits that a letter follows.
fn edges(letters: &Sort, digits: &Sort) -> Sort {
    let mut edges = [0; WINDOW_BYTES];
    for index in 0..WINDOW_BYTES - 1 {
        edges[index] = digits[index] & letters[index + 1];
    }
    edges
}

/// Whether [`BLOB_BYTES_MIN`] bytes are set in a row.
fn has_long_run(sort: &Sort) -> bool {
    // A run of twice eight less one bytes holds eight that begin at a multiple of eight.
    let groups = sort.as_chunks::<8>().0;
    if !groups.iter().any(|group| u64::from_le_bytes(*group) == 0x0101_0101_0101_0101) {
        return false;
    }
    let mut row = groups
        .iter()
        .enumerate()
        .fold(0, |row, (index, group)| row | gather(u64::from_le_bytes(*group)) << (index * 8));
    let mut length = 1;
    while length < BLOB_BYTES_MIN {
        row &= row >> length;
        length *= 2;
    }
    row != 0
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
