//! API keys: `t1_live_` or `t1_test_`, 43 random characters, 6 characters of checksum.
//!
//! The prefix lets secret scanners find a leaked key. The checksum lets us refuse a mistyped or made-up
//! one without looking anything up. What is stored is a keyed hash; the key is shown once.

use std::fmt;

use hmac::Mac;
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::mac::keyed;

/// Length of every key, in bytes and characters.
pub const KEY_CHARS: usize = PREFIX_CHARS + RANDOM_CHARS + CHECKSUM_CHARS;
/// Matches every key: for secret scanners.
pub const PATTERN: &str = "t1_(live|test)_[0-9A-Za-z]{49}";

const PREFIX_CHARS: usize = 8;
/// 62^43 is a little over 2^256.
const RANDOM_CHARS: usize = 43;
/// 62^6 is over 2^32, so every CRC-32 fits in a fixed width.
const CHECKSUM_CHARS: usize = 6;
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// The largest multiple of 62 that a byte can hold: bytes from here on are drawn again, because a
/// plain remainder would favour the first characters of the alphabet.
const FAIR_BELOW: u8 = 248;

/// Whether a key is for real traffic. It stands in the key, so that a person sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Environment {
    /// Real traffic.
    Live,
    /// Trying things out.
    Test,
}

impl Environment {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Live => "t1_live_",
            Self::Test => "t1_test_",
        }
    }
}

/// Why a text is no key of ours. Says where it fails and never repeats the text, which may be another
/// service's key in the wrong place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum KeyShape {
    /// It begins neither with `t1_live_` nor with `t1_test_`.
    #[error("the API key does not begin with t1_live_ or t1_test_")]
    Prefix,
    /// It is cut short or something was appended.
    #[error("the API key does not have {KEY_CHARS} characters")]
    Length,
    /// It holds something else than letters and digits.
    #[error("the API key holds other characters than letters and digits")]
    Alphabet,
    /// It was mistyped or made up.
    #[error("the API key has a wrong checksum")]
    Checksum,
}

/// The operating system gave no random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gives no random bytes")]
pub struct RandomnessUnavailable;

/// A new key, at the one moment when its owner may see it. Wiped when dropped; `Debug` hides it.
#[derive(Clone, Debug)]
pub struct ApiKey(SecretString);

impl ApiKey {
    /// Draws a new key: 256 random bits.
    ///
    /// # Errors
    /// When the operating system has no randomness to give.
    pub fn mint(environment: Environment) -> Result<Self, RandomnessUnavailable> {
        let mut text = Zeroizing::new(String::with_capacity(KEY_CHARS));
        text.push_str(environment.prefix());
        let mut drawn = Zeroizing::new([0; 64]);
        while text.len() < PREFIX_CHARS + RANDOM_CHARS {
            getrandom::fill(drawn.as_mut_slice()).map_err(|_| RandomnessUnavailable)?;
            let missing = PREFIX_CHARS + RANDOM_CHARS - text.len();
            let fair = drawn.iter().filter(|byte| **byte < FAIR_BELOW).take(missing);
            text.extend(fair.map(|byte| char::from(ALPHABET[usize::from(byte % 62)])));
        }
        let checksum = checksum(text.as_bytes());
        text.extend(checksum.map(char::from));
        Ok(Self(SecretString::from(text.as_str())))
    }

    /// The key, for its owner.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// The key as one that came in.
    #[must_use]
    pub fn parsed(&self) -> ParsedKey<'_> {
        ParsedKey(self.expose())
    }

    /// What is stored: see [`ParsedKey::mac`].
    #[must_use]
    pub fn mac(&self, pepper: &[u8; 32]) -> [u8; 32] {
        self.parsed().mac(pepper)
    }

    /// What is shown ever after: see [`ParsedKey::shown`].
    #[must_use]
    pub fn shown(&self) -> String {
        self.parsed().shown()
    }
}

