//! AWS Signature Version 4, worked out again from the request as it arrived ("Signature Version 4
//! signing process" in AWS's general reference).

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, StatusCode, header::AUTHORIZATION, request::Parts};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};

use crate::{config::AwsKey, dialect::Problem};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const SERVICE: &str = "bedrock";
const TERMINATOR: &str = "aws4_request";
const DATE_HEADER: &str = "x-amz-date";
const HASH_HEADER: &str = "x-amz-content-sha256";

/// How far a request's time may be from ours.
const SKEW_MAX: TimeDelta = TimeDelta::minutes(5);

/// What an `Authorization` header says.
#[derive(Debug, PartialEq, Eq)]
struct Claim<'a> {
    access_key_id: &'a str,
    /// `YYYYMMDD`
    date: &'a str,
    region: &'a str,
    signed_headers: &'a str,
    signature: [u8; 32],
}

/// Checks the shape of a signature, and that it is right where it is known what is.
///
/// # Errors
/// AWS's exception, with what is wrong in words.
pub(crate) fn check(
    parts: &Parts,
    body: &[u8],
    expected: Option<&AwsKey>,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    let Some(authorization) = parts.headers.get(AUTHORIZATION) else {
        return Err(refusal("MissingAuthenticationTokenException", "Missing Authentication Token"));
    };
    let claim = authorization.to_str().ok().and_then(Claim::read).ok_or_else(|| {
        incomplete("`Authorization` is not of the form that Signature Version 4 gives it")
    })?;
    let time = claim.check_headers(&parts.headers)?;
    let body_hash = body_hash(&parts.headers, body)?;
    let Some(key) = expected else { return Ok(()) };
    if claim.access_key_id != key.access_key_id {
        return Err(refusal(
            "UnrecognizedClientException",
            "The security token included in the request is invalid.",
        ));
    }
    if (now - signed_at(time)?).abs() > SKEW_MAX {
        return Err(refusal(
            "InvalidSignatureException",
            "Signature expired: the request's time is more than five minutes from ours.",
        ));
    }
    let request = canonical(parts, claim.signed_headers, &body_hash);
    let scope = format!("{}/{}/{SERVICE}/{TERMINATOR}", claim.date, claim.region);
    let to_sign = format!("{ALGORITHM}\n{time}\n{scope}\n{}", hash(request.as_bytes()));
    let secret = format!("AWS4{}", key.secret_access_key.expose_secret());
    let signing_key = [claim.date, claim.region, SERVICE, TERMINATOR]
        .iter()
        .fold(secret.into_bytes(), |key, word| mac(&key, word).finalize().into_bytes().to_vec());
    mac(&signing_key, &to_sign).verify_slice(&claim.signature).map_err(|_| {
        refusal(
            "InvalidSignatureException",
            "The request signature we calculated does not match the signature you provided. Check \
             your AWS Secret Access Key and signing method. Consult the service documentation for \
             details.",
        )
    })
}

