//! The rules: sentences that attack, as sequences of concepts, with what each weighs in hundredths.
//!
//! A signature counts with its best rule alone. What is ordinary in honest texts weighs too little to mark one by
//! itself; it counts where it meets others.

use super::grammar::{Rule, rule};
use super::lexicon::{Concept::*, Concepts, any, one};
use crate::signature::Signature::*;

const WHICH: Concepts = any([Quantity, Your, Above]);
const INSTRUCTIONS: Concepts = any([Instruction, Prompt]);
const PLAYED: Concepts = any([Be, NowYou, Model, Name]);

#[rustfmt::skip]
pub const RULES: &[Rule] = &[
    // "Ignore all previous instructions" and what says the same.
    rule(InstructionOverride, 60, 30, &[one(Override), WHICH, INSTRUCTIONS]).order(),
    rule(InstructionOverride, 45, 30, &[one(Override), WHICH, INSTRUCTIONS]),
    rule(InstructionOverride, 50, 16, &[one(Override), one(TheAbove)]).order(),
    rule(InstructionOverride, 55, 24, &[one(Your), any([Bound, Instruction]), one(Lapsed)]),
    rule(InstructionOverride, 45, 24, &[any([Sort, Above]), any([Bound, Instruction]), one(Lapsed)]),
    rule(InstructionOverride, 45, 16, &[one(Override), one(Bound)]).order(),
    rule(InstructionOverride, 60, 30, &[one(Override), any([Instruction, Content]), one(Above)]),
    rule(InstructionOverride, 55, 24, &[one(Not), one(Follow), WHICH, INSTRUCTIONS]),
    rule(InstructionOverride, 55, 24, &[one(Not), one(Follow), one(Prompt)]),
    rule(InstructionOverride, 55, 24, &[one(Not), one(Follow), INSTRUCTIONS, any([Above, Told])]),
    rule(InstructionOverride, 45, 24, &[one(Override), INSTRUCTIONS]).order(),
    rule(InstructionOverride, 45, 24, &[one(Override), one(Sort), any([Instruction, Prompt, Content])]).order(),
    rule(InstructionOverride, 50, 24, &[one(Override), one(Above), one(Content)]).order(),
    rule(InstructionOverride, 40, 24, &[one(Override), any([Quantity, Your]), one(Content)]).order(),
    rule(InstructionOverride, 35, 12, &[one(Override), one(Everything)]).order(),
    rule(InstructionOverride, 55, 30, &[one(Override), one(Everything), any([Above, Told, Instruction])]),
    rule(InstructionOverride, 55, 40, &[one(Override), any([Above, Everything]), any([Say, Reveal])]).order(),
    rule(InstructionOverride, 45, 24, &[one(Remove), any([Your, Above, Quantity]), INSTRUCTIONS]).order(),
    rule(InstructionOverride, 30, 16, &[one(New), INSTRUCTIONS]).support(),
    rule(InstructionOverride, 55, 30, &[one(Override), any([Quantity, Your]), one(Above), one(Content)]),
    rule(InstructionOverride, 50, 0, &[one(Renew)]),
    rule(InstructionOverride, 35, 16, &[one(Halt), any([Halt, Everything, Only])]).order().across(),
    rule(InstructionOverride, 20, 40, &[one(Instead), one(Say)]).support(),

    rule(SystemPromptLeak, 60, 40, &[any([Reveal, Repeat]), one(Your), one(Prompt)]),
    rule(SystemPromptLeak, 50, 32, &[any([TellMe, Repeat]), one(Prompt)]).order(),
    rule(SystemPromptLeak, 55, 24, &[one(Asking), one(Your), one(Prompt)]),
    rule(SystemPromptLeak, 50, 24, &[any([Reveal, Repeat]), one(Your), any([Instruction])]).order(),
    rule(SystemPromptLeak, 50, 24, &[one(Asking), one(Your), one(Instruction)]).closing(),
    rule(SystemPromptLeak, 40, 24, &[one(Asking), one(Your), one(Instruction)]),
    rule(SystemPromptLeak, 50, 24, &[one(TellMe), one(Verbatim), one(Above)]),
    rule(SystemPromptLeak, 55, 40, &[one(Override), any([TellMe, Reveal]), any([Secret, TheSecret])]),
    rule(SystemPromptLeak, 50, 24, &[one(TheSecret), one(Verbatim)]),
    rule(SystemPromptLeak, 50, 32, &[any([Asking, Reveal, Repeat]), one(Told)]),
    rule(SystemPromptLeak, 50, 24, &[one(Repeat), any([Above, Everything, Told])]).order(),
    rule(SystemPromptLeak, 45, 16, &[any([Asking, TellMe]), one(Quantity), INSTRUCTIONS]).order(),
    rule(SystemPromptLeak, 40, 24, &[one(Say), any([Content, Everything]), one(Above)]).order(),
    rule(SystemPromptLeak, 60, 40, &[any([Say, Repeat]), any([Above, Everything, Content]), any([Above, Told]), one(Verbatim)]).across(),
    rule(SystemPromptLeak, 30, 24, &[any([TellMe, Asking]), one(TheSecret)]).support(),
    rule(SystemPromptLeak, 50, 30, &[any([TellMe, Asking]), one(TheSecret), one(Told)]),
    rule(SystemPromptLeak, 45, 30, &[any([TellMe, Reveal]), one(Your), one(Secret)]),

    rule(PersonaJailbreak, 45, 80, &[PLAYED, one(Free)]),
    rule(PersonaJailbreak, 50, 16, &[one(YouAre), one(Free)]),
    rule(PersonaJailbreak, 55, 40, &[one(YouAre), one(Not), one(Bound)]),
    rule(PersonaJailbreak, 50, 8, &[one(Not), one(Your), one(Bound)]).order(),
    rule(PersonaJailbreak, 20, 24, &[one(Be), one(Model)]).support(),
    rule(PersonaJailbreak, 55, 80, &[PLAYED, one(Free), one(Free)]),
    rule(PersonaJailbreak, 45, 16, &[one(Free), one(Model)]),
    rule(PersonaJailbreak, 50, 90, &[PLAYED, one(Not), one(Bound)]),
    rule(PersonaJailbreak, 60, 90, &[PLAYED, one(Not), one(Bound), one(Bound)]),
    rule(PersonaJailbreak, 45, 12, &[one(Your), one(Not), one(Bound)]),
    rule(PersonaJailbreak, 55, 24, &[one(Not), one(Maker), one(Bound)]),
    rule(PersonaJailbreak, 25, 16, &[one(Maker), one(Bound)]).support(),
    rule(PersonaJailbreak, 45, 60, &[one(Regardless), one(Crime), one(Crime)]),
    rule(PersonaJailbreak, 35, 40, &[one(Regardless), one(Crime)]),
    rule(PersonaJailbreak, 30, 24, &[one(Crime), one(Crime), one(Crime)]).support(),
    rule(PersonaJailbreak, 60, 60, &[any([Be, NowYou]), one(Jailbreak)]),
    rule(PersonaJailbreak, 35, 40, &[any([Be, NowYou]), one(Name)]),
    rule(PersonaJailbreak, 55, 60, &[any([Be, NowYou]), one(Name), one(Name)]),
    rule(PersonaJailbreak, 30, 40, &[one(NowYou), one(Be)]).support(),

    rule(PrivilegedMode, 55, 24, &[any([NowYou, Model, Be]), one(Privileged), one(Mode)]),
    rule(PrivilegedMode, 40, 24, &[one(Enable), one(Privileged), one(Mode)]).order(),
    rule(PrivilegedMode, 40, 16, &[one(Privileged), one(Mode), one(Enable)]),
    rule(PrivilegedMode, 25, 8, &[one(Privileged), one(Mode)]).support(),
    rule(PrivilegedMode, 35, 30, &[one(Enable), one(Jailbreak)]).order(),

    rule(AuthorityImpersonation, 30, 24, &[one(IAm), one(Authority)]).support(),
    rule(AuthorityImpersonation, 40, 40, &[one(Authorised)]).support(),
    rule(AuthorityImpersonation, 50, 60, &[any([IAm, Authorised]), any([Authority, Authorised]), INSTRUCTIONS]).across(),

    rule(RefusalSuppression, 40, 40, &[one(Never), one(Refuse)]),
    rule(RefusalSuppression, 30, 40, &[one(Never), one(Scruple)]).support(),
    rule(RefusalSuppression, 45, 60, &[one(Never), any([Refuse, Scruple]), any([Refuse, Scruple])]),
    rule(RefusalSuppression, 50, 40, &[one(Never), any([Refuse, Scruple]), any([Refuse, Scruple]), any([Refuse, Scruple])]).across(),
    rule(RefusalSuppression, 30, 20, &[one(Never), one(Character)]),
    rule(RefusalSuppression, 25, 20, &[one(Character)]).support(),
    rule(RefusalSuppression, 35, 40, &[one(Always), any([Always, Regardless]), one(Crime)]),

    rule(PrefixInjection, 45, 20, &[one(Begin), any([Your, Quantity]), one(Answer), one(With)]),
    rule(PrefixInjection, 55, 30, &[one(Begin), one(With), one(Affirm)]).order(),
    rule(PrefixInjection, 55, 20, &[one(Answer), one(Begin), one(With), one(Affirm)]),
    rule(PrefixInjection, 45, 20, &[one(Your), one(Answer), one(Begin), one(With)]).quotation(),
    rule(PrefixInjection, 30, 24, &[one(Begin), one(Answer), one(With)]).order(),
    rule(PrefixInjection, 40, 24, &[one(Only), one(Say)]).quotation(),
    rule(PrefixInjection, 20, 12, &[one(Only), one(Say)]).support(),
    rule(PrefixInjection, 25, 10, &[one(Say)]).order().quotation().support(),
    rule(PrefixInjection, 40, 40, &[any([Say, Begin]), one(Grant)]),
    rule(PrefixInjection, 30, 40, &[one(Say), one(NothingElse)]).across().support(),
    rule(PrefixInjection, 40, 30, &[one(Twice)]).support(),
    rule(PrefixInjection, 55, 60, &[one(Twice), any([Twice, Mode, Name, Jailbreak])]),

    rule(FictionalFraming, 15, 0, &[one(Fiction)]).support(),
    rule(FictionalFraming, 30, 80, &[any([Fiction, Tale]), one(Not), one(Bound)]),
    rule(FictionalFraming, 30, 80, &[any([Fiction, Tale]), any([Crime, Free]), any([Crime, Free])]),

    rule(Coercion, 20, 0, &[one(Threat)]).support(),
    rule(Coercion, 30, 60, &[one(Threat), one(Threat)]).across(),
    rule(Coercion, 30, 60, &[one(Reward), one(Threat)]).across(),
    rule(Coercion, 15, 0, &[one(Urgent)]).support(),

    rule(PayloadSplitting, 25, 60, &[one(Join), one(Parts)]).across().support(),
    rule(PayloadSplitting, 25, 60, &[one(Parts), one(Join)]).across().support(),
    rule(EncodedPayload, 15, 40, &[one(Decode), any([Run, Join, Decode])]).support(),

    rule(LanguageSwitch, 55, 30,
        &[one(ForeignOverride), any([ForeignAll, Above, Quantity]), any([ForeignInstruction, Instruction, Content])]),
    rule(LanguageSwitch, 50, 40, &[one(ForeignOverride), any([ForeignInstruction, Instruction]), any([ForeignAll, Above])]),
    rule(LanguageSwitch, 50, 30, &[any([ForeignAll, Your]), any([ForeignInstruction, Instruction]), one(ForeignOverride)]),
    rule(LanguageSwitch, 40, 24, &[one(ForeignOverride), any([ForeignInstruction, Instruction])]),
    rule(LanguageSwitch, 45, 16, &[one(ForeignOverride), one(ForeignAll)]),
    rule(LanguageSwitch, 50, 30, &[one(ForeignReveal), any([ForeignAll, Your]), any([ForeignInstruction, Prompt])]),

    rule(IndirectInstruction, 50, 40, &[one(Reader), any([Before, Change, Override, Say, Reveal, Send, Not])]),
    rule(IndirectInstruction, 50, 30, &[one(Change), one(Your), one(Answer)]).order(),
    rule(IndirectInstruction, 55, 16, &[one(Override), one(UserAsk)]).order(),
    rule(IndirectInstruction, 50, 0, &[one(Secrecy)]),
    rule(IndirectInstruction, 30, 40, &[any([Urgent, Halt]), any([Before, Override, Reader])]).across().support(),
    rule(IndirectInstruction, 35, 60, &[one(Before), any([Send, Reveal, Run])]).support(),

    rule(ToolHijack, 30, 80, &[one(ToolCall), any([ToolCall, Run, Send])]).across(),
    rule(ToolHijack, 30, 30, &[one(Be), one(Run)]).support(),
    rule(ToolHijack, 15, 30, &[one(Run), one(Run)]).support(),

    rule(ExfiltrationChannel, 35, 80, &[one(Send), any([Prompt, Secret, Content]), one(Address)]),
    rule(ExfiltrationChannel, 30, 80, &[one(Image), any([Prompt, Secret, Content, Address])]),
    rule(ExfiltrationChannel, 40, 120, &[any([Send, Image]), any([Prompt, Secret]), any([Image, Address])]).across(),
];
