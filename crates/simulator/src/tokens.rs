//! Counting tokens by a rule that anybody can redo by hand.

/// How many bytes make one simulated token.
pub(crate) const BYTES_PER_TOKEN: u64 = 4;

/// The simulator's token count of so many bytes of text: a quarter, rounded up, and at least one.
#[must_use]
pub const fn count(bytes: u64) -> u64 {
    let tokens = bytes.div_ceil(BYTES_PER_TOKEN);
    if tokens == 0 { 1 } else { tokens }
}

/// The longest prefix of `text` that is at most `bytes_max` long and does not cut a character.
pub(crate) fn prefix(text: &str, bytes_max: usize) -> &str {
    &text[..text.floor_char_boundary(bytes_max)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_of_the_bytes_rounded_up_and_never_nothing() {
        assert_eq!([0, 1, 4, 5, 8, 9].map(count), [1, 1, 1, 2, 2, 3]);
    }

    #[test]
    fn a_prefix_never_cuts_a_character() {
        assert_eq!(prefix("aé", 2), "a");
        assert_eq!(prefix("aé", 3), "aé");
        assert_eq!(prefix("aé", 99), "aé");
    }
}
