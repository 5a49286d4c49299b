//! Tests of the translation between dialects.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod golden;
mod sse;

use dialect::Wanted;

/// What every test knows about its call.
pub const WANTED: Wanted<'static> = Wanted {
    upstream_model: "upstream-model",
    output_tokens_max: 4096,
    input_tokens_estimate: 17,
    created_unix_s: 1_760_000_000,
    answer_id: "t1",
};
