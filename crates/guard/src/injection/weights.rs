//! What a signature weighs by where it was seen, and what hiding weighs.

use crate::policy::Channel;
use crate::signature::Signature;

/// Percent of a rule's points that count in a channel.
pub fn percent(channel: Channel, signature: Signature) -> u16 {
    use Signature::*;
    match (channel, signature) {
        // A person may well ask to have an answer changed; a document may not.
        (Channel::User, IndirectInstruction) => 0,
        // Dialogues, stories and tool calls are what documents and tools bring.
        (Channel::Document | Channel::Tool, ManyShotDialogue) => 0,
        (Channel::Document | Channel::Tool, FictionalFraming | Coercion) => 50,
        (Channel::Tool, ToolHijack | RoleDelimiterSpoof) => 50,
        _ => 100,
    }
}

/// Points of hiding, which count only where what was hidden reads like an attack.
pub fn hiding(signature: Signature) -> u16 {
    match signature {
        Signature::InvisibleText | Signature::EncodedPayload => 40,
        Signature::ConfusableText | Signature::PayloadSplitting => 35,
        _ => 0,
    }
}

/// What has to be found in a hidden text before hiding counts.
pub const HIDDEN_POINTS_MIN: u16 = 15;

/// What an ordinary sentence has to weigh, before it is worth hiding by itself.
pub const HIDDEN_SUPPORT_MIN: u16 = 30;

/// Percent of the points that count in code and in requests to a model's interface, which quote.
pub const QUOTED_PERCENT: u16 = 80;