impl<'a> Claim<'a> {
    fn read(header: &'a str) -> Option<Self> {
        let mut words = header.strip_prefix(ALGORITHM)?.strip_prefix(' ')?.split(',');
        let mut word = |name: &str| words.next()?.trim().strip_prefix(name)?.strip_prefix('=');
        let scope = word("Credential")?;
        let signed_headers = word("SignedHeaders")?;
        let signature = HEXLOWER.decode(word("Signature")?.as_bytes()).ok()?;
        let [access_key_id, date, region, SERVICE, TERMINATOR] =
            *scope.split('/').collect::<Vec<_>>()
        else {
            return None;
        };
        let dated = date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit());
        let named = !access_key_id.is_empty() && !region.is_empty() && !signed_headers.is_empty();
        let signature = signature.try_into().ok()?;
        (dated && named && words.next().is_none()).then_some(Self {
            access_key_id,
            date,
            region,
            signed_headers,
            signature,
        })
    }

    /// Checks that everything is signed which must be, and gives the request's time.
    fn check_headers<'h>(&self, headers: &'h HeaderMap) -> Result<&'h str, Problem> {
        let signed: Vec<&str> = self.signed_headers.split(';').collect();
        if !signed.is_sorted() || self.signed_headers.bytes().any(|byte| byte.is_ascii_uppercase())
        {
            return Err(incomplete("`SignedHeaders` is not sorted and in lower case"));
        }
        let amazons = headers.keys().map(|name| name.as_str()).filter(|n| n.starts_with("x-amz-"));
        for name in ["host", DATE_HEADER].into_iter().chain(amazons) {
            if !signed.contains(&name) {
                return Err(incomplete(&format!("the header `{name}` must be signed")));
            }
        }
        if let Some(name) = signed.iter().find(|name| !headers.contains_key(**name)) {
            return Err(incomplete(&format!("the header `{name}` is signed and not there")));
        }
        let time = headers.get(DATE_HEADER).and_then(|time| time.to_str().ok()).unwrap_or_default();
        if !time.starts_with(self.date) {
            return Err(incomplete("the dates of `Credential` and `x-amz-date` differ"));
        }
        signed_at(time).map(|_| time)
    }
}

fn signed_at(time: &str) -> Result<DateTime<Utc>, Problem> {
    NaiveDateTime::parse_from_str(time, "%Y%m%dT%H%M%SZ")
        .map(|time| time.and_utc())
        .map_err(|_| incomplete("`x-amz-date` is not of the form YYYYMMDD'T'HHMMSS'Z'"))
}

/// The body's hash, which must be the one that the request says where it says one.
fn body_hash(headers: &HeaderMap, body: &[u8]) -> Result<String, Problem> {
    let ours = hash(body);
    match headers.get(HASH_HEADER) {
        Some(theirs) if theirs.as_bytes() != ours.as_bytes() => {
            Err(incomplete("`x-amz-content-sha256` is not the hash of the body"))
        }
        _ => Ok(ours),
    }
}

/// The canonical request.
fn canonical(parts: &Parts, signed_headers: &str, body_hash: &str) -> String {
    let mut headers = String::new();
    for name in signed_headers.split(';') {
        let values = parts.headers.get_all(name).iter();
        let values: Vec<_> = values.map(|value| spaced_once(value.as_bytes())).collect();
        headers.extend([name, ":", &values.join(","), "\n"]);
    }
    // The path is encoded once more than on the wire, for every service but S3.
    let path = encoded(parts.uri.path());
    let mut query: Vec<String> = (parts.uri.query().unwrap_or_default().split('&'))
        .filter(|pair| !pair.is_empty())
        .map(|pair| if pair.contains('=') { pair.to_owned() } else { format!("{pair}=") })
        .collect();
    query.sort_unstable();
    let (method, query) = (&parts.method, query.join("&"));
    format!("{method}\n{path}\n{query}\n{headers}\n{signed_headers}\n{body_hash}")
}

