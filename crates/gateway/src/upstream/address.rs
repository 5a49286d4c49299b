//! Where a call goes: a provider's base address and the surface's path, by the provider's wire.

use domain::provider::{Surface, Wire};
use reqwest::Url;

/// The address of a model's surface; `None` where the wire has none for it.
pub(crate) fn of(
    base: &Url,
    wire: Wire,
    api_version: Option<&str>,
    surface: Surface,
    model: &str,
    streamed: bool,
) -> Option<Url> {
    let mut url = base.clone();
    match wire {
        Wire::Plain => join(&mut url, surface.path().split('/')),
        Wire::Azure => {
            match surface {
                // Deployments have no responses: there the body names the model.
                Surface::Responses => join(&mut url, ["openai", "responses"]),
                Surface::Messages | Surface::CountTokens => return None,
                Surface::Chat | Surface::Embeddings | Surface::Completions => {
                    join(&mut url, ["openai", "deployments", model]);
                    join(&mut url, surface.path().split('/'));
                }
            }
            url.query_pairs_mut().append_pair("api-version", api_version?);
        }
        Wire::Bedrock => {
            let verb = match (surface, streamed) {
                (Surface::Messages, true) => "invoke-with-response-stream",
                (Surface::Messages, false) => "invoke",
                _ => return None,
            };
            join(&mut url, ["model", model, verb]);
        }
    }
    Some(url)
}

/// The address that lists a provider's models: free of charge, and so what a probe asks.
pub(crate) fn of_models(base: &Url, wire: Wire, api_version: Option<&str>) -> Option<Url> {
    let mut url = base.clone();
    match wire {
        Wire::Plain => join(&mut url, ["models"]),
        Wire::Azure => {
            join(&mut url, ["openai", "models"]);
            url.query_pairs_mut().append_pair("api-version", api_version?);
        }
        Wire::Bedrock => return None,
    }
    Some(url)
}

fn join<'a>(url: &mut Url, segments: impl IntoIterator<Item = &'a str>) {
    // Only an address that cannot be a base has no segments, and such a one is no http(s) address.
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wire_has_its_addresses() {
        use Surface as S;
        for (base, wire, surface, model, streamed, expected) in [
            (
                "https://api.openai.com/v1",
                Wire::Plain,
                S::Chat,
                "gpt",
                true,
                Some("https://api.openai.com/v1/chat/completions"),
            ),
            (
                "https://api.anthropic.com/v1",
                Wire::Plain,
                S::CountTokens,
                "claude",
                false,
                Some("https://api.anthropic.com/v1/messages/count_tokens"),
            ),
            (
                "https://x.openai.azure.com",
                Wire::Azure,
                S::Chat,
                "my/model",
                false,
                Some(
                    "https://x.openai.azure.com/openai/deployments/my%2Fmodel/chat/completions?api-version=v",
                ),
            ),
            ("https://x.openai.azure.com", Wire::Azure, S::Messages, "m", false, None),
            (
                "https://bedrock-runtime.eu-central-1.amazonaws.com",
                Wire::Bedrock,
                S::Messages,
                "anthropic.claude:0",
                true,
                Some(
                    "https://bedrock-runtime.eu-central-1.amazonaws.com/model/anthropic.claude:0/invoke-with-response-stream",
                ),
            ),
            ("https://bedrock", Wire::Bedrock, S::Chat, "m", false, None),
        ] {
            let base = Url::parse(base).unwrap();
            let url = of(&base, wire, Some("v"), surface, model, streamed);
            assert_eq!(url.as_ref().map(Url::as_str), expected);
        }
    }
}
