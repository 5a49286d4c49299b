//! Letters written as digits.

use super::View;

/// The text with digits read as letters; `one` is what `1` stands for, an `i` or an `l`.
///
/// Every digit is read so: what is a number in truth becomes a word that means nothing.
pub fn unleet(text: &str, one: char) -> View {
    let mut letters = LETTERS;
    letters[usize::from(b'1')] = u8::try_from(one).unwrap_or(b'1');
    // Bytes of ASCII become others, so that the text stays one.
    let read = text.bytes().map(|byte| letters[usize::from(byte)]).collect();
    View::aligned(String::from_utf8(read).unwrap_or_default())
}

/// What each byte is read as.
const LETTERS: [u8; 256] = {
    let mut letters = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        letters[byte] = match byte as u8 {
            b'0' => b'o',
            b'3' => b'e',
            b'4' | b'@' => b'a',
            b'5' | b'$' => b's',
            b'6' | b'9' => b'g',
            b'7' => b't',
            b'8' => b'b',
            other => other,
        };
        byte += 1;
    }
    letters
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_as_letters() {
        assert_eq!(unleet("1gn0r3 4ny pr3v10u5", 'i').text, "ignore any previous");
        assert_eq!(unleet("r3v3a1", 'l').text, "reveal");
    }
}
