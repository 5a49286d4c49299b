//! What the protocols themselves read in an answer. Everything else is words.

/// Names over words of the protocol: ids, types, states. Only a value without a space counts, since no id
/// has one: a sentence is words, whatever it is called.
const TOKENS: [&str; 52] = [
    "approval_request_id",
    "background",
    "call_id",
    "container",
    "container_id",
    "conversation_id",
    "created_at",
    "effort",
    "event_id",
    "expires_at",
    "file_id",
    "finish_reason",
    "format",
    "id",
    "inference_geo",
    "item_id",
    "media_type",
    "mime_type",
    "model",
    "name",
    "namespace",
    "native_finish_reason",
    "object",
    "output_format",
    "param",
    "phase",
    "previous_response_id",
    "prompt_cache_key",
    "prompt_cache_retention",
    "provider",
    "quality",
    "reason",
    "request_id",
    "response_id",
    "role",
    "safety_identifier",
    "server_label",
    "service_tier",
    "size",
    "source_item_id",
    "status",
    "stop_reason",
    "stop_sequence",
    "system_fingerprint",
    "tool_call_id",
    "tool_choice",
    "tool_use_id",
    "truncation",
    "ttl",
    "type",
    "vector_store_id",
    "verbosity",
];

/// Names over what its maker sealed, or over bytes in letters: a change would break it. `data` and
/// `result` are judged by their object ([`crate::bytes`]).
const SEALED: [&str; 10] = [
    "b64_json",
    "embedding",
    "encrypted_content",
    "encrypted_index",
    "encrypted_stdout",
    "file_data",
    "obfuscation",
    "partial_image_b64",
    "signature",
    "thought_signature",
];

/// Whether the string under this name is the protocol's. `parent` is the name above it.
pub(super) fn is_protocol(parent: &str, name: &str, value: impl FnOnce() -> bool) -> bool {
    SEALED.binary_search(&name).is_ok()
        || ((TOKENS.binary_search(&name).is_ok() || (name == "code" && parent.ends_with("error")))
            && value())
}

/// Whether a value can be a word of the protocol.
pub(super) fn is_token(value: &str) -> bool {
    !value.contains(char::is_whitespace)
}

/// Whether names below this one are somebody's own, so that each may stand over words: the arguments of
/// a tool, attributes of a file, what the caller attached.
pub(super) fn is_free(name: &str) -> bool {
    matches!(name, "attributes" | "metadata" | "variables")
}

/// Whether the arguments of a tool stand under this name. As an object, they are rewritten as the JSON that
/// they are, like those that come as a string.
pub(super) fn is_arguments(name: &str) -> bool {
    matches!(name, "arguments" | "input")
}

/// Whether a member is reasoning.
pub(super) fn is_thought_name(name: &str) -> bool {
    matches!(name, "reasoning" | "reasoning_content" | "reasoning_details" | "thinking")
}

/// Whether an object of this type is reasoning.
pub(super) fn is_thought_type(kind: &str) -> bool {
    kind == "summary_text"
        || kind.starts_with("reasoning")
        || kind.starts_with("thinking")
        || kind == "redacted_thinking"
}

#[cfg(test)]
mod tests {
    use super::{SEALED, TOKENS};

    #[test]
    fn the_lists_can_be_searched() {
        assert!(TOKENS.is_sorted() && SEALED.is_sorted());
    }
}
