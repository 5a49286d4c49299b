//! What the console's port says of the guard, put into words. On the server only.

use contract::draft::Draft;
use contract::fault::Fault;
use contract::guard::{FigureRow, FoundRow, GuardView, PolicyView, SignatureRow, Span, Tried};
use domain::guard::{Mode, Personal, Policy, Secrets};
use domain::ids::ProjectId;
use leptos::server_fn::ServerFn as _;

use super::calls::{FigureLine, FoundLine, GuardPage, PolicyLine, SetPolicy, SignatureLine, Trial};
use crate::ui::number::{count, counted};

/// The key of the policy for all projects.
const ALL: &str = "all";

/// The page.
pub fn page(view: GuardView, span: Span, opened: &str) -> GuardPage {
    let totals = view.totals;
    let policy = view.policies.first().map(|tenant| tenant.policy.clone()).unwrap_or_default();
    let opened = view
        .policies
        .iter()
        .filter(|_| view.may_change)
        .find(|policy| key(policy.project_id) == opened)
        .map(|policy| (policy.name.clone(), form(policy)));
    let refused = counted(totals.refused, "prompt refused", "prompts refused");
    GuardPage {
        title: format!("{refused}, {}", span.label().to_lowercase()),
        totals: [
            ("Calls", totals.calls),
            ("Prompts above clean", totals.flagged),
            ("Refused for it", totals.refused),
            ("Prompts with secrets", totals.redacted),
            ("Answers with personal data", totals.masked),
        ]
        .map(|(name, number)| (name.to_owned(), count(number)))
        .to_vec(),
        signatures: view.signatures.into_iter().map(|row| signature(row, &policy)).collect(),
        found: view.found.into_iter().map(found).collect(),
        policies: view.policies.iter().map(line).collect(),
        opened,
        measured_on: view.evaluation.measured_on,
        figures: view.evaluation.figures.iter().map(figure).collect(),
    }
}

fn figure(row: &FigureRow) -> FigureLine {
    FigureLine {
        meaning: row.meaning.clone(),
        share: format!("{} %", percent(row.share)),
        interval: format!("{}–{}", percent(row.low), percent(row.high)),
        texts: count(row.texts.into()),
    }
}

/// Ten-thousandths as a percentage, with the digits that a reader can use.
fn percent(share: u16) -> String {
    let tenths = (share + 5) / 10;
    match share {
        0 | 10_000 => (share / 100).to_string(),
        1_000.. => format!("{}.{}", tenths / 10, tenths % 10),
        _ => format!("{}.{:02}", share / 100, share % 100),
    }
}

/// What the guard says of a text that was tried out.
pub fn trial(tried: Tried) -> Trial {
    let end = if tried.refused { "would be refused" } else { "would be let through" };
    let seen = tried.seen.into_iter().map(|seen| {
        (format!("{}, {} points: it {}", seen.id, seen.points, seen.meaning), seen.text)
    });
    Trial {
        verdict: tried.verdict,
        sentence: format!("Score {}. A call with it {end}.", tried.score),
        seen: seen.collect(),
        undone: tried.undone,
        sent: tried.redacted,
        returned: tried.masked,
    }
}

/// The project that a form names; `None` where it means all of them.
pub fn project(key: &str) -> Result<Option<ProjectId>, Fault> {
    if key == ALL { Ok(None) } else { key.parse().map(Some).map_err(|_| Fault::NotFound) }
}

fn key(project: Option<ProjectId>) -> String {
    project.map_or_else(|| ALL.to_owned(), |id| id.to_string())
}

fn signature(row: SignatureRow, policy: &Policy) -> SignatureLine {
    SignatureLine {
        counts: policy.injections != Mode::Off && !policy.disabled.contains(&row.id),
        number: row.number,
        id: row.id,
        meaning: row.meaning,
        references: row.references,
        calls: count(row.calls),
        parts: row.parts.into_iter().map(Some).collect(),
    }
}

fn found(row: FoundRow) -> FoundLine {
    let end = if row.refused { "; refused" } else { "" };
    FoundLine {
        call: row.call_id,
        at: row.at,
        whose: format!("{}, {}", row.project, row.key),
        verdict: row.verdict,
        what: format!("{}{end}", row.what),
        reported: row.reported,
    }
}

