//! Numbers as people read them, without a locale library.

/// `1,234,567`.
#[must_use]
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A length of time from microseconds, as a number and its unit: `("812", "µs")`, `("12.4", "ms")`,
/// `("1.84", "s")`.
#[must_use]
pub fn duration(us: u64) -> (String, &'static str) {
    match us {
        0..1_000 => (us.to_string(), "µs"),
        1_000..100_000 => (format!("{}.{}", us / 1_000, us % 1_000 / 100), "ms"),
        100_000..1_000_000 => ((us / 1_000).to_string(), "ms"),
        _ => (format!("{}.{:02}", us / 1_000_000, us % 1_000_000 / 10_000), "s"),
    }
}

/// `12.4 ms`.
#[must_use]
pub fn duration_text(us: u64) -> String {
    let (number, unit) = duration(us);
    format!("{number} {unit}")
}

/// `1.2 kB`, `3.4 MB`, in powers of a thousand.
#[must_use]
pub fn bytes(n: u64) -> String {
    match n {
        0..1_000 => format!("{n} B"),
        1_000..1_000_000 => format!("{}.{} kB", n / 1_000, n % 1_000 / 100),
        _ => format!("{}.{} MB", n / 1_000_000, n % 1_000_000 / 100_000),
    }
}

/// `1 key`, `3 keys`.
#[must_use]
pub fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

/// `99.9 %`: a part of a whole, cut and not rounded, so that only all of it reads as 100 %.
#[must_use]
pub fn share(part: u64, whole: u64) -> String {
    let per_mille = u128::from(part) * 1_000 / u128::from(whole.max(1));
    match per_mille % 10 {
        0 => format!("{} %", per_mille / 10),
        tenth => format!("{}.{tenth} %", per_mille / 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_carry_their_unit() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(
            [812, 12_400, 99_999, 250_000, 1_849_999].map(duration_text),
            ["812 µs", "12.4 ms", "99.9 ms", "250 ms", "1.84 s"]
        );
        assert_eq!([12, 1_250, 3_400_000].map(bytes), ["12 B", "1.2 kB", "3.4 MB"]);
        assert_eq!(share(1, 1), "100 %");
        assert_eq!(share(9_999_999, 10_000_000), "99.9 %");
        assert_eq!([share(0, 0), share(1, 3), share(1, 2)], ["0 %", "33.3 %", "50 %"]);
        assert_eq!(counted(1, "key", "keys"), "1 key");
        assert_eq!(counted(0, "key", "keys"), "0 keys");
    }
}
