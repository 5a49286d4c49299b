//! Errors keep their words and take the client's form.

use domain::provider::Surface::{Chat, Messages, Responses};
use serde_json::{Value, json};

fn given(
    client: domain::provider::Surface,
    provider: domain::provider::Surface,
    status: u16,
    body: &str,
) -> Value {
    serde_json::from_slice(&dialect::error(provider, client, status, body.as_bytes())).unwrap()
}

#[test]
fn the_type_follows_from_the_status() {
    let body = r#"{"error":{"message":"Why.","type":"whatever","param":null,"code":null}}"#;
    let types = [
        (400, "invalid_request_error"),
        (401, "authentication_error"),
        (402, "billing_error"),
        (403, "permission_error"),
        (404, "not_found_error"),
        (413, "request_too_large"),
        (422, "invalid_request_error"),
        (429, "rate_limit_error"),
        (500, "api_error"),
        (503, "overloaded_error"),
        (504, "timeout_error"),
        (529, "overloaded_error"),
    ];
    for (status, kind) in types {
        let expected = json!({"type": "error", "error": {"type": kind, "message": "Why."}});
        assert_eq!(given(Messages, Chat, status, body), expected);
    }
    let body = r#"{"type":"error","error":{"type":"whatever","message":"Why."}}"#;
    let types = [
        (400, "invalid_request_error"),
        (401, "authentication_error"),
        (403, "permission_error"),
        (404, "invalid_request_error"),
        (429, "rate_limit_error"),
        (500, "server_error"),
        (529, "server_error"),
    ];
    for (status, kind) in types {
        let error = json!({"message": "Why.", "type": kind, "param": null, "code": null});
        assert_eq!(given(Responses, Messages, status, body), json!({"error": error}));
    }
}

#[test]
fn a_body_of_any_form_yields_its_message() {
    let cases = [
        (r#"{"error":"model not found"}"#, "model not found"),
        (r#"{"object":"error","message":"bad","type":"BadRequestError","code":400}"#, "bad"),
        (r#"{"detail":"Not Found"}"#, "Not Found"),
        (r#"{"detail":[{"loc":["body"]}]}"#, r#"[{"loc":["body"]}]"#),
        ("<html>502</html>", "<html>502</html>"),
        ("", "The provider gave no reason."),
        ("{}", "{}"),
        ("[1]", "[1]"),
    ];
    for (body, message) in cases {
        assert_eq!(given(Messages, Chat, 400, body)["error"]["message"], message, "{body}");
        assert_eq!(given(Responses, Chat, 400, body)["error"]["message"], message, "{body}");
    }
    let long = "x".repeat(1_000_000);
    assert!(dialect::error(Chat, Messages, 500, long.as_bytes()).len() < 5000);
}

#[test]
fn what_clients_act_on_is_said_in_their_words() {
    let cases = [
        (
            "invalid_request_error",
            "prompt is too long: 2 tokens > 1 maximum",
            "context_length_exceeded",
        ),
        (
            "invalid_request_error",
            "Your credit balance is too low to access the API",
            "insufficient_quota",
        ),
        ("rate_limit_error", "slow down", "rate_limit_exceeded"),
    ];
    for (kind, message, code) in cases {
        let body =
            json!({"type": "error", "error": {"type": kind, "message": message}}).to_string();
        let error = given(Responses, Messages, 400, &body);
        assert_eq!(
            (&error["error"]["code"], &error["error"]["message"]),
            (&json!(code), &json!(message))
        );
    }
}

#[test]
fn an_error_of_the_same_family_keeps_its_bytes() {
    let body = r#"{ "error": {"message":"Why.","type":"t","param":"p","code":"c","extra":1} }"#;
    assert_eq!(dialect::error(Responses, Chat, 400, body.as_bytes()), body.as_bytes());
    assert_eq!(dialect::error(Chat, Responses, 400, body.as_bytes()), body.as_bytes());
}