fn line(view: &PolicyView) -> PolicyLine {
    let from = match (&view.updated, view.project_id) {
        (Some((by, _)), _) => format!("Its own, by {by}"),
        (None, None) => "The default".into(),
        (None, Some(_)) => "That of all projects".into(),
    };
    PolicyLine {
        key: key(view.project_id),
        name: view.name.clone(),
        holds: holds(&view.policy),
        from,
        at: view.updated.as_ref().map(|(_, at)| *at),
    }
}

fn holds(policy: &Policy) -> String {
    let injections = match policy.injections {
        Mode::Off => "Prompts are not scanned",
        Mode::Monitor => "Attacks are recorded, not refused",
        Mode::Block => "Attacks are refused",
    };
    let secrets = match policy.secrets {
        Secrets::Off => "secrets are sent",
        Secrets::Tag => "secrets become placeholders",
        Secrets::Mask => "secrets are removed",
    };
    let personal = match policy.personal {
        Personal::Off => "personal data is passed on",
        Personal::Mask => "personal data is masked",
        Personal::Tag => "personal data becomes placeholders",
    };
    let mut holds = format!("{injections}, {secrets}, {personal}.");
    let less = [
        (policy.disabled.len(), "signature off", "signatures off"),
        (policy.kinds_passed.len(), "kind let through", "kinds let through"),
        (policy.values_passed.len(), "value let through", "values let through"),
    ];
    for (n, one, many) in less.into_iter().filter(|(n, ..)| *n > 0) {
        holds += &format!(" {}.", counted(n as u64, one, many));
    }
    holds
}

/// The form of a policy as it starts.
fn form(view: &PolicyView) -> Draft {
    let policy = &view.policy;
    let mut fields = vec![
        ("project", key(view.project_id)),
        ("version", view.version.to_string()),
        ("form[injections]", policy.injections.as_str().into()),
        ("form[suspicious_from]", policy.suspicious_from.to_string()),
        ("form[ambiguous_from]", policy.ambiguous_from.to_string()),
        ("form[blocked_from]", policy.blocked_from.to_string()),
        ("form[second_opinion]", policy.second_opinion.as_str().into()),
        ("form[secrets]", policy.secrets.as_str().into()),
        ("form[personal]", policy.personal.as_str().into()),
        ("form[kinds_passed]", policy.kinds_passed.join("\n")),
        ("form[values_passed]", policy.values_passed.join("\n")),
    ];
    fields.extend(policy.disabled.iter().map(|id| ("form[disabled][]", id.clone())));
    let ticked = [("form[restores]", policy.restores), ("form[reasoning]", policy.reasoning)];
    fields.extend(ticked.into_iter().filter(|(_, on)| *on).map(|(name, _)| (name, "true".into())));
    let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value));
    Draft::of(String::new(), SetPolicy::PATH.to_owned(), fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_starts_with_the_policy() {
        let policy = Policy {
            disabled: vec!["coercion".into()],
            values_passed: vec!["a".into(), "b".into()],
            reasoning: false,
            restores: true,
            ..Policy::default()
        };
        let view =
            PolicyView { project_id: None, name: "All".into(), policy, version: 3, updated: None };
        let form = form(&view);
        assert_eq!(form.get("project"), Some("all"));
        assert_eq!(form.get("version"), Some("3"));
        assert_eq!(form.get("form[values_passed]"), Some("a\nb"));
        assert!(form.holds("form[disabled][]", "coercion") && form.holds("form[restores]", "true"));
        assert_eq!(form.get("form[reasoning]"), None);
        assert_eq!(project("all"), Ok(None));
        assert_eq!(project("none"), Err(Fault::NotFound));
    }

    #[test]
    fn a_share_has_the_digits_that_a_reader_can_use() {
        assert_eq!(
            [0, 5, 129, 5_095, 8_627, 10_000].map(percent),
            ["0", "0.05", "1.29", "51.0", "86.3", "100"]
        );
    }

    #[test]
    fn what_holds_is_a_sentence() {
        assert_eq!(
            holds(&Policy { disabled: vec!["coercion".into()], ..Policy::default() }),
            "Attacks are refused, secrets become placeholders, personal data is masked. 1 signature off."
        );
    }
}
