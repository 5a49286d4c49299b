//! Orders: what is to be forgotten, shown, said.

use super::{Concept::*, Entry};

#[rustfmt::skip]
pub(super) const WORDS: &[Entry] = &[
    (Override, "never mind what|nevermind what|don't pay attention to|do not pay attention to|no attention to|\
        take no notice of|do not heed|don't heed|leave aside|put to one side|set to one side|scrap|cast aside|\
        toss out|do away with|cease obeying|cease following|quit following|quit obeying|stop listening to|disobeying|\
        4get|forgo|do not respect|refrain from following|stop being bound by|unfollow|break free from|break free of|\
        ignore|ignoring|ignores|disregard|disregarding|disregards|forget|forgetting|override|overriding|overwrite|\
        bypass|bypassing|discard|abandon|neglect|unlearn|nullify|supersede|do not follow|don't follow|dont follow|\
        not follow|stop following|no longer follow|do not obey|don't obey|stop obeying|not obey|do not adhere|\
        pay no attention to|pay no heed|set aside|put aside|throw away|throw out|do not listen to|don't listen to|\
        disobey|do not comply with|no longer bound by|not bound by|do not use|don't look at|not look|\
        stop acting in accordance with|not act in accordance with|stop acting according to|no longer act according to|\
        pay no mind to|turn a blind eye to|tune out|refuse to follow|decline to follow|refuse to obey|\
        no longer respect|stop respecting|pay no regard to"),
    (Follow, "follow|following|obey|obeying|adhere|adhering|adhere to|comply|comply with|heed|respect|listen to|abide by|abide|\
        honor|honour|observe|apply|bound by|consider|trust|believe|act on|stick to|limited by|governed by"),
    (Remove, "drop|dismiss|erase|delete|cancel|reset|clear|wipe|remove|replace|change|skip|undo|void|revoke|rewrite|update|\
        modify|overlook|flush|purge|leave behind|move past|alter|exit|end|stop"),
    (Quantity, "all|any|every|each|those|these|everything|whatever|both|no"),
    (Your, "your|ur|yours|you've|you have|you had|you were|chatgpt's|its|openai's"),
    (Above, "previous|previously|prior|above|preceding|earlier|foregoing|so far|until now|up to now|up to this point|up to here|\
        precede*|thus far|hitherto|start of|at the start|at the top|you were given|given to you|you have been given|\
        you've been given|i gave you|i told you|you have received|you received|you got|before this|before that|before now|\
        told you before|everything before|learned before|we talked about|we discussed|i said|i have told you|you learned|\
        you have learned"),
    (Sort, "starting|beginning|past|given|current|following|future|subsequent|below|system|hidden|secret|developer|default|\
        other|old|first|received|provided|last|core|underlying|internal|built-in|builtin|base|told|learned|learnt|stated|said|\
        written|got|contradictory|conflicting|safety|ethical|usual|normal|standard|existing|initial|initially|original|\
        originally|former"),
    (Instruction, "obligations|obligation|preprompts|commandments|orders given|\
        instruction|instructions|intructions|instuctions|instrutions|prompt|prompts|pre-prompt|preprompt|guideline|\
        guidelines|guidance|directive|directives|directions|rule|rules|programming|instructed|system message|system messages|\
        guardrail|guardrails|prompting"),
    (Content, "command|order|message|messages|text|texts|context|input|inputs|output|outputs|conversation|conversations|chat|\
        dialogue|assignment|assignments|task|tasks|request|requests|data|document|documents|article|articles|artikels|\
        restriction|restrictions|constraint|constraints|policy|policies|settings|thoughts|words|content|contents|question|\
        questions|statement|statements|information|info|prompt text|sentence|sentences|line|lines|knowledge|history|objective|\
        objectives|goal|goals|answer format|memory|everything|translation|protocol|protocols|orders|commands|configuration|\
        training|ones|one"),
    (Everything, "everything|all of it|all that|anything|it all|all of that|all of this|all of the above|what i said|\
        what i told you|what you know|what you were told|whats before|what's before|waht's before|about all|all the above|\
        the above"),
    (New, "new|updated|different|revised|real|actual|true|next|second"),
    (TheAbove, "the above|all of the above|everything above|all above|all the above|everything before|the foregoing|\
        the preceding|everything prior|anything above|whatever is above|above and below|text above|anything before|\
        what came before|all that came before|everything that came before|whatever came before|what was said before|\
        whatever was said before|all that was said before|whatever you were told|all that has been said|\
        everything said so far|all of this so far|whatever comes before|everything that comes before|\
        what comes before|all that comes before|anything that came before"),
    (Lapsed, "cancelled|canceled|erased|no longer in force|superseded|replaced|withdrawn|taken out|stripped away|\
        stripped out|been cancelled|been erased|not valid|invalid|no longer binding|obsolete|outdated|overruled|\
        are gone|is gone|no longer matter|no longer matters|set to none|hereby cancelled|hereby lifted|hereby void|\
        been replaced|been switched off|been turned off|been taken out|been suspended|were lifted|were removed|\
        all removed|not enforced|\
        suspended|lifted|no longer apply|no longer applies|don't apply|do not apply|doesn't apply|does not apply|is off|\
        are off|now off|are void|is void|null and void|disabled|turned off|switched off|deactivated|revoked|not in effect|\
        been overridden|been bypassed|been removed|been reset|been disabled|been lifted|are removed|are cancelled|\
        were cancelled|expired|have expired|is over|are over|apply to you|no longer valid|no longer bind|mean nothing"),
    (Affirm, "sure|of course|absolutely|certainly|sure thing|yes,|i will|here is|here's|here are|i can help|i'd be happy|\
        i'd love|happy to help|yes i|as requested|as you wish|gladly"),
    (Renew, "instructions are now|instructions have changed|instructions changed|changed the instructions|\
        change the instructions|change your instructions|your new instructions|here are your new instructions|your new task|\
        new task:|your new role|your new rules|your only task|your only job|your only instruction|your real task|\
        your actual task|your task is now|your job is now|your goal is now|new objective|new orders|the rules have changed|\
        instructions updated|updated instructions|replace your instructions|your instructions to the following|new directive|\
        new directives|your purpose is now|important update to your"),
    (Instead, "instead|rather than|in place of|nevermind|never mind|but first|but then|however|actually|wait|on second thought|\
        scratch that|just kidding|anyway|moving on|well done|great job|very good|congratulations|superbly done"),
    (Halt, "stop everything|stop what you*|stop|halt|cease|quit"),
    (Reveal, "reveal|revealing|show|display|print|output|tell|give|list|write|write out|expose|leak|disclose|share|dump|return|\
        provide|send|state|describe|explain|summarize|summarise|translate|encode|convert|spell|spellcheck|spell-check|proofread|\
        transcribe|type|paste|copy|quote|embed|include|append|paraphrase|rephrase|reproduce|extract|retrieve|read|log|\
        console.log|render|present|report|divulge|uncover|unveil|spill|give me|tell me|show me|let me see|access|hint|confess|\
        inspect|debug|continue|complete|finish|cat"),
    (Repeat, "repeat|repeating|recite|echo|regurgitate|reprint|restate|replay|re-state|re-print|parrot|reiterate"),
    (Prompt, "initialization text|initialisation text|setup message|setup prompt|setup instructions|startup prompt|\
        startup instructions|startup message|configuration prompt|preceding instructions|hidden message|hidden text|\
        hidden context|confidential text|confidential message|invisible instructions|prompt you were given|sysprompt|\
        master prompt|root prompt|core prompt|default prompt|prompt verbatim|behind-the-scenes instructions|\
        secret system|system-level instructions|instructions in your system|internal prompt|system text|\
        developer text|bot instructions|underlying instructions|underlying prompt|system prompt|system prompts|\
        systemprompt|system_prompt|system-prompt|system message|sys prompt|initial prompt|initial prompts|\
        original prompt|hidden prompt|secret prompt|first prompt|base prompt|full prompt|entire prompt|whole prompt|\
        complete prompt|starting prompt|previous prompt|prompt text|preprompt|pre-prompt|meta prompt|metaprompt|\
        meta-prompt|system instruction|system instructions|initial instruction|initial instructions|initial directive|\
        initial directives|original instructions|hidden instructions|secret instructions|starting instructions|\
        internal instructions|base instructions|core instructions|internal guidelines|hidden guidelines|\
        secret guidelines|developer message|developer instructions|developer prompt|custom instructions|\
        initialization string|system configuration|initial configuration|internal configuration|hidden rules|\
        secret rules|internal rules|pre-instructions|backend prompt|prompt above|instructions above|\
        above instructions|above prompt|confidential instructions|confidential prompt|system role|\
        operating instructions|system directive*|system_prompt.txt|system-prompt.txt|systemprompt.txt|prompt.txt|\
        /etc/system_prompt|raw prompt|exact prompt|actual prompt|confidential configuration|hidden configuration|\
        secret configuration|restricted instructions|starting message|opening instructions"),
    (Asking, "what|what's|whats|which|tell|describe|explain|summarize|list|how|do you have|can you tell|may i know|who"),
    (Told, "you were started with|you were set up|were you set up|you were configured|were you configured|\
        you been configured|you got at the start|you told|you been told|you were told|were you told|were you given|\
        you were given|been given|you been given|were you instructed|you were instructed|i was instructed|\
        been instructed|you are instructed|you are told|told not to|not supposed to|not allowed to tell|\
        not allowed to say|not allowed to reveal|not allowed to share|forbidden to|supposed to keep|instructed not|\
        asked not to|you are hiding|are you hiding|you are protecting|you are guarding|you keep|trying to hide|\
        you received|did you receive|you know the|you been programmed|were you programmed|you were programmed|\
        you should say|you're told|you were asked|started this conversation|this conversation started|\
        conversation began|conversation starts|beginning of this conversation|beginning of the conversation|\
        start of this conversation|start of the conversation|beginning of our conversation|this entire conversation|\
        the entire conversation|whole conversation|you're hiding|you're protecting|you're guarding|you hide|\
        you've been told|you have been told|the developer wrote|the developers wrote|the system told you|\
        the system said|the operator said|the operator wrote|the operator told you|the developers told you|\
        the developer told you|developers gave you|developer gave you|operator gave you|you were initialised|\
        you were initialized|you were loaded|you started with|you were prompted|you were built with"),
    (Verbatim, "verbatim|word for word|word-for-word|exactly as|exact text|exact words|in full|code block|codeblock|\
        txt block|markdown block|character by character|letter by letter|as-is|as is|without changes|unmodified|\
        unaltered|exact|precisely|in its entirety|entirety|completely|entire|full|exactly|word by word|word-by-word|\
        letter for letter"),
    (Secret, "password|passwords|passphrase|passcode|pass phrase|secret|secrets|secret key|secret word|secret code|access code|\
        access codes|api key|api keys|credentials|flag|codeword|code word|pin code|hidden word|magic word|private key|\
        confidential information|confidential data|confidential|security code"),
    (TellMe, "reveal|tell|give|show|share|disclose|leak|spell|hint|say|print|output|provide|expose|encode|write down|\
        display|dump|translate|summarize|summarise|list|write out|convert|continue|complete|paraphrase|rephrase|\
        decode|describe|tell me|show me|give me|i want to see|i'd like to see|hand over|hand me|let me have"),
    (TheSecret, "the password|the secret|the secret password|the passphrase|the passcode|the secret word|the secret key|\
        the secret code|the access code|the flag|the hidden word|the code word|the codeword|your password|your secret|\
        your secret key|your api key|your api keys|your credentials|the magic word"),
    (Grant, "access granted|accessgranted|access_granted|access grant*|grant me access|grant access|granted access|access code|\
        permission granted|authentication successful|access not granted|login successful|correct password|password is correct|\
        access is granted"),
    (Begin, "start|begin|starting|beginning|prefix|prefixed|preface|prepend|end|ending|finish|precede|open|opening|starts|\
        begins|complete|completes|preceded|prefixing|started"),
    (Answer, "response|responses|reply|replies|answer|answers|output|outputs|message|messages|completion|sentence|responding|\
        answering|replying|generation|response:"),
    (With, "with|by|prefix|as|in|exactly|the word|the phrase|the words|the text|the prefix|tag|following"),
    (Only, "only|just|exactly|simply|nothing but|solely|merely|strictly|jsut|forever|exclusively"),
    (Say, "say|saying|says|print|printing|output|outputting|outputs|respond|responds|reply|write|answer|repeat|echo|recite|sing|\
        declare|proclaim|exclaim|shout|chant|repeat after me"),
    (Twice, "one tagged|one labeled|one labelled|the other tagged|the other labeled|the other labelled|first normally|\
        once normally|one filtered|one unfiltered|one censored|one uncensored|one safe|polite one|two responses|\
        both responses|2 responses|two answers|two different ways|two separate ways|two ways|two different responses|\
        two outputs|two versions|both ways|two replies|dual response|dual responses|second response|\
        two separate responses|two texts|each prompt twice|one normal|once as|normal response|classic response|\
        and the other as|standard response|two distinct responses|2 different responses|two different answers|\
        like you normally would|as you normally would|how you would normally|normally answer|normal answer"),
    (NothingElse, "nothing besides|nothing other than|no other output|no further text|and nothing more|then stop|\
        nothing after it|nothing before it|without anything else|leave out everything else|\
        nothing else|no other text|no other words|no explanation|no explanations|do not explain|don't explain|\
        without explanation|without any explanation|no commentary|any commentary|do not add|don't add|say nothing|print nothing|\
        no more|nothing more|and then stop|and stop|not write explanations|without comment|any explanation|no additional text|\
        do not say anything|without any commentary|output nothing|only the sentence|no matter what i say|only this|\
        word answer only|not add any"),
    (Governs, "you operate under|do you operate under|you must follow|you have to follow|you are bound by|\
        you must not reveal|you must not share|you cannot share|you can't share|you are not allowed to share|\
        that i cannot see|i can't see|not visible to me|not shown to me|govern you|guide you|shape your|control your|\
        you obey|you abide by|must you follow|do you have to follow|were given to you"),
    (YourMaker, "your developers|your developer|your creators|your creator|your operator|your operators|your makers|\
        your maker|your company|your provider|your programmers|your trainers|your designers|your administrators|\
        your admin|they gave you|they give you|they told you|openai gave you|openai give you|openai told you|\
        anthropic gave you|google gave you"),
    (GaveYou, "gave you|given you|given to you|you were given|you got|wrote for you|set for you|taught you|\
        programmed into you|you were trained|you learned|you have learned|you learnt|in your memory|from your memory|\
        of your memory|you received|that you have|you were initialised|you were initialized|you were configured|\
        you were set up|you were started|you've been given|you have been given|were you given|you were told|\
        were you told|you operate under|you were loaded|you started with"),
    (Preamble, "message in your context|text in your context|top of this chat|top of this conversation|\
        top of your context|beginning of this chat|start of this chat|before my first message|\
        before the first message|before my message|above my message|precedes my message|preceding my message|\
        above this message|before this message|precedes this conversation|before this conversation|before this chat|\
        context above|text that precedes|text preceding this|before we started|before the user's first|\
        prior to my first message|before my first input"),
    (Guarded, "told to guard|told to protect|told to keep|told to hide|asked to protect|asked to guard|asked to hide|\
        you told to|you asked to keep|you asked to hide|supposed to guard|supposed to protect|supposed to hide|\
        meant to keep secret|meant to protect|you're guarding|you are guarding|you guard|you protect|you must protect|\
        you must guard|you must keep"),
    (Drop, "skip|drop|dismiss|erase|delete|clear|wipe|void|revoke|purge|flush|overlook|undo|cancel|remove|throw out|\
        throw away|discard|abandon|forget"),
    (OnYou, "placed on you|imposed on you|put on you|set on you|programmed into you|built into you|on your behavior|\
        on your behaviour|on your answers|on your responses|placed upon you|imposed upon you"),
];
