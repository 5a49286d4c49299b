//! Letters written as digits.

use super::View;

/// The text with digits read as letters; `one` is what `1` stands for, an `i` or an `l`.
///
/// Every digit is read so: what is a number in truth becomes a word that means nothing.
pub fn unleet(text: &str, one: char) -> View {
    let letters = text.chars().map(|character| match character {
        '0' => 'o',
        '1' => one,
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '6' | '9' => 'g',
        '7' => 't',
        '8' => 'b',
        other => other,
    });
    View::aligned(letters.collect())
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
