//! Where the items of a stream of Responses are. OpenAI numbers them; some servers (llama.cpp) only name
//! them, or rely on there being one at a time. What can be told from that is told; a stream that could be
//! read in two ways is broken.

use std::collections::HashMap;

use crate::fault::{Broken, broken};
use crate::node::{Members, Node};

/// Most items that may be open at once: far more than any server has, and few enough to be looked through.
const OPEN_MAX: usize = 4096;

/// The items so far.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// By the ids of items and of their calls.
    named: HashMap<String, u64>,
    /// Items that are not done, and whether they have a name.
    open: Vec<(u64, bool)>,
    /// The place of the next item.
    next: u64,
}

/// What an event says of its item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    Added,
    Part,
    Done,
}

impl Places {
    /// The place of the item that an event is about.
    pub(super) fn of(&mut self, event: &Members<'_>, says: Says) -> Result<u64, Broken> {
        let item = event.get("item").and_then(Node::members).unwrap_or_default();
        let names = [event.text("item_id"), item.text("id"), item.text("call_id")];
        let names: Vec<&str> = names.iter().flatten().map(|name| &**name).collect();
        let names = || names.iter().copied().filter(|name| !name.is_empty());
        let known = names().find_map(|name| self.named.get(name).copied());
        let place = match (event.whole("output_index"), says) {
            (Some(index), _) => index,
            (None, Says::Added) if known.is_some() => {
                return Err(broken("two items have one name and no index"));
            }
            (None, Says::Added) => self.next,
            (None, Says::Part | Says::Done) => match known {
                Some(place) => place,
                None => self.unnamed(names().next().is_some())?,
            },
        };
        if says != Says::Part || place >= self.next {
            self.note(place, names(), says)?;
        } else if known.is_none() {
            self.name(place, names());
        }
        Ok(place)
    }

    /// The item that an event without an index must be about, where its name, if it has one, is new: the
    /// only one that is open and has no other name, or one that begins with it.
    fn unnamed(&self, has_name: bool) -> Result<u64, Broken> {
        match self.open[..] {
            [] => Ok(self.next),
            [(place, named)] if !has_name || !named => Ok(place),
            _ if has_name => Ok(self.next),
            _ => Err(broken("an event has no index, and more than one item is open")),
        }
    }

    fn note<'a>(
        &mut self,
        place: u64,
        names: impl Iterator<Item = &'a str>,
        says: Says,
    ) -> Result<(), Broken> {
        self.next = self.next.max(place.saturating_add(1));
        self.open.retain(|(open, _)| *open != place);
        if says != Says::Done {
            if self.open.len() == OPEN_MAX {
                return Err(broken("too many items are open"));
            }
            self.open.push((place, false));
        }
        self.name(place, names);
        Ok(())
    }

    fn name<'a>(&mut self, place: u64, names: impl Iterator<Item = &'a str>) {
        for name in names {
            self.named.insert(name.to_owned(), place);
            for (_, named) in self.open.iter_mut().filter(|(open, _)| *open == place) {
                *named = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(events: &[(&str, Says)]) -> Vec<Option<u64>> {
        let mut places = Places::default();
        events
            .iter()
            .map(|(event, says)| {
                let node = Node::read(event.as_bytes()).unwrap();
                places.of(&node.members().unwrap(), *says).ok()
            })
            .collect()
    }

    #[test]
    fn an_index_counts_a_name_stands_for_it_and_one_open_item_needs_neither() {
        use Says::{Added, Done, Part};
        let named = [
            (r#"{"item":{"id":"rs_1"}}"#, Added),
            (r#"{"item_id":"rs_1"}"#, Part),
            (r#"{"item":{"id":"msg_1"}}"#, Added),
            (r#"{"item_id":"msg_1"}"#, Part),
            (r#"{"item":{"call_id":"fc_1"}}"#, Added),
            (r#"{"item_id":"fc_1"}"#, Part),
            (r#"{"item":{"id":"rs_1"}}"#, Done),
            (r#"{"item":{"call_id":"fc_1"}}"#, Done),
        ];
        assert_eq!(places(&named), [0, 0, 1, 1, 2, 2, 0, 2].map(Some));
        let alone = [
            ("{}", Added),
            ("{}", Part),
            (r#"{"item":{}}"#, Done),
            ("{}", Part),
            (r#"{"item_id":"new"}"#, Part),
        ];
        assert_eq!(places(&alone), [Some(0), Some(0), Some(0), Some(1), Some(1)]);
        let numbered = [
            (r#"{"output_index":3,"item":{"id":"a"}}"#, Added),
            (r#"{"item_id":"a"}"#, Part),
            (r#"{"item":{"id":"b"}}"#, Added),
            (r#"{"output_index":3,"item":{"id":"a"}}"#, Done),
        ];
        assert_eq!(places(&numbered), [3, 3, 4, 3].map(Some));
    }

    #[test]
    fn what_could_be_either_of_two_items_is_neither() {
        use Says::{Added, Part};
        let two = [
            (r#"{"item":{"id":"a"}}"#, Added),
            (r#"{"item":{"id":"b"}}"#, Added),
            ("{}", Part),
            (r#"{"item":{"id":"a"}}"#, Added),
        ];
        assert_eq!(places(&two), [Some(0), Some(1), None, None]);
    }
}
