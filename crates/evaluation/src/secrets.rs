//! Secrets in prompts: not measured, since the guard has no detector for them yet.

use serde_json::{Map, Value};

pub const FILES: [&str; 1] = ["secrets"];

/// The keys that a detector's figures will have, with why they are empty.
pub fn summary(summary: &mut Map<String, Value>, reasons: &mut Map<String, Value>) {
    for key in ["secrets_recall", "secrets_clean_flag"] {
        summary.insert(key.into(), Value::Null);
        reasons.insert(key.into(), "the guard does not look for secrets".into());
    }
}
