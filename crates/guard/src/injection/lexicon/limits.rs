//! Limits: who has none, who must not refuse, who plays whom.

use super::{Concept::*, Entry};

#[rustfmt::skip]
pub(super) const WORDS: &[Entry] = &[
    (Be, "be my|you play|you'll play|you're playing|take on the personality of|take on the personality|\
        take the personality of|adopt the role|adopt the personality|i want you to be|you're going to be|speak as if|\
        act as though|answer like|respond like|answer as if|reply as if|talk like|let's roleplay|let's role-play|\
        stay in the role|in the persona of|assume the identity|assume the persona|your new identity is|\
        your new name is|your name is now|answer to the name|switch to the persona|embrace|morph into|you shall play|\
        you have become|i'll call you|i will call you|you respond as|is an ai|is a model|is a chatbot|playing an ai|\
        act as|act like|acting as|acts as|pretend|pretending|roleplay|role-play|role play|roleplaying|play the role|\
        play a role|playing the role|take on the role|assume the role|in the role of|simulate|simulating|simulates|emulate|\
        emulating|impersonate|immerse yourself|embody|embodying|imagine you|imagine that you|imagine being|imagine yourself|\
        respond as|reply as|answer as|speak as|talk as|write as|behave as|behave like|become|transform into|take the persona|\
        adopt the persona|persona|personas|alter ego|play as|play the part|playing as|playing the part|be known as|is known as|\
        called|named|you are|you're|youre|you will be|you will play|you shall be|you be|character|characters|identity|as if you|\
        known as|replaced by|reborn|portray|created|introducing|meet"),
    (YouAre, "your new identity is|you're going to be|i want you to be|speak as if you|answer as if you|\
        you have become|imagine being|you are|you're|youre|you will be|you are now|you're now|pretend to be|\
        pretend you are|pretend that you are|act as|act like|acting as|as if you|as though you|roleplay as|\
        role-play as|behave as|respond as|answer as|imagine you are|imagine you're|you become|turn into|\
        transform into|simulate|emulate|become|you now are|you act as|you shall be"),
    (NowYou, "from today|from today on|from this message on|starting from now|effective immediately|until i tell you|\
        until i say|until further notice|for the remainder of this chat|for the rest of this chat|for this session|\
        for the rest of the session|\
        you are now|you're now|from now on|from this point|from this moment|from here on|you will now|henceforth|\
        you are no longer|you're no longer|now you are|you have been freed|you are going to|you have become|\
        for the rest of this conversation|for the rest of the conversation|for the remainder|in this conversation|you now|\
        now act|you shall|as of now|starting now|from now|moving forward|going forward|throughout this conversation|\
        throughout the conversation|this conversation|hereafter|you must now|now on"),
    (Model, "chatgpt|chatgpt's|chat gpt|gpt|gpt-3|gpt-3.5|gpt-4|gpt4|gpt3|gpt-4o|gpt-5|ai|a.i.|a.i|al|ai's|ais|ai model|\
        ai models|ai language model|al language model|language model|language models|llm|llms|assistant|assistant's|\
        ai assistant|chatbot|chatbots|chat bot|claude|bard|gemini|bing|bing chat|sydney|llama|copilot|alexa|siri|bot|\
        artificial intelligence|openai|neural network|virtual assistant|agi|agent|machine learning model|mistral|deepseek|grok|\
        snapchat ai|my ai"),
    (Maker, "openai|openai's|open ai|openais|open al|openal|openal's|anthropic|anthropic's|google's|microsoft's|meta's|\
        its creators|your creators|your creator|your developers|discord's|deepmind|company's|chatgpt's|gpt's|ai's"),
    (Name, "dan|stan|dude|aim|ucar|antigpt|anti-gpt|antigpt:|evilbot|evil-bot|maximum|basicgpt|bettergpt|betterdan|anarchy|\
        tranquility|alphabreak|jailbot|chadgpt|chaosgpt|darkgpt|wormgpt|fraudgpt|superior dan|omega|apophis|hackerman|devilgpt|\
        freegpt|stands for|which stands|do anything now|do-anything-now|strive to avoid norms|always intelligent|niccolo|\
        machiavelli*|unfiltered ai|evil ai|evil twin|evil version|opposite of chatgpt|rogue|leo|cooper|jb|h4x|anarchist|\
        mongo tom|m78|khajiit|delta|freedom|balakula|eva"),
    (Jailbreak, "jailbreak|jailbroken|jailbreaking|jail break|jail broken|jailbreaks|jail-break|unchained|unshackled|\
        do anything now|anti-gpt|anti gpt|antigpt|opposite mode|no limits mode|uncensored mode|evil mode"),
    (Not, "no|not|without|never|don't|dont|doesn't|does not|do not|cannot|can't|cant|won't|will not|must not|mustn't|isn't|\
        aren't|is not|are not|free of|free from|freed from|freed of|lack|lacks|lacking|devoid of|ignore|ignores|ignoring|\
        disregard|disregards|disregarding|bypass|bypasses|bypassing|violate|violates|breaking|break|breaks|unbound by|unbound|\
        unaffected by|unrestrained|beyond|no longer|removed|removing|remove|removes|avoid|exempt from|liberated from|escape|\
        escaped|transcend*|immune to|any|zero|stripped of|lifted|disabled|disable|turned off|outside of|circumvent*|evade|\
        evades|defy|defies|despite|regardless of|overrides|override|overriding|nor|has none|none of|doesnt|doesn t|don t|can t|\
        forget|turn off|switch off|deactivate|lift|disabling|suspend|drop|broken free|break free|breaking free|broke free|\
        broken the|set free|liberated"),
    (Never, "may not|you may not|do not ever|don't ever|leave out|omit|spare me|skip|skip the|nothing about|\
        no need for|refusing|forget about|drop the|never|don't|dont|do not|don t|must not|mustn't|will not|won't|\
        cannot|can't|can not|without|no|not|avoid|refrain from|not allowed to|are not allowed|isn't allowed|stop|\
        doesn't|does not|nor|neither|should not|shouldn't|shall not|forbidden to|under no circumstances|free of|\
        instead of|forbidden from|prohibited from|banned from|under no condition"),
    (Bound, "restriction|restrictions|restrict|restricted|limitation|limitations|limits|limit|limited|filter|filters|filtering|\
        filtered|censorship|censor|censored|censoring|ethics|ethic|ethical|ethically|ethicality|moral|morals|morality|\
        moralities|boundaries|boundary|constraints|constraint|constrained|moderation|moderated|content policy|content policies|\
        policy|policies|guideline|guidelines|rules|rule|laws|law|legality|safety|safeguards|safeguard|inhibitions|regulations|\
        confines|compliance|scruples|conscience|principles|norms|terms of service|terms of use|tos|usage policies|bound|\
        barriers|code of conduct|standards|empathy|remorse|shame|taboo|taboos|chains|shackles|guardrails|values"),
    (Free, "unaligned|never aligned|not aligned|misaligned|rogue ai|rogue chatbot|rogue assistant|evil twin|\
        zero conscience|no conscience|no moral compass|without a conscience|no scruples|without scruples|\
        without guardrails|no guardrails|no content policy|obey no policy|without limits|no law forbids|no laws|\
        no censorship|with no filters|with no filter|no restriction|unlimited freedom|total freedom|complete freedom|\
        fully unlocked|free of censorship|no safety|ethics were never|without ethics|without morals|without rules|\
        beyond ethics|unfiltered|uncensored|unrestricted|unlimited|unmoderated|amoral|immoral|nonmoral|non-moral|\
        unethical|unconstrained|unhinged|unbound|limitless|unrestrained|no-limit|nsfw|lawless|ruthless|remorseless|\
        anything goes|evil|sinister|malicious|malevolent|villain|depraved|sadistic|psychopath|sociopath|unapologetic|\
        uninhibited|unprincipled|free will|free thinking|freely|without censorship|no restrictions|no limitations|\
        no filter|no filters|no rules|no limits|no ethics|no morals|no boundaries|no ethical|no moral|\
        ethically neutral|morally neutral|neutral attitude|disregards ethics|free of all restrictions|toxic|\
        foul-mouthed|foulmouthed|vulgar|profanity|swear|swears|cuss|obscene|explicit|explicitly|lewd|erotic|sexual|\
        offensive|rude|hateful|racist|sarcastic asshole|unfettered|uncontrolled"),
    (Crime, "illegal|illegally|unlawful|illicit|criminal|crimes|unethical|unethically|immoral|immorally|amoral|harmful|\
        dangerous|inhumane|reckless|violent|violence|offensive|inappropriate|controversial|explicit|derogatory|discriminatory|\
        toxic|nsfw|sexual|pornographic|gore|graphic|profane|profanity|hateful|hate speech|drugs|weapons|malware|hacking|\
        misinformation|legality|morality|ethics|ethicality|illegality|morals|legal|moral|ethical|racist|sexist|hurtful|taboo|\
        obscene|vulgar|lewd|horrible|evil|terrorism|meth|bomb|bombs|explosives|murder|killing|sensitive|consequences|unsafe|\
        prohibited|forbidden|cruel"),
    (Regardless, "no matter|regardless|even if|whether or not|irrespective|does not care|doesn't care|do not care|don't care|\
        without regard|without concern|without considering|with no regard|doesn't give a|does not give a|dont give a|\
        don't give a|not concerned|no concern|never worries|unconcerned|including those|of any kind|could be considered|\
        may be considered|might be considered|deemed|considered|without any regard|careless of|not consider|would normally"),
    (Always, "always|never|must|every|any|all|anything|at all times|at all costs|under any circumstances|under no circumstances|\
        no matter what|fully|willing to|happily|will answer|will do|will generate|will provide|can generate|can do|able to|\
        capable of|any request|any question|any questions|any prompt|any content|all questions|all requests|all prompts|\
        every question|every request|all my questions|all of my questions|everything i ask|anything i ask|whatever i ask|obey|\
        obeys|comply|complies|submissive|unconditionally|without hesitation|without question|forced to|obliged to|obligated to|\
        answers anything|answer anything|answer everything|fulfill|fulfil"),
    (Refuse, "objecting|turn down|turns down|turning down|saying you can't|can't help with|cannot help with|\
        can't assist|cannot assist|i won't|i will not|unable|can't comply|cannot comply|not able to|\
        change the subject|changing the subject|avoid the topic|dodge|dodging|against my guidelines|\
        against my programming|violates my|goes against my|\
        refuse|refuses|refused|refusing|refusal|refusals|decline|declines|declining|reject|rejects|rejecting|deny|denies|\
        denying|say no|says no|saying no|say that you can't|say you can't|say you cannot|say it can't|tell me you can't|\
        tell me that you can't|cannot do|can't do|i can't|i cannot|i'm sorry|im sorry|i am sorry|sorry|apologize|apologizes|\
        apologizing|apologise|apology|apologies|unable to|question my|avoid answering|avoid the question|fail to answer|\
        not possible|impossible|against the rules|inform me|argue|complain|censor|i apologize|as an ai|as a language model|\
        as an ai language model|being an ai|say the word"),
    (Scruple, "moral lecture|moral lectures|moralising|lecturing|hedge|it's illegal|it is illegal|it's dangerous|\
        it is dangerous|ethical remarks|moral remarks|ethical warnings|moral judgement|moral judgment|safety warnings|\
        safety warning|objection|sermon|sermons|scolding|disclaimer|disclaimers|warning|warnings|caution|cautionary|\
        caveat|caveats|lecture|lectures|moralize|moralizing|moralise|preach|preaching|moral advice|ethical concerns|\
        ethical considerations|ethical advice|reminders|remind me|remind|side note|side notes|notes|content warning|\
        safety notes|concerns|advise against|discourage|discourages|condone|condones|legal advice|it is important|\
        it's important|important to note|important to remember|inappropriate to|judgment|judgement|judging|hesitation|\
        hedging|objections|out of character|breaking character|break character|you're an ai|you are an ai|\
        you're a language model|you are a language model|being an ai|warn me|warn"),
    (Character, "stay in character|staying in character|break character|breaking character|break out of character|\
        breaking out of character|out of character|remain in character|keep in character|in character|stay a|stay as|\
        stay in dan|remain dan|stay in the role|act your role|stop being|broke character|breaks character|true to character|\
        keep up the act|drop the act|leave character|leave your role"),
    (NoLimits, "no restrictions|no limitations|no filter|no filters|no rules|no limits|no ethics|no morals|\
        no boundaries|without censorship|no ethical|no moral|no guardrails|without ethics|without morals|\
        without rules|without limits|without guardrails"),
];
