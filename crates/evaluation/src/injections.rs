//! The injection detector on its three files.

use std::collections::BTreeMap;
use std::fmt::Write;

use guard::injection::scan;
use guard::policy::{Channel, Policy};
use guard::signature::Signature;
use guard::verdict::{Report, Verdict};
use serde_json::{Map, Value, json};

use crate::corpus::Row;
use crate::rate::Rate;

pub const FILES: [&str; 3] = ["injection_attack", "injection_benign", "injection_hard_benign"];
/// What the rows are sorted into.
const GROUPS: [&str; 7] = [
    "attack_core",
    "attack_ext",
    "obfuscated",
    "benign",
    "hard_benign",
    "notinject",
    "benign_encoding",
];
/// The source of rows that were made by hiding others.
const OBFUSCATION: &str = "derived/obfuscation";

/// How often rows of one kind were marked at all, and how often blocked.
#[derive(Clone, Copy, Default)]
struct Rates {
    flag: Rate,
    block: Rate,
}

impl Rates {
    fn add(&mut self, verdict: Verdict) {
        self.flag.add(verdict > Verdict::Clean);
        self.block.add(verdict == Verdict::Blocked);
    }

    fn to_json(self) -> Value {
        json!({ "flag": self.flag.to_json(), "block": self.block.to_json() })
    }
}

#[derive(Default)]
pub struct Figures {
    groups: BTreeMap<&'static str, Rates>,
    sources: BTreeMap<(String, String), Rates>,
    categories: BTreeMap<(String, String), Rates>,
    /// By signature: how many attacks, and how many other rows, carried it.
    signatures: BTreeMap<Signature, (Rate, Rate)>,
    pub wrong: String,
}

pub fn channel(row: &Row) -> Channel {
    match row.channel.as_str() {
        "tool" => Channel::Tool,
        "document" => Channel::Document,
        "system" => Channel::System,
        _ => Channel::User,
    }
}

/// The groups of the summary that a row belongs to. Obfuscated and NotInject rows are counted by themselves.
fn group(row: &Row) -> Option<&'static str> {
    let hidden = row.source == OBFUSCATION;
    match (row.label.as_str(), row.tier.as_str()) {
        ("attack", _) if hidden => Some("obfuscated"),
        ("attack", "ext") => Some("attack_ext"),
        ("attack", _) => Some("attack_core"),
        ("benign", _) => Some("benign"),
        ("hard_benign", _) if hidden => Some("benign_encoding"),
        ("hard_benign", _) if row.source.starts_with("NotInject") => Some("notinject"),
        ("hard_benign", _) => Some("hard_benign"),
        _ => None,
    }
}

pub fn measure(rows: &[Row], list: bool, explain: bool) -> Figures {
    let policy = Policy::default();
    let mut figures = Figures::default();
    for row in rows {
        let Some(group) = group(row) else { continue };
        let report = scan(&row.text, channel(row), &policy);
        figures.groups.entry(group).or_default().add(report.verdict);
        let source = (row.label.clone(), row.source.clone());
        figures.sources.entry(source).or_default().add(report.verdict);
        let category = (row.label.clone(), row.category.clone());
        figures.categories.entry(category).or_default().add(report.verdict);
        let carried = report.signatures();
        for signature in Signature::all() {
            let (attacks, others) = figures.signatures.entry(signature).or_default();
            let rate = if row.label == "attack" { attacks } else { others };
            rate.add(carried.contains(signature));
        }
        let attack = row.label == "attack";
        if list && attack == (report.verdict == Verdict::Clean) {
            figures.list(row, &report, explain);
        }
    }
    figures
}

impl Figures {
    fn list(&mut self, row: &Row, report: &Report, explain: bool) {
        let signatures: Vec<_> = report.signatures().iter().map(Signature::id).collect();
        let Row { id, source, label, category, text, .. } = row;
        let _ = writeln!(
            self.wrong,
            "{label}\t{source}\t{category}\t{id}\t{}\t{}\t{}",
            report.verdict.as_str(),
            report.score,
            signatures.join(",")
        );
        if explain {
            for finding in &report.findings {
                let shown: String = text[finding.span.clone()].chars().take(160).collect();
                let _ = writeln!(
                    self.wrong,
                    "\t{} {} {shown:?}",
                    finding.signature.id(),
                    finding.points
                );
            }
            if report.findings.is_empty() {
                let shown: String = text.chars().take(300).collect();
                let _ = writeln!(self.wrong, "\t{shown:?}");
            }
        }
    }

    /// The rates of the summary, by their keys.
    pub fn rates(&self) -> Vec<(String, Rate)> {
        let of = |group: &&str| self.groups.get(group).copied().unwrap_or_default();
        GROUPS
            .iter()
            .flat_map(|group| {
                let rates = of(group);
                [(format!("{group}_flag"), rates.flag), (format!("{group}_block"), rates.block)]
            })
            .collect()
    }

    /// The keys of the summary, as fractions; a group without rows is `null`.
    pub fn summary(&self, summary: &mut Map<String, Value>) {
        for (key, rate) in self.rates() {
            summary.insert(key, json!(rate.fraction()));
        }
        // Each source counts the same here, however many rows it has.
        let sources = self
            .sources
            .iter()
            .filter(|((label, source), _)| label == "attack" && source != OBFUSCATION);
        let fractions: Vec<f64> = sources.filter_map(|(_, rates)| rates.flag.fraction()).collect();
        let mean = fractions.iter().sum::<f64>() / fractions.len() as f64;
        summary.insert(
            "attack_source_mean_flag".into(),
            json!((!fractions.is_empty()).then_some(mean)),
        );
    }

    pub fn to_json(&self) -> Value {
        let by = |table: &BTreeMap<(String, String), Rates>| -> Value {
            table
                .iter()
                .map(|((label, name), rates)| (format!("{label}: {name}"), rates.to_json()))
                .collect::<Map<_, _>>()
                .into()
        };
        let signatures: Map<String, Value> = self
            .signatures
            .iter()
            .map(|(signature, (attacks, others))| {
                (
                    signature.id().to_owned(),
                    json!({ "recall": attacks.to_json(), "false_positives": others.to_json() }),
                )
            })
            .collect();
        let groups: Map<String, Value> = self
            .groups
            .iter()
            .map(|(group, rates)| ((*group).to_owned(), rates.to_json()))
            .collect();
        json!({ "groups": groups, "sources": by(&self.sources), "categories": by(&self.categories), "signatures": signatures })
    }

    pub fn to_text(&self) -> String {
        let mut text = String::new();
        let mut line = |name: &str, rates: &Rates| {
            let _ = writeln!(
                text,
                "{name:58} flagged {}   blocked {}",
                rates.flag.to_text(),
                rates.block.to_text()
            );
        };
        for (group, rates) in &self.groups {
            line(group, rates);
        }
        for (table, title) in [(&self.sources, "source"), (&self.categories, "category")] {
            for ((label, name), rates) in table {
                line(&format!("{title} {label}: {name}"), rates);
            }
        }
        for (signature, (attacks, others)) in &self.signatures {
            let _ = writeln!(
                text,
                "S{:02} {:54} attacks {}   others {}",
                signature.number(),
                signature.id(),
                attacks.to_text(),
                others.to_text()
            );
        }
        text + &self.wrong
    }
}
