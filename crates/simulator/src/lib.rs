//! A model provider that is not real and says so in every answer.
//!
//! It speaks the wire of OpenAI (chat completions, completions, responses, embeddings, models) and of
//! Anthropic (messages, counting of tokens), whole and streamed, with tools, structured answers and
//! reasoning; and the same as Azure and Amazon Bedrock put it. It counts tokens by a simple published
//! rule, keeps a log of what it billed, and breaks on demand in the ways that real providers break:
//! `home.html`, which it serves at `/`, lists them. The demo calls it when no provider is
//! configured, tests use it as the far end of the wire, and benches as an upstream that costs little.
//!
//! It stands for somebody else's machine, so it knows nothing about the gateway: no tenants, no
//! money, no database. It learns of a call only what the wire carries.

#![forbid(unsafe_code)]

mod answer;
mod auth;
mod azure;
mod bedrock;
mod bill;
mod call;
mod config;
mod converse;
mod count;
mod deliver;
mod dialect;
mod door;
mod embeddings;
mod event;
mod eventstream;
mod failures;
mod flow;
mod home;
mod models;
mod pieces;
mod prompt;
mod schema;
mod script;
mod seal;
mod seen;
mod serve;
mod sigv4;
mod sse;
mod tokens;
mod tools;
mod usage;
mod wire;

pub use answer::OPENING;
pub use bill::{Bill, Endpoint, Totals};
pub use config::{AwsKey, Config, ConfigError};
pub use seen::Seen;
pub use serve::Simulator;
pub use tokens::count as count_tokens;
