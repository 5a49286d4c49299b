//! A JSON reader that looks and does not touch: it checks the grammar of RFC 8259 and says where
//! things stand, so that a body can be forwarded byte for byte.
//!
//! It exists because a parser that builds values loses what the caller wrote: the order and the
//! doubles of fields, the digits of numbers, the spelling of strings.

use std::borrow::Cow;
use std::ops::Range;

use memchr::memchr2;

/// How deep arrays and objects may nest.
pub const DEPTH_MAX: u32 = 128;

/// What kind of value begins here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `{`
    Object,
    /// `[`
    Array,
    /// `"`
    String,
    /// A digit or `-`
    Number,
    /// `true` or `false`
    Bool,
    /// `null`
    Null,
}

/// Where the text stops being JSON.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} at byte {at}")]
pub struct Malformed {
    /// The offset in bytes, from 0.
    pub at: usize,
    /// What is wrong there.
    pub what: &'static str,
}

/// A position in a text.
#[derive(Clone, Debug)]
pub struct Scanner<'a> {
    text: &'a str,
    at: usize,
    depth: u32,
}

impl<'a> Scanner<'a> {
    /// At the beginning of a text.
    #[must_use]
    pub const fn new(text: &'a str) -> Self {
        Self { text, at: 0, depth: 0 }
    }

    /// The offset in bytes of what comes next.
    #[must_use]
    pub const fn at(&self) -> usize {
        self.at
    }

    /// The kind of the value that comes next.
    ///
    /// # Errors
    /// [`Malformed`] where none does.
    pub fn kind(&mut self) -> Result<Kind, Malformed> {
        self.skip_space();
        match self.peek() {
            Some(b'{') => Ok(Kind::Object),
            Some(b'[') => Ok(Kind::Array),
            Some(b'"') => Ok(Kind::String),
            Some(b'-' | b'0'..=b'9') => Ok(Kind::Number),
            Some(b't' | b'f') => Ok(Kind::Bool),
            Some(b'n') => Ok(Kind::Null),
            Some(_) => Err(self.malformed("expected a value")),
            None => Err(self.malformed("unexpected end")),
        }
    }

    /// Passes over the value that comes next, and says where it stands.
    ///
    /// # Errors
    /// [`Malformed`] where it is none.
    pub fn value(&mut self) -> Result<Range<usize>, Malformed> {
        let kind = self.kind()?;
        let start = self.at;
        match kind {
            Kind::Object => self.each_member(|scanner| scanner.value().map(drop))?,
            Kind::Array => self.array(|scanner, _| scanner.value().map(drop))?,
            Kind::String => {
                self.string()?;
            }
            Kind::Number => self.number()?,
            Kind::Bool if self.peek() == Some(b't') => self.word("true")?,
            Kind::Bool => self.word("false")?,
            Kind::Null => self.word("null")?,
        }
        Ok(start..self.at)
    }

