//! Values given to a name that says what they are: `api_key = "…"`, `Authorization: Bearer …`, `--token …`,
//! `<password>…</password>`, `My API key is …`.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::values::{Trust, is_secret};
use super::vendors::{self, VENDORS};
use crate::sensitive::{Kind, Span};

/// What the automaton found of a name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// `key` may be a dictionary's.
    Key,
    Token,
    Password,
    /// `auth`, which also begins `author`.
    Auth,
    Vendor,
}

const WORDS: &[(&str, Name)] = &[
    ("key", Name::Key),
    ("token", Name::Token),
    ("secret", Name::Token),
    ("passw", Name::Password),
    ("pwd", Name::Password),
    ("passphrase", Name::Password),
    ("credential", Name::Token),
    ("auth", Name::Auth),
    ("bearer", Name::Auth),
    ("x-api", Name::Token),
    ("cookie", Name::Key),
    ("signature", Name::Key),
    ("passcode", Name::Password),
    ("contrase", Name::Password),
    ("kennwort", Name::Password),
    ("mot de passe", Name::Password),
];

/// The names, as the automaton looks for them.
pub fn names() -> impl Iterator<Item = (&'static str, Name)> {
    WORDS.iter().copied().chain(
        VENDORS
            .iter()
            .filter(|(_, kind)| *kind != vendors::OTHERS)
            .map(|(word, _)| (*word, Name::Vendor)),
    )
}

const GENERIC: Kind = Kind::new("generic_secret");
const PASSWORD: Kind = Kind::new("password");
const BEARER: Kind = Kind::new("bearer_token");

/// The kinds that names announce.
pub fn kinds() -> impl Iterator<Item = Kind> {
    VENDORS.iter().map(|(_, kind)| Kind::new(kind)).chain([GENERIC, PASSWORD, BEARER])
}

/// Whether a kind says no more than that a name announced a secret.
pub fn is_generic(kind: Kind) -> bool {
    static KINDS: LazyLock<BTreeSet<Kind>> = LazyLock::new(|| kinds().collect());
    KINDS.contains(&kind)
}

/// How far to the left a name may begin, and how far behind the word the operator may stand.
const NAME_BYTES_MAX: usize = 48;

/// Whether a byte may belong to a name.
const IS_NAME: [bool; 256] = {
    let mut is = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        is[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        byte += 1;
    }
    is
};

/// The longest value that a name introduces; longer ones have a form of their own.
const VALUE_BYTES_MAX: usize = 1_024;

/// What was judged already, so that names within names cost no more than their length.
#[derive(Default)]
pub struct Memo {
    until: usize,
    times: usize,
    /// Bytes of the values that were judged.
    pub looks: usize,
}

impl Memo {
    fn may_judge(&self, at: usize) -> bool {
        const TIMES_MAX: usize = 4;
        at >= self.until || self.times < TIMES_MAX
    }

    fn judged(&mut self, range: Range<usize>) {
        if range.start >= self.until {
            self.times = 0;
        }
        self.times += 1;
        self.looks += range.len();
        self.until = self.until.max(range.end);
    }
}

/// The value that the name at `hit` announces, if there is one and it looks like a secret.
pub fn value(name: Name, text: &[u8], hit: Range<usize>, memo: &mut Memo) -> Option<Span> {
    let is_name = |byte: &&u8| IS_NAME[usize::from(**byte)];
    let tail = text[hit.end..].iter().take(NAME_BYTES_MAX).take_while(is_name).count();
    if tail == NAME_BYTES_MAX {
        return None;
    }
    let left = &text[hit.start.saturating_sub(NAME_BYTES_MAX)..hit.start];
    let start = hit.start - left.iter().rev().take_while(is_name).count();
    let mut cursor = Cursor { text, at: hit.end + tail };
    let whole = &text[start..hit.end + tail];
    let flag = whole.starts_with(b"--") || (whole.starts_with(b"-") && hit.start - start == 1);
    let operator = cursor.operator(flag)?;
    // What stands within values that were judged before is judged again a few times, not without end.
    if !memo.may_judge(hit.start) {
        return None;
    }
    let whole = whole.to_ascii_lowercase();
    let Announced { mut trust, authorises, vendor } = announced(name, &whole)?;
    let (range, header, quoted) = cursor.value(operator, authorises)?;
    memo.judged(range.clone());
    if header {
        trust = Trust::Header;
    } else if !quoted && operator == Operator::Call {
        return None;
    }
    if operator == Operator::Is && !quoted && trust != Trust::Password {
        trust = if trust == Trust::Weak { Trust::Weak } else { Trust::Strong };
    }
    let value = &text[range.clone()];
    if !is_secret(value, trust, quoted) || (trust == Trust::Weak && is_digest_name(&whole)) {
        return None;
    }
    let kind = match vendor {
        Some(kind) => Kind::new(kind),
        None if header => BEARER,
        None if trust == Trust::Password => PASSWORD,
        None => GENERIC,
    };
    Some(Span { kind, range })
}