/// A text that has the form and the checksum of a key. Whether it is one, the store knows.
#[derive(Clone, Copy)]
pub struct ParsedKey<'a>(&'a str);

impl<'a> ParsedKey<'a> {
    /// Checks prefix, length, alphabet and checksum, in this order and without looking anything up.
    ///
    /// # Errors
    /// See [`KeyShape`].
    pub fn parse(text: &'a str) -> Result<Self, KeyShape> {
        let both = [Environment::Live, Environment::Test];
        if !both.iter().any(|environment| text.starts_with(environment.prefix())) {
            return Err(KeyShape::Prefix);
        }
        if text.len() != KEY_CHARS {
            return Err(KeyShape::Length);
        }
        let (_, rest) = text.as_bytes().split_at(PREFIX_CHARS);
        if !rest.iter().all(u8::is_ascii_alphanumeric) {
            return Err(KeyShape::Alphabet);
        }
        let (body, given) = text.as_bytes().split_at(PREFIX_CHARS + RANDOM_CHARS);
        if given != checksum(body) {
            return Err(KeyShape::Checksum);
        }
        Ok(Self(text))
    }

    /// Which traffic the key says it is for.
    #[must_use]
    pub fn environment(&self) -> Environment {
        if self.0.starts_with(Environment::Live.prefix()) {
            Environment::Live
        } else {
            Environment::Test
        }
    }

    /// HMAC-SHA256 of the whole key under a pepper from the key store: what is stored and looked up.
    /// A plain keyed hash suffices where a password needs a slow one, for nobody guesses 256 bits; the
    /// pepper makes a copy of the table useless for recognising a key.
    #[must_use]
    pub fn mac(&self, pepper: &[u8; 32]) -> [u8; 32] {
        let mut mac = keyed(pepper);
        mac.update(self.0.as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// The part that people may see: `t1_live_…wXyZ`. The last four are of the checksum and say nothing
    /// that helps to guess the rest.
    #[must_use]
    pub fn shown(&self) -> String {
        let last = self.0.get(KEY_CHARS - 4..).unwrap_or_default();
        format!("{}…{last}", self.environment().prefix())
    }
}

impl fmt::Debug for ParsedKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ParsedKey(redacted)")
    }
}

/// Compares two keyed hashes in a time that does not depend on where they differ.
#[must_use]
pub fn same_mac(one: &[u8; 32], other: &[u8; 32]) -> bool {
    one.ct_eq(other).into()
}

