//! Everything together, as text and as JSON.

use std::fmt::Write;
use std::path::Path;

use serde_json::{Map, Value, json};

use crate::corpus::{self, Fault, Row};
use crate::{Options, card, injections, pii, secrets, seen, speed};

pub fn run(options: &Options) -> Result<String, Fault> {
    let mut text = String::new();
    let mut missing = Vec::new();
    let mut rows: Vec<Row> = Vec::new();
    for name in injections::FILES {
        match corpus::rows(&options.corpus, name)? {
            Some(more) => rows.extend::<Vec<Row>>(more),
            None => missing.push(name),
        }
    }
    let others = secrets::FILES.into_iter().chain(pii::FILES);
    missing.extend(others.filter(|name| {
        !["jsonl", "jsonl.gz"]
            .iter()
            .any(|end| options.corpus.join(format!("{name}.{end}")).is_file())
    }));
    if rows.is_empty() {
        return Err(Fault::Empty(options.corpus.clone()));
    }
    for name in &missing {
        let _ = writeln!(text, "{name}: not in the corpus, skipped");
    }
    if let Some(out) = &options.rows {
        seen::write(&rows, out)?;
    }
    let figures = injections::measure(&rows, options.list, options.explain);
    let (mut summary, mut reasons) = (Map::new(), Map::new());
    figures.summary(&mut summary);
    let (secrets, pii) = (secrets::measure(&options.corpus)?, pii::measure(&options.corpus)?);
    text += &figures.to_text();
    for measured in [&secrets, &pii] {
        measured.summarise(&mut summary, &mut reasons);
        for wrong in measured.wrong.iter().filter(|_| options.list) {
            let _ = writeln!(text, "{wrong}");
        }
    }
    for (key, value) in &summary {
        let shown = value.as_f64().map_or("not measured".to_owned(), |value| format!("{value:.4}"));
        let _ = writeln!(text, "{key:28} {shown}");
    }
    let mut all = json!({
        "summary": summary,
        "not_measured": reasons,
        "missing": missing,
        "rows": rows.len(),
        "injections": { "signatures_alone": figures.to_json() },
        "secrets": secrets.details,
        "pii": pii.details,
    });
    if options.speed {
        let speed = speed::measure(&rows);
        let _ = writeln!(text, "speed {speed:#}");
        if let Value::Object(all) = &mut all {
            all.insert("speed".into(), speed);
        }
    }
    if let Some(out) = &options.out {
        write(out, &all)?;
    }
    if let (Some(out), Some(day)) = (&options.card, &options.on) {
        let mut rates = figures.rates();
        for measured in [&secrets, &pii] {
            rates.extend(measured.figures.iter().map(|(id, rate)| ((*id).to_owned(), *rate)));
        }
        write(out, &card::card(day, &rates))?;
    }
    Ok(text)
}

fn write(out: &Path, value: &Value) -> Result<(), Fault> {
    std::fs::write(out, format!("{value:#}\n")).map_err(|error| Fault::Write(out.to_owned(), error))
}
