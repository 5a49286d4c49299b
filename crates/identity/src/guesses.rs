//! How many guesses a password takes someone who knows what people choose.
//!
//! The estimate is `zxcvbn`'s, the measure that password meters have been compared with for years: ranked
//! lists of leaked passwords, words and names, also in other spellings and backwards, walks over the
//! keyboard, repetitions, sequences and dates, and the cheapest way to put the password together from
//! them. A list of our own long enough to refuse as much would be larger than this crate, and would say
//! yes or no where a common word among rare ones is no harm.
//!
//! It keeps copies of the password in memory that is not wiped. Hence it is asked about passwords that
//! are being chosen and are otherwise good, never at a sign-in. It also looks up which year it is, since
//! dates near to it are tried first.

use crate::email::Email;

/// Fewest guesses that a password may take. At the twenty milliseconds that one costs, this many keep a
/// core busy for six hundred years.
const GUESSES_MIN: u64 = 1_000_000_000_000;

/// Whether a password would be found within [`GUESSES_MIN`] guesses by someone who also knows whose it is.
/// The first hundred characters count.
pub(crate) fn too_few(password: &str, email: &Email) -> bool {
    let known: Vec<&str> = email.as_str().split(['@', '.', '+', '-', '_']).collect();
    zxcvbn::zxcvbn(password, &known).guesses() < GUESSES_MIN
}
