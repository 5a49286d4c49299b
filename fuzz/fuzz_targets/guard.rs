//! The guard's normaliser and detector: a verdict for any text, and spans that lie in it.

#![no_main]

use guard::injection::scan;
use guard::normalise::fold::fold;
use guard::policy::{Channel, Policy};
use guard::verdict::Verdict;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let text = String::from_utf8_lossy(input);
    for channel in [Channel::User, Channel::Tool, Channel::System] {
        let report = scan(&text, channel, &Policy::default());
        for finding in &report.findings {
            assert!(text.get(finding.span.clone()).is_some());
        }
        assert!(report.verdict < Verdict::Blocked || report.signatures().len() >= 2);
    }
    let once = fold(&text).view.text;
    assert_eq!(fold(&once).view.text, once);
});
