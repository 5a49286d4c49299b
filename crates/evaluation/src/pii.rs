//! Personal data in answers: recall with the whole span masked, documents without any that are flagged,
//! and whether a cut stream is masked as its whole text is.

use std::path::Path;
use std::sync::Arc;

use guard::sensitive::mask::{Masker, mask};
use guard::sensitive::pii::detect;
use guard::sensitive::restore::Writing;
use guard::sensitive::{Action, DigestKey, Policy};
use serde::Deserialize;
use serde_json::json;

use crate::corpus::{Fault, rows};
use crate::rate::Rate;
use crate::sensitive::{Measured, Table};

pub const FILES: [&str; 2] = ["pii", "pii_stream"];

/// Sorts that only a reader of the language can find; structured are all the others.
const UNSTRUCTURED: [&str; 14] = [
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
struct Row {
    #[serde(default)]
    id: String,
    #[serde(default)]
    source: String,
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

#[derive(Deserialize)]
struct Cut {
    #[serde(default)]
    id: String,
    #[serde(default)]
    mode: String,
    chunks: Vec<String>,
}

/// Measures `pii_recall`, `pii_clean_flag` and `pii_stream_equal`, with tables by sort, source and cut.
pub fn measure(folder: &Path) -> Result<Measured, Fault> {
    let (mut sorts, mut sources) = (Table::default(), Table::default());
    let (mut recall, mut clean) = (Rate::default(), Rate::default());
    let mut wrong = Vec::new();
    for row in rows::<Row>(folder, FILES[0])?.unwrap_or_default() {
        let found = detect(row.text.as_bytes());
        if row.spans.is_empty() {
            clean.add(!found.is_empty());
            sources.add(&row.source, !found.is_empty());
            if let Some(first) = found.first() {
                wrong.push(format!("pii clean {} {} {}", row.source, row.id, first.kind.id()));
            }
        }
        let places: Vec<usize> =
            row.text.char_indices().map(|(at, _)| at).chain([row.text.len()]).collect();
        for marked in &row.spans {
            let span = places.get(marked.start).zip(places.get(marked.end));
            let masked = span.is_some_and(|(start, end)| {
                (*start..*end).all(|at| {
                    row.text.as_bytes().get(at).is_some_and(u8::is_ascii_whitespace)
                        || found.iter().any(|span| span.range.contains(&at))
                })
            });
            sorts.add(&marked.sort, masked);
            if !UNSTRUCTURED.contains(&marked.sort.as_str()) {
                recall.add(masked);
                if !masked {
                    wrong.push(format!("pii missed {} {} {}", row.source, row.id, marked.sort));
                }
            }
        }
    }
    let streams = streams(folder, &mut wrong)?;
    Ok(Measured {
        figures: vec![
            ("pii_recall", recall),
            ("pii_clean_flag", clean),
            ("pii_stream_equal", streams.equal),
        ],
        details: json!({
            "recall": recall.to_json(), "clean": clean.to_json(),
            "by_sort": sorts.to_json(), "clean_by_source": sources.to_json(),
            "streams": streams.equal.to_json(), "streams_by_cut": streams.modes.to_json(),
            "held_bytes_most": streams.held_bytes_most,
        }),
        wrong,
    })
}

struct Streams {
    equal: Rate,
    modes: Table,
    held_bytes_most: usize,
}

fn streams(folder: &Path, wrong: &mut Vec<String>) -> Result<Streams, Fault> {
    let (policy, key) = (Arc::new(Policy::all(Action::Tag)), Arc::new(DigestKey::new([0; 32])));
    let mut all = Streams { equal: Rate::default(), modes: Table::default(), held_bytes_most: 0 };
    for row in rows::<Cut>(folder, FILES[1])?.unwrap_or_default() {
        let (whole, _) = mask(&row.chunks.concat(), policy.clone(), key.clone(), Writing::Text);
        let mut masker = Masker::new(policy.clone(), key.clone(), Writing::Text);
        let mut streamed = String::new();
        for chunk in &row.chunks {
            streamed.push_str(&masker.push(chunk));
            all.held_bytes_most = all.held_bytes_most.max(masker.held_bytes());
        }
        streamed.push_str(&masker.finish());
        let equal = whole == streamed;
        all.equal.add(equal);
        all.modes.add(&row.mode, equal);
        if !equal {
            wrong.push(format!("pii stream {} {}", row.mode, row.id));
        }
    }
    Ok(all)
}
