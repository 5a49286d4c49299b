//! What to write where, per client. No snippet holds a key: each reads it from `TOKENONE_API_KEY`.

use domain::words::UnknownWord;

/// A client that can be pointed at the gateway.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Client {
    /// The shell.
    #[default]
    Curl,
    /// OpenAI's library for Python.
    OpenAiPython,
    /// OpenAI's library for Node.
    OpenAiNode,
    /// Anthropic's library for Python.
    AnthropicPython,
    /// Anthropic's library for Node.
    AnthropicNode,
    /// Anthropic's coding agent.
    ClaudeCode,
    /// OpenAI's coding agent.
    Codex,
    /// LangChain for Python.
    LangChain,
    /// Vercel's AI SDK.
    AiSdk,
}

/// A piece of text with the place it goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    /// Where it goes: a file's name, or what it is.
    pub place: &'static str,
    /// The text.
    pub text: String,
}

/// What a client's author needs: the pieces, and what to know about them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guide {
    /// The pieces, in order.
    pub snippets: Vec<Snippet>,
    /// What is different from talking to the provider.
    pub note: &'static str,
}

impl Client {
    /// Every client, in the order of the tabs.
    pub const ALL: [Self; 9] = [
        Self::Curl,
        Self::OpenAiPython,
        Self::OpenAiNode,
        Self::AnthropicPython,
        Self::AnthropicNode,
        Self::ClaudeCode,
        Self::Codex,
        Self::LangChain,
        Self::AiSdk,
    ];

    /// The word in the address.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Curl => "curl",
            Self::OpenAiPython => "openai-python",
            Self::OpenAiNode => "openai-node",
            Self::AnthropicPython => "anthropic-python",
            Self::AnthropicNode => "anthropic-node",
            Self::ClaudeCode => "claude-code",
            Self::Codex => "codex",
            Self::LangChain => "langchain",
            Self::AiSdk => "ai-sdk",
        }
    }

    /// The name that people read.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Curl => "curl",
            Self::OpenAiPython => "OpenAI, Python",
            Self::OpenAiNode => "OpenAI, Node",
            Self::AnthropicPython => "Anthropic, Python",
            Self::AnthropicNode => "Anthropic, Node",
            Self::ClaudeCode => "Claude Code",
            Self::Codex => "Codex CLI",
            Self::LangChain => "LangChain",
            Self::AiSdk => "Vercel AI SDK",
        }
    }

    /// The guide for an instance at `base` (scheme, host and port) and a model.
    #[must_use]
    pub fn guide(self, base: &str, model: &str) -> Guide {
        match self {
            Self::Curl => curl(base, model),
            Self::OpenAiPython => openai_python(base, model),
            Self::OpenAiNode => openai_node(base, model),
            Self::AnthropicPython => anthropic_python(base, model),
            Self::AnthropicNode => anthropic_node(base, model),
            Self::ClaudeCode => claude_code(base, model),
            Self::Codex => codex(base, model),
            Self::LangChain => langchain(base, model),
            Self::AiSdk => ai_sdk(base, model),
        }
    }
}

impl std::str::FromStr for Client {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        Self::ALL.into_iter().find(|client| client.word() == text).ok_or(UnknownWord)
    }
}

fn curl(base: &str, model: &str) -> Guide {
    let text = format!(
        r#"curl {base}/v1/chat/completions \
  -H "Authorization: Bearer $TOKENONE_API_KEY" \
  -H "Content-Type: application/json" \
  -H "x-tokenone-agent: my-agent" \
  -d '{{"model": "{model}", "messages": [{{"role": "user", "content": "Hello"}}]}}'"#
    );
    Guide {
        snippets: vec![Snippet { place: "In a shell", text }],
        note: "The header x-tokenone-agent is optional: it tells programs with the same key apart.",
    }
}

fn openai_python(base: &str, model: &str) -> Guide {
    let text = format!(
        r#"import os
from openai import OpenAI

client = OpenAI(
    base_url="{base}/v1",
    api_key=os.environ["TOKENONE_API_KEY"],
    default_headers={{"x-tokenone-agent": "my-agent"}},
)
answer = client.chat.completions.create(
    model="{model}",
    messages=[{{"role": "user", "content": "Hello"}}],
)
print(answer.choices[0].message.content)"#
    );
    Guide {
        snippets: vec![pip("openai"), Snippet { place: "main.py", text }],
        note: "An existing program needs no change: set OPENAI_BASE_URL and OPENAI_API_KEY instead.",
    }
}

fn openai_node(base: &str, model: &str) -> Guide {
    let text = format!(
        r#"import OpenAI from "openai";

const client = new OpenAI({{
  baseURL: "{base}/v1",
  apiKey: process.env.TOKENONE_API_KEY,
  defaultHeaders: {{ "x-tokenone-agent": "my-agent" }},
}});
const answer = await client.chat.completions.create({{
  model: "{model}",
  messages: [{{ role: "user", content: "Hello" }}],
}});
console.log(answer.choices[0].message.content);"#
    );
    Guide {
        snippets: vec![npm("openai"), Snippet { place: "main.mjs", text }],
        note: "An existing program needs no change: set OPENAI_BASE_URL and OPENAI_API_KEY instead.",
    }
}

