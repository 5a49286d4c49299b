//! What is asked? Reads the headers and the body of a call whose caller is known.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use domain::limits::{BODY_BYTES_MAX, HEADER_BYTES_MAX, IDEMPOTENCY_KEY_BYTES_MAX};
use domain::provider::Surface;
use domain::refusal::Refusal;
use http::{HeaderMap, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use sha2::{Digest, Sha256};

use crate::authenticate::Known;
use crate::gateway::Gateway;
use crate::refuse::Refused;
use crate::request::AskedFor;
use crate::room::{Place, Room};
use crate::trail::{Owner, Trail};

/// Largest body that is copied, in bytes.
const COPIED_BYTES_MAX: usize = 16 * 1024;
/// Most of a refused body that is read, in bytes.
const DISCARD_BYTES_MAX: usize = 2 * BODY_BYTES_MAX;
/// How long a refused body is read.
const DISCARD_WAIT: Duration = Duration::from_secs(10);

/// A call whose body has been read and understood.
pub(crate) struct Asked {
    trail: Box<Trail>,
    owner: Owner,
    headers: HeaderMap,
    body: Bytes,
    request: AskedFor,
    idempotency_key: Option<String>,
    request_hash: Option<[u8; 32]>,
    place: Place,
}

/// The parts of [`Asked`], for the step that consumes it.
pub(crate) struct AskedParts {
    pub(crate) trail: Box<Trail>,
    pub(crate) owner: Owner,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) request: AskedFor,
    pub(crate) idempotency_key: Option<String>,
    /// SHA-256 of the body as it came, where there is such a key.
    pub(crate) request_hash: Option<[u8; 32]>,
    /// Its body's share of this node's memory.
    pub(crate) place: Place,
}

impl Asked {
    pub(crate) fn into_parts(self) -> AskedParts {
        let Self { trail, owner, headers, body, request, idempotency_key, request_hash, place } =
            self;
        AskedParts { trail, owner, headers, body, request, idempotency_key, request_hash, place }
    }
}

/// Reads the call.
pub(crate) async fn ask(
    gateway: &Gateway,
    known: Known,
    surface: Surface,
    headers: HeaderMap,
    body: Body,
) -> Result<Asked, Refused> {
    let (mut trail, owner) = known.into_parts();
    let idempotency_key = match check(&headers) {
        Ok(key) => key,
        Err(refusal) => return Err(Refused::new(refusal, trail)),
    };
    let (body, place) = match read(gateway, &headers, body).await {
        Ok(read) => read,
        Err(refusal) => return Err(Refused::new(refusal, trail)),
    };
    trail.request_bytes = body.len() as u64;
    match AskedFor::parse(surface, &body) {
        Ok(request) => {
            trail.model = Some(request.model().to_owned());
            trail.streamed = request.streamed();
            trail.asked();
            let request_hash = idempotency_key.as_ref().map(|_| Sha256::digest(&body).into());
            Ok(Asked { trail, owner, headers, body, request, idempotency_key, request_hash, place })
        }
        Err(invalid) => Err(Refused::new(invalid, trail)),
    }
}

/// Checks the headers, and gives the idempotency key.
fn check(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let size: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if size > HEADER_BYTES_MAX {
        let reason = format!("all headers together are larger than {HEADER_BYTES_MAX} bytes");
        return Err(Refusal::InvalidHeader { name: "*".into(), reason });
    }
    if let Some(media_type) = headers.get(header::CONTENT_TYPE)
        && !is_json(media_type.as_bytes())
    {
        return Err(Refusal::UnsupportedMediaType);
    }
    if let Some(coding) = headers.get(header::CONTENT_ENCODING)
        && !coding.as_bytes().eq_ignore_ascii_case(b"identity")
    {
        let reason = "compressed bodies are not taken".into();
        return Err(Refusal::InvalidHeader { name: "content-encoding".into(), reason });
    }
    let mut keys = headers.get_all("idempotency-key").iter();
    let Some(key) = keys.next() else { return Ok(None) };
    let invalid =
        |reason: String| Refusal::InvalidHeader { name: "idempotency-key".into(), reason };
    if keys.next().is_some() {
        return Err(invalid("it is given twice".into()));
    }
    if key.is_empty() || key.len() > IDEMPOTENCY_KEY_BYTES_MAX {
        return Err(invalid(format!("it must have 1 to {IDEMPOTENCY_KEY_BYTES_MAX} bytes")));
    }
    match key.to_str() {
        Ok(text) => Ok(Some(text.to_owned())),
        Err(_) => Err(invalid("it must be printable ASCII".into())),
    }
}

/// `application/json`, with whatever parameters.
fn is_json(media_type: &[u8]) -> bool {
    let end = media_type.iter().position(|byte| *byte == b';').unwrap_or(media_type.len());
    media_type[..end].trim_ascii().eq_ignore_ascii_case(b"application/json")
}

/// Reads the body, in a place that is taken before its first byte and as large as what was announced.
async fn read(
    gateway: &Gateway,
    headers: &HeaderMap,
    mut body: Body,
) -> Result<(Bytes, Place), Refusal> {
    let too_large = Refusal::BodyTooLarge { limit_bytes: BODY_BYTES_MAX };
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let announced = announced.and_then(|text| text.parse::<usize>().ok());
    if announced.is_some_and(|bytes| bytes > BODY_BYTES_MAX) {
        discard(headers, body).await;
        return Err(too_large);
    }
    let room: &Room = gateway.bodies();
    let Some(mut place) = room.take(announced.unwrap_or(BODY_BYTES_MAX)) else {
        discard(headers, body).await;
        return Err(Refusal::Overloaded);
    };
    let broken =
        |reason: &str| Refusal::InvalidBody { field: String::new(), reason: reason.into() };
    let wait = gateway.settings().body_wait;
    let limited = Limited::new(&mut body, BODY_BYTES_MAX);
    match tokio::time::timeout(wait, limited.collect()).await {
        Ok(Ok(collected)) => {
            let bytes = own(collected.to_bytes());
            place.shrink(bytes.len());
            Ok((bytes, place))
        }
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            discard(headers, body).await;
            Err(too_large)
        }
        Ok(Err(_)) => Err(broken("it broke off")),
        Err(_) => Err(broken("it did not arrive in time")),
    }
}

/// A body that came in one piece is a part of its connection's buffer, which would live as long as the call:
/// a small one is copied out of it.
fn own(body: Bytes) -> Bytes {
    if body.len() <= COPIED_BYTES_MAX { Bytes::copy_from_slice(&body) } else { body }
}

/// Reads a refused body on without keeping it, within bounds. Most clients look at the answer only when
/// they have sent everything: without this they would see a broken connection and no reason. One that
/// asked for leave first (RFC 9110 section 10.1.1) has sent nothing, and reading would give the leave.
pub(crate) async fn discard(headers: &HeaderMap, mut body: Body) {
    if headers.contains_key(header::EXPECT) {
        return;
    }
    let reading = async {
        let mut left = DISCARD_BYTES_MAX;
        while let Some(Ok(frame)) = body.frame().await {
            left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
            if left == 0 {
                break;
            }
        }
    };
    let _in_time = tokio::time::timeout(DISCARD_WAIT, reading).await;
}
