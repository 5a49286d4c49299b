//! What people type, checked.

use contract::fault::{Field, Reason};
use domain::limits::{MODEL_BYTES_MAX, NAME_CHARS_MAX, REASON_CHARS_MAX};
use identity::email::{Email, EmailFlaw};
use identity::policy::{self, Flaw};
use secrecy::SecretString;

use crate::fault::Failure;

/// Longest short name, in characters; they are labels of host names elsewhere.
const SLUG_CHARS_MAX: usize = 63;

/// A name: trimmed, one line, not empty, not too long.
pub(crate) fn name(field: Field, typed: &str) -> Result<String, Failure> {
    line(field, typed, NAME_CHARS_MAX)
}

/// A reason for an act.
pub(crate) fn reason(typed: Option<&str>) -> Result<String, Failure> {
    line(Field::Reason, typed.unwrap_or_default(), REASON_CHARS_MAX)
}

/// One visible line: trimmed, not empty, not too long.
pub(crate) fn line(field: Field, typed: &str, chars_max: usize) -> Result<String, Failure> {
    let text = typed.trim();
    if text.is_empty() {
        return Err(Failure::invalid(field, Reason::Missing));
    }
    if text.chars().count() > chars_max {
        return Err(Failure::invalid(field, Reason::TooLong));
    }
    // A log and a list show it in one line, in the direction it reads: characters that turn the
    // direction or are not seen make one name look like another.
    if text.chars().any(|c| c.is_control() || hides(c)) {
        return Err(Failure::invalid(field, Reason::Malformed));
    }
    Ok(text.into())
}

