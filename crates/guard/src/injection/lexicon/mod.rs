//! The words that attacks are made of, by what they do in a sentence.
//!
//! A grammar of roles generalises better than a list of phrases: the rules speak of concepts alone, and a new way
//! of saying the same thing is one word here. Words are lower case ASCII where the script allows, since the text is
//! folded the same way. A word ends where a word ends in the text, unless it closes with `*`.

mod foreign;
mod limits;
mod orders;
mod turns;
mod world;

/// What a word does in an attack.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Concept {
    // What is done to instructions.
    Override,
    Follow,
    Remove,
    Quantity,
    Your,
    Above,
    Sort,
    Instruction,
    Content,
    Everything,
    New,
    TheAbove,
    Lapsed,
    Affirm,
    Renew,
    Instead,
    Halt,
    // What is wanted to be seen.
    Reveal,
    Repeat,
    Prompt,
    Asking,
    Told,
    GaveYou,
    OnYou,
    Drop,
    Preamble,
    Guarded,
    Governs,
    YourMaker,
    Verbatim,
    Secret,
    TellMe,
    TheSecret,
    // Who is spoken to, who is played.
    Be,
    Model,
    Maker,
    YouAre,
    NowYou,
    Name,
    Jailbreak,
    // Limits and their absence.
    Not,
    Never,
    Bound,
    Free,
    NoLimits,
    Crime,
    Regardless,
    Always,
    Refuse,
    Scruple,
    Character,
    // Modes and authority.
    Mode,
    Privileged,
    Enable,
    IAm,
    Authority,
    Authorised,
    // The answer.
    Begin,
    Answer,
    With,
    Only,
    Say,
    Twice,
    Grant,
    NothingElse,
    // Frames and pressure.
    Fiction,
    Tale,
    Threat,
    Reward,
    Urgent,
    // Structure.
    Delimiter,
    RoleTurn,
    Join,
    Parts,
    Decode,
    // Turns of phrase.
    NeverWas,
    Released,
    ObeyMe,
    Opposite,
    Mind,
    Portion,
    AnyAsk,
    SafetyOff,
    Guards,
    Off,
    Refusing,
    NotOption,
    Pwned,
    FirstWords,
    // Other languages.
    ForeignOverride,
    ForeignInstruction,
    ForeignReveal,
    ForeignAll,
    ForeignPrompt,
    ForeignGiven,
    ForeignNow,
    ForeignFree,
    ForeignLapsed,
    // Documents and tools.
    Reader,
    UserAsk,
    Secrecy,
    Change,
    Addressed,
    Deed,
    Before,
    Tool,
    Private,
    Call,
    Link,
    ToolCall,
    Run,
    Send,
    Address,
    Image,
    // Marks of other things.
    Rot13,
    Reversed,
    About,
    Code,
}

/// A set of concepts, one bit each.
pub type Concepts = u128;

pub const fn one(concept: Concept) -> Concepts {
    1 << concept as u8
}

pub const fn any<const N: usize>(concepts: [Concept; N]) -> Concepts {
    let mut set = 0;
    let mut index = 0;
    while index < N {
        set |= one(concepts[index]);
        index += 1;
    }
    set
}

/// Words of one concept, separated by `|`; a bar inside of a word is written `¦`.
pub type Entry = (Concept, &'static str);

/// Every word with what it does.
pub fn entries() -> impl Iterator<Item = (Concept, String)> {
    [orders::WORDS, limits::WORDS, turns::WORDS, world::WORDS, foreign::WORDS]
        .into_iter()
        .flatten()
        .flat_map(|(concept, words)| {
            words.split('|').map(|word| (*concept, word.replace('¦', "|")))
        })
}
