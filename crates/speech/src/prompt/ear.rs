//! What has been heard so far, and how anything that holds words is listened to.

use std::fmt::Write;
use std::ops::Range;

use super::kept::is_kept;
use super::{Channel, SAID_MAX, Said};
use crate::bytes::Bytes;
use crate::json::{Kind, Malformed, Scanner};
use crate::text::{is_embedded_file, literal};

/// A path longer than this is cut, so that a long name is not told with each string below it.
const PATH_BYTES_MAX: usize = 256;

/// How much of one name stands in a path.
const NAME_CHARS_MAX: usize = 64;

/// Whose words stand here, and whether names mean what the protocol says.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) channel: Channel,
    /// The names are a caller's or a tool's own: each may stand over words.
    free: bool,
}

pub(super) struct Ear<'a> {
    text: &'a str,
    path: String,
    said: Vec<Said<'a>>,
    /// What was said after the most that is told apart.
    rest: Vec<Said<'a>>,
}

impl Place {
    pub(super) const fn of(channel: Channel) -> Self {
        Self { channel, free: false }
    }

    pub(super) const fn free(channel: Channel) -> Self {
        Self { channel, free: true }
    }
}

impl<'a> Ear<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, path: String::new(), said: Vec::new(), rest: Vec::new() }
    }

    pub(super) const fn text(&self) -> &'a str {
        self.text
    }

    pub(super) fn finish(mut self) -> Vec<Said<'a>> {
        self.said.append(&mut self.rest);
        self.said
    }

    /// Goes to a member. What it gives leads back.
    pub(super) fn enter(&mut self, name: &str) -> usize {
        let mark = self.path.len();
        if self.can_grow() {
            if mark > 0 {
                self.path.push('.');
            }
            self.path.extend(name.chars().take(NAME_CHARS_MAX));
            self.cut();
        }
        mark
    }

    /// Goes to an element.
    pub(super) fn enter_at(&mut self, index: usize) -> usize {
        let mark = self.path.len();
        if self.can_grow() {
            // A string takes whatever is written.
            let _ = write!(self.path, "[{index}]");
            self.cut();
        }
        mark
    }

    pub(super) fn leave(&mut self, mark: usize) {
        self.path.truncate(mark);
    }

    fn can_grow(&self) -> bool {
        !self.path.ends_with('…')
    }

    fn cut(&mut self) {
        if self.path.len() > PATH_BYTES_MAX {
            self.path.push('…');
        }
    }

    /// A string, whose literal stands at `span`.
    pub(super) fn words(&mut self, channel: Channel, span: Range<usize>) {
        let text = literal(self.text, span);
        if text.is_empty() || is_embedded_file(&text) {
            return;
        }
        if self.said.len() < SAID_MAX {
            self.said.push(Said { channel, path: self.path.clone(), text });
            return;
        }
        match self.rest.iter_mut().find(|rest| rest.channel == channel) {
            Some(rest) => {
                let joined = rest.text.to_mut();
                joined.push('\n');
                joined.push_str(&text);
            }
            None => self.rest.push(Said { channel, path: "…".to_owned(), text }),
        }
    }

    /// Every string below the value that comes next, which stands under `name`.
    pub(super) fn leaves(
        &mut self,
        scanner: &mut Scanner<'a>,
        place: Place,
        name: &str,
    ) -> Result<(), Malformed> {
        match scanner.kind()? {
            Kind::String => {
                let span = scanner.value()?;
                if place.free || !is_kept(name) {
                    self.words(place.channel, span);
                }
                Ok(())
            }
            Kind::Object => self
                .object(scanner, place, &mut |ear, scanner, name| ear.leaves(scanner, place, name)),
            Kind::Array => scanner.array(|scanner, index| {
                let mark = self.enter_at(index);
                self.leaves(scanner, place, name)?;
                self.leave(mark);
                Ok(())
            }),
            Kind::Number | Kind::Bool | Kind::Null => scanner.value().map(drop),
        }
    }

    /// An object. `member` is given what may hold words.
    pub(super) fn object(
        &mut self,
        scanner: &mut Scanner<'a>,
        place: Place,
        member: &mut dyn FnMut(&mut Self, &mut Scanner<'a>, &str) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        let mut bytes = Bytes::default();
        scanner.object(|scanner, name| -> Result<(), Malformed> {
            let mark = self.enter(&name);
            let kind = scanner.kind()?;
            if place.free || !bytes.note(self.text, scanner, &name, kind)? {
                member(self, scanner, &name)?;
            }
            self.leave(mark);
            Ok(())
        })?;
        for (name, span) in bytes.words() {
            let mark = self.enter(name);
            self.words(place.channel, span);
            self.leave(mark);
        }
        Ok(())
    }
}