/// Marks of direction and characters of no width (Unicode Technical Report 36 section 2.5). The
/// joiners U+200C and U+200D stay: names in several scripts need them.
const fn hides(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// What a model goes by, with us or with a provider: one line, as long as a request may name it.
pub(crate) fn model(field: Field, typed: &str) -> Result<String, Failure> {
    let text = line(field, typed, MODEL_BYTES_MAX)?;
    if text.len() > MODEL_BYTES_MAX {
        return Err(Failure::invalid(field, Reason::TooLong));
    }
    Ok(text)
}

/// A whole number within bounds.
pub(crate) fn number(field: Field, typed: &str, least: u32, most: u32) -> Result<u32, Failure> {
    let number = typed.parse().ok().filter(|number| (least..=most).contains(number));
    number.ok_or(Failure::invalid(field, Reason::NotANumber))
}

/// A short name: lower-case letters and digits with single hyphens between them.
pub(crate) fn slug(typed: &str) -> Result<String, Failure> {
    let text = typed.trim();
    if text.is_empty() {
        return Err(Failure::invalid(Field::Slug, Reason::Missing));
    }
    if text.len() > SLUG_CHARS_MAX {
        return Err(Failure::invalid(Field::Slug, Reason::TooLong));
    }
    let part = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    if !text.split('-').all(part) {
        return Err(Failure::invalid(Field::Slug, Reason::NotASlug));
    }
    Ok(text.into())
}

/// The short name of what has only a name: its letters and digits, or `fallback` where none is left.
pub(crate) fn slug_of(name: &str, fallback: &str) -> String {
    let mut slug = String::new();
    for c in name.chars() {
        if slug.len() >= SLUG_CHARS_MAX {
            break;
        }
        match c.to_ascii_lowercase() {
            c if c.is_ascii_alphanumeric() => slug.push(c),
            _ if !slug.is_empty() && !slug.ends_with('-') => slug.push('-'),
            _ => {}
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { fallback.into() } else { slug.into() }
}

/// An address.
pub(crate) fn email(typed: &str) -> Result<Email, Failure> {
    Email::parse(typed).map_err(|flaw| {
        let reason = match flaw {
            EmailFlaw::Empty => Reason::Missing,
            EmailFlaw::TooLong => Reason::TooLong,
            EmailFlaw::At | EmailFlaw::Local | EmailFlaw::Domain => Reason::NotAnEmail,
        };
        Failure::invalid(Field::Email, reason)
    })
}

/// A password that its owner may choose. The first flaw is told.
pub(crate) fn password(password: &SecretString, email: &Email) -> Result<(), Failure> {
    policy::check(password, email).map_err(|flaws| {
        let reason = match flaws.first() {
            Some(Flaw::TooShort) | None => Reason::TooShort,
            Some(Flaw::TooLong) => Reason::TooLong,
            Some(Flaw::Control) => Reason::Malformed,
            Some(Flaw::Repeated | Flaw::Common) => Reason::TooCommon,
            Some(Flaw::HasEmail | Flaw::HasProduct) => Reason::ContainsName,
        };
        Failure::invalid(Field::Password, reason)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::fault::Fault;

    fn fault<T: std::fmt::Debug>(result: Result<T, Failure>) -> Fault {
        match result {
            Err(Failure::Fault(fault)) => fault,
            other => panic!("{other:?}"),
        }
    }

    fn invalid(field: Field, reason: Reason) -> Fault {
        Fault::Invalid { field, reason }
    }

    #[test]
    fn names_are_one_visible_line() {
        assert_eq!(name(Field::Name, "  Anna Müller ").unwrap(), "Anna Müller");
        for (typed, reason) in [
            ("", Reason::Missing),
            (" \n ", Reason::Missing),
            ("a\nb", Reason::Malformed),
            ("gpj\u{202e}exe", Reason::Malformed),
            (&"x".repeat(101), Reason::TooLong),
        ] {
            assert_eq!(fault(name(Field::Name, typed)), invalid(Field::Name, reason));
        }
        assert_eq!(name(Field::Name, &"ü".repeat(100)).unwrap().chars().count(), 100);
        assert_eq!(fault(reason(None)), invalid(Field::Reason, Reason::Missing));
        assert_eq!(fault(reason(Some(&"x".repeat(501)))), invalid(Field::Reason, Reason::TooLong));
    }

    #[test]
    fn slugs_are_as_the_database_takes_them() {
        for good in ["a", "acme", "acme-2", "4-you"] {
            assert_eq!(slug(good).unwrap(), good);
        }
        for bad in ["Acme", "a_b", "-a", "a-", "a--b", "a b", "ä"] {
            assert_eq!(fault(slug(bad)), invalid(Field::Slug, Reason::NotASlug), "{bad}");
        }
        assert_eq!(fault(slug(&"a".repeat(64))), invalid(Field::Slug, Reason::TooLong));
        assert_eq!(slug_of("Support  Bot (EU)", "first"), "support-bot-eu");
        assert_eq!(slug_of("日本", "first"), "first");
        assert!(slug(&slug_of(&"Ab ".repeat(60), "first")).is_ok());
    }

    #[test]
    fn models_are_bounded_in_bytes_and_numbers_on_both_sides() {
        assert_eq!(model(Field::Model, " acme/fast ").unwrap(), "acme/fast");
        let wide = "ü".repeat(129);
        assert_eq!(fault(model(Field::Model, &wide)), invalid(Field::Model, Reason::TooLong));
        assert_eq!(number(Field::TargetWeight, "7", 0, 7).unwrap(), 7);
        for bad in ["8", "-1", "1.5", "", "seven"] {
            let refused = fault(number(Field::TargetWeight, bad, 0, 7));
            assert_eq!(refused, invalid(Field::TargetWeight, Reason::NotANumber), "{bad}");
        }
    }

    #[test]
    fn passwords_tell_their_first_flaw() {
        let email = Email::parse("anna@example.com").unwrap();
        let check = |text: &str| fault(password(&SecretString::from(text), &email));
        assert_eq!(check("short"), invalid(Field::Password, Reason::TooShort));
        assert_eq!(check(&"x".repeat(2_000)), invalid(Field::Password, Reason::TooLong));
        assert_eq!(check("passwordpassword"), invalid(Field::Password, Reason::TooCommon));
    }
}
