//! What went wrong, in sentences: why, what to do, and what finds it in the log.

use contract::fault::Fault;
use leptos::prelude::*;

use crate::paths;
use crate::ui::button::{Button, LinkButton, Tone};
use crate::ui::icon::{Icon, icon};

/// A part of a page that could not be had, with a way to try again where that can help.
#[component]
pub fn Failure(fault: Fault, #[prop(optional, into)] retry: Option<Callback<()>>) -> impl IntoView {
    let heading = heading(&fault);
    let text = sentence(&fault);
    let lock = matches!(fault, Fault::Forbidden(_) | Fault::NoTenant);
    let can_retry = matches!(
        fault,
        Fault::Unavailable | Fault::Internal { .. } | Fault::Limited { .. } | Fault::Conflict
    );
    view! {
        <div class="failure" role=if lock { "status" } else { "alert" }>
            {icon(if lock { Icon::Lock } else { Icon::Alert })}
            <div>
                <p class="failure-title">{heading}</p>
                <p>{text}</p>
                {matches!(fault, Fault::SignInAgain)
                    .then(|| view! { <LinkButton href=paths::SIGN_IN>"Sign in"</LinkButton> })}
                {matches!(fault, Fault::NoTenant)
                    .then(|| {
                        view! {
                            <LinkButton href=paths::TENANTS tone=Tone::Primary>
                                "Choose a tenant"
                            </LinkButton>
                        }
                    })}
                {retry
                    .filter(|_| can_retry)
                    .map(|retry| {
                        view! { <Button on_click=move |_| retry.run(())>"Try again"</Button> }
                    })}
            </div>
        </div>
    }
}

fn heading(fault: &Fault) -> &'static str {
    match fault {
        Fault::Forbidden(_) => "Not permitted",
        Fault::NoTenant => "No tenant is chosen",
        Fault::NotFound => "Not found",
        Fault::SignInAgain => "You are signed out",
        Fault::WrongCredentials => "Could not sign you in",
        Fault::Invalid { .. } | Fault::InvalidTarget { .. } => "Please check the form",
        Fault::Conflict => "It has changed",
        Fault::Limited { .. } => "Too many attempts",
        Fault::Unavailable => "Not available for the moment",
        Fault::Internal { .. } => "Something failed on our side",
    }
}

/// The fault as one or two sentences.
#[must_use]
pub fn sentence(fault: &Fault) -> String {
    match fault {
        Fault::NotFound => "It does not exist, or it is out of your reach.".into(),
        Fault::Forbidden(permission) => {
            let roles: Vec<&str> = permission.granted_by().map(|role| role.label()).collect();
            let (last, others) = roles.split_last().map_or(("nobody", &[][..]), |(l, o)| (*l, o));
            let roles = if others.is_empty() {
                last.to_owned()
            } else {
                format!("{} or {last}", others.join(", "))
            };
            format!("Your role does not allow this. The role {roles} does.")
        }
        Fault::NoTenant => "This happens inside a tenant. Choose one first.".into(),
        Fault::SignInAgain => "Your session has ended. Sign in again to continue.".into(),
        Fault::WrongCredentials => "The e-mail address or the password is wrong.".into(),
        Fault::Invalid { field, reason } => format!("{field} {reason}."),
        Fault::InvalidTarget { target, field, reason } => {
            format!("Target {target}: {field} {reason}.")
        }
        Fault::Conflict => {
            "It exists already or was changed in the meantime. Reload and try again.".into()
        }
        Fault::Limited { retry_after_s } => {
            format!("There were too many attempts. Wait {} and try again.", wait(*retry_after_s))
        }
        Fault::Unavailable => {
            "The server or its database does not answer. Nothing was changed; try again shortly."
                .into()
        }
        Fault::Internal { reference } if is_reference(reference) => {
            format!("The reference {reference} finds the reason in the server's log.")
        }
        Fault::Internal { .. } => "The reason is in the server's log.".into(),
    }
}

/// Whether the text is an id of ours: a fault can arrive through a URL that somebody else wrote.
fn is_reference(text: &str) -> bool {
    const REFERENCE_CHARS_MAX: usize = 36;
    !text.is_empty()
        && text.len() <= REFERENCE_CHARS_MAX
        && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

fn wait(seconds: u32) -> String {
    match seconds {
        0..=1 => "a second".into(),
        2..=90 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}

#[cfg(test)]
mod tests {
    use domain::role::Permission;

    use super::*;

    #[test]
    fn a_refusal_names_the_roles_that_may() {
        assert_eq!(
            sentence(&Fault::Forbidden(Permission::ReadContent)),
            "Your role does not allow this. The role Tenant admin or Auditor does."
        );
    }

    #[test]
    fn text_that_came_through_a_url_is_not_shown_as_a_reference() {
        let told = sentence(&Fault::Internal { reference: "call +1 555 0100 now".into() });
        assert_eq!(told, "The reason is in the server's log.");
    }
}