/// CRC-32 (IEEE) of the bytes in six base-62 digits, the most significant first.
fn checksum(bytes: &[u8]) -> [u8; CHECKSUM_CHARS] {
    let mut rest = crc32fast::hash(bytes);
    let mut digits = [b'0'; CHECKSUM_CHARS];
    for digit in digits.iter_mut().rev() {
        *digit = ALPHABET[(rest % 62) as usize];
        rest /= 62;
    }
    digits
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_minted_key_parses_and_shows_little() {
        for environment in [Environment::Live, Environment::Test] {
            let key = ApiKey::mint(environment).unwrap();
            let parsed = ParsedKey::parse(key.expose()).unwrap();
            assert_eq!((key.expose().len(), parsed.environment()), (57, environment));
            let shown = key.shown();
            assert_eq!(shown.chars().count(), 13);
            assert!(shown.starts_with(environment.prefix()));
            assert!(shown.ends_with(&key.expose()[53..]));
            let random = &key.expose()[8..51];
            assert!(!format!("{key:?}{parsed:?}{shown}").contains(&random[..6]));
        }
    }

    #[test]
    fn the_format_is_pinned() {
        // Computed with another implementation of CRC-32 and HMAC.
        let body = "t1_live_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg";
        let key = format!("{body}0eu6lk");
        let parsed = ParsedKey::parse(&key).unwrap();
        assert_eq!(parsed.mac(&[7; 32])[..4], [193, 149, 42, 85]);
    }

    #[test]
    fn e38_every_change_of_one_character_is_caught_by_the_checksum() {
        let key = ApiKey::mint(Environment::Live).unwrap().expose().to_owned();
        for at in PREFIX_CHARS..KEY_CHARS {
            for other in ALPHABET.iter().map(|byte| char::from(*byte)) {
                let mut changed = key.clone();
                changed.replace_range(at..=at, &other.to_string());
                let expected = if changed == key { None } else { Some(KeyShape::Checksum) };
                assert_eq!(ParsedKey::parse(&changed).err(), expected, "{at}");
            }
        }
        let test = key.replacen("live", "test", 1);
        assert_eq!(ParsedKey::parse(&test).err(), Some(KeyShape::Checksum));
    }

    #[test]
    fn e38_two_swapped_neighbours_are_caught_as_well() {
        let key = ApiKey::mint(Environment::Live).unwrap().expose().as_bytes().to_vec();
        for at in PREFIX_CHARS..KEY_CHARS - 1 {
            let mut changed = key.clone();
            changed.swap(at, at + 1);
            let text = String::from_utf8(changed.clone()).unwrap();
            assert_eq!(ParsedKey::parse(&text).is_err(), changed != key, "{at}");
        }
    }

    #[test]
    fn each_fault_has_its_name() {
        let key = ApiKey::mint(Environment::Live).unwrap().expose().to_owned();
        let broken = format!("{}-{}", &key[..20], &key[21..]);
        for (text, fault) in [
            ("", KeyShape::Prefix),
            ("sk-proj-0123456789", KeyShape::Prefix),
            ("T1_LIVE_", KeyShape::Prefix),
            (&key[1..], KeyShape::Prefix),
            ("t1_live_", KeyShape::Length),
            (&key[..56], KeyShape::Length),
            (&format!("{key} "), KeyShape::Length),
            (&broken, KeyShape::Alphabet),
            (&format!("{}é", &key[..55]), KeyShape::Alphabet),
        ] {
            assert_eq!(ParsedKey::parse(text).err(), Some(fault), "{text}");
        }
    }

    #[test]
    fn keys_differ_and_use_the_whole_alphabet_evenly() {
        let mut seen = HashSet::new();
        let mut counts = [0_u32; 128];
        for _ in 0..5_000 {
            let key = ApiKey::mint(Environment::Test).unwrap();
            key.expose()[8..51].bytes().for_each(|byte| counts[usize::from(byte)] += 1);
            assert!(seen.insert(key.expose().to_owned()));
        }
        // 215,000 characters over 62: 3,468 each, with a standard deviation of 59. Six of those.
        for byte in ALPHABET {
            let count = counts[usize::from(*byte)];
            assert!((3_110..3_830).contains(&count), "{}: {count}", char::from(*byte));
        }
    }

    #[test]
    fn the_keyed_hash_depends_on_key_and_pepper() {
        let (one, other) = (ApiKey::mint(Environment::Live), ApiKey::mint(Environment::Live));
        let (one, other) = (one.unwrap(), other.unwrap());
        assert!(same_mac(&one.mac(&[1; 32]), &one.parsed().mac(&[1; 32])));
        assert!(!same_mac(&one.mac(&[1; 32]), &one.mac(&[2; 32])));
        assert!(!same_mac(&one.mac(&[1; 32]), &other.mac(&[1; 32])));
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in ".{0,80}") {
            prop_assert!(ParsedKey::parse(&text).is_err());
        }

        #[test]
        fn parsing_never_panics_near_a_key(
            prefix in "t1_(live|test)_",
            rest in "[0-9A-Za-z_é-]{40,52}",
        ) {
            // A random checksum is right once in four thousand million times.
            let text = prefix + &rest;
            prop_assert!(ParsedKey::parse(&text).is_err());
        }
    }
}
