use std::time::Instant;
#[test]
fn prof() {
    let text = include_str!("/work/h3/docs/operations.md").to_string() + include_str!("/work/h3/docs/translation.md") + include_str!("/work/h3/README.md");
    let text: String = text.chars().filter(char::is_ascii).collect();
    let kb = text.len() as f64 / 1024.0;
    let t = |name: &str, f: &mut dyn FnMut() -> usize| {
        let mut best = f64::MAX; let mut r = 0;
        for _ in 0..200 { let s = Instant::now(); r = f(); best = best.min(s.elapsed().as_secs_f64()); }
        println!("{name}: {:.2} us/KB ({r})", best * 1e6 / kb);
    };
    t("ascii", &mut || text.is_ascii() as usize);
    t("survey", &mut || guard::normalise::survey::survey(&text).leet as usize);
    t("words", &mut || guard::injection::words::words(&text, false).len());
    t("scan", &mut || guard::injection::scan(&text, guard::policy::Channel::User, &Default::default()).score as usize);
}
