//! The few bytes of a body that differ upstream.

use std::borrow::Cow;
use std::ops::Range;

use bytes::Bytes;

use super::AskedFor;
use super::stream_options::StreamOptions;
use speech::json::{Kind, Scanner};

const USAGE_OPTION: &str = r#"{"include_usage":true}"#;
const USAGE_MEMBER: &str = r#""include_usage":true"#;
/// The dialect's version that Bedrock wants in the body, where Anthropic has it in a header.
const BEDROCK_VERSION: &str = r#""anthropic_version":"bedrock-2023-05-31""#;

/// See [`AskedFor::upstream_body`].
pub(super) fn upstream_body(request: &AskedFor, body: &Bytes, upstream_model: &str) -> Bytes {
    let mut edits: Vec<(Range<usize>, Cow<'static, str>)> = Vec::with_capacity(2);
    if upstream_model != request.model {
        let name = serde_json::Value::from(upstream_model).to_string();
        edits.push((request.model_at.clone(), name.into()));
    }
    if request.hides_usage() {
        let at = request.begins_at;
        edits.push(match &request.stream_options {
            StreamOptions::Null(span) => (span.clone(), USAGE_OPTION.into()),
            StreamOptions::Declined(span) => (span.clone(), "true".into()),
            StreamOptions::Silent { begins_at, empty } => {
                let comma = if *empty { "" } else { "," };
                (*begins_at..*begins_at, format!("{USAGE_MEMBER}{comma}").into())
            }
            StreamOptions::Absent | StreamOptions::Asked => {
                (at..at, format!(r#""stream_options":{USAGE_OPTION},"#).into())
            }
        });
    }
    if edits.is_empty() { body.clone() } else { splice(body, edits) }
}

/// See [`AskedFor::bedrock_body`]. `None` where it is no JSON object.
pub(super) fn bedrock_body(body: &[u8], betas: &[String]) -> Option<Bytes> {
    let text = std::str::from_utf8(body).ok()?;
    let mut scanner = Scanner::new(text);
    if scanner.kind().ok()? != Kind::Object {
        return None;
    }
    let mut members: Vec<Range<usize>> = Vec::with_capacity(16);
    let mut from = scanner.at() + 1;
    let read = scanner.object(|scanner, name| -> Result<(), speech::json::Malformed> {
        let span = scanner.value()?;
        if !matches!(&*name, "model" | "stream" | "anthropic_version" | "anthropic_beta") {
            members.push(from..span.end);
        }
        from = span.end;
        Ok(())
    });
    read.ok()?;
    let mut out = Vec::with_capacity(body.len() + BEDROCK_VERSION.len() + 2);
    out.push(b'{');
    out.extend_from_slice(BEDROCK_VERSION.as_bytes());
    if !betas.is_empty() {
        out.extend_from_slice(
            format!(r#","anthropic_beta":{}"#, serde_json::json!(betas)).as_bytes(),
        );
    }
    for member in members {
        out.push(b',');
        let member = text.get(member)?.trim_start();
        let member = member.strip_prefix(',').unwrap_or(member).trim_start();
        out.extend_from_slice(member.as_bytes());
    }
    out.push(b'}');
    Some(out.into())
}

/// Replaces spans that do not overlap.
fn splice(body: &[u8], mut edits: Vec<(Range<usize>, Cow<'static, str>)>) -> Bytes {
    edits.sort_by_key(|(span, _)| span.start);
    let grown: usize = edits.iter().map(|(_, text)| text.len()).sum();
    let mut spliced = Vec::with_capacity(body.len() + grown);
    let mut from = 0;
    for (span, text) in &edits {
        spliced.extend_from_slice(body.get(from..span.start).unwrap_or_default());
        spliced.extend_from_slice(text.as_bytes());
        from = span.end;
    }
    spliced.extend_from_slice(body.get(from..).unwrap_or_default());
    spliced.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_for_bedrock_keeps_every_other_byte() {
        let body =
            br#" {"model": "x", "max_tokens" : 5 , "stream":true,"messages":[ {"a":1.0} ] } "#;
        let bedrock = bedrock_body(body, &[]).unwrap();
        let expected = r#"{"anthropic_version":"bedrock-2023-05-31","max_tokens" : 5,"messages":[ {"a":1.0} ]}"#;
        assert_eq!(std::str::from_utf8(&bedrock).unwrap(), expected);
        assert_eq!(bedrock_body(b"[]", &[]), None);
        assert_eq!(
            bedrock_body(b"{}", &["a".into()]).unwrap(),
            br#"{"anthropic_version":"bedrock-2023-05-31","anthropic_beta":["a"]}"#.as_slice()
        );
    }
}
