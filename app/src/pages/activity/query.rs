//! What the feed shows, in the URL: a typed filter to and from a query string.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use contract::activity::{ActivityFilter, WINDOW_DAYS_MAX};
use domain::cursor::Cursor;
use domain::ids::{KeyId, ProjectId};
use domain::limits::MODEL_BYTES_MAX;
use domain::money::{NANO_PER_USD, NanoUsd};
use domain::outcome::Outcome;
use serde::{Deserialize, Serialize};

use crate::paths;
use crate::ui::time_range::{self, BadWindow, Range};

/// The names of the fields, in the form and in the URL.
pub mod field {
    /// A project's id.
    pub const PROJECT: &str = "project";
    /// A key's id.
    pub const KEY: &str = "key";
    /// An agent's name.
    pub const AGENT: &str = "agent";
    /// The model that was asked for.
    pub const MODEL: &str = "model";
    /// A provider's short name.
    pub const PROVIDER: &str = "provider";
    /// An outcome's word.
    pub const OUTCOME: &str = "outcome";
    /// A refusal or error code.
    pub const CODE: &str = "code";
    /// The least charge, in US dollars.
    pub const CHARGE: &str = "charge";
    /// The least latency, in milliseconds.
    pub const LATENCY: &str = "latency";
    /// Rows older than this call.
    pub const BEFORE: &str = "before";
    /// Rows newer than this call.
    pub const AFTER: &str = "after";
}

/// What the feed shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Query {
    /// When the calls started.
    pub range: Range,
    /// In this project.
    pub project: Option<ProjectId>,
    /// Made with this key.
    pub key: Option<KeyId>,
    /// Made by this agent.
    pub agent: Option<String>,
    /// Asked for this model.
    pub model: Option<String>,
    /// Served by this provider.
    pub provider: Option<String>,
    /// Ended this way.
    pub outcome: Option<Outcome>,
    /// Answered with this code.
    pub code: Option<String>,
    /// Charged at least this much.
    pub charge: Option<NanoUsd>,
    /// Took at least this long, in milliseconds.
    pub latency_ms: Option<u32>,
    /// From where the page is read.
    pub cursor: Cursor,
}

/// A part of the filter that is in force, for its chip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The project.
    Project,
    /// The key.
    Key,
    /// The agent.
    Agent,
    /// The model.
    Model,
    /// The provider.
    Provider,
    /// The outcome.
    Outcome,
    /// The code.
    Code,
    /// The least charge.
    Charge,
    /// The least latency.
    Latency,
}

