//! Tables of a list, such as `[[provider]]`, read key by key with each mistake at its place.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Problem;
use super::file::{Source, scalar};

/// One key of a table with its value, and where to tell what is wrong with it.
pub(super) struct Entry<'a, 'i> {
    /// The key.
    pub(super) key: &'a str,
    /// The value.
    pub(super) value: &'a DeValue<'i>,
    place: String,
    problems: &'a mut Vec<Problem>,
}

/// Reads a table key by key; `None`, and a problem, where it is none.
pub(super) fn entries(
    row: &Spanned<DeValue<'_>>,
    source: &Source<'_>,
    problems: &mut Vec<Problem>,
    mut each: impl FnMut(Entry<'_, '_>),
) -> Option<()> {
    let Some(table): Option<&DeTable<'_>> = row.get_ref().as_table() else {
        problems.push(Problem::new(
            source.place(row.span().start),
            format!("holds a {}", row.get_ref().type_str()),
            "write a table",
        ));
        return None;
    };
    for (key, value) in table {
        each(Entry {
            key: key.get_ref().as_ref(),
            value: value.get_ref(),
            place: source.place(key.span().start),
            problems: &mut *problems,
        });
    }
    Some(())
}

impl Entry<'_, '_> {
    /// The value as text.
    pub(super) fn text(&mut self) -> Option<String> {
        match scalar(self.value) {
            Ok(text) => Some(text),
            Err(unfit) => {
                self.refuse(unfit.what, unfit.remedy);
                None
            }
        }
    }

    /// The value as a list of texts; one alone is a list too.
    pub(super) fn list(&mut self) -> Option<Vec<String>> {
        let text = self.text()?;
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        Some(parts.map(str::to_owned).collect())
    }

    /// The value as one word of a closed list; `what` says what it names.
    pub(super) fn word<T: Copy>(
        &mut self,
        what: &str,
        all: &[T],
        word: fn(T) -> &'static str,
    ) -> Option<T> {
        let text = self.text()?;
        self.one_of(what, all, word, &text)
    }

    /// The value as several words of a closed list.
    pub(super) fn words<T: Copy + PartialEq>(
        &mut self,
        what: &str,
        all: &[T],
        word: fn(T) -> &'static str,
    ) -> Option<Vec<T>> {
        let mut found = Vec::new();
        for text in self.list()? {
            let one = self.one_of(what, all, word, &text)?;
            if !found.contains(&one) {
                found.push(one);
            }
        }
        Some(found)
    }

    /// The value as a whole number within bounds; `unit` says of what.
    pub(super) fn number(&mut self, unit: &str, least: u32, most: u32) -> Option<u32> {
        let text = self.text()?;
        let number = text.parse().ok().filter(|number| (least..=most).contains(number));
        if number.is_none() {
            self.refuse(
                format!("`{text}` is not {unit}"),
                format!("write a whole number from {least} to {most}"),
            );
        }
        number
    }

    /// The value as true or false.
    pub(super) fn flag(&mut self) -> Option<bool> {
        let text = self.text()?;
        let flag = text.parse().ok();
        if flag.is_none() {
            self.refuse(format!("`{text}` is neither true nor false"), "write true or false");
        }
        flag
    }

    /// Tells that the key is none of this table's.
    pub(super) fn unknown(&mut self, remedy: &str) {
        self.refuse(format!("`{}` is not a setting here", self.key), remedy);
    }

    /// Tells what is wrong.
    pub(super) fn refuse(&mut self, what: impl Into<String>, remedy: impl Into<String>) {
        self.problems.push(Problem::new(self.place.clone(), what, remedy));
    }

    fn one_of<T: Copy>(
        &mut self,
        what: &str,
        all: &[T],
        word: fn(T) -> &'static str,
        text: &str,
    ) -> Option<T> {
        let found = all.iter().copied().find(|one| word(*one) == text);
        if found.is_none() {
            let words: Vec<_> = all.iter().map(|one| word(*one)).collect();
            self.refuse(
                format!("`{text}` is not {what}"),
                format!("write one of {}", words.join(", ")),
            );
        }
        found
    }
}

/// Whether a text is a short name: lower-case letters and digits with single hyphens between them.
pub(super) fn is_slug(text: &str) -> bool {
    let bytes = text.as_bytes();
    (1..=63).contains(&bytes.len())
        && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.contains("--")
}
