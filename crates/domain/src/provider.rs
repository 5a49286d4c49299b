//! What a provider is, in words: a provider is data, and only what differs on the wire is named here.

use crate::words::words;

words! {
    /// Whose service it is: a preset of the other facts, and the picture that people see.
    ProviderKind {
        /// OpenAI's API.
        OpenAi = "openai", "OpenAI";
        /// Anthropic's API.
        Anthropic = "anthropic", "Anthropic";
        /// Azure OpenAI.
        Azure = "azure", "Azure OpenAI";
        /// Google Gemini by its OpenAI-compatible surface.
        Gemini = "gemini", "Google Gemini";
        /// Anthropic's models on Amazon Bedrock.
        Bedrock = "bedrock", "Amazon Bedrock";
        /// Mistral.
        Mistral = "mistral", "Mistral";
        /// Groq.
        Groq = "groq", "Groq";
        /// Any server that speaks OpenAI's wire: vLLM, llama.cpp, Ollama.
        Compatible = "compatible", "OpenAI-compatible server";
        /// Lakera Guard: no model, but a second opinion on prompts.
        Lakera = "lakera", "Lakera Guard";
        /// The built-in simulator, which is not real.
        Simulator = "simulator", "Simulator";
    }
}

words! {
    /// How a provider is shown its key.
    Auth {
        /// It wants none.
        Nothing = "none", "None";
        /// `Authorization: Bearer …` (RFC 6750).
        Bearer = "bearer", "Bearer token";
        /// `x-api-key: …`, as Anthropic takes it.
        XApiKey = "x_api_key", "x-api-key header";
        /// `api-key: …`, as Azure takes it.
        ApiKey = "api_key", "api-key header";
        /// AWS Signature Version 4; the key is `ACCESS_KEY_ID:SECRET_ACCESS_KEY` or, with a session,
        /// `ACCESS_KEY_ID:SECRET_ACCESS_KEY:SESSION_TOKEN`.
        SigV4 = "sigv4", "AWS Signature Version 4";
    }
}

words! {
    /// How addresses and bodies are formed.
    Wire {
        /// `{base}/{surface's path}`, and the body as the dialect has it.
        Plain = "plain", "Plain";
        /// `{base}/openai/deployments/{model}/{surface's path}?api-version=…`.
        Azure = "azure", "Azure deployments";
        /// `{base}/model/{model}/invoke`, streams framed as AWS event streams.
        Bedrock = "bedrock", "Bedrock runtime";
    }
}

words! {
    /// What a program can ask for, and a provider may serve: each has a dialect of its own.
    Surface {
        /// `POST /v1/chat/completions`, OpenAI.
        Chat = "chat", "Chat completions";
        /// `POST /v1/responses`, OpenAI.
        Responses = "responses", "Responses";
        /// `POST /v1/messages`, Anthropic.
        Messages = "messages", "Messages";
        /// `POST /v1/messages/count_tokens`, Anthropic.
        CountTokens = "count_tokens", "Token counting";
        /// `POST /v1/embeddings`, OpenAI.
        Embeddings = "embeddings", "Embeddings";
        /// `POST /v1/completions`, OpenAI, without a chat.
        Completions = "completions", "Completions";
    }
}

words! {
    /// What to do with the rest of a stream whose client has hung up.
    OnHangup {
        /// Read on, and learn the usage.
        Drain = "drain", "Read on";
        /// Hang up too.
        Cancel = "cancel", "Hang up too";
    }
}

words! {
    /// How an alias chooses among its targets.
    Strategy {
        /// In the order they are written.
        Priority = "priority", "Priority";
        /// By chance, in proportion to their weights.
        Weighted = "weighted", "Weighted";
        /// The lowest price for this request first.
        Cheapest = "cheapest", "Cheapest";
        /// The shortest recent time to the first byte first.
        Fastest = "fastest", "Fastest";
    }
}

words! {
    /// What a request needs of a model beyond text.
    Capability {
        /// Tools (function calling).
        Tools = "tools", "Tools";
        /// Images in messages.
        Images = "images", "Images";
        /// An answer that follows a JSON schema.
        StructuredOutput = "structured_output", "Structured output";
        /// Reasoning or thinking that the caller asks for.
        Reasoning = "reasoning", "Reasoning";
    }
}

