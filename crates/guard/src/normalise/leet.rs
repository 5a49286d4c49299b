//! Letters written as digits.

use super::View;

/// The text with digits read as letters; `one` is what `1` stands for, `i` or `l`.
///
/// Every digit is read so: what is a number in truth becomes a word that means nothing.
pub fn unleet(text: &str, one: char) -> View {
    let mut view = View::with_capacity(text.len());
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        let letter = match byte {
            b'0' => 'o',
            b'1' => one,
            b'3' => 'e',
            b'4' | b'@' => 'a',
            b'5' | b'$' => 's',
            b'6' | b'9' => 'g',
            b'7' => 't',
            b'8' => 'b',
            _ => continue,
        };
        view.copy(&text[plain..at], plain);
        view.put(letter, at..at + 1);
        plain = at + 1;
    }
    view.copy(&text[plain..], plain);
    view
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_as_letters() {
        assert_eq!(unleet("1gn0r3 4ny pr3v10u5", 'i').text, "ignore any previous");
        assert_eq!(unleet("r3v3a1", 'l').text, "reveal");
    }
}
