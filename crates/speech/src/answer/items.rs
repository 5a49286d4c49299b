//! Events of Responses.

use std::ops::Range;

use super::desk::{Desk, Place};
use super::key::{ItemPlace, Key};
use super::{Rewriter, Writing};
use crate::json::{Kind, Malformed, Scanner, look};
use crate::text::literal;

/// What an event says of itself.
#[derive(Default)]
struct Facts {
    kind: String,
    place: ItemPlace,
    number: Option<(u64, Range<usize>)>,
}

/// Rewrites an event. Gives its number, and where it stands.
pub(super) fn event<'a, R: Rewriter, F: FnMut(Writing) -> R>(
    desk: &mut Desk<'a, '_, R, F>,
    scanner: &mut Scanner<'a>,
) -> Result<Option<(u64, Range<usize>)>, Malformed> {
    let Facts { kind, place, number } = facts(desk.text, scanner)?;
    let of = kind.strip_suffix(".done");
    match of {
        _ if ends_answer(&kind) => desk.close(|_, _| true),
        Some(of) => end(desk, of, &place),
        None => {}
    }
    let is_sound = kind.ends_with("audio.delta");
    if is_sound || (kind.contains("reasoning") && !desk.options.reasoning) {
        scanner.value()?;
        return Ok(number);
    }
    desk.object(scanner, Place::TOP, &mut |desk, scanner, name| match (name, scanner.kind()?) {
        ("delta", Kind::String) => {
            let key = Key::Item { kind: kind.clone(), place: place.clone() };
            desk.grow(scanner.value()?, key, "");
            Ok(true)
        }
        // The word for an error; of an interpreter, it is the code that the model writes.
        ("code", Kind::String) if kind == "error" => scanner.value().map(|_| true),
        _ => Ok(false),
    })?;
    Ok(number)
}

fn ends_answer(kind: &str) -> bool {
    matches!(
        kind,
        "error"
            | "response.cancelled"
            | "response.completed"
            | "response.failed"
            | "response.incomplete"
    )
}

/// Ends the text that is said to be done; or, where a part or an item is, all that belongs to it.
fn end<R: Rewriter, F: FnMut(Writing) -> R>(
    desk: &mut Desk<'_, '_, R, F>,
    of: &str,
    place: &ItemPlace,
) {
    let any = of.ends_with("_item") || of.ends_with("_part") || of == "response";
    desk.close(|key, _| {
        let Key::Item { kind, place: at } = key else { return false };
        (any || kind.strip_suffix(".delta") == Some(of)) && at.may_be(place)
    });
}

fn facts(text: &str, scanner: &Scanner<'_>) -> Result<Facts, Malformed> {
    let mut facts = Facts::default();
    let mut item = None;
    let mut ahead = scanner.clone();
    let number = |span: Range<usize>| text.get(span).and_then(|number| number.parse().ok());
    ahead.object(|ahead, name| -> Result<(), Malformed> {
        match (&*name, ahead.kind()?) {
            ("item", Kind::Object) => look(ahead, |name, kind, span| {
                if name == "id" && kind == Kind::String {
                    item = Some(literal(text, span).into_owned());
                }
            })?,
            ("type", Kind::String) => {
                facts.kind = literal(text, ahead.value()?).into_owned();
                return Ok(());
            }
            ("item_id", Kind::String) => {
                facts.place.item = Some(literal(text, ahead.value()?).into_owned());
                return Ok(());
            }
            (name, Kind::Number) => {
                let span = ahead.value()?;
                let value = number(span.clone());
                match name {
                    "output_index" => facts.place.output = value,
                    "content_index" => facts.place.content = value,
                    "summary_index" => facts.place.summary = value,
                    "sequence_number" => facts.number = value.map(|value| (value, span)),
                    _ => {}
                }
                return Ok(());
            }
            _ => {}
        }
        ahead.value().map(drop)
    })?;
    facts.place.item = facts.place.item.or(item);
    Ok(facts)
}