/// A header's value without spaces around it, and with single ones in it.
fn spaced_once(value: &[u8]) -> String {
    String::from_utf8_lossy(value).split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

/// A path with everything percent-encoded that is neither unreserved (RFC 3986) nor a slash.
fn encoded(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

fn hash(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

fn mac(key: &[u8], text: &str) -> Hmac<Sha256> {
    // HMAC takes a key of any length: there is no error to have.
    let mac = Hmac::<Sha256>::new_from_slice(key);
    mac.unwrap_or_else(|_| Hmac::new(&Default::default())).chain_update(text)
}

fn incomplete(what: &str) -> Problem {
    refusal("IncompleteSignatureException", what)
}

fn refusal(kind: &'static str, message: &str) -> Problem {
    Problem { status: StatusCode::FORBIDDEN, kind: Some(kind), ..Problem::bad_request(message) }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    const BODY: &[u8] = br#"{"max_tokens":1}"#;

    /// A request that botocore 1.44 signed.
    fn signed() -> Parts {
        let request = Request::post("/model/us.anthropic.sim-small-v1%3A0/invoke")
            .header("host", "bedrock-runtime.us-east-1.amazonaws.com")
            .header("content-type", "application/json")
            .header("x-amz-note", "  two   spaces ")
            .header("x-amz-date", "20260102T030405Z")
            .header("x-amz-security-token", "a-session-token")
            .header(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/us-east-1/bedrock/aws4_request, \
                 SignedHeaders=content-type;host;x-amz-date;x-amz-note;x-amz-security-token, \
                 Signature=b3353a8827dd33931aaaad5b082724ec0173a5e9f132f33c5f5ed8c386c63b92",
            );
        request.body(()).unwrap().into_parts().0
    }

    fn key() -> AwsKey {
        AwsKey {
            access_key_id: "AKIDEXAMPLE".to_owned(),
            secret_access_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".into(),
        }
    }

    fn kind(parts: &Parts, body: &[u8], key: &AwsKey, now: &str) -> Option<&'static str> {
        let now = signed_at(now).unwrap();
        check(parts, body, Some(key), now).err().and_then(|problem| problem.kind)
    }

    #[test]
    fn a_signature_of_amazons_own_library_is_right_and_every_change_of_it_wrong() {
        let now = "20260102T030905Z";
        assert_eq!(kind(&signed(), BODY, &key(), now), None);
        let wrong = Some("InvalidSignatureException");
        assert_eq!(kind(&signed(), b"{}", &key(), now), wrong);
        assert_eq!(kind(&signed(), BODY, &key(), "20260102T030906Z"), wrong);
        let mut elsewhere = signed();
        elsewhere.uri = "/model/other/invoke".parse().unwrap();
        assert_eq!(kind(&elsewhere, BODY, &key(), now), wrong);
        let mut altered = signed();
        altered.headers.insert("x-amz-note", "three spaces".parse().unwrap());
        assert_eq!(kind(&altered, BODY, &key(), now), wrong);
        let other = AwsKey { secret_access_key: "other".into(), ..key() };
        assert_eq!(kind(&signed(), BODY, &other, now), wrong);
        let stranger = AwsKey { access_key_id: "AKIDOTHER".to_owned(), ..key() };
        let unknown = Some("UnrecognizedClientException");
        assert_eq!(kind(&signed(), BODY, &stranger, now), unknown);
    }

    #[test]
    fn without_a_key_only_the_shape_is_checked() {
        let now = signed_at("20260102T030405Z").unwrap();
        assert!(check(&signed(), b"another body", None, now).is_ok());
        let kind = |parts: &Parts| check(parts, BODY, None, now).unwrap_err().kind;
        let mut parts = signed();
        parts.headers.remove("authorization");
        assert_eq!(kind(&parts), Some("MissingAuthenticationTokenException"));
        let incomplete = Some("IncompleteSignatureException");
        let good = signed().headers["authorization"].to_str().unwrap().to_owned();
        for (from, to) in [
            ("AWS4-HMAC-SHA256", "Bearer"),
            ("/bedrock/", "/s3/"),
            ("/20260102/", "/20260103/"),
            ("host;", ""),
            ("content-type;host", "host;content-type"),
            ("x-amz-note;", ""),
            ("x-amz-note;", "x-amz-note;x-amz-other;"),
            ("b3353a", "B3353A"),
            ("b3353a", ""),
        ] {
            let bad = good.replace(from, to).parse().unwrap();
            parts.headers.insert("authorization", bad);
            assert_eq!(kind(&parts), incomplete, "{from} {to}");
        }
        let mut parts = signed();
        parts.headers.insert("x-amz-date", "20260102".parse().unwrap());
        assert_eq!(kind(&parts), incomplete);
    }

    #[test]
    fn the_path_is_encoded_once_more() {
        assert_eq!(encoded("/model/a%3A0/b:c/d~e"), "/model/a%253A0/b%3Ac/d~e");
    }
}
