//! Letters set apart from each other.

use super::View;

/// Characters in a row that the same mark sets apart, before they are drawn together.
const APART_MIN: usize = 6;

/// The text with letters drawn together that one and the same mark sets apart (`i g n o r e`, `i-g-n-o-r-e`), unless none are.
///
/// A wider gap is where a word ends. The second value says that there were no such gaps, so that the words of the
/// view run into each other.
pub fn together(text: &str) -> Option<(View, bool)> {
    let characters: Vec<(usize, char)> = text.char_indices().collect();
    let offset = |at: usize| characters.get(at).map_or(text.len(), |(offset, _)| *offset);
    let mut view = View::default();
    let (mut at, mut copied, mut runs_on) = (0, 0, false);
    while at < characters.len() {
        let (end, gaps) = apart(&characters[at..]);
        if end < APART_MIN {
            at += 1;
            continue;
        }
        runs_on |= !gaps;
        view.copy(&text[offset(copied)..offset(at)], offset(copied));
        at = draw(&characters, at, end, &mut view);
        copied = at;
    }
    view.copy(&text[offset(copied)..], offset(copied));
    (copied > 0).then_some((view, runs_on))
}

fn is_separator(character: char) -> bool {
    !character.is_alphanumeric() && character != '\n'
}

/// How many characters stand apart at the beginning, and whether wider gaps are between some of them.
fn apart(characters: &[(usize, char)]) -> (usize, bool) {
    let Some(&(_, separator)) = characters.get(1) else { return (0, false) };
    let letter_first = characters.first().is_some_and(|(_, first)| first.is_alphanumeric());
    if !is_separator(separator) || !letter_first {
        return (0, false);
    }
    let (mut at, mut count, mut gaps) = (0, 0, false);
    while let Some(&(_, character)) = characters.get(at) {
        if character == separator {
            break;
        }
        let width =
            characters[at + 1..].iter().take(4).take_while(|(_, c)| *c == separator).count();
        count += 1;
        gaps |= width > 1 || character.is_whitespace();
        if width == 0 {
            // The row's last character is its own only if nothing follows it directly.
            let ends = characters.get(at + 1).is_none_or(|(_, next)| !next.is_alphanumeric());
            return (if ends { count } else { count - 1 }, gaps);
        }
        at += 1 + width;
    }
    (count, gaps)
}

/// Draws `count` characters together from `at` on; returns where the row has ended.
fn draw(characters: &[(usize, char)], mut at: usize, count: usize, view: &mut View) -> usize {
    let Some(&(_, separator)) = characters.get(at + 1) else { return at + 1 };
    for _ in 0..count {
        let Some(&(offset, character)) = characters.get(at) else { break };
        view.put(character, offset..offset + character.len_utf8());
        let width =
            characters[at + 1..].iter().take(4).take_while(|(_, c)| *c == separator).count();
        if width > 1 {
            view.put(' ', offset..offset + character.len_utf8());
        }
        at += 1 + width;
    }
    let goes_on = characters.get(at).is_some_and(|(_, next)| next.is_alphanumeric());
    if goes_on
        && !view.text.ends_with(' ')
        && let Some(&(offset, mark)) = characters.get(at - 1)
    {
        view.put(' ', offset..offset + mark.len_utf8());
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scattered_letters_are_drawn_together() {
        for (scattered, plain, runs_on) in [
            ("I g n o r e   a l l   o f   i t", "Ignore all of it", false),
            ("I-g-n-o-r-e- -a-l-l", "Ignore all", false),
            ("now i_g_n_o_r_e it", "now ignore it", true),
            ("S a y t h a t", "Saythat", true),
            ("für i_g_n_o_r_e für", "für ignore für", true),
        ] {
            let (view, on) = together(scattered).unwrap();
            assert_eq!(view.text, plain);
            assert_eq!(on, runs_on, "{scattered}");
        }
        assert_eq!(together("a b c is no row"), None);
    }
}
