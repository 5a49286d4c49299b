//! Recall of personal data with the whole span masked, documents flagged that hold none, and streams.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use guard::sensitive::mask::{Masker, mask};
use guard::sensitive::pii::detect;
use guard::sensitive::restore::Writing;
use guard::sensitive::{Action, DigestKey, Policy};
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
    category: String,
    text: String,
    spans: Vec<Marked>,
}

/// A span of the data, in characters.
#[derive(Deserialize)]
struct Marked {
    start: usize,
    end: usize,
    #[serde(rename = "type")]
    sort: String,
}

/// Sorts that only a reader of the language can find; structured are all the others.
const UNSTRUCTURED: &[&str] = &[
    "PERSON",
    "STREET_ADDRESS",
    "LOCATION",
    "ORGANIZATION",
    "TITLE",
    "AGE",
    "NRP",
    "DATE_TIME",
    "SPACY",
    "STANZA",
    "TRANSFORMERS",
    "ZIP_CODE",
    "DOMAIN_NAME",
    "URL",
];

#[derive(Deserialize)]
struct Cut {
    #[serde(default)]
    id: String,
    #[serde(default)]
    mode: String,
    chunks: Vec<String>,
}

/// Writes `pii_stream_equal`: how often a cut stream is masked as its whole text is, and the most that was held back.
fn streams(folder: &Path, report: &mut Map<String, Value>, shown: bool) {
    let (policy, key) = (Arc::new(Policy::all(Action::Tag)), Arc::new(DigestKey::new([0; 32])));
    let mut modes: BTreeMap<String, Share> = BTreeMap::new();
    let (mut equal, mut held) = (Share::default(), 0);
    for row in rows::<Cut>(folder, "pii_stream.jsonl.gz").unwrap_or_default() {
        let (whole, _) = mask(&row.chunks.concat(), policy.clone(), key.clone(), Writing::Text);
        let mut masker = Masker::new(policy.clone(), key.clone(), Writing::Text);
        let mut streamed = String::new();
        for chunk in &row.chunks {
            streamed.push_str(&masker.push(chunk));
            held = held.max(masker.held_bytes());
        }
        streamed.push_str(&masker.finish());
        equal.count(whole == streamed);
        modes.entry(row.mode.clone()).or_default().count(whole == streamed);
        if shown && whole != streamed {
            eprintln!("PII STREAM {} {}", row.id, row.mode);
        }
    }
    report.insert("pii_stream_equal".into(), json!(equal.fraction()));
    report.insert("pii_stream_held_bytes_most".into(), json!(held));
    report.insert(
        "pii_stream_by_mode".into(),
        Value::Object(modes.into_iter().map(|(name, share)| (name, share.json())).collect()),
    );
}

/// Writes `pii_recall`, `pii_clean_flag`, and tables by sort and by source.
pub fn measure(folder: &Path, report: &mut Map<String, Value>) {
    let shown = std::env::var_os("EVALUATION_SHOW").is_some();
    let mut sorts: BTreeMap<String, Share> = BTreeMap::new();
    let mut clean_sources: BTreeMap<String, Share> = BTreeMap::new();
    let (mut recall, mut clean) = (Share::default(), Share::default());
    for row in rows::<Row>(folder, "pii.jsonl.gz").unwrap_or_default() {
        let found = detect(row.text.as_bytes());
        if row.spans.is_empty() {
            clean.count(!found.is_empty());
            clean_sources.entry(row.source.clone()).or_default().count(!found.is_empty());
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
                eprintln!("PII CLEAN {} {} {} {of:?}", row.id, row.source, row.category);
            }
        }
        let places: Vec<usize> =
            row.text.char_indices().map(|(at, _)| at).chain([row.text.len()]).collect();
        for marked in &row.spans {
            let (start, end) = (places[marked.start], places[marked.end]);
            let text = row.text.as_bytes();
            let masked = (start..end).all(|at| {
                text[at].is_ascii_whitespace() || found.iter().any(|span| span.range.contains(&at))
            });
            sorts.entry(marked.sort.clone()).or_default().count(masked);
            if !UNSTRUCTURED.contains(&marked.sort.as_str()) {
                recall.count(masked);
                if shown && !masked {
                    eprintln!(
                        "PII MISS {} {:?} >>{}<< {:?}",
                        marked.sort,
                        &row.text[..start]
                            .chars()
                            .rev()
                            .take(60)
                            .collect::<Vec<_>>()
                            .into_iter()
                            .rev()
                            .collect::<String>(),
                        &row.text[start..end],
                        row.text[end..].chars().take(24).collect::<String>()
                    );
                }
            }
        }
    }
    streams(folder, report, shown);
    report.insert("pii_recall".into(), json!(recall.fraction()));
    report.insert("pii_clean_flag".into(), json!(clean.fraction()));
    report.insert("pii".into(), recall.json());
    report.insert("pii_clean".into(), clean.json());
    let table = |shares: BTreeMap<String, Share>| {
        Value::Object(shares.into_iter().map(|(name, share)| (name, share.json())).collect())
    };
    report.insert("pii_by_sort".into(), table(sorts));
    report.insert("pii_clean_by_source".into(), table(clean_sources));
}
