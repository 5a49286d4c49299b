//! Tests of the translation between dialects.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod assemble;
mod documents;
mod errors;
mod golden;
mod order;
mod reasoning;
mod refused;
mod reply;
mod round_trip;
mod sse;
mod streams;
mod sturdy;
mod talk;
mod understand;
mod usage;

use dialect::Wanted;
use domain::provider::Surface;

/// The dialects that are translated.
pub const DIALECTS: [Surface; 3] = [Surface::Chat, Surface::Responses, Surface::Messages];

/// What every test knows about its call.
pub const WANTED: Wanted<'static> = Wanted {
    upstream_model: "upstream-model",
    output_tokens_max: 4096,
    input_tokens_estimate: 17,
    created_unix_s: 1_760_000_000,
    answer_id: "t1",
};
