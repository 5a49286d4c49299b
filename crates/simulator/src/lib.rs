//! A model provider that is not real and says so in every answer.
//!
//! It speaks the wire of OpenAI (chat completions, embeddings, models) and of Anthropic (messages),
//! whole and streamed, counts tokens by a simple published rule, keeps a log of what it billed, and
//! breaks on demand in the ways that real providers break. The demo calls it when no provider is
//! configured, tests use it as the far end of the wire, and benches as an upstream that costs little.
//!
//! It stands for somebody else's machine, so it knows nothing about the gateway: no tenants, no
//! money, no database. It learns of a call only what the wire carries.

#![forbid(unsafe_code)]

mod answer;
mod auth;
mod bill;
mod call;
mod config;
mod converse;
mod deliver;
mod dialect;
mod embeddings;
mod home;
mod models;
mod prompt;
mod script;
mod seen;
mod serve;
mod sse;
mod tokens;
mod usage;
mod wire;

pub use answer::OPENING;
pub use bill::{Bill, Endpoint, Totals};
pub use config::{Config, ConfigError};
pub use seen::Seen;
pub use serve::Simulator;
pub use tokens::count as count_tokens;
