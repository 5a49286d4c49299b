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

/// Bytes that are sorted at once. Letters and marks are counted in windows of as many, of which one begins with each half.
const BLOCK_BYTES: usize = 64;

pub fn survey(text: &str) -> Survey {
    let bytes = text.as_bytes();
    let mut survey = Survey { beyond_ascii: !text.is_ascii(), ..Survey::default() };
    let (mut edges, mut escapes) = (0, 0);
    let mut before = Block::default();
    for at in (0..bytes.len()).step_by(BLOCK_BYTES) {
        let rest = &bytes[at..];
        let block = match rest.first_chunk() {
            Some(full) => Block::of(full),
            None => {
                let mut padded = [b' '; BLOCK_BYTES];
                padded[..rest.len()].copy_from_slice(rest);
                Block::of(&padded)
            }
        };
        let windows =
            |halves: [u32; 2], before: [u32; 2]| (before[1] + halves[0]).max(halves[0] + halves[1]);
        survey.spaced |= windows(block.alone, before.alone) >= SPACED_LETTERS_MIN;
        survey.morse |= windows(block.marks, before.marks) >= MORSE_MARKS_MIN;
        survey.blob |= has_long_run(block.blobs)
            || has_long_run(block.blobs << BLOB_BYTES_MIN | before.blobs >> (64 - BLOB_BYTES_MIN));
        edges += block.edges + u32::from(before.ends_in_digit && block.begins_with_letter);
        escapes += block.escapes;
        before = block;
    }
    survey.leet = edges >= LEET_EDGES_MIN;
    survey.escapes = escapes >= ESCAPES_MIN;
    survey
}

/// What is counted in a block, of some in each half.
#[derive(Default)]
struct Block {
    /// Letters with no letter and no digit beside them.
    alone: [u32; 2],
    marks: [u32; 2],
    /// Digits that a letter follows.
    edges: u32,
    escapes: u32,
    /// One bit for each byte that a blob may be made of.
    blobs: u64,
    begins_with_letter: bool,
    ends_in_digit: bool,
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

impl Block {
    fn of(bytes: &[u8; BLOCK_BYTES]) -> Self {
        let mut sorts = [0; BLOCK_BYTES];
        for (sort, byte) in sorts.iter_mut().zip(bytes) {
            *sort = sorted(*byte);
        }
        let (mut letters, mut digits, mut marks, mut escapes) = (0, 0, [0; 2], 0);
        let mut blobs = 0;
        for (index, group) in sorts.as_chunks::<8>().0.iter().enumerate() {
            let group = u64::from_le_bytes(*group);
            let plane = |sort: u8| group >> sort.trailing_zeros() & ONES;
            letters |= gather(group) << (index * 8);
            digits |= gather(plane(DIGIT)) << (index * 8);
            marks[index / 4] += plane(MARK);
            escapes += plane(ESCAPE);
            blobs |= gather(plane(BLOB)) << (index * 8);
        }
        let beside = letters | digits;
        let alone = letters & !(beside << 1) & !(beside >> 1);
        Self {
            alone: [(alone as u32).count_ones(), (alone >> 32).count_ones()],
            marks: marks.map(sum),
            edges: (digits & letters >> 1).count_ones(),
            escapes: sum(escapes),
            blobs,
            begins_with_letter: letters & 1 == 1,
            ends_in_digit: digits >> (BLOCK_BYTES - 1) == 1,
        }
    }
}

/// The sum of eight bytes, which is no more than 255.
fn sum(bytes: u64) -> u32 {
    (bytes.wrapping_mul(ONES) >> 56) as u32
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