fn anthropic_python(base: &str, model: &str) -> Guide {
    let text = format!(
        r#"import os
from anthropic import Anthropic

client = Anthropic(
    base_url="{base}",
    auth_token=os.environ["TOKENONE_API_KEY"],
    default_headers={{"x-tokenone-agent": "my-agent"}},
)
answer = client.messages.create(
    model="{model}",
    max_tokens=1024,
    messages=[{{"role": "user", "content": "Hello"}}],
)
print(answer.content[0].text)"#
    );
    Guide { snippets: vec![pip("anthropic"), Snippet { place: "main.py", text }], note: NO_V1 }
}

fn anthropic_node(base: &str, model: &str) -> Guide {
    let text = format!(
        r#"import Anthropic from "@anthropic-ai/sdk";

const client = new Anthropic({{
  baseURL: "{base}",
  authToken: process.env.TOKENONE_API_KEY,
  defaultHeaders: {{ "x-tokenone-agent": "my-agent" }},
}});
const answer = await client.messages.create({{
  model: "{model}",
  max_tokens: 1024,
  messages: [{{ role: "user", content: "Hello" }}],
}});
console.log(answer.content[0].text);"#
    );
    Guide {
        snippets: vec![npm("@anthropic-ai/sdk"), Snippet { place: "main.mjs", text }],
        note: NO_V1,
    }
}

fn claude_code(base: &str, model: &str) -> Guide {
    let text = format!(
        r#"export ANTHROPIC_BASE_URL="{base}"
export ANTHROPIC_AUTH_TOKEN="$TOKENONE_API_KEY"
export ANTHROPIC_MODEL="{model}"
export ANTHROPIC_CUSTOM_HEADERS="x-tokenone-agent: claude-code"
claude"#
    );
    Guide { snippets: vec![Snippet { place: "In a shell", text }], note: NO_V1 }
}

fn codex(base: &str, model: &str) -> Guide {
    let text = format!(
        r#"model = "{model}"
model_provider = "tokenone"

[model_providers.tokenone]
name = "TokenOne"
base_url = "{base}/v1"
env_key = "TOKENONE_API_KEY"
wire_api = "responses"
http_headers = {{ "x-tokenone-agent" = "codex" }}"#
    );
    let run = r#"codex exec "Say hello""#.to_owned();
    Guide {
        snippets: vec![
            Snippet { place: "~/.codex/config.toml", text },
            Snippet { place: "In a shell that has TOKENONE_API_KEY", text: run },
        ],
        note: "env_key names the variable that holds the key; the key itself is in no file.",
    }
}

fn langchain(base: &str, model: &str) -> Guide {
    let text = format!(
        r#"import os
from langchain_openai import ChatOpenAI

model = ChatOpenAI(
    model="{model}",
    base_url="{base}/v1",
    api_key=os.environ["TOKENONE_API_KEY"],
    default_headers={{"x-tokenone-agent": "my-agent"}},
)
print(model.invoke("Hello").content)"#
    );
    Guide {
        snippets: vec![pip("langchain-openai"), Snippet { place: "main.py", text }],
        note: "Tools, structured output and streaming work as with OpenAI, where the model has them.",
    }
}

fn ai_sdk(base: &str, model: &str) -> Guide {
    let text = format!(
        r#"import {{ createOpenAICompatible }} from "@ai-sdk/openai-compatible";
import {{ generateText }} from "ai";

const tokenone = createOpenAICompatible({{
  name: "tokenone",
  baseURL: "{base}/v1",
  apiKey: process.env.TOKENONE_API_KEY,
  headers: {{ "x-tokenone-agent": "my-agent" }},
}});
const {{ text }} = await generateText({{
  model: tokenone("{model}"),
  prompt: "Hello",
}});
console.log(text);"#
    );
    Guide {
        snippets: vec![npm("ai @ai-sdk/openai-compatible"), Snippet { place: "main.mjs", text }],
        note: "Keep the key on your server: a browser that has it can spend on it.",
    }
}

/// Anthropic's clients add the path themselves.
const NO_V1: &str =
    "The address has no /v1 at its end: these clients add it. Models are those of the list below.";

fn pip(package: &str) -> Snippet {
    Snippet { place: "Install", text: format!("pip install {package}") }
}

fn npm(packages: &str) -> Snippet {
    Snippet { place: "Install", text: format!("npm install {packages}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://gateway.example";

    #[test]
    fn every_client_is_found_by_its_word() {
        for client in Client::ALL {
            assert_eq!(client.word().parse(), Ok(client));
        }
        assert_eq!("telnet".parse::<Client>(), Err(UnknownWord));
    }

    #[test]
    fn every_guide_names_the_instance_the_model_and_where_the_key_comes_from() {
        for client in Client::ALL {
            let guide = client.guide(BASE, "team/fast");
            let all: String = guide.snippets.iter().map(|s| s.text.as_str()).collect();
            for part in [BASE, "team/fast", "TOKENONE_API_KEY", "x-tokenone-agent"] {
                assert!(all.contains(part), "{client:?} lacks {part}");
            }
            assert!(!all.contains("t1_live_"), "{client:?} holds a key");
        }
    }

    #[test]
    fn only_clients_of_anthropic_leave_the_version_out() {
        for client in Client::ALL {
            let all: String =
                client.guide(BASE, "m").snippets.iter().map(|s| s.text.clone()).collect();
            let bare = matches!(
                client,
                Client::AnthropicPython | Client::AnthropicNode | Client::ClaudeCode
            );
            assert_eq!(all.contains("example/v1"), !bare, "{client:?}");
        }
    }
}
