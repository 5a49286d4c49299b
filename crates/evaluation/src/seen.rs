//! What the guard sees in each row, for trials of other ways to judge it.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use guard::injection::{concepts, scan};
use guard::policy::{Channel, Policy};
use serde_json::{Value, json};

use crate::corpus::{Fault, Row};
use crate::injections::channel;

/// One line of JSON for each row, in their order.
pub fn write(rows: &[Row], path: &Path) -> Result<(), Fault> {
    let fault = |error| Fault::Write(path.to_owned(), error);
    let mut file = BufWriter::new(File::create(path).map_err(fault)?);
    for row in rows {
        writeln!(file, "{}", seen(&row.id, &row.text, channel(row))).map_err(fault)?;
    }
    file.flush().map_err(fault)
}

/// The score, what adds up to it however little it is, and the words of the lexicon.
fn seen(id: &str, text: &str, channel: Channel) -> Value {
    let verdict = scan(text, channel, &Policy::default()).verdict;
    let all = Policy { suspicious_from: 1, ..Policy::default() };
    let report = scan(text, channel, &all);
    // In characters, as most languages count.
    let place = |byte: usize| text[..byte].chars().count();
    let findings: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| {
            json!([
                finding.signature.id(),
                finding.points,
                finding.support,
                place(finding.span.start)
            ])
        })
        .collect();
    let words: Vec<Value> = concepts(text)
        .into_iter()
        .map(|(span, concepts)| json!([place(span.start), place(span.end), concepts]))
        .collect();
    json!({
        "id": id,
        "verdict": verdict.as_str(),
        "score": report.score,
        "findings": findings,
        "words": words,
    })
}