    /// Walks an object. `member` is given each name and must pass over its value.
    ///
    /// # Errors
    /// [`Malformed`], or whatever `member` objects to.
    pub fn object<E: From<Malformed>>(
        &mut self,
        mut member: impl FnMut(&mut Self, Cow<'a, str>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.enter(b'{', "expected an object")?;
        self.skip_space();
        if self.take(b'}') {
            self.depth -= 1;
            return Ok(());
        }
        loop {
            self.skip_space();
            let start = self.at;
            let span = self.string()?;
            let name = unescape(self.text, span)
                .ok_or(Malformed { at: start, what: "the field's name is no text" })?;
            self.colon()?;
            member(self, name)?;
            if !self.comma(b'}', "expected `,` or `}`")? {
                return Ok(());
            }
        }
    }

    /// Walks an array. `element` is given each index and must pass over the value.
    ///
    /// # Errors
    /// [`Malformed`], or whatever `element` objects to.
    pub fn array<E: From<Malformed>>(
        &mut self,
        mut element: impl FnMut(&mut Self, usize) -> Result<(), E>,
    ) -> Result<(), E> {
        self.enter(b'[', "expected an array")?;
        self.skip_space();
        if self.take(b']') {
            self.depth -= 1;
            return Ok(());
        }
        let mut index = 0;
        loop {
            element(self, index)?;
            index += 1;
            if !self.comma(b']', "expected `,` or `]`")? {
                return Ok(());
            }
        }
    }

    /// Checks that nothing but space is left.
    ///
    /// # Errors
    /// [`Malformed`] where something is.
    pub fn end(&mut self) -> Result<(), Malformed> {
        self.skip_space();
        if self.at == self.text.len() {
            Ok(())
        } else {
            Err(self.malformed("unexpected text after the end"))
        }
    }

    /// An object whose names do not matter.
    fn each_member(
        &mut self,
        mut value: impl FnMut(&mut Self) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        self.enter(b'{', "expected an object")?;
        self.skip_space();
        if self.take(b'}') {
            self.depth -= 1;
            return Ok(());
        }
        loop {
            self.skip_space();
            self.string()?;
            self.colon()?;
            value(self)?;
            if !self.comma(b'}', "expected `,` or `}`")? {
                return Ok(());
            }
        }
    }

    /// Passes over a string and gives the span between its quotes.
    fn string(&mut self) -> Result<Range<usize>, Malformed> {
        if !self.take(b'"') {
            return Err(self.malformed("expected a string"));
        }
        let start = self.at;
        loop {
            let rest = self.rest();
            let Some(length) = memchr2(b'"', b'\\', rest) else {
                self.at = self.text.len();
                return Err(self.malformed("unexpected end of a string"));
            };
            if let Some(control) = rest[..length].iter().position(|byte| *byte < 0x20) {
                self.at += control;
                return Err(self.malformed("a control character must be escaped"));
            }
            let closes = rest[length] == b'"';
            self.at += length + 1;
            if closes {
                return Ok(start..self.at - 1);
            }
            self.escape()?;
        }
    }

    /// What follows a backslash.
    fn escape(&mut self) -> Result<(), Malformed> {
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
            Some(b'u') => {
                let digits = self.rest().get(1..5).unwrap_or_default();
                if digits.len() != 4 || !digits.iter().all(u8::is_ascii_hexdigit) {
                    return Err(self.malformed("`\\u` needs four hexadecimal digits"));
                }
                self.at += 5;
            }
            _ => return Err(self.malformed("unknown escape")),
        }
        Ok(())
    }

    fn number(&mut self) -> Result<(), Malformed> {
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _sign = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Malformed> {
        let count = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        if count == 0 {
            return Err(self.malformed("expected a digit"));
        }
        self.at += count;
        Ok(())
    }

    fn word(&mut self, word: &'static str) -> Result<(), Malformed> {
        if self.rest().starts_with(word.as_bytes()) {
            self.at += word.len();
            Ok(())
        } else {
            Err(self.malformed("expected a value"))
        }
    }

    fn enter(&mut self, open: u8, what: &'static str) -> Result<(), Malformed> {
        self.skip_space();
        if self.depth == DEPTH_MAX {
            return Err(self.malformed("nested too deeply"));
        }
        if !self.take(open) {
            return Err(self.malformed(what));
        }
        self.depth += 1;
        Ok(())
    }

    /// Whether another one follows; if not, the array or object has been left.
    fn comma(&mut self, close: u8, what: &'static str) -> Result<bool, Malformed> {
        self.skip_space();
        if self.take(b',') {
            return Ok(true);
        }
        if self.take(close) {
            self.depth -= 1;
            return Ok(false);
        }
        Err(self.malformed(what))
    }

    fn colon(&mut self) -> Result<(), Malformed> {
        self.skip_space();
        if self.take(b':') { Ok(()) } else { Err(self.malformed("expected `:`")) }
    }

    fn skip_space(&mut self) {
        let space = |byte: &&u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
        self.at += self.rest().iter().take_while(space).count();
    }

    fn take(&mut self, byte: u8) -> bool {
        let taken = self.peek() == Some(byte);
        self.at += usize::from(taken);
        taken
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    const fn malformed(&self, what: &'static str) -> Malformed {
        Malformed { at: self.at, what }
    }
}

/// The text of a string whose span between the quotes is given. `None` where escapes name half a
/// character (a lone surrogate), which no text can hold.
#[must_use]
pub fn unescape(text: &str, between_quotes: Range<usize>) -> Option<Cow<'_, str>> {
    let inner = text.get(between_quotes.clone())?;
    if !inner.contains('\\') {
        return Some(Cow::Borrowed(inner));
    }
    let quoted = text.get(between_quotes.start.checked_sub(1)?..between_quotes.end + 1)?;
    serde_json::from_str::<String>(quoted).ok().map(Cow::Owned)
}

/// Looks at the members of the object that comes next, and stays where it is.
///
/// # Errors
/// [`Malformed`] where it is none.
pub(crate) fn look<'a>(
    scanner: &Scanner<'a>,
    mut member: impl FnMut(&str, Kind, Range<usize>),
) -> Result<(), Malformed> {
    let mut ahead: Scanner<'a> = scanner.clone();
    ahead.object(|ahead, name| {
        let kind = ahead.kind()?;
        member(&name, kind, ahead.value()?);
        Ok(())
    })
}