impl Query {
    /// Reads it from the fields of a form or URL; an empty field narrows nothing. The second part of
    /// the answer names the fields that could not be read and are therefore not applied.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> (Self, Vec<&'static str>) {
        let mut unread = Vec::new();
        let text = |name: &str| get(name).unwrap_or_default().trim().to_owned();
        let range =
            Range::read(&text(time_range::RANGE), &text(time_range::FROM), &text(time_range::TO))
                .unwrap_or_else(|| {
                    unread.push("time");
                    Range::default()
                });
        let mut reader = Reader { text: &text, unread: &mut unread };
        let before = reader.parsed(field::BEFORE).map(Cursor::Before);
        let after = reader.parsed(field::AFTER).map(Cursor::After);
        let query = Self {
            range,
            project: reader.parsed(field::PROJECT),
            key: reader.parsed(field::KEY),
            agent: reader.word(field::AGENT),
            model: reader.word(field::MODEL),
            provider: reader.word(field::PROVIDER),
            outcome: reader.parsed(field::OUTCOME),
            code: reader.word(field::CODE),
            charge: reader.read(field::CHARGE, dollars),
            latency_ms: reader.parsed(field::LATENCY),
            cursor: before.or(after).unwrap_or_default(),
        };
        (query, unread)
    }

    /// The URL that shows it.
    #[must_use]
    pub fn url(&self) -> String {
        let mut url = String::from(paths::ACTIVITY);
        let mut separator = '?';
        for (name, value) in self.fields() {
            // Writing to a string cannot fail.
            let _ = write!(url, "{separator}{name}={}", paths::encode(&value));
            separator = '&';
        }
        url
    }

    /// What the service is asked, at a moment.
    ///
    /// # Errors
    /// [`BadWindow`] where the range is too long or ends before it begins.
    pub fn filter(&self, now: DateTime<Utc>) -> Result<ActivityFilter, BadWindow> {
        let window = self.range.window(now, WINDOW_DAYS_MAX)?;
        Ok(ActivityFilter {
            from: Some(window.from),
            to: window.to,
            project_id: self.project,
            key_id: self.key,
            agent: self.agent.clone(),
            model: self.model.clone(),
            provider: self.provider.clone(),
            outcome: self.outcome,
            code: self.code.clone(),
            charge_at_least: self.charge,
            latency_ms_at_least: self.latency_ms,
        })
    }

    /// The parts in force, in the order of the form.
    #[must_use]
    pub fn parts(&self) -> Vec<Part> {
        [
            (Part::Project, self.project.is_some()),
            (Part::Key, self.key.is_some()),
            (Part::Agent, self.agent.is_some()),
            (Part::Model, self.model.is_some()),
            (Part::Provider, self.provider.is_some()),
            (Part::Outcome, self.outcome.is_some()),
            (Part::Code, self.code.is_some()),
            (Part::Charge, self.charge.is_some()),
            (Part::Latency, self.latency_ms.is_some()),
        ]
        .into_iter()
        .filter_map(|(part, set)| set.then_some(part))
        .collect()
    }

    /// The same from its newest page, changed.
    #[must_use]
    pub fn with(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut query = Self { cursor: Cursor::Newest, ..self.clone() };
        change(&mut query);
        query
    }

    /// The same without one part.
    #[must_use]
    pub fn without(&self, part: Part) -> Self {
        self.with(|query| match part {
            Part::Project => query.project = None,
            Part::Key => query.key = None,
            Part::Agent => query.agent = None,
            Part::Model => query.model = None,
            Part::Provider => query.provider = None,
            Part::Outcome => query.outcome = None,
            Part::Code => query.code = None,
            Part::Charge => query.charge = None,
            Part::Latency => query.latency_ms = None,
        })
    }

    /// The same without any part, over the same time.
    #[must_use]
    pub fn cleared(&self) -> Self {
        Self { range: self.range, ..Self::default() }
    }

    /// The same from another place.
    #[must_use]
    pub fn at(&self, cursor: Cursor) -> Self {
        Self { cursor, ..self.clone() }
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let mut fields = self.range.fields();
        let mut add = |name, value: Option<String>| fields.extend(value.map(|value| (name, value)));
        add(field::PROJECT, self.project.map(|id| id.to_string()));
        add(field::KEY, self.key.map(|id| id.to_string()));
        add(field::AGENT, self.agent.clone());
        add(field::MODEL, self.model.clone());
        add(field::PROVIDER, self.provider.clone());
        add(field::OUTCOME, self.outcome.map(|outcome| outcome.as_str().to_owned()));
        add(field::CODE, self.code.clone());
        add(field::CHARGE, self.charge.map(dollars_text));
        add(field::LATENCY, self.latency_ms.map(|ms| ms.to_string()));
        match self.cursor {
            Cursor::Newest => {}
            Cursor::Before(id) => add(field::BEFORE, Some(id.to_string())),
            Cursor::After(id) => add(field::AFTER, Some(id.to_string())),
        }
        fields
    }
}

/// Reads fields and notes those that it cannot.
struct Reader<'a, F> {
    text: &'a F,
    unread: &'a mut Vec<&'static str>,
}

impl<F: Fn(&str) -> String> Reader<'_, F> {
    fn read<T>(&mut self, name: &'static str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = (self.text)(name);
        if text.is_empty() {
            return None;
        }
        let value = parse(&text);
        if value.is_none() {
            self.unread.push(name);
        }
        value
    }

    fn parsed<T: std::str::FromStr>(&mut self, name: &'static str) -> Option<T> {
        self.read(name, |text| text.parse().ok())
    }

    fn word(&mut self, name: &'static str) -> Option<String> {
        self.read(name, |text| (text.len() <= MODEL_BYTES_MAX).then(|| text.to_owned()))
    }
}

