//! Members of a body that are no words of a conversation.

use domain::provider::Surface;

/// What the caller tells the model about its task: instructions, and the shape that an answer must have,
/// whose descriptions the model reads.
pub(super) const INSTRUCTIONS: [&str; 7] = [
    "instructions",
    "output_config",
    "output_format",
    "prediction",
    "response_format",
    "system",
    "text",
];

/// Settings that no model reads. Anything else may be read by some model, and is taken for words.
const SETTINGS: [&str; 47] = [
    "anthropic_beta",
    "anthropic_version",
    "audio",
    "background",
    "betas",
    "container",
    "context_management",
    "conversation",
    "encoding_format",
    "function_call",
    "include",
    "inference_geo",
    "input_type",
    "logit_bias",
    "max_tool_calls",
    "mcp_servers",
    "metadata",
    "modalities",
    "model",
    "models",
    "parallel_tool_calls",
    "plugins",
    "previous_response_id",
    "prompt_cache_key",
    "prompt_cache_options",
    "prompt_cache_retention",
    "provider",
    "reasoning",
    "reasoning_effort",
    "reasoning_format",
    "route",
    "safety_identifier",
    "service_tier",
    "session_id",
    "speed",
    "stop",
    "stop_sequences",
    "store",
    "stream",
    "stream_options",
    "thinking",
    "tool_choice",
    "transforms",
    "truncation",
    "user",
    "verbosity",
    "web_search_options",
];

/// Whether a member of a body is a setting. `audio` is one of Chat alone.
pub(super) fn is_setting(surface: Surface, name: &str) -> bool {
    SETTINGS.binary_search(&name).is_ok() && (name != "audio" || surface == Surface::Chat)
}

#[cfg(test)]
mod tests {
    use super::SETTINGS;

    #[test]
    fn the_list_can_be_searched() {
        assert!(SETTINGS.is_sorted());
    }
}
