//! Recall of secrets by source, and how many clean texts are flagged.

use std::collections::BTreeMap;
use std::path::Path;

use guard::sensitive::secrets::detect;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::corpus::{Share, rows};

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

/// Files whose texts were not made to hold a secret. Another tool's false positives are no clean
/// texts: what one scanner passes over is often another's true case.
const CLEAN: &[&str] =
    &["injection_benign.jsonl.gz", "injection_hard_benign.jsonl.gz", "pii.jsonl.gz"];

/// Writes `secrets_recall`, `secrets_clean_flag` and a table by source.
pub fn measure(folder: &Path, report: &mut Map<String, Value>) {
    let mut sources: BTreeMap<String, Share> = BTreeMap::new();
    let mut kinds: BTreeMap<&'static str, usize> = BTreeMap::new();
    let shown = std::env::var_os("EVALUATION_SHOW").is_some();
    let mut recall = Share::default();
    for row in rows::<Row>(folder, "secrets.jsonl.gz").unwrap_or_default() {
        let found = detect(row.text.as_bytes());
        found.iter().for_each(|span| *kinds.entry(span.kind.id()).or_default() += 1);
        sources
            .entry(format!("{} {}", row.source, row.label))
            .or_default()
            .count(!found.is_empty());
        if row.label == "secret" {
            recall.count(!found.is_empty());
        }
        if shown && found.is_empty() == (row.label == "secret") {
            let of: Vec<_> = found
                .iter()
                .map(|span| {
                    (
                        span.kind.id(),
                        String::from_utf8_lossy(&row.text.as_bytes()[span.range.clone()]),
                    )
                })
                .collect();
            eprintln!(
                "{} {} {}: {:?} {of:?}",
                row.source,
                row.rule,
                row.label,
                row.text.chars().take(260).collect::<String>()
            );
        }
    }
    let mut clean = Share::default();
    for name in CLEAN {
        for row in rows::<Row>(folder, name)
            .unwrap_or_default()
            .into_iter()
            .filter(|row| row.spans.is_empty())
        {
            let found = detect(row.text.as_bytes());
            if shown && !found.is_empty() {
                let of: Vec<_> = found
                    .iter()
                    .map(|span| {
                        (
                            span.kind.id(),
                            String::from_utf8_lossy(&row.text.as_bytes()[span.range.clone()]),
                        )
                    })
                    .collect();
                eprintln!("CLEAN {} {} {of:?}", row.id, row.source);
            }
            clean.count(!found.is_empty());
            sources.entry(format!("clean {}", row.source)).or_default().count(!found.is_empty());
        }
    }
    report.insert("secrets_recall".into(), json!(recall.fraction()));
    report.insert("secrets_clean_flag".into(), json!(clean.fraction()));
    let table: Map<String, Value> =
        sources.into_iter().map(|(name, share)| (name, share.json())).collect();
    report.insert("secrets_by_source".into(), Value::Object(table));
    report.insert("secrets_clean".into(), clean.json());
}
