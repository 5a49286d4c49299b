//! AWS Signature Version 4, by AWS's own crate.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;
use http::{HeaderMap, HeaderName, HeaderValue};
use reqwest::Url;

use super::credential::AwsKey;

/// The service's name in the scope of a signature for `bedrock-runtime`.
const SERVICE: &str = "bedrock";

/// The request cannot be signed.
#[derive(Debug, thiserror::Error)]
#[error("the request cannot be signed")]
pub(crate) struct NotSigned;

/// Adds the signature of a POST to its headers. Only `host`, `content-type` and AWS's own headers are
/// signed, since others may change on the way.
pub(crate) fn post(
    headers: &mut HeaderMap,
    url: &Url,
    body: &[u8],
    key: &AwsKey,
    region: &str,
    at: SystemTime,
) -> Result<(), NotSigned> {
    let session = key.session.as_ref().map(|session| session.to_string());
    let credentials = Credentials::new(&*key.id, key.secret.as_str(), session, None, "vault");
    let identity: Identity = credentials.into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name(SERVICE)
        .time(at)
        .settings(SigningSettings::default())
        .build()
        .map_err(|_| NotSigned)?
        .into();
    let content_type = ("content-type", "application/json");
    let request = SignableRequest::new(
        "POST",
        url.as_str(),
        std::iter::once(content_type),
        SignableBody::Bytes(body),
    )
    .map_err(|_| NotSigned)?;
    let (instructions, _) = sign(request, &params).map_err(|_| NotSigned)?.into_parts();
    for (name, value) in instructions.headers() {
        let name: HeaderName = name.parse().map_err(|_| NotSigned)?;
        let mut value = HeaderValue::from_str(value).map_err(|_| NotSigned)?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(())
}
