//! Reading single fields, and what is said when one is wrong.

use std::borrow::Cow;
use std::ops::Range;

use domain::limits::MODEL_BYTES_MAX;

use super::Invalid;
use speech::json::{Kind, Scanner, unescape};

/// Most fields at the top of a request.
pub const FIELDS_MAX: usize = 256;

/// Fields that decide what a call costs and where it goes. Decoders that fold case, as Go's does, would
/// read another spelling as the same field, and take its value instead of the one that we priced.
const ACTED_ON: [&str; 19] = [
    "model",
    "models",
    "messages",
    "input",
    "prompt",
    "stream",
    "stream_options",
    "include_usage",
    "max_tokens",
    "max_completion_tokens",
    "max_output_tokens",
    "n",
    "best_of",
    "service_tier",
    "web_search_options",
    "background",
    "previous_response_id",
    "conversation",
    "anthropic_version",
];

pub(super) fn model(
    text: &str,
    scanner: &mut Scanner<'_>,
) -> Result<(String, Range<usize>), Invalid> {
    expect(scanner, "model", Kind::String, "it must be a string")?;
    let span = scanner.value()?;
    let name = unescape(text, span.start + 1..span.end - 1)
        .ok_or_else(|| invalid("model", "it holds half a character"))?;
    if name.is_empty() {
        return Err(invalid("model", "it is empty"));
    }
    if name.len() > MODEL_BYTES_MAX {
        return Err(invalid("model", format!("it is longer than {MODEL_BYTES_MAX} bytes")));
    }
    if name.chars().any(char::is_control) {
        return Err(invalid("model", "it holds control characters"));
    }
    Ok((name.into_owned(), span))
}

/// A boolean or null, with where it stands.
pub(super) fn boolean(
    text: &str,
    scanner: &mut Scanner<'_>,
    field: &str,
) -> Result<(Option<bool>, Range<usize>), Invalid> {
    let kind = scanner.kind()?;
    if !matches!(kind, Kind::Bool | Kind::Null) {
        return Err(invalid(field, "it must be true or false"));
    }
    let span = scanner.value()?;
    let value = (kind == Kind::Bool).then(|| text.get(span.clone()) == Some("true"));
    Ok((value, span))
}

/// A whole number from 1 to `max`, or null.
pub(super) fn whole(
    text: &str,
    scanner: &mut Scanner<'_>,
    field: &str,
    max: u64,
) -> Result<Option<u64>, Invalid> {
    let kind = scanner.kind()?;
    if !matches!(kind, Kind::Number | Kind::Null) {
        return Err(invalid(field, "it must be a whole number"));
    }
    let span = scanner.value()?;
    if kind == Kind::Null {
        return Ok(None);
    }
    let digits = text.get(span).unwrap_or_default();
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(invalid(field, "it must be a whole number above zero"));
    }
    match digits.parse() {
        Ok(0) => Err(invalid(field, "it must be a whole number above zero")),
        Ok(number) if number <= max => Ok(Some(number)),
        _ => Err(invalid(field, format!("it is larger than {max}"))),
    }
}

/// A string or null.
pub(super) fn word<'a>(
    text: &'a str,
    scanner: &mut Scanner<'_>,
    field: &str,
) -> Result<Option<Cow<'a, str>>, Invalid> {
    let kind = scanner.kind()?;
    if !matches!(kind, Kind::String | Kind::Null) {
        return Err(invalid(field, "it must be a string"));
    }
    let span = scanner.value()?;
    if kind == Kind::Null {
        return Ok(None);
    }
    unescape(text, span.start + 1..span.end - 1)
        .map(Some)
        .ok_or_else(|| invalid(field, "it holds half a character"))
}

/// Whether a value says something: it is neither null nor an empty array, object or string.
pub(super) fn says_something(text: &str, scanner: &mut Scanner<'_>) -> Result<bool, Invalid> {
    let kind = scanner.kind()?;
    let span = scanner.value()?;
    let inner = text.get(span.start + 1..span.end.saturating_sub(1)).unwrap_or_default();
    Ok(match kind {
        Kind::Null => false,
        Kind::Object | Kind::Array | Kind::String => !inner.trim().is_empty(),
        Kind::Number | Kind::Bool => true,
    })
}

/// What refers to something that is kept elsewhere: whether it says something, and the id it gives, as a
/// string or within an object.
pub(super) fn reference<'a>(
    text: &'a str,
    scanner: &mut Scanner<'_>,
) -> Result<(bool, Option<Cow<'a, str>>), Invalid> {
    match scanner.kind()? {
        Kind::String => {
            let span = scanner.value()?;
            let id = unescape(text, span.start + 1..span.end - 1).filter(|id| !id.is_empty());
            Ok((span.len() > 2, id))
        }
        Kind::Object => {
            let id = word_in(text, scanner, "id")?.filter(|id| !id.is_empty());
            Ok((true, id))
        }
        _ => Ok((says_something(text, scanner)?, None)),
    }
}

/// The string under one name of an object; `None` where the value is no object or lacks it.
pub(super) fn word_in<'a>(
    text: &'a str,
    scanner: &mut Scanner<'_>,
    wanted: &str,
) -> Result<Option<Cow<'a, str>>, Invalid> {
    if scanner.kind()? != Kind::Object {
        scanner.value()?;
        return Ok(None);
    }
    let mut found = None;
    scanner.object(|scanner, name| -> Result<(), Invalid> {
        let string = scanner.kind()? == Kind::String;
        let span = scanner.value()?;
        if string && name == wanted {
            found = unescape(text, span.start + 1..span.end - 1);
        }
        Ok(())
    })?;
    Ok(found)
}

pub(super) fn expect(
    scanner: &mut Scanner<'_>,
    field: &str,
    kind: Kind,
    reason: &str,
) -> Result<(), Invalid> {
    if scanner.kind()? == kind { Ok(()) } else { Err(invalid(field, reason)) }
}

/// Refuses a name that came before: which of two values counts is anybody's guess, and a guess that
/// we and the provider make differently is a hole.
pub(super) fn once<'a>(
    seen: &mut Vec<Cow<'a, str>>,
    name: Cow<'a, str>,
    path: &str,
) -> Result<(), Invalid> {
    if seen.contains(&name) {
        return Err(invalid(format!("{path}{}", shown(&name)), "it is given twice"));
    }
    if let Some(known) = ACTED_ON.iter().find(|known| **known != name && folds_to(&name, known)) {
        let reason = format!("it differs from `{known}` only in case, and some servers read it so");
        return Err(invalid(format!("{path}{}", shown(&name)), reason));
    }
    if seen.len() == FIELDS_MAX {
        return Err(invalid(
            path.trim_end_matches('.'),
            format!("it has more than {FIELDS_MAX} fields"),
        ));
    }
    seen.push(name);
    Ok(())
}

/// Whether a name is read as another by a decoder that folds case. Two letters beyond ASCII fold into it.
fn folds_to(name: &str, known: &str) -> bool {
    let folded = name.chars().map(|c| match c {
        '\u{17f}' => 's',
        '\u{212a}' => 'k',
        c => c.to_ascii_lowercase(),
    });
    folded.eq(known.chars())
}

/// A field's name for an error: bounded, on one line.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(100).collect()
}

pub(super) fn invalid(field: impl Into<String>, reason: impl Into<String>) -> Invalid {
    Invalid { field: field.into(), reason: reason.into() }
}
