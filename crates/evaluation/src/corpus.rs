//! Reads a file of the corpus: gzipped JSON Lines.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use flate2::read::GzDecoder;
use serde::de::DeserializeOwned;

/// The rows of a file, or nothing where it is missing or broken, which is said by the caller.
pub fn rows<Row: DeserializeOwned>(folder: &Path, name: &str) -> Option<Vec<Row>> {
    let file = File::open(folder.join(name)).ok()?;
    BufReader::new(GzDecoder::new(file))
        .lines()
        .map(|line| serde_json::from_str(&line.ok()?).ok())
        .collect()
}

/// Counts of what was found among what there was.
#[derive(Clone, Copy, Default)]
pub struct Share {
    pub found: usize,
    pub of: usize,
}

impl Share {
    pub fn count(&mut self, found: bool) {
        self.found += usize::from(found);
        self.of += 1;
    }

    pub fn fraction(self) -> f64 {
        self.found as f64 / self.of.max(1) as f64
    }

    /// The figure with its 95 % interval (E. B. Wilson, 1927).
    pub fn json(self) -> serde_json::Value {
        let (n, share, z) = (self.of.max(1) as f64, self.fraction(), 1.96_f64);
        let middle = (share + z * z / (2.0 * n)) / (1.0 + z * z / n);
        let half =
            z / (1.0 + z * z / n) * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
        serde_json::json!({
            "found": self.found, "of": self.of, "share": share,
            "low": (middle - half).max(0.0), "high": (middle + half).min(1.0),
        })
    }
}
