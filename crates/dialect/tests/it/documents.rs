//! What people read about the translation is what it does.

use std::fs;
use std::path::Path;

use dialect::dropped::{DROPPED, Place};

#[test]
fn the_table_of_what_is_left_out_is_the_one_that_people_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/translation.md");
    let text = fs::read_to_string(path).unwrap();
    let written: Vec<&str> = text
        .lines()
        .skip_while(|line| !line.starts_with("| left out | in | why |"))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .collect();
    let meant: Vec<String> = DROPPED
        .iter()
        .map(|dropped| {
            let place = match dropped.place {
                Place::Top => "the body",
                Place::Message => "a message or item",
                Place::Part => "a piece of content",
                Place::Tool => "a tool",
            };
            let dialect = dropped.client.label();
            format!("| `{}` | {dialect}, {place} | {} |", dropped.field, dropped.why)
        })
        .collect();
    assert_eq!(written, meant, "the table should be:\n{}", meant.join("\n"));
}
