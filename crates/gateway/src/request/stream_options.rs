//! Where the wish for a stream's usage stands, or would stand.

use std::ops::Range;

use super::Invalid;
use super::field::{boolean, invalid, once};
use speech::json::{Kind, Scanner};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum StreamOptions {
    #[default]
    Absent,
    Null(Range<usize>),
    /// An object without `include_usage`; the offset is just behind its brace.
    Silent {
        begins_at: usize,
        empty: bool,
    },
    /// `include_usage` is false or null.
    Declined(Range<usize>),
    Asked,
}

pub(super) fn read(text: &str, scanner: &mut Scanner<'_>) -> Result<StreamOptions, Invalid> {
    const FIELD: &str = "stream_options";
    const USAGE: &str = "stream_options.include_usage";
    match scanner.kind()? {
        Kind::Null => return Ok(StreamOptions::Null(scanner.value()?)),
        Kind::Object => {}
        _ => return Err(invalid(FIELD, "it must be an object")),
    }
    let begins_at = scanner.at() + 1;
    let mut options = StreamOptions::Silent { begins_at, empty: true };
    let mut seen = Vec::new();
    scanner.object(|scanner, name| -> Result<(), Invalid> {
        once(&mut seen, name.clone(), "stream_options.")?;
        if name != "include_usage" {
            if let StreamOptions::Silent { empty, .. } = &mut options {
                *empty = false;
            }
            scanner.value()?;
            return Ok(());
        }
        let (asked, span) = boolean(text, scanner, USAGE)?;
        options = match asked {
            Some(true) => StreamOptions::Asked,
            Some(false) | None => StreamOptions::Declined(span),
        };
        Ok(())
    })?;
    Ok(options)
}
