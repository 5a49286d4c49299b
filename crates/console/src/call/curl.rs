//! A command that repeats a call, safe to paste into a shell.

/// The command for a body. Address and key are taken from the environment of whoever runs it, so
/// that the text itself carries no secret and no host.
pub(crate) fn curl(path: &str, body: &str, truncated: bool) -> String {
    let note = if truncated { "# Only the beginning of the request was kept.\n" } else { "" };
    format!(
        "{note}curl \"$TOKENONE_URL{path}\" \\\n  \
           -H \"Authorization: Bearer $TOKENONE_API_KEY\" \\\n  \
           -H 'Content-Type: application/json' \\\n  \
           --data-raw {}",
        quoted(body)
    )
}

/// The route of a surface.
pub(crate) fn path(surface: &str) -> String {
    // A surface is the route with dots in place of slashes; anything else in it is not ours.
    let clean =
        surface.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
    format!("/v1/{}", clean.collect::<String>().replace('.', "/"))
}

/// One word of a POSIX shell: everything within single quotes stands for itself, and a single quote is
/// written outside of them. Control characters are taken out, since a terminal acts on them while the
/// text is being pasted, before any shell sees the quotes; JSON needs none but white space.
fn quoted(text: &str) -> String {
    let mut word = String::with_capacity(text.len() + 2);
    word.push('\'');
    for char in text.chars() {
        match char {
            '\'' => word.push_str("'\\''"),
            '\n' | '\t' => word.push(char),
            '\r' => word.push(' '),
            _ if char.is_control() => word.push('\u{fffd}'),
            _ => word.push(char),
        }
    }
    word.push('\'');
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_sees_the_body_and_nothing_else() {
        for body in ["{\"a\":\"it's\"}", "$(touch x) `id` \\ \" ! \n end", "@/etc/passwd", "''"] {
            let script = format!("printf %s {}", quoted(body));
            let output = std::process::Command::new("sh").arg("-c").arg(&script).output().unwrap();
            assert_eq!(String::from_utf8(output.stdout).unwrap(), body);
        }
    }

    #[test]
    fn a_terminal_is_given_nothing_to_act_on() {
        let command = curl("/v1/x", "a\u{1b}[201~\u{9b}b\rc", false);
        assert!(!command.chars().any(|char| char.is_control() && char != '\n'));
    }

    #[test]
    fn the_key_is_a_placeholder_and_the_body_no_file() {
        let command = curl(&path("chat.completions"), "{}", true);
        assert_eq!(
            command,
            "# Only the beginning of the request was kept.\n\
             curl \"$TOKENONE_URL/v1/chat/completions\" \\\n  \
             -H \"Authorization: Bearer $TOKENONE_API_KEY\" \\\n  \
             -H 'Content-Type: application/json' \\\n  \
             --data-raw '{}'"
        );
        assert_eq!(path("a\";id"), "/v1/aid");
    }
}
