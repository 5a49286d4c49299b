//! What a model says, rewritten in place: a whole answer, or one that arrives as events.
//!
//! Only the literals of strings that change are written anew; every other byte stays. What is not known
//! is taken for words. What the protocol itself reads is known by its name ([`protocol`]).

mod blocks;
mod choices;
mod desk;
mod edits;
mod items;
mod key;
mod protocol;
mod stream;
mod texts;

use std::borrow::Cow;

pub use stream::Stream;

use crate::json::{Malformed, Scanner};
use desk::{Desk, Place};
use texts::Texts;

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writing {
    /// As it is.
    Text,
    /// As JSON: the arguments of a tool.
    Json,
}

/// Rewrites one text, in whatever pieces it comes.
pub trait Rewriter {
    /// Takes a piece, gives what is certain.
    fn push(&mut self, piece: &str) -> String;
    /// Gives what was held back. Nothing is pushed afterwards.
    fn finish(&mut self) -> String;
}

/// What else is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Whether `logprobs` may stay: they spell a text out, token by token.
    pub logprobs: bool,
    /// Whether reasoning is rewritten. Where it is not, no byte of it changes.
    pub reasoning: bool,
}

/// Rewrites a whole answer, or an error. The dialects need not be told apart here: each names things in
/// its own way, and none uses another's name for something else.
///
/// # Errors
/// [`Malformed`] where it is no JSON: [`plain`] is for that.
pub fn whole<'a, R: Rewriter>(
    body: &'a [u8],
    options: Options,
    begin: &mut impl FnMut(Writing) -> R,
) -> Result<Cow<'a, [u8]>, Malformed> {
    let text = std::str::from_utf8(body)
        .map_err(|error| Malformed { at: error.valid_up_to(), what: "it is not UTF-8" })?;
    is_json(text)?;
    let mut texts = Texts::default();
    let mut desk = Desk::new(text, options, false, begin, &mut texts);
    desk.value(&mut Scanner::new(text), Place::TOP)?;
    Ok(match desk.edits.finish(text) {
        None => Cow::Borrowed(body),
        Some(text) => Cow::Owned(text.into_bytes()),
    })
}

/// Rewrites a text that is no JSON.
pub fn plain<R: Rewriter>(text: &str, begin: &mut impl FnMut(Writing) -> R) -> String {
    rewrite(text, begin(Writing::Text))
}

fn rewrite<R: Rewriter>(text: &str, mut rewriter: R) -> String {
    let mut said = rewriter.push(text);
    said.push_str(&rewriter.finish());
    said
}

/// Whether it is one JSON text, looked at before anything is rewritten.
fn is_json(text: &str) -> Result<(), Malformed> {
    let mut scanner = Scanner::new(text);
    scanner.value()?;
    scanner.end()
}
