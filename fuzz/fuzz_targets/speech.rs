//! Where words stand: any body is heard or refused, and what is not changed keeps every byte.

#![no_main]

use domain::provider::Surface;
use libfuzzer_sys::fuzz_target;
use speech::answer::{Options, Rewriter, Stream, Writing, whole};
use speech::prompt::{kept, said};
use speech::sse::Splitter;

/// Changes nothing, and holds back what it is told to.
struct Hold(usize, String);

impl Rewriter for Hold {
    fn push(&mut self, piece: &str) -> String {
        self.1.push_str(piece);
        let held = self.1.chars().rev().take(self.0).map(char::len_utf8).sum::<usize>();
        let rest = self.1.split_off(self.1.len() - held);
        std::mem::replace(&mut self.1, rest)
    }

    fn finish(&mut self) -> String {
        std::mem::take(&mut self.1)
    }
}

fuzz_target!(|input: &[u8]| {
    let Some((first, body)) = input.split_first() else { return };
    let surface = Surface::ALL[usize::from(*first) % Surface::ALL.len()];
    let text = String::from_utf8_lossy(body);
    let _ = said(surface, &text);
    for range in kept(surface, &text).unwrap_or_default() {
        assert!(text.get(range).is_some());
    }
    let options = Options { logprobs: true, reasoning: first & 128 == 0 };
    if let Ok(answer) = whole(body, options, &mut |_: Writing| Hold(3, String::new())) {
        assert_eq!(answer, body);
    }
    for most in [0, 3] {
        let mut stream = Stream::new(surface, options);
        let (mut splitter, mut came, mut out) = (Splitter::default(), Vec::new(), Vec::new());
        splitter.push(body);
        while let Ok(Some(event)) = splitter.next_event() {
            came.extend_from_slice(event.bytes());
            stream.event(&event, &mut |_| Hold(most, String::new()), &mut out);
        }
        stream.end(&mut out);
        // Halves of characters are put together, and what is no UTF-8 becomes some.
        if most == 0 && !body.windows(2).any(|pair| pair == b"\\u") && text.as_bytes() == body {
            assert_eq!(came, out);
        }
    }
});
