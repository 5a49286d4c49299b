//! What an event of a provider's stream tells, in one form.

use std::borrow::Cow;

use crate::failure::Failure;
use crate::reply::Finish;
use crate::usage::Usage;

/// Tells the parts of one answer apart while they grow. What it is made of is each dialect's own.
pub(crate) type Key = u64;

/// A step of an answer.
#[derive(Debug)]
pub(crate) enum Delta<'a> {
    /// The provider has begun.
    Begin,
    /// More of a text, which begins with its first letter.
    Text { key: Key, kind: Kind, text: Cow<'a, str> },
    /// A call begins.
    Call { key: Key, id: Cow<'a, str>, name: Cow<'a, str>, custom: bool },
    /// More of a call's arguments.
    Arguments { key: Key, text: Cow<'a, str> },
    /// A part is complete.
    End { key: Key },
    /// All that is known of the usage so far.
    Usage(Usage),
    /// The answer is complete, though there may be more to tell about it.
    Finish(Finish),
    /// The stream is complete.
    Done,
    /// The provider failed.
    Failed(Failure),
}

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Thought,
    Text,
    Refusal,
}
