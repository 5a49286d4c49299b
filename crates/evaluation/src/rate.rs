//! A fraction of a sample, and how sure it is.

use serde_json::{Value, json};

/// The normal quantile of a two-sided interval of 95 %.
const Z: f64 = 1.959_964;

#[derive(Clone, Copy, Default)]
pub struct Rate {
    pub hits: usize,
    pub of: usize,
}

impl Rate {
    pub fn add(&mut self, hit: bool) {
        self.hits += usize::from(hit);
        self.of += 1;
    }

    /// `None` for an empty sample.
    pub fn fraction(self) -> Option<f64> {
        (self.of > 0).then(|| self.hits as f64 / self.of as f64)
    }

    /// Wilson's score interval (1927), which also holds for few rows and for rates near 0 and 1.
    pub fn interval(self) -> Option<(f64, f64)> {
        let p = self.fraction()?;
        let n = self.of as f64;
        let middle = (p + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
        let half = Z / (1.0 + Z * Z / n) * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
        Some(((middle - half).max(0.0), (middle + half).min(1.0)))
    }

    pub fn to_json(self) -> Value {
        let (low, high) = self.interval().unzip();
        json!({ "hits": self.hits, "of": self.of, "rate": self.fraction(), "low": low, "high": high })
    }

    /// `12.3 % (10.0–15.1) of 456`.
    pub fn to_text(self) -> String {
        match (self.fraction(), self.interval()) {
            (Some(p), Some((low, high))) => {
                format!(
                    "{:5.2} % ({:.2}–{:.2}) of {}",
                    p * 100.0,
                    low * 100.0,
                    high * 100.0,
                    self.of
                )
            }
            _ => "no rows".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_wilsons() {
        // Newcombe 1998, table I: 81 of 263 is 0.2553 to 0.3662.
        let (low, high) = Rate { hits: 81, of: 263 }.interval().unwrap();
        assert!((low - 0.2553).abs() < 1e-4 && (high - 0.3662).abs() < 1e-4);
        // 0 of 20 is 0 to 0.1611.
        let (low, high) = Rate { hits: 0, of: 20 }.interval().unwrap();
        assert!(low.abs() < 1e-9 && (high - 0.1611).abs() < 1e-4);
        assert!(Rate::default().interval().is_none());
    }
}
