//! Personal data in answers: not measured, since the guard has no detector for it yet.

use serde_json::{Map, Value};

pub const FILES: [&str; 2] = ["pii", "pii_stream"];

/// The keys that a detector's figures will have, with why they are empty.
pub fn summary(summary: &mut Map<String, Value>, reasons: &mut Map<String, Value>) {
    for key in ["pii_recall", "pii_clean_flag", "pii_stream_equal"] {
        summary.insert(key.into(), Value::Null);
        reasons.insert(key.into(), "the guard does not look for personal data".into());
    }
}
