//! What an ending means and what to do about it, in words.

use contract::activity::CallRow;
use domain::outcome::Outcome;

/// Why a call ended as it did, and the next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advice {
    /// What happened.
    pub what: &'static str,
    /// What to do about it.
    pub next: &'static str,
}

/// The advice for a call; `None` where all went well.
#[must_use]
pub fn of(row: &CallRow) -> Option<Advice> {
    let code = row.code.as_deref().unwrap_or_default();
    let (what, next) = match row.outcome {
        Outcome::Completed => return None,
        Outcome::Refused => refused(code),
        Outcome::ClientClosed => (
            "The program hung up before the answer was complete.",
            "What the provider billed until then was charged. If it happens often, look at the \
             program's own timeout.",
        ),
        Outcome::UpstreamError => (
            "The provider answered with an error, which was passed on as it came.",
            "The conversation tab shows the provider's words. Statuses 429 and 5xx are worth a retry \
             with a pause; others need a changed request.",
        ),
        Outcome::UpstreamFault => (
            "The provider could not be reached, broke off, or sent what cannot be read.",
            "Retry; if it stays, ask the operator whether the provider is well.",
        ),
        Outcome::TimedOut => (
            "The provider did not answer in time.",
            "Retry, ask for fewer output tokens, or stream the answer.",
        ),
        Outcome::Killed => (
            "The kill switch cut this call off while it ran.",
            "What was delivered until then was charged. The kill switch page says what is stopped, \
             by whom and why.",
        ),
        Outcome::Expired => (
            "The node that carried this call stopped before its end; the hold on the balance ran out \
             and was given back.",
            "Nothing was charged. Send the call again; with an idempotency key that is safe.",
        ),
    };
    Some(Advice { what, next })
}

/// By the code of the refusal table in `domain::refusal`.
fn refused(code: &str) -> (&'static str, &'static str) {
    match code {
        "invalid_api_key" => (
            "The key does not open anything: it is unknown, revoked or expired.",
            "Make a new key under Keys and send it as \"Authorization: Bearer …\".",
        ),
        "suspended" => (
            "The tenant or project is suspended.",
            "Ask the administrator of the tenant to lift the suspension.",
        ),
        "kill_switch" => (
            "Somebody stopped these calls with the kill switch.",
            "The kill switch's page says who, when and until when; a tenant admin or the operator \
             releases it there. Trying again does not help before.",
        ),
        "kill_switch_provider" => (
            "Every provider of this model is stopped by the kill switch.",
            "Use a model of another provider, or wait until the operator releases it.",
        ),
        "model_not_found" => (
            "The model does not exist, or this key may not use it.",
            "\"GET /v1/models\" with the same key lists the models that it may use.",
        ),
        "model_unpriced" => (
            "The model has no price, so its cost could not be proven.",
            "Ask the operator to price the model, or use another one.",
        ),
        "invalid_request" | "invalid_header" | "unsupported_media_type" => (
            "The request could not be read as what the route expects.",
            "The answer names the field at fault; correct it and send the call again.",
        ),
        "request_too_large" => (
            "The body was larger than is taken.",
            "Send less context, or smaller images; the answer names the limit.",
        ),
        "unknown_url" | "method_not_allowed" => {
            ("There is no such route.", "Check the base URL of the program: it ends in \"/v1\".")
        }
        "prompt_blocked" => (
            "The guard holds the prompt to be an injection, and the policy is to refuse those.",
            "What it saw is below. If it is wrong, report the call as a mistake; a tenant admin can change \
             the policy under Guard.",
        ),
        "context_length_exceeded" => (
            "The prompt is longer than any target of the model takes.",
            "Send less context, or use a model with a longer one.",
        ),
        "provider_circuit_open" => (
            "Every provider behind the model has failed of late and is left alone for a while.",
            "Retry after the pause named in \"Retry-After\"; the operator sees why under Circuits.",
        ),
        "model_unavailable" => (
            "As it is set up, no provider behind the model can be called.",
            "Ask the operator: the call's decision says of each target why. Trying again does not help; \
             another model may answer.",
        ),
        "provider_account_unavailable" => (
            "The call went on from an answer that one provider account alone can read, and that account \
             could not take it. It was sent to no other.",
            "The answer says why, and when to retry where that helps. Else begin anew, without the earlier \
             response and its encrypted reasoning.",
        ),
        "provider_accounts_mixed" => (
            "The call went on from answers of more than one provider account, and none can read them all.",
            "Leave out the response or the encrypted reasoning of all but one.",
        ),
        "idempotency_key_used" | "idempotency_key_conflict" => (
            "The idempotency key was used before.",
            "Nothing was sent or charged again. Use a new key for each new request.",
        ),
        "overloaded" | "unavailable" | "shutting_down" => (
            "The gateway could not take the call at that moment.",
            "Retry after the pause named in \"Retry-After\"; the official SDKs do so by themselves.",
        ),
        _ => (
            "We refused the call.",
            "Nothing was sent to a provider and nothing was charged. The code says why.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use domain::kill::KillScope;
    use domain::refusal::Refusal;

    use super::*;

    #[test]
    fn every_refusal_of_ours_has_advice_of_its_own() {
        let (model, route) = (String::from("m"), String::from("r"));
        let refusals = [
            Refusal::InvalidKey,
            Refusal::Suspended,
            Refusal::Killed { scope: KillScope::All },
            Refusal::Killed { scope: KillScope::Provider },
            Refusal::InvalidBody { field: String::new(), reason: String::new() },
            Refusal::BodyTooLarge { limit_bytes: 1 },
            Refusal::InvalidHeader { name: String::new(), reason: String::new() },
            Refusal::UnknownModel { model: model.clone() },
            Refusal::UnknownRoute { route: route.clone() },
            Refusal::MethodNotAllowed { route },
            Refusal::UnsupportedMediaType,
            Refusal::IdempotencyConflict,
            Refusal::Unpriced { model: model.clone() },
            Refusal::NoTarget { model },
            Refusal::AccountAway { reason: String::new(), retry_after_s: None },
            Refusal::AccountsMixed,
            Refusal::PromptBlocked { signatures: Vec::new() },
            Refusal::ContextTooLong { tokens: 2, most: 1 },
            Refusal::CircuitOpen { retry_after_s: 1 },
            Refusal::Overloaded,
            Refusal::Unavailable,
            Refusal::ShuttingDown,
        ];
        for refusal in refusals {
            let code = refusal.wire().code;
            assert_ne!(refused(code), refused("unknown to this build"), "{code}");
        }
    }
}
