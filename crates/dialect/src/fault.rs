//! What stands in the way of a translation.

use std::fmt;

/// What the request says and the target cannot. It becomes a 400 that names the field.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{field}`: {reason}")]
pub struct Unsupported {
    /// The field as a path, such as `tools[2].type`; empty for the body as a whole.
    pub field: String,
    /// Why it cannot be translated, as the end of a sentence.
    pub reason: String,
}

/// The provider's answer is not what its dialect promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the provider's answer cannot be read: {what}")]
pub struct Broken {
    /// What is wrong with it.
    pub what: &'static str,
}

/// Where a value stands in a request; spelled out only when something is wrong there.
#[derive(Clone, Copy)]
pub(crate) struct Path<'p> {
    above: Option<&'p Path<'p>>,
    step: Step<'p>,
}

#[derive(Clone, Copy)]
enum Step<'p> {
    Root,
    Field(&'p str),
    Index(usize),
}

impl<'p> Path<'p> {
    /// The body as a whole.
    pub(crate) const ROOT: Path<'static> = Path { above: None, step: Step::Root };

    pub(crate) const fn field(&'p self, name: &'p str) -> Self {
        Self { above: Some(self), step: Step::Field(name) }
    }

    pub(crate) const fn index(&'p self, index: usize) -> Self {
        Self { above: Some(self), step: Step::Index(index) }
    }

    pub(crate) fn refuse(&self, reason: impl Into<String>) -> Unsupported {
        Unsupported { field: self.to_string(), reason: reason.into() }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(above) = self.above {
            above.fmt(f)?;
        }
        match self.step {
            Step::Root => Ok(()),
            Step::Index(index) => write!(f, "[{index}]"),
            Step::Field(name) => {
                if self.above.is_some_and(|above| !matches!(above.step, Step::Root)) {
                    f.write_str(".")?;
                }
                // A caller's own name for a field: bounded, on one line.
                name.chars()
                    .filter(|c| !c.is_control())
                    .take(100)
                    .try_for_each(|c| fmt::Write::write_char(f, c))
            }
        }
    }
}

pub(crate) const fn broken(what: &'static str) -> Broken {
    Broken { what }
}