/// What words within a name say of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// It is the name of something else.
    Other,
    Authorises,
    /// A key to a door.
    Sharp,
}

#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "author", "keyboard", "keyword", "keyframe", "monkey", "tokeniz", "tokenis", "_tokens", "tokens_", "max_token",
    "public", "fingerprint", "keystroke", "keycode", "token_type", "tokentype",
    "token_count", "secretar", "turkey", "csrf", "xsrf", "token_url", "token_endpoint", "hash", "checksum",
    "primary_key", "foreign_key", "primarykey", "foreignkey",
];

#[rustfmt::skip]
const SHARP: &[&str] = &[
    "api", "access", "secret", "private", "token", "auth", "license", "encrypt", "sign", "client", "master", "account",
    "service", "admin", "app", "deploy",
];

/// Ends of names that describe a secret and do not hold it.
#[rustfmt::skip]
const ENDS: &[&str] = &[
    "id", "ids", "name", "url", "uri", "path", "file", "size", "length", "type", "count", "source", "chars", "version",
    "alias", "label", "title", "hint", "prefix",
];

static MARKS: LazyLock<(Option<AhoCorasick>, Vec<Mark>)> = LazyLock::new(|| {
    let others = OTHERS.iter().map(|word| (*word, Mark::Other));
    let sharp = SHARP.iter().map(|word| (*word, Mark::Sharp));
    let authorises = ["authoriz", "authoris"].map(|word| (word, Mark::Authorises));
    let (words, marks): (Vec<&str>, Vec<Mark>) = others.chain(sharp).chain(authorises).unzip();
    let automaton =
        AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).prefilter(false).build(words);
    (automaton.ok(), marks)
});

/// What a name says of its value.
struct Announced {
    trust: Trust,
    /// Whether it is a header of authorisation.
    authorises: bool,
    /// The kind that a vendor's word in it gives.
    vendor: Option<&'static str>,
}

/// What a name in lower case announces, unless it is the name of something else.
fn announced(name: Name, whole: &[u8]) -> Option<Announced> {
    let (automaton, marks) = &*MARKS;
    let (mut other, mut authorises, mut sharp) = (false, false, false);
    for found in automaton.as_ref()?.find_overlapping_iter(whole) {
        match marks[found.pattern().as_usize()] {
            Mark::Other => other = true,
            Mark::Authorises => authorises = true,
            Mark::Sharp => sharp = true,
        }
    }
    if other && !authorises {
        return None;
    }
    let vendor = vendors::kind_of(whole);
    if vendor.is_none() && ENDS.iter().any(|end| whole.ends_with(end.as_bytes())) {
        return None;
    }
    let trust = match name {
        Name::Password => Trust::Password,
        Name::Token | Name::Vendor => Trust::Strong,
        Name::Auth | Name::Key if sharp || vendor.is_some() => Trust::Strong,
        Name::Auth | Name::Key => Trust::Weak,
    };
    Some(Announced { trust, authorises, vendor })
}

fn is_digest_name(name: &[u8]) -> bool {
    [b"sha".as_slice(), b"md5", b"digest", b"integrity", b"commit", b"etag", b"uuid", b"cache"]
        .iter()
        .any(|word| memchr::memmem::find(name, word).is_some())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    Sign,
    /// `is`, in a sentence.
    Is,
    /// A comma or a bracket: the value must be quoted.
    Call,
    /// A flag's value follows behind a space.
    Space,
}

struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn skip(&mut self, max: usize, test: impl Fn(u8) -> bool) -> usize {
        let run = self
            .text
            .get(self.at..)
            .unwrap_or_default()
            .iter()
            .take(max)
            .take_while(|byte| test(**byte))
            .count();
        self.at += run;
        run
    }

    fn take(&mut self, word: &[u8]) -> bool {
        let end = self.at + word.len();
        let is = self.text.get(self.at..end).is_some_and(|found| found.eq_ignore_ascii_case(word));
        if is {
            self.at = end;
        }
        is
    }

    /// What joins name and value; a few words may stand between them (`key for the shop is`).
    fn operator(&mut self, flag: bool) -> Option<Operator> {
        let closed =
            self.skip(4, |byte| matches!(byte, b'"' | b'\'' | b'`' | b']' | b'\\' | b'*')) > 0;
        for _ in 0..4 {
            let spaces = self.skip(4, |byte| matches!(byte, b' ' | b'\t'));
            if self.take(b"is ") || self.take(b"is:") || self.take(b"are ") {
                return Some(Operator::Is);
            }
            match self.peek() {
                b'=' | b':' | b'>' | b'|' | b'?' => {
                    let signs =
                        self.skip(5, |byte| matches!(byte, b'=' | b':' | b'>' | b'|' | b'?'));
                    let ok = signs > 0 && !(self.text[self.at - signs] == b'?' && signs == 1);
                    return ok.then_some(Operator::Sign);
                }
                b'(' | b',' => {
                    self.at += 1;
                    return Some(Operator::Call);
                }
                b'-' if self.take(b"->") => return Some(Operator::Sign),
                b'"' | b'\'' | b'`' if spaces > 0 && !closed => return Some(Operator::Call),
                byte if spaces > 0 && flag && !byte.is_ascii_whitespace() => {
                    return Some(Operator::Space);
                }
                byte if spaces > 0 && byte.is_ascii_alphabetic() && !closed => {
                    self.skip(16, |byte| {
                        byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
                    });
                }
                _ => return None,
            }
        }
        None
    }

    /// The value's range, whether a scheme of authorisation stands before it, and whether it is quoted.
    fn value(
        &mut self,
        operator: Operator,
        authorises: bool,
    ) -> Option<(Range<usize>, bool, bool)> {
        self.skip(8, |byte| byte.is_ascii_whitespace());
        for type_word in [b"string".as_slice(), b"str", b"&str", b"String"] {
            let before = self.at;
            if self.take(type_word) && self.skip(2, |byte| byte == b' ') < 3 && self.peek() == b'='
            {
                self.at += 1;
                self.skip(4, |byte| byte == b' ');
                break;
            }
            self.at = before;
        }
        let mut quote = 0;
        let mut header = false;
        for _ in 0..3 {
            if matches!(self.peek(), b'b' | b'f' | b'r' | b'@' | b'L' | b'\\')
                && matches!(self.text.get(self.at + 1), Some(b'"' | b'\''))
            {
                self.at += 1;
            }
            if quote == 0 && matches!(self.peek(), b'"' | b'\'' | b'`') {
                quote = self.peek();
                self.at += 1;
                // A triple quote, or one within another.
                self.skip(2, |byte| matches!(byte, b'"' | b'\'' | b'`'));
            }
            for scheme in [
                b"Bearer ".as_slice(),
                b"Basic ",
                b"Token token=",
                b"Token ",
                b"ApiKey ",
                b"SSWS ",
                b"Bot ",
                b"Key ",
            ] {
                if self.take(scheme) {
                    header = true;
                }
            }
            // Other schemes than these are a word before the credential.
            let (before, word) =
                (self.at, self.skip(20, |byte| byte.is_ascii_alphabetic() || byte == b'-'));
            if authorises
                && word > 2
                && self.peek() == b' '
                && self.text.get(self.at + 1).is_some_and(u8::is_ascii_alphanumeric)
            {
                header = true;
            } else {
                self.at = before;
            }
            self.skip(2, |byte| byte == b' ');
        }
        if operator == Operator::Call && quote == 0 {
            return None;
        }
        let start = self.at;
        let quoted = quote != 0;
        let ends = |byte: u8| {
            byte.is_ascii_whitespace()
                || byte == quote
                || (quote == 0 || quote == b'\'' && byte == b'"')
                    && matches!(
                        byte,
                        b'"' | b'\'' | b'`' | b'<' | b'>' | b',' | b';' | b')' | b'}' | b']' | b'|'
                    )
                || byte == b'<'
                || byte == b'\\' && quote != 0
        };
        let run = self.skip(VALUE_BYTES_MAX, |byte| !ends(byte));
        let mut end = start + run;
        // `name=a&other=b`: in an address the value ends at the ampersand.
        if let Some(cut) = memchr::memchr(b'&', &self.text[start..end]).filter(|cut| *cut > 7) {
            end = start + cut;
        }
        while end > start
            && matches!(self.text[end - 1], b'.' | b':' | b'?' | b'!' | b',' | b'*' | b'\\')
            && !quoted
        {
            end -= 1;
        }
        (end > start).then_some((start..end, header, quoted))
    }
}
