//! Limits, each with its unit in its name. What exceeds one is refused with an error that names it.

/// Largest request body that a program may send, in bytes.
pub const BODY_BYTES_MAX: usize = 20 * 1024 * 1024;
/// Largest body that a browser may send, in bytes.
pub const FORM_BYTES_MAX: usize = 64 * 1024;
/// Largest sum of request header names and values, in bytes.
pub const HEADER_BYTES_MAX: usize = 64 * 1024;
/// Largest part of a prompt or an answer that is kept for replay, in bytes each.
pub const PAYLOAD_BYTES_MAX: usize = 1024 * 1024;
/// Longest model alias, in bytes.
pub const MODEL_BYTES_MAX: usize = 256;
/// Longest idempotency key, in bytes.
pub const IDEMPOTENCY_KEY_BYTES_MAX: usize = 255;
/// Longest name of an agent, in bytes.
pub const AGENT_NAME_BYTES_MAX: usize = 100;
/// Most agents that are known by name in a project.
pub const AGENTS_PER_PROJECT_MAX: usize = 10_000;
/// Longest reason that a person gives, in characters.
pub const REASON_CHARS_MAX: usize = 500;
/// Longest e-mail address, in bytes (RFC 5321 section 4.5.3.1.3 bounds the path at 256 with brackets).
pub const EMAIL_BYTES_MAX: usize = 254;
/// Shortest password, in characters (NIST SP 800-63B-4 section 3.1.1.2, single factor).
pub const PASSWORD_CHARS_MIN: usize = 15;
/// Longest password, in bytes: bounds the work of hashing.
pub const PASSWORD_BYTES_MAX: usize = 1024;
/// Longest name of a tenant, project, key or person, in characters.
pub const NAME_CHARS_MAX: usize = 100;
/// Longest context or answer that a model can be said to have, in tokens.
pub const TOKENS_MAX: u32 = 10_000_000;
/// Longest answer of a target in tokens, where neither the request nor the target says.
pub const OUTPUT_TOKENS: u32 = 4_096;
/// Longest description of an alias, in characters.
pub const DESCRIPTION_CHARS_MAX: usize = 300;
/// Largest share of a target among the weighted ones of its alias.
pub const WEIGHT_MAX: u32 = 1_000;
/// Most targets of an alias.
pub const TARGETS_MAX: usize = 20;
/// Longest key of a provider, in bytes.
pub const CREDENTIAL_BYTES_MAX: usize = 8 * 1024;
