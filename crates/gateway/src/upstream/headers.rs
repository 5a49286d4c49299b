//! Which headers cross the gateway, in both directions.

use domain::ids::CallId;
use domain::provider::{Surface, Wire};
use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::credential::Credential;

/// Headers of a request that stop here. Everything else goes to the provider as it came: beta flags,
/// the client's name for itself, tracing.
const STOPPED: &[&str] = &[
    // Of this connection only (RFC 9110 section 7.6.1).
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "expect",
    // Set anew for the provider.
    "host",
    "content-length",
    "content-type",
    "accept-encoding",
    "x-client-request-id",
    // What opens our door must not reach another, and nobody chooses whose account pays there.
    "authorization",
    "x-api-key",
    "api-key",
    "x-goog-api-key",
    "cookie",
    "openai-organization",
    "openai-project",
    // Scoped by us: one provider account serves many tenants, who may choose the same key.
    "idempotency-key",
    // Where the caller sits is not the provider's business.
    "forwarded",
    "via",
    "x-real-ip",
    "true-client-ip",
    "cf-connecting-ip",
    "origin",
    "referer",
];
/// The same, by beginning.
const STOPPED_PREFIXES: &[&str] =
    &["x-forwarded-", "proxy-", "sec-", "cf-", "x-tokenone-", "x-amz-"];

/// Headers that belong to one family of dialects and mean nothing to the other.
const ANTHROPICS: &str = "anthropic-";
const OPENAIS: &str = "openai-";
/// The version of Anthropic's dialect where the caller names none, as the caller of another dialect.
const ANTHROPIC_VERSION: &str = "2023-06-01";

/// The features of Anthropic's that Bedrock knows (Amazon Bedrock user guide, "Anthropic Claude Messages
/// API", its pages "Request and Response", "Tool use" and "Compaction"; that of search results as found by
/// trying, envoyproxy/ai-gateway#2512). For any other it refuses the whole request, where Anthropic passes
/// it over; clients name many.
const ON_BEDROCK: &[&str] = &[
    "compact-2026-01-12",
    "computer-use-2024-10-22",
    "computer-use-2025-01-24",
    "computer-use-2025-11-24",
    "context-1m-2025-08-07",
    "context-management-2025-06-27",
    "dev-full-thinking-2025-05-14",
    "effort-2025-11-24",
    "fine-grained-tool-streaming-2025-05-14",
    "interleaved-thinking-2025-05-14",
    "output-128k-2025-02-19",
    "search-results-2025-06-09",
    "token-efficient-tools-2025-02-19",
    "tool-examples-2025-10-29",
    "tool-search-tool-2025-10-19",
];

/// What Anthropic gathers under one name, and Bedrock has under others (platform.claude.com, "Tool search
/// tool" and "Programmatic tool calling", the tables of beta headers by provider).
const OTHERWISE_ON_BEDROCK: &[(&str, &[&str])] = &[(
    "advanced-tool-use-2025-11-20",
    &["tool-examples-2025-10-29", "tool-search-tool-2025-10-19"],
)];

/// Headers of an answer that reach the client.
const RETURNED: &[&str] = &["content-type", "retry-after", "retry-after-ms", "x-should-retry"];
/// The same, by beginning.
const RETURNED_PREFIXES: &[&str] = &["x-ratelimit-", "openai-", "anthropic-"];
/// Among those, what names the operator's account.
const KEPT_BACK: &[&str] = &["openai-organization", "openai-project", "anthropic-organization-id"];

/// Longest request id of a provider that is kept, in bytes.
const REQUEST_ID_BYTES_MAX: usize = 200;

/// Whom a request goes to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Recipient<'a> {
    /// The surface that it is sent to.
    pub(crate) surface: Surface,
    /// How that is reached.
    pub(crate) wire: Wire,
    /// What opens it.
    pub(crate) credential: Option<&'a Credential>,
}

