//! A form as it was typed when it was refused, for the page that shows it again where no script kept it.

use serde::{Deserialize, Serialize};

/// The name under which an address names the draft that its page shows.
pub const DRAFT_PARAM: &str = "__draft";

/// What was typed into a form that was refused. Never a secret: [`Draft::of`] drops them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Tells it from others of the same session.
    pub id: String,
    /// The path that the form was sent to.
    pub to: String,
    /// Its fields by name, in their order.
    pub fields: Vec<(String, String)>,
}

impl Draft {
    /// A draft of these fields, but for those that hold a secret.
    #[must_use]
    pub fn of(id: String, to: String, fields: impl Iterator<Item = (String, String)>) -> Self {
        let fields = fields.filter(|(name, _)| !is_secret(name)).collect();
        Self { id, to, fields }
    }

    /// What was typed into the first field of this name; `None` where it was not sent.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether one of the fields of this name has this value: whether a box of several was ticked.
    #[must_use]
    pub fn holds(&self, name: &str, value: &str) -> bool {
        self.fields.iter().any(|(known, typed)| known == name && typed == value)
    }
}

/// Whether a field of this name holds a secret, or a text that was only to be tried out. Every field that
/// hides what is typed has such a name; a test of the pages keeps that so.
#[must_use]
pub fn is_secret(name: &str) -> bool {
    ["password", "credential", "secret", "token", "tried"].iter().any(|word| name.ends_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_holds_what_was_typed_and_no_secret() {
        let typed = [
            ("slug", "near"),
            ("form[surfaces][]", "chat"),
            ("form[surfaces][]", "messages"),
            ("credential", "sk-secret"),
            ("admin_password", "correct horse"),
            ("token", "setup"),
            ("form[targets][0][output_tokens_max]", "100"),
        ];
        let fields = typed.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let draft = Draft::of("1".into(), "/do/x".into(), fields.into_iter());
        assert_eq!(draft.get("slug"), Some("near"));
        assert!(draft.holds("form[surfaces][]", "messages"));
        assert!(!draft.holds("form[surfaces][]", "embeddings"));
        assert_eq!(draft.get("form[targets][0][output_tokens_max]"), Some("100"));
        for secret in ["credential", "admin_password", "token"] {
            assert_eq!(draft.get(secret), None);
        }
    }
}
