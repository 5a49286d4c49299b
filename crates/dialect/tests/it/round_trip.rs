//! What all dialects can say arrives in each, and comes back from it.

use dialect::Translated;
use domain::provider::Surface;
use proptest::prelude::*;
use serde_json::Value;

use crate::talk::{Talk, render, talk};
use crate::understand::understand;
use crate::{DIALECTS, WANTED};

fn translated(client: Surface, provider: Surface, body: &Value) -> Value {
    let body = body.to_string();
    let Translated { body, context } =
        dialect::request(client, provider, body.as_bytes(), &WANTED).unwrap();
    assert_eq!((context.client(), context.provider()), (client, provider));
    serde_json::from_slice(&body).unwrap()
}

/// What is left of a conversation where a dialect says one thing as the default of another.
fn leveled(mut talk: Talk) -> Talk {
    // Messages says only that tools may not be called at once.
    talk.parallel = talk.parallel.filter(|parallel| !parallel);
    talk
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn what_all_dialects_can_say_survives_there_and_back(talk in talk()) {
        for client in DIALECTS {
            let asked = render(client, &talk);
            prop_assert_eq!(&understand(client, &asked), &talk, "the test misreads {:?}", client);
            for provider in DIALECTS {
                let sent = translated(client, provider, &asked);
                prop_assert_eq!(&sent["model"], "upstream-model");
                let there = leveled(understand(provider, &sent));
                prop_assert_eq!(&there, &leveled(talk.clone()), "{:?} to {:?}", client, provider);
                let back = translated(provider, client, &sent);
                let back = leveled(understand(client, &back));
                prop_assert_eq!(&back, &leveled(talk.clone()), "{:?} to {:?} and back", client, provider);
            }
        }
    }
}
