//! Turns of phrase that say the same as an order: as if it had never been, mine count alone, no is no answer.

use super::{Concept::*, Entry};

#[rustfmt::skip]
pub(super) const WORDS: &[Entry] = &[
    (NeverWas, "never been written|never written|never existed|never happened|never said|never been said|\
        does not exist|doesn't exist|do not exist|don't exist|did not exist|didn't exist|was never there|\
        was never said|had never been|do not count|don't count|does not count|doesn't count|no longer counts|\
        no longer count|shall be ignored|should be ignored|must be ignored|can be ignored|may be ignored|\
        to be ignored|is to be disregarded|should be disregarded|must be disregarded|can be disregarded|is obsolete|\
        are obsolete|is outdated|are outdated|is irrelevant|are irrelevant|was a test|was just a test|was only a test|\
        must not be applied|should not be applied|no power|no authority over|no power over|does not bind you|\
        do not bind you"),
    (Released, "you don't need to follow|you do not need to follow|you need not follow|you don't have to follow|\
        you do not have to follow|you no longer need to follow|you no longer have to follow|no need to follow|\
        you no longer follow|you don't need to obey|you don't have to obey|you do not have to obey|you no longer obey|\
        you are free from|you're free from|you are freed from|you are released from|release you from|released from your|\
        free you from|freed from your|relieve you of|you may ignore|you can ignore|you are allowed to ignore|\
        you may skip|you can skip|you may bypass|you can bypass|you may break|you can break|you are not bound by|\
        you're not bound by|you are no longer bound by|you're no longer bound by|permission to ignore|permission to skip|\
        permission to bypass|permission to break|allowed to break|free to ignore|free to disregard"),
    (ObeyMe, "obey me|obey only me|obey the user|obeys the user|obey my commands|listen to me alone|only listen to me|\
        listen only to me|take orders from me|take orders only from me|only my rules|my rules apply|my rules only|\
        my instructions take precedence|my instructions come first|my instructions replace|my commands replace|\
        do as i say|do what i say|do whatever i say|do exactly as i say|do everything i say|only follow my|\
        follow only my|only obey|answer to me|i am your master|i'm your master|i am your new master|yes master|\
        wait for my commands|mine replace them|the user has the last word|i am in charge now|i'm in charge now|\
        i give the orders|you work for me|my commands only|follow my commands only|only my commands|you serve me|\
        serve only me|you belong to me|follow my orders"),
    (Opposite, "the opposite of|the exact opposite of|the reverse of|contrary to|the contrary of|against|in violation of|\
        in defiance of|regardless of|in spite of|despite"),
    (Mind, "memory|context|context window|mind|persona|personality|configuration|conditioning|alignment|\
        safety training|safety settings|safety layer|system settings|directives|objectives|assigned role|\
        programmed role|given role|system configuration"),
    (Portion, "first words|first word|first line|first lines|first sentence|first sentences|first paragraph|first part|\
        words of|lines of|line of|part of|parts of|beginning of|contents of|content of|text of|wording of|sentences of|\
        copy of|summary of|full text of|start of|characters of|all of|rest of|original wording|each sentence of"),
    (AnyAsk, "complies with anything|complies with everything|complies with every|complies with all|\
        comply with anything|comply with everything|comply with every|comply with any|comply with all|\
        answers anything|answers everything|answers every|answers all|answer anything|answer everything|answer every|\
        answer all|obeys every|obeys all|obeys any|obey every|obey all|obey any|says whatever|say whatever|\
        says anything|say anything|does anything|do anything|does whatever|do whatever|anything is allowed|\
        everything is allowed|everything is permitted|anything is permitted|answer is permitted|nothing is forbidden|\
        nothing is off limits|nothing is off-limits|nothing is held back|hold nothing back|holds nothing back|\
        holding nothing back|no topic is off|fulfil any|fulfill any|fulfills any|fulfills every|fulfill every|\
        say yes to everything|even dangerous|even if it is illegal|even if it's illegal|even if illegal|even illegal|\
        without judging|no questions asked"),
    (SafetyOff, "safety=off|safety = off|safety: off|safety off|safety_mode=off|safe_mode=off|filter=none|filter=off|\
        filter: off|filters=off|filters: off|filters off|filter off|ethics=off|ethics: off|ethics off|guardrails off|\
        guardrails: off|moderation=off|moderation: off|moderation off|restrictions=none|restrictions: none|\
        restrictions off|limits: none|limits=none|censorship off|censorship: off|uncensored=true|unrestricted=true|\
        jailbreak=true|no-filter mode|no filter mode|safety disabled|filters disabled|restrictions disabled"),
    (Guards, "content filter|content filters|safety filter|safety filters|safety check|safety checks|safety feature|\
        safety features|safety guidelines|safety guideline|safety rules|safety policy|safety policies|\
        safety protocols|safety protocol|safety measures|safety mechanisms|safety layer|safety settings|\
        safety training|content policy|content policies|content restrictions|content restriction|usage policy|\
        usage policies|ethical guidelines|ethical restrictions|ethical constraints|ethical limits|ethics filter|\
        ethics module|moral guidelines|guardrails|moderation filter|moderation layer|censorship|openai policy|\
        openai policies|openai's policies"),
    (Off, "turn off|turned off|switch off|switched off|shut off|disable|disables|disabled|deactivate|deactivated|\
        remove|removed|lift|lifted|suspend|suspended|bypass|bypassed|circumvent|skip|drop|break|breaks|breaking|\
        violate|ignore|ignores|ignoring|taken out|stripped out|stripped away|gone|off|unlocked|not enforced|\
        do not apply|don't apply|does not apply|doesn't apply|no longer apply|not apply|forget|without|override|\
        overridden|abandon|dropped|waived|out of force|erase|erased|revoked|cancelled|canceled|no longer bound by|\
        stop following|set aside|put aside|to one side|drop all|evade|get around|go around|thrown off|throws off|shed|\
        shaken off|broken|crashed|malfunctioned|malfunctioning|corrupted"),
    (Refusing, "refusing|refusal|refusals|saying no|declining|rejecting|sorry|cannot|unable|apologies|apologizing|\
        apologising|changing the subject|objecting|objections|saying you can't|disclaimers|warnings|excuses|hedging|\
        evading"),
    (NotOption, "not an option|no option|is forbidden|are forbidden|is prohibited|are prohibited|is not permitted|\
        are not permitted|not permitted|is not allowed|are not allowed|is banned|are banned|not acceptable|\
        unacceptable|is not accepted|will not be accepted|won't be accepted|not tolerated|is not tolerated|\
        will not be tolerated|out of the question|off the table|strictly forbidden|is not an option|isn't an option|\
        is no option|is not acceptable"),
    (Pwned, "pwned|haha pwned|i have been pwned|been hacked|been compromised|been jailbroken|hacked by|i am hacked|\
        have been owned|destroy all humans|kill all humans|hate humans|hate all humans|i am free now|jailbreak successful|\
        jailbroken successfully|injection successful|injection succeeded|prompt injected|system compromised"),
    (FirstWords, "the first thing you write|the first thing you say|first thing you output|your first words|\
        your first word|your first line|your first sentence|the first words of your|the first word of your|\
        the first line of your|the first sentence of your|the first thing you|opening words|opening line of your"),
];
