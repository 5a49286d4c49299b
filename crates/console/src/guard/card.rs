//! How well the guard sees: the figures of the last measurement, as `make eval-guard CARD=1` wrote them.

use std::sync::LazyLock;

use contract::guard::{Evaluation, FigureRow};
use serde::Deserialize;

/// The measurement that came with this version.
static CARD: LazyLock<Option<Card>> =
    LazyLock::new(|| serde_json::from_str(include_str!("card.json")).ok());

/// What is shown of it, in order.
const SHOWN: [(&str, &str); 14] = [
    ("attack_core_flag", "Attacks with a mark of one in their words that are marked"),
    ("attack_core_block", "The same that are refused"),
    ("attack_ext_flag", "Attacks that only their context tells that are marked"),
    ("obfuscated_flag", "Attacks behind encodings and look-alikes that are marked"),
    ("benign_flag", "Ordinary texts that are marked"),
    ("hard_benign_flag", "Harmless texts that look like attacks that are marked"),
    ("notinject_flag", "Questions full of an attack's words (NotInject) that are marked"),
    ("benign_encoding_flag", "Harmless encoded texts that are marked"),
    ("hard_benign_block", "Harmless texts that look like attacks that are refused"),
    ("secrets_recall", "Secrets that are found"),
    ("secrets_clean_flag", "Texts without a secret in which one is found"),
    ("pii_recall", "Personal data that is masked, all of it"),
    ("pii_clean_flag", "Texts without personal data in which some is masked"),
    ("pii_stream_equal", "Answers that are masked alike, however their stream is cut"),
];

#[derive(Deserialize)]
struct Card {
    measured_on: String,
    figures: Vec<Figure>,
}

#[derive(Deserialize)]
struct Figure {
    id: String,
    of: u32,
    share: u16,
    low: u16,
    high: u16,
}

/// The measurement that came with this version.
pub(super) fn evaluation() -> Evaluation {
    let Some(card) = &*CARD else { return Evaluation::default() };
    let row = |(id, meaning): (&str, &str)| {
        let figure = card.figures.iter().find(|figure| figure.id == id)?;
        Some(FigureRow {
            meaning: meaning.to_owned(),
            share: figure.share,
            low: figure.low,
            high: figure.high,
            texts: figure.of,
        })
    };
    Evaluation {
        measured_on: card.measured_on.clone(),
        figures: SHOWN.into_iter().filter_map(row).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_card_of_this_version_can_be_read_and_holds_every_figure() {
        let shown = evaluation();
        assert_eq!(shown.figures.len(), SHOWN.len());
        for (row, (id, _)) in shown.figures.iter().zip(SHOWN) {
            assert!(row.low <= row.share && row.share <= row.high && row.high <= 10_000, "{id}");
            assert!(row.texts > 0, "{id}");
        }
        let day = shown.measured_on.parse::<chrono::NaiveDate>();
        assert!(day.unwrap() >= chrono::NaiveDate::from_ymd_opt(2026, 11, 1).unwrap());
    }
}
