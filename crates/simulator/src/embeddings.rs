//! `POST /v1/embeddings`: vectors that depend on the text alone, and mean nothing.

use std::{borrow::Cow, sync::Arc};

use axum::{
    extract::{Request, State},
    response::Response,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

use crate::{
    bill::{Endpoint, Meter},
    call::{Call, Shared, receive},
    deliver::{Delivery, Payload},
    dialect::{Dialect, Problem, json},
    models, prompt,
    script::Script,
    tokens,
    usage::{EmbeddingUsage, Usage},
};

const DIMENSIONS_DEFAULT: usize = 256;
const DIMENSIONS_MAX: usize = 3072;
/// OpenAI's limit on inputs in one request.
const INPUTS_MAX: usize = 2048;

#[derive(Deserialize)]
struct Ask<'a> {
    #[serde(borrow)]
    model: Option<Cow<'a, str>>,
    #[serde(borrow)]
    input: Input<'a>,
    encoding_format: Option<Format>,
    dimensions: Option<usize>,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Format {
    Float,
    Base64,
}

#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "`input` must be a string, a list of strings, a list of tokens or a list of such lists"
)]
enum Input<'a> {
    Text(#[serde(borrow)] Cow<'a, str>),
    Tokens(Vec<u32>),
    Texts(Vec<Cow<'a, str>>),
    TokenLists(Vec<Vec<u32>>),
}

#[derive(Serialize)]
struct List<'a> {
    object: &'static str,
    data: Vec<Embedding>,
    model: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<EmbeddingUsage>,
}

#[derive(Serialize)]
struct Embedding {
    object: &'static str,
    index: usize,
    embedding: Vector,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Vector {
    Float(Vec<f32>),
    Base64(String),
}

/// `POST /v1/embeddings`
pub(crate) async fn create(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    embed(&shared, Endpoint::Embeddings, None, request).await
}

/// Makes vectors. The path may have named the model already.
pub(crate) async fn embed(
    shared: &Shared,
    endpoint: Endpoint,
    named: Option<&str>,
    request: Request,
) -> Response {
    let call = match receive(shared, Dialect::OpenAi, "embd-", request).await {
        Ok(call) => call,
        Err(refusal) => return refusal,
    };
    match prepare(shared, endpoint, named, &call) {
        Ok((script, meter, payload)) => Delivery { call, script, meter, payload }.respond().await,
        Err(problem) => call.refuse(&problem),
    }
}

fn prepare(
    shared: &Shared,
    endpoint: Endpoint,
    named: Option<&str>,
    call: &Call,
) -> Result<(Script, Option<Meter>, Payload), Problem> {
    let ask: Ask<'_> = serde_json::from_slice(&call.body)
        .map_err(|error| Problem::bad_request(format!("Not an embeddings request: {error}.")))?;
    let model = prompt::model(named, ask.model)?;
    let (model, script) = shared.script(&model, &call.headers)?;
    if !models::embeds(model) {
        return Err(Problem::no_model(model));
    }
    let dimensions = ask.dimensions.unwrap_or(DIMENSIONS_DEFAULT);
    if !(1..=DIMENSIONS_MAX).contains(&dimensions) {
        let message = format!("`dimensions` is at least 1 and at most {DIMENSIONS_MAX}.");
        return Err(Problem::bad_param("dimensions", "invalid_value", message));
    }
    let inputs = ask.input.measured();
    if inputs.is_empty() || inputs.len() > INPUTS_MAX {
        let message = format!("`input` has at least 1 and at most {INPUTS_MAX} items.");
        return Err(Problem::bad_param("input", "invalid_value", message));
    }
    let prompt_tokens = inputs.iter().map(|input| input.tokens).sum();
    let usage = Usage::of_prompt(prompt_tokens, script.usage);
    let format = ask.encoding_format.unwrap_or(Format::Float);
    let body = json(&List {
        object: "list",
        data: inputs
            .iter()
            .enumerate()
            .map(|(index, input)| Embedding {
                object: "embedding",
                index,
                embedding: format.write(vector(input.seed, dimensions)),
            })
            .collect(),
        model,
        usage: usage.embedding(),
    });
    let meter = script.bills().then(|| call.meter(shared, endpoint, model, &usage));
    Ok((script, meter, Payload::Whole(body.into())))
}

/// One input, as far as it matters.
struct Measured {
    seed: u64,
    tokens: u64,
}

impl Input<'_> {
    fn measured(&self) -> Vec<Measured> {
        match self {
            Self::Text(text) => vec![measure_text(text)],
            Self::Texts(texts) => texts.iter().map(|text| measure_text(text)).collect(),
            Self::Tokens(tokens) if tokens.is_empty() => Vec::new(),
            Self::Tokens(tokens) => vec![measure_tokens(tokens)],
            Self::TokenLists(lists) => lists.iter().map(|list| measure_tokens(list)).collect(),
        }
    }
}

fn measure_text(text: &str) -> Measured {
    Measured { seed: hash(text.bytes()), tokens: tokens::count(text.len() as u64) }
}

fn measure_tokens(list: &[u32]) -> Measured {
    Measured {
        seed: hash(list.iter().flat_map(|token| token.to_le_bytes())),
        tokens: (list.len() as u64).max(1),
    }
}

impl Format {
    /// Base64 is of little-endian 32-bit floats, which the OpenAI SDKs ask for by themselves.
    fn write(self, vector: Vec<f32>) -> Vector {
        match self {
            Self::Float => Vector::Float(vector),
            Self::Base64 => {
                let bytes: Vec<u8> = vector.into_iter().flat_map(f32::to_le_bytes).collect();
                Vector::Base64(STANDARD.encode(bytes))
            }
        }
    }
}

/// FNV-1a.
fn hash(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// A vector of length one, drawn by splitmix64 from the seed.
fn vector(seed: u64, dimensions: usize) -> Vec<f32> {
    let mut state = seed;
    let drawn: Vec<f64> = (0..dimensions)
        .map(|_| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^= z >> 31;
            let [a, b, c, d, ..] = z.to_le_bytes();
            f64::from(i32::from_le_bytes([a, b, c, d])) / f64::from(i32::MAX)
        })
        .collect();
    let length = drawn.iter().map(|x| x * x).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
    drawn.into_iter().map(|x| narrow(x / length)).collect()
}

fn narrow(value: f64) -> f32 {
    value as f32
}
