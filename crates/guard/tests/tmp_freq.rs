#[test]
fn freq() {
    let text = std::fs::read_to_string("/tmp/h3/clean.txt").unwrap();
    let mut counts = std::collections::HashMap::<String, usize>::new();
    let words = guard::injection::words::words(&text, false);
    for w in &words { *counts.entry(text[w.start as usize..w.end as usize].to_lowercase()).or_default() += 1; }
    let mut v: Vec<_> = counts.into_iter().collect(); v.sort_by_key(|x| std::cmp::Reverse(x.1));
    println!("{} words in {} KB", words.len(), text.len() / 1024);
    for (w, c) in v.iter().take(110) { print!("{w:?} {c}  "); }
}