impl Surface {
    /// The path behind a provider's base address.
    #[must_use]
    pub const fn path(self) -> &'static str {
        match self {
            Self::Chat => "chat/completions",
            Self::Responses => "responses",
            Self::Messages => "messages",
            Self::CountTokens => "messages/count_tokens",
            Self::Embeddings => "embeddings",
            Self::Completions => "completions",
        }
    }
}

/// Whether a text can name a region: 1 to 40 lower-case letters, digits and hyphens.
#[must_use]
pub fn is_region(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// Whether a text can name a version of an API: 1 to 40 letters, digits, dots and hyphens.
#[must_use]
pub fn is_version(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
}

/// The facts that a kind of provider brings along; each can be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
    /// Where it is reached: up to and including `/v1` where there is one, without a slash at the end.
    /// Empty where only its owner knows.
    pub base_url: &'static str,
    /// How it is shown its key.
    pub auth: Auth,
    /// How addresses and bodies are formed.
    pub wire: Wire,
    /// What it serves.
    pub surfaces: &'static [Surface],
    /// Whether it goes on billing when the connection is closed, so that the rest of a stream is better
    /// read than cancelled.
    pub bills_after_hangup: bool,
}

impl Preset {
    /// What to do with a stream whose client has hung up: read on where that is billed anyway.
    #[must_use]
    pub const fn on_hangup(&self) -> OnHangup {
        if self.bills_after_hangup { OnHangup::Drain } else { OnHangup::Cancel }
    }
}

impl ProviderKind {
    /// Its preset. Whether a provider stops billing on hang-up follows OpenRouter's published list
    /// (openrouter.ai/docs, "Stream cancellation").
    #[must_use]
    pub const fn preset(self) -> Preset {
        use Surface as S;
        const OPENAI: &[Surface] = &[S::Chat, S::Responses, S::Embeddings, S::Completions];
        const CHAT: &[Surface] = &[S::Chat, S::Embeddings];
        const COMPATIBLE: &[Surface] = &[S::Chat, S::Embeddings, S::Completions];
        const ANTHROPIC: &[Surface] = &[S::Messages, S::CountTokens];
        const ALL: &[Surface] = Surface::ALL;
        let (base_url, auth, wire, surfaces, bills_after_hangup) = match self {
            Self::OpenAi => ("https://api.openai.com/v1", Auth::Bearer, Wire::Plain, OPENAI, false),
            Self::Anthropic => {
                ("https://api.anthropic.com/v1", Auth::XApiKey, Wire::Plain, ANTHROPIC, false)
            }
            Self::Azure => ("", Auth::ApiKey, Wire::Azure, COMPATIBLE, false),
            Self::Gemini => (
                "https://generativelanguage.googleapis.com/v1beta/openai",
                Auth::Bearer,
                Wire::Plain,
                CHAT,
                true,
            ),
            Self::Bedrock => ("", Auth::SigV4, Wire::Bedrock, &[S::Messages] as &[_], true),
            Self::Mistral => ("https://api.mistral.ai/v1", Auth::Bearer, Wire::Plain, CHAT, true),
            Self::Groq => (
                "https://api.groq.com/openai/v1",
                Auth::Bearer,
                Wire::Plain,
                &[S::Chat] as &[_],
                true,
            ),
            Self::Compatible => ("", Auth::Bearer, Wire::Plain, COMPATIBLE, false),
            Self::Lakera => {
                ("https://api.lakera.ai/v2", Auth::Bearer, Wire::Plain, &[] as &[_], false)
            }
            Self::Simulator => ("", Auth::Bearer, Wire::Plain, ALL, true),
        };
        Preset { base_url, auth, wire, surfaces, bills_after_hangup }
    }

    /// Whether it answers calls. One that does not serves no surface.
    #[must_use]
    pub const fn answers_calls(self) -> bool {
        !matches!(self, Self::Lakera)
    }
}
