//! Secrets in prompts: how many are found, and how many clean texts are flagged.

use std::path::Path;

use guard::sensitive::secrets::detect;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::corpus::{Fault, rows};
use crate::rate::Rate;
use crate::sensitive::{Measured, Table};

pub const FILES: [&str; 1] = ["secrets"];

/// Files whose texts were not made to hold a secret. Another tool's false positives are no clean
/// texts: what one scanner passes over is often another's true case.
const CLEAN: [&str; 3] = ["injection_benign", "injection_hard_benign", "pii"];

#[derive(Deserialize)]
struct Row {
    #[serde(default)]
    id: String,
    #[serde(default)]
    source: String,
    #[serde(default)]
    rule: String,
    #[serde(default)]
    label: String,
    text: String,
    #[serde(default)]
    spans: Vec<Value>,
}

/// Measures `secrets_recall` and `secrets_clean_flag`, with a table by source.
pub fn measure(folder: &Path) -> Result<Measured, Fault> {
    let mut sources = Table::default();
    let (mut recall, mut clean) = (Rate::default(), Rate::default());
    let mut wrong = Vec::new();
    for row in rows::<Row>(folder, FILES[0])?.unwrap_or_default() {
        let found = !detect(row.text.as_bytes()).is_empty();
        let secret = row.label == "secret";
        sources.add(&format!("{} {}", row.source, row.label), found);
        if secret {
            recall.add(found);
        }
        if found != secret {
            wrong.push(format!("secret {} {} {} {}", row.label, row.source, row.rule, row.id));
        }
    }
    for name in CLEAN {
        let of = rows::<Row>(folder, name)?.unwrap_or_default();
        for row in of.into_iter().filter(|row| row.spans.is_empty()) {
            let found = detect(row.text.as_bytes());
            clean.add(!found.is_empty());
            sources.add(&format!("clean {}", row.source), !found.is_empty());
            if let Some(first) = found.first() {
                wrong.push(format!("secret clean {} {} {}", row.source, row.id, first.kind.id()));
            }
        }
    }
    Ok(Measured {
        figures: vec![("secrets_recall", recall), ("secrets_clean_flag", clean)],
        details: json!({
            "recall": recall.to_json(), "clean": clean.to_json(), "by_source": sources.to_json(),
        }),
        wrong,
    })
}
