//! Events of Messages.

use super::desk::{Desk, Place};
use super::key::Key;
use super::protocol::is_thought_type;
use super::{Rewriter, Writing};
use crate::json::{Kind, Malformed, Scanner, look};
use crate::text::literal;

/// Rewrites an event.
pub(super) fn event<'a, R: Rewriter, F: FnMut(Writing) -> R>(
    desk: &mut Desk<'a, '_, R, F>,
    scanner: &mut Scanner<'a>,
) -> Result<(), Malformed> {
    let text = desk.text;
    let (mut kind, mut index) = (String::new(), 0);
    look(scanner, |name, is, span| match (name, is) {
        ("type", Kind::String) => kind = literal(text, span).into_owned(),
        ("index", Kind::Number) => {
            index = text.get(span).and_then(|index| index.parse().ok()).unwrap_or(0);
        }
        _ => {}
    })?;
    if matches!(&*kind, "content_block_start" | "content_block_stop") {
        desk.close(|key, _| matches!(key, Key::Block { index: of, .. } if *of == index));
    }
    desk.object(scanner, Place::TOP, &mut |desk, scanner, name| {
        let grows = kind == "content_block_delta" && name == "delta";
        if !grows || scanner.kind()? != Kind::Object {
            return Ok(false);
        }
        delta(desk, scanner, index)?;
        Ok(true)
    })?;
    if matches!(&*kind, "message_delta" | "message_stop" | "error") {
        desk.close(|_, _| true);
    }
    Ok(())
}

/// The delta of a block. Its strings grow; what lies deeper, such as a citation, is whole in itself.
fn delta<'a, R: Rewriter, F: FnMut(Writing) -> R>(
    desk: &mut Desk<'a, '_, R, F>,
    scanner: &mut Scanner<'a>,
    index: u64,
) -> Result<(), Malformed> {
    let text = desk.text;
    let mut kind = String::new();
    look(scanner, |name, is, span| {
        if name == "type" && is == Kind::String {
            kind = literal(text, span).into_owned();
        }
    })?;
    if kind == "signature_delta" {
        // What is signed is complete.
        desk.close(|key, _| {
            matches!(key, Key::Block { index: of, kind, .. } if *of == index && is_thought_type(kind))
        });
    }
    let place = Place::TOP.member("delta");
    desk.object(scanner, place, &mut |desk, scanner, name| {
        if scanner.kind()? != Kind::String {
            return Ok(false);
        }
        let span = scanner.value()?;
        if !desk.is_protocol(&span, place.member(name)) {
            let key = Key::Block { index, kind: kind.clone(), member: name.to_owned() };
            desk.grow(span, key, "");
        }
        Ok(true)
    })
}