/// The headers for the provider.
pub(crate) fn to_provider(
    from_client: &HeaderMap,
    recipient: Recipient<'_>,
    call_id: CallId,
) -> HeaderMap {
    let nominated = nominated(from_client);
    let anthropic = is_anthropic(recipient.surface);
    let foreign = if anthropic { OPENAIS } else { ANTHROPICS };
    let mut headers = HeaderMap::with_capacity(from_client.len() + 3);
    for (name, value) in from_client {
        let word = name.as_str();
        let stopped = STOPPED.contains(&word)
            || STOPPED_PREFIXES.iter().any(|prefix| word.starts_with(prefix))
            || word.starts_with(foreign)
            // Bedrock has these in the body.
            || (recipient.wire == Wire::Bedrock && word.starts_with(ANTHROPICS))
            || nominated.contains(name);
        if !stopped {
            headers.append(name, value.clone());
        }
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if anthropic && recipient.wire != Wire::Bedrock && !headers.contains_key("anthropic-version") {
        headers.insert("anthropic-version", HeaderValue::from_static(ANTHROPIC_VERSION));
    }
    if let Some((name, value)) = recipient.credential.and_then(Credential::header) {
        headers.insert(name, value.clone());
    }
    if let Ok(id) = HeaderValue::from_str(&call_id.to_string()) {
        headers.insert("x-client-request-id", id);
    }
    headers
}

/// The features that an Anthropic client asks for by header and Bedrock has, which takes them in the body.
pub(crate) fn betas(from_client: &HeaderMap) -> Vec<String> {
    let values = from_client.get_all("anthropic-beta").iter().filter_map(|v| v.to_str().ok());
    let words = values.flat_map(|value| value.split(',')).map(str::trim);
    let mut betas: Vec<String> = Vec::new();
    for word in words {
        let other = OTHERWISE_ON_BEDROCK.iter().find(|(theirs, _)| *theirs == word);
        let here = other.map_or(std::slice::from_ref(&word), |(_, names)| names);
        for name in here.iter().filter(|name| ON_BEDROCK.contains(name)) {
            if !betas.iter().any(|known| known == name) {
                betas.push((*name).to_owned());
            }
        }
    }
    betas
}

const fn is_anthropic(surface: Surface) -> bool {
    matches!(surface, Surface::Messages | Surface::CountTokens)
}

/// The headers for the client.
pub(crate) fn to_client(from_provider: &HeaderMap) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(8);
    for (name, value) in from_provider {
        let word = name.as_str();
        let returned = RETURNED.contains(&word)
            || RETURNED_PREFIXES.iter().any(|prefix| word.starts_with(prefix));
        if returned && !KEPT_BACK.contains(&word) {
            headers.append(name, value.clone());
        }
    }
    headers
}

/// The provider's own id of the request.
pub(crate) fn request_id(from_provider: &HeaderMap) -> Option<String> {
    const NAMES: [&str; 4] = ["x-request-id", "request-id", "x-amzn-requestid", "apim-request-id"];
    let value = NAMES.iter().find_map(|name| from_provider.get(*name))?;
    let text: String = value.to_str().ok()?.chars().take(REQUEST_ID_BYTES_MAX).collect();
    Some(text)
}

/// Headers that `Connection` declares to be of this connection only.
fn nominated(headers: &HeaderMap) -> Vec<HeaderName> {
    let values = headers.get_all(header::CONNECTION).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).filter_map(|name| name.trim().parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t53_bedrock_is_told_of_what_it_knows_under_its_own_names_and_each_once() {
        let mut headers = HeaderMap::new();
        let one =
            "claude-code-20250219, advanced-tool-use-2025-11-20,interleaved-thinking-2025-05-14";
        headers.append("anthropic-beta", HeaderValue::from_static(one));
        let other = "tool-search-tool-2025-10-19,compact-2026-01-12, oauth-2025-04-20,";
        headers.append("anthropic-beta", HeaderValue::from_static(other));
        let expected = [
            "tool-examples-2025-10-29",
            "tool-search-tool-2025-10-19",
            "interleaved-thinking-2025-05-14",
            "compact-2026-01-12",
        ];
        assert_eq!(betas(&headers), expected);
        assert!(betas(&HeaderMap::new()).is_empty());
    }
}
