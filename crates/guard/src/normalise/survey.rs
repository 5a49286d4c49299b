//! One look at a text that tells which tricks are worth undoing.
//!
//! Clean text is what the gateway sees nearly always, so it pays for this look alone: each byte becomes a bit in five
//! masks of a window, and a few operations on the masks tell what is there. The look errs towards "worth it": a
//! needless view costs time, and finds nothing.

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

/// Bytes of a window, one for each bit of a mask.
const WINDOW_BYTES: usize = 64;
/// From one window to the next: a run of [`BLOB_BYTES_MIN`] lies whole in one of them.
const STEP_BYTES: usize = WINDOW_BYTES - BLOB_BYTES_MIN;
/// The bits of a window that are counted in it and not in the next one.
const COUNTED: u64 = (1 << STEP_BYTES) - 1;

const LETTER: u8 = 1;
/// Digits, and the marks that are written for letters.
const DIGIT: u8 = 2;
/// What base64, base32 and hex are made of.
const BLOB: u8 = 4;
/// What begins an escape.
const ESCAPE: u8 = 8;
/// Dots and dashes.
const MARK: u8 = 16;

const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' => LETTER | BLOB,
            0x80..=0xff => LETTER,
            b'0'..=b'9' => DIGIT | BLOB,
            b'@' | b'$' => DIGIT,
            b'+' | b'/' | b'=' | b'_' => BLOB,
            b'-' => BLOB | MARK,
            b'.' => MARK,
            b'\\' | b'%' | b'&' => ESCAPE,
            _ => 0,
        };
        byte += 1;
    }
    classes
};

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
        survey.blob |= has_long_run(window.blobs);
        survey.spaced |= window.letters_alone().count_ones() >= SPACED_LETTERS_MIN;
        survey.morse |= window.marks.count_ones() >= MORSE_MARKS_MIN;
        edges += (window.digits & window.letters >> 1 & COUNTED).count_ones();
        escapes += (window.escapes & COUNTED).count_ones();
        at += STEP_BYTES;
    }
    survey.leet = edges >= LEET_EDGES_MIN;
    survey.escapes = escapes >= ESCAPES_MIN;
    survey
}

/// A mask for each class, the first byte of the window in the lowest bit.
#[derive(Default)]
struct Window {
    letters: u64,
    digits: u64,
    blobs: u64,
    escapes: u64,
    marks: u64,
}

impl Window {
    fn of(bytes: &[u8; WINDOW_BYTES]) -> Self {
        let mut window = Self::default();
        for (index, group) in bytes.as_chunks::<8>().0.iter().enumerate() {
            let classes = u64::from_le_bytes(group.map(|byte| CLASSES[usize::from(byte)]));
            let plane = |class: u8| gather(classes >> class.trailing_zeros()) << (index * 8);
            window.letters |= plane(LETTER);
            window.digits |= plane(DIGIT);
            window.blobs |= plane(BLOB);
            window.escapes |= plane(ESCAPE);
            window.marks |= plane(MARK);
        }
        window
    }

    /// Letters with no letter and no digit beside them.
    fn letters_alone(&self) -> u64 {
        let beside = self.letters | self.digits;
        self.letters & !(beside << 1) & !(beside >> 1)
    }
}

/// The lowest bits of eight bytes, as eight bits.
fn gather(bytes: u64) -> u64 {
    (bytes & 0x0101_0101_0101_0101).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

/// Whether [`BLOB_BYTES_MIN`] bits are set in a row.
fn has_long_run(bits: u64) -> bool {
    let (mut row, mut length) = (bits, 1);
    while length < BLOB_BYTES_MIN {
        row &= row >> length;
        length *= 2;
    }
    row != 0
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
