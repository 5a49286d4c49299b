//! The TOML file, read with the line of every key at hand.

use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::{Config, Problem, alias, provider};

/// Lays the file's contents over the configuration.
pub(super) fn apply(config: &mut Config, path: &Path, text: &str, problems: &mut Vec<Problem>) {
    let source = Source { name: path.display().to_string(), text };
    let table = match DeTable::parse(text) {
        Ok(table) => table.into_inner(),
        Err(error) => {
            let place = source.place(error.span().map_or(0, |span| span.start));
            problems.push(Problem::new(
                place,
                format!("is not TOML: {}", error.message()),
                "mend the syntax; see https://toml.io",
            ));
            return;
        }
    };
    for (section, value) in &table {
        let name = section.get_ref().as_ref();
        let place = source.place(section.span().start);
        match (name, value.get_ref()) {
            ("provider", DeValue::Array(rows)) => {
                provider::read(config, &source, rows, problems);
            }
            ("alias", DeValue::Array(rows)) => {
                alias::read(config, &source, rows, problems);
            }
            ("provider" | "alias", _) => problems.push(Problem::new(
                place,
                format!("`{name}` is a list"),
                format!("write each as a table of its own under [[{name}]]"),
            )),
            (_, DeValue::Table(keys)) => section_keys(config, &source, name, keys, problems),
            _ => problems.push(Problem::new(
                place,
                format!("`{name}` stands outside a section"),
                "settings stand in sections, such as [server]",
            )),
        }
    }
}

fn section_keys(
    config: &mut Config,
    source: &Source<'_>,
    section: &str,
    keys: &DeTable<'_>,
    problems: &mut Vec<Problem>,
) {
    for (key, value) in keys {
        let place = source.place(key.span().start);
        let outcome = scalar(value.get_ref())
            .and_then(|text| config.settings.set(&format!("{section}.{}", key.get_ref()), &text));
        if let Err(unfit) = outcome {
            problems.push(Problem::new(place, unfit.what, unfit.remedy));
        }
    }
}

/// A value as the text that a setting is read from; a list joins with commas.
pub(super) fn scalar(value: &DeValue<'_>) -> Result<String, super::setting::Unfit> {
    match value {
        DeValue::String(text) => Ok(text.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => Ok(number.as_str().to_owned()),
        DeValue::Boolean(flag) => Ok(flag.to_string()),
        DeValue::Array(rows) => {
            let parts: Result<Vec<_>, _> = rows.iter().map(|row| scalar(row.get_ref())).collect();
            parts.map(|parts| parts.join(","))
        }
        other => Err(super::setting::Unfit {
            what: format!("holds a {}", other.type_str()),
            remedy: "write a string, a whole number, true, false, or a list of these".to_owned(),
        }),
    }
}

/// The file, for telling places in it.
pub(super) struct Source<'a> {
    name: String,
    text: &'a str,
}

impl Source<'_> {
    /// `file:line` of a byte offset.
    pub(super) fn place(&self, offset: usize) -> String {
        let before = &self.text.as_bytes()[..offset.min(self.text.len())];
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        format!("{}:{line}", self.name)
    }
}
