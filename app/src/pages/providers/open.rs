//! What is open over the lists, as the address says it.

use leptos_router::params::ParamsMap;

/// A dialog, with the short name of its provider or the name of its alias.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Open {
    /// The form for a new provider.
    NewProvider,
    /// A provider.
    Provider(String),
    /// The form for a provider's key.
    Key(String),
    /// A test call.
    Test(String),
    /// The question before a provider is removed.
    Remove(String),
    /// The form for a new alias.
    NewAlias,
    /// An alias.
    Alias(String),
    /// The question before an alias is removed.
    RemoveAlias(String),
}

/// Makes one of a name.
type Named = fn(String) -> Open;

impl Open {
    /// Reads an address; `None` where nothing is open.
    pub fn of(query: &ParamsMap) -> Option<Self> {
        match query.get("new").as_deref() {
            Some("provider") => return Some(Self::NewProvider),
            Some("alias") => return Some(Self::NewAlias),
            _ => {}
        }
        let named: [(&str, Named); 6] = [
            ("edit", Self::Provider),
            ("key", Self::Key),
            ("test", Self::Test),
            ("remove", Self::Remove),
            ("alias", Self::Alias),
            ("drop", Self::RemoveAlias),
        ];
        named.into_iter().find_map(|(name, make)| query.get(name).map(make))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_opens_one_thing() {
        let of = |pairs: &[(&str, &str)]| {
            Open::of(&pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect())
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[("new", "1")]), None);
        assert_eq!(of(&[("new", "alias")]), Some(Open::NewAlias));
        assert_eq!(of(&[("alias", "acme/fast")]), Some(Open::Alias("acme/fast".into())));
        assert_eq!(of(&[("key", "a"), ("edit", "b")]), Some(Open::Provider("b".into())));
    }
}