/// A sum in dollars, such as `0.05`, without passing through a binary fraction.
fn dollars(text: &str) -> Option<NanoUsd> {
    let (whole, part) = text.trim_start_matches('$').split_once('.').unwrap_or((text, ""));
    let whole = whole.trim_start_matches('$');
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && part.is_empty()) || !digits(whole) || !digits(part) || part.len() > 9 {
        return None;
    }
    let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let nano: i64 = format!("{part:0<9}").parse().ok()?;
    whole.checked_mul(NANO_PER_USD)?.checked_add(nano).map(NanoUsd)
}

/// The sum as [`dollars`] reads it, without needless zeros.
pub fn dollars_text(sum: NanoUsd) -> String {
    sum.exact().trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> (Query, Vec<&'static str>) {
        let pairs: Vec<(String, String)> = url
            .split_once('?')
            .map_or("", |(_, query)| query)
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), unescaped(value)))
            .collect();
        Query::read(|name| pairs.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone()))
    }

    fn unescaped(value: &str) -> String {
        let mut bytes = Vec::new();
        let mut rest = value.as_bytes();
        while let [first, tail @ ..] = rest {
            rest = tail;
            if *first == b'%' {
                let hex = std::str::from_utf8(&tail[..2]).unwrap();
                bytes.push(u8::from_str_radix(hex, 16).unwrap());
                rest = &tail[2..];
            } else {
                bytes.push(*first);
            }
        }
        String::from_utf8(bytes).unwrap()
    }

    fn full() -> Query {
        let id = "01890a5d-ac96-774b-bcce-b302099a8057";
        Query {
            range: Range::read("7d", "", "").unwrap(),
            project: id.parse().ok(),
            key: id.parse().ok(),
            agent: Some("acme/research:eu".into()),
            model: Some("team/größe & co=1".into()),
            provider: Some("openai".into()),
            outcome: Some(Outcome::Refused),
            code: Some("model_not_found".into()),
            charge: Some(NanoUsd(50_000_000)),
            latency_ms: Some(1500),
            cursor: Cursor::Before(id.parse().unwrap()),
        }
    }

    #[test]
    fn a_query_survives_the_url() {
        assert_eq!(read(&full().url()), (full(), vec![]));
        assert_eq!(read(paths::ACTIVITY), (Query::default(), vec![]));
        assert_eq!(Query::default().url(), paths::ACTIVITY);
    }

    #[test]
    fn what_cannot_be_read_is_named_and_not_applied() {
        let (query, unread) =
            read("/activity?range=ever&outcome=fine&charge=1e3&project=x&code=ok");
        assert_eq!(unread, ["time", field::PROJECT, field::OUTCOME, field::CHARGE]);
        assert_eq!(query, Query { code: Some("ok".into()), ..Query::default() });
    }

    #[test]
    fn empty_fields_of_a_plain_form_narrow_nothing() {
        let url = "/activity?range=24h&from=&to=&project=&key=&model=&outcome=&charge=&latency=";
        assert_eq!(read(url), (Query::default(), vec![]));
    }

    #[test]
    fn each_part_can_be_taken_away_and_leads_to_the_newest_page() {
        let mut query = full();
        assert_eq!(query.parts().len(), 9);
        for part in query.parts() {
            query = query.without(part);
            assert_eq!(query.cursor, Cursor::Newest);
        }
        assert_eq!(query, full().cleared());
    }

    #[test]
    fn sums_are_read_exactly() {
        for (text, nano) in [("0.05", 50_000_000), ("$1", 1_000_000_000), (".000000001", 1)] {
            assert_eq!(dollars(text), Some(NanoUsd(nano)));
        }
        for text in ["", ".", "-1", "1,5", "0.0000000001", "99999999999"] {
            assert_eq!(dollars(text), None, "{text}");
        }
        assert_eq!(dollars_text(NanoUsd(50_000_000)), "0.05");
        assert_eq!(dollars_text(NanoUsd(10_000_000_000)), "10");
    }
}
