//! Money as whole nano-US-dollars. There is no floating point on any path that money takes.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Nano-US-dollars in one US dollar.
pub const NANO_PER_USD: i64 = 1_000_000_000;

/// An amount in nano-USD (10⁻⁹ US dollar), signed; covers about ±9.2 billion dollars.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct NanoUsd(pub i64);

impl NanoUsd {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// The sum, or `None` where it would leave the range.
    #[must_use]
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Self(sum)),
            None => None,
        }
    }

    /// The difference, or `None` where it would leave the range.
    #[must_use]
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(difference) => Some(Self(difference)),
            None => None,
        }
    }

    /// The exact amount with nine decimals and no unit: what exports carry.
    #[must_use]
    pub fn exact(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let amount = self.0.unsigned_abs();
        let unit = NANO_PER_USD.unsigned_abs();
        format!("{sign}{}.{:09}", amount / unit, amount % unit)
    }
}

impl fmt::Display for NanoUsd {
    /// `$1.25`, `$0.000123`: exact, with trailing zeros beyond the cents left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exact = self.exact();
        let (sign, digits) = exact.strip_prefix('-').map_or(("", exact.as_str()), |d| ("−", d));
        let kept = digits.trim_end_matches('0').len().max(digits.len() - 7);
        write!(f, "{sign}${}", &digits[..kept])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_read_as_people_write_them() {
        for (nano, text) in [
            (0, "$0.00"),
            (1, "$0.000000001"),
            (1_250_000_000, "$1.25"),
            (123_000, "$0.000123"),
            (-5_000_000_000, "−$5.00"),
            (i64::MAX, "$9223372036.854775807"),
            (i64::MIN, "−$9223372036.854775808"),
        ] {
            assert_eq!(NanoUsd(nano).to_string(), text);
        }
    }

    #[test]
    fn sums_that_leave_the_range_are_refused() {
        assert_eq!(NanoUsd(i64::MAX).checked_add(NanoUsd(1)), None);
        assert_eq!(NanoUsd(i64::MIN).checked_sub(NanoUsd(1)), None);
    }
}
