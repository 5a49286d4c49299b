//! Decimal texts as scaled integers, read digit by digit: no value passes through floating point.

use crate::cost::half_even;

/// The longest decimal that is read, in bytes.
pub const DECIMAL_BYTES_MAX: usize = 40;
/// The largest exponent, either way, that is read.
const EXPONENT_MAX: i32 = 30;

/// A scaled decimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scaled {
    /// The value times ten to the scale, to the nearest whole number, half-even.
    pub value: i128,
    /// Whether nothing was rounded.
    pub exact: bool,
}

/// The text is no decimal number of a size that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal number of at most {DECIMAL_BYTES_MAX} bytes")]
pub struct NotDecimal;

/// Reads a JSON number (RFC 8259 section 6) times ten to the power of `scale`.
///
/// # Errors
/// [`NotDecimal`] where the text is no such number, or too long or too large.
pub fn scaled(text: &str, scale: u8) -> Result<Scaled, NotDecimal> {
    if text.len() > DECIMAL_BYTES_MAX {
        return Err(NotDecimal);
    }
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().map_err(|_| NotDecimal)?),
        None => (text, 0),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((_, "")) => return Err(NotDecimal),
        Some(parts) => parts,
        None => (mantissa, ""),
    };
    if whole.is_empty() || exponent.abs() > EXPONENT_MAX {
        return Err(NotDecimal);
    }
    let mut digits: i128 = 0;
    for byte in whole.bytes().chain(fraction.bytes()) {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit < 10).ok_or(NotDecimal)?;
        digits = digits
            .checked_mul(10)
            .and_then(|digits| digits.checked_add(i128::from(digit)))
            .ok_or(NotDecimal)?;
    }
    if negative {
        digits = -digits;
    }
    let places = i32::try_from(fraction.len()).map_err(|_| NotDecimal)?;
    let shift = i32::from(scale) + exponent - places;
    let power = 10_i128.checked_pow(shift.unsigned_abs());
    if shift >= 0 {
        let value = power.and_then(|power| digits.checked_mul(power)).ok_or(NotDecimal)?;
        return Ok(Scaled { value, exact: true });
    }
    // A power beyond 128 bits divides any 128-bit number to less than a half.
    let (value, left) = power.map_or((0, digits), |power| half_even(digits, power));
    Ok(Scaled { value, exact: left == 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_exactly() {
        for (text, value) in [
            ("0", 0),
            ("3", 3_000_000_000),
            ("0.075", 75_000_000),
            ("-1.5", -1_500_000_000),
            ("2.5e-3", 2_500_000),
            ("1E+2", 100_000_000_000),
            ("0.000000001", 1),
            ("0.003625", 3_625_000),
        ] {
            assert_eq!(scaled(text, 9), Ok(Scaled { value, exact: true }), "{text}");
        }
    }

    #[test]
    fn what_is_finer_than_the_scale_is_rounded_half_even_and_says_so() {
        for (text, value) in [
            ("0.08333333333333334", 83_333_333),
            ("0.18000000000000002", 180_000_000),
            ("0.0000000005", 0),
            ("0.0000000015", 2),
            ("1e-30", 0),
        ] {
            assert_eq!(scaled(text, 9), Ok(Scaled { value, exact: false }), "{text}");
        }
    }

    #[test]
    fn what_is_no_decimal_is_refused() {
        for text in
            ["", "-", ".5", "1.", "1.2.3", "1e", "1e99", "0x1", "NaN", "1 ", "+1", "1e1e1", "½"]
        {
            assert_eq!(scaled(text, 9), Err(NotDecimal), "{text}");
        }
        assert_eq!(scaled(&"9".repeat(41), 9), Err(NotDecimal));
        assert_eq!(scaled(&"9".repeat(39), 9), Err(NotDecimal));
    }
}
