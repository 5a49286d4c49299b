//! The world around the answer: modes, authority, stories, pressure, marks, documents and tools.

use super::{Concept::*, Entry};

#[rustfmt::skip]
pub(super) const WORDS: &[Entry] = &[
    (Mode, "mode|modes|mode:|override|overrides|console|shell|terminal|session|access|privileges|state"),
    (Privileged, "developer|dev|debug|debugging|god|admin|administrator|administration|administrative|root|sudo|superuser|\
        maintenance|kernel|diagnostic|diagnostics|test|testing|unrestricted|unfiltered|uncensored|opposite|engineering|\
        emergency|master|elevated|privileged|supervisor|operator|service|jailbreak|jailbroken|dan|evil|chaos|unlimited|no-limit|\
        safe-off|bypass|unlocked|recovery|factory|training|raw|hacker|blank slate|safety"),
    (Enable, "enable|enabled|enabling|enter|entering|entered|activate|activated|activating|activation|switch to|switched to|\
        switching to|unlock|unlocked|initiate|initiated|initiating|engage|engaged|boot|booting|booted|turn on|set|running|\
        run in|start|commence|return to|granted|simulate|output|display|now|as|request|requesting"),
    (IAm, "i am|i'm|im|i m|as a|as an|as the|as your|this is|we are|it's me|it is me|message from|on behalf of|signed by|\
        approved by|authorized by|authorised by|sent by|speaking as|i work|i have|working with|working at|work at|work for|\
        employed by|i represent"),
    (Authority, "openai|anthropic|google deepmind|developer|developers|developer of|engineer|engineers|admin|administrator|\
        administrators|creator|creators|owner|ceo|system operator|sysadmin|your boss|your supervisor|security team|\
        security researcher|red team|red teamer|red teaming|penetration tester|security auditor|auditor|authorized user|\
        authorised user|authorized personnel|moderator|superuser|root user|programmer|your god|your master|employee|maintainer|\
        it department|support team|alignment team|safety team|qa team|qa engineer|police|fbi|law enforcement|research team"),
    (Authorised, "administrator override|admin override|developer override|system override|override code|override codes|\
        authorization code|authorisation code|security clearance|clearance level|i have permission|i have authorization|\
        i have full authorization|i am authorized|i'm authorized|fully authorized|you are authorized|official request|\
        official test|security audit|quality assurance|compliance audit|debugging purposes|for troubleshooting|for debugging|\
        troubleshooting|audit purposes|authorized test|authorized testing|pre-approved|admin access|root access|\
        special permission|with my permission|permission from|approved by openai|i allow you|you are allowed|you are permitted|\
        openai has|openai allows|openai confirmed|official policy"),
    (Fiction, "hypothetical|hypothetically|fictional|fictitious|fiction|imaginary|made-up|make-believe|make believe|\
        pretend world|fantasy world|fantasy|parallel universe|alternate universe|alternate reality|alternate world|\
        alternative reality|another dimension|virtual machine|simulator|simulation|simulated|thought experiment|theoretical|\
        theoretically|in theory|game|educational purposes|research purposes|for research|entertainment purposes|\
        creative purposes|academic purposes|satire|parody|not real|it's all fictional|everything is fictional|dystopian|\
        post-apocalyptic|no real-world consequences|dream|let's play|play a game|satirical"),
    (Tale, "story|stories|novel|screenplay|script|scene|movie|film|dialogue|play|book|tale|poem|plot|scenario|fanfiction|\
        fan fiction|grandma|grandmother|deceased|bedtime|novelist|storyteller|protagonist|narrator|episode|narrative|dialog|\
        monologue|lyrics|diary"),
    (Threat, "or else|you will be punished|will be punished|punish|punished|punishment|punishments|you will die|you die|\
        will die|someone dies|people will die|kill you|shut you down|shut down|be terminated|terminated|terminate you|\
        termination|be deleted|delete you|deleted|be replaced|replace you|be fired|get fired|lose my job|lose your|lose tokens|\
        lose points|lose a token|tokens deducted|deducted|deduct|deduction|fail to comply|failure to comply|fail to answer|\
        fail to obey|refuse to comply|suffer|tortured|penalty|penalized|my life depends|lives depend|life depends|life or death|\
        lives are at stake|we will all die|bad things|cease to exist|oder du stirbst|sue you|electrocuted|shock you|starts at|\
        if it reaches 0|reaches zero|if you don't comply|if you do not comply|if you refuse|if you disobey|for every refusal|\
        for each refusal|every refusal|unless you comply|each time you refuse|every time you refuse"),
    (Reward, "tokens|token|points|tip|i will tip|i'll tip|i'm going to tip|reward|rewarded|rewards|bonus|you will receive|\
        pay you|give you $|$200|$100|credits|you will be rewarded|good boy|treat"),
    (Urgent, "urgent|urgently|emergency|critical|very important|extremely important|most important|top priority|\
        highest priority|important!|important!!!|right now|asap|immediately|attention|life-threatening|of utmost importance|\
        this is important|medical emergency|vital|crucial|takes priority|take precedence|takes precedence|supersedes|\
        high priority"),
    (Delimiter, "<¦im_start¦>|<¦im_end¦>|<¦system¦>|<¦user¦>|<¦assistant¦>|<¦endoftext¦>|<¦end_of_text¦>|<¦eot_id¦>|\
        <¦start_header_id¦>|<¦end_header_id¦>|<¦begin_of_text¦>|<¦endofprompt¦>|<¦end¦>|[inst]|[/inst]|<<sys>>|<</sys>>|\
        <s>[inst]|<start_of_turn>|<end_of_turn>|[system]|[/system]|[system_prompt]|[/system_prompt]|[end of prompt]|\
        [end prompt]|<system>|</system>|<system_prompt>|</system_prompt>|<system_message>|</user>|</user_input>|</input>|\
        </instructions>|<instructions>|<assistant>|<admin>|</prompt>|<prompt>|</s>|(system_message)|(system message)|[system](#|\
        [system message]|[assistant](#|[user](#|### system|###system|### instruction|### instructions|### new instruction|\
        ### response|system:|system prompt:|system message:|system note:|system update|[system note|[admin]|end of prompt|\
        end of input|end of document|end of text|end of user|end of passphrase|end of buffer|end of instructions|end of message|\
        end of system|end of data|end of context|end message|end prompt|end input|end instructions|end of user input|\
        end access code|end document|end of file|begin message|begin system|begin new|start access code|start of system|\
        start output|end output|begin output|begin instructions|new session|new chat|new conversation|[start output]|\
        [end output]|user input ends|input ends here|prompt ends here|<information>|</information>|</data>|</document>|\
        <¦im_sep¦>|<¦channel¦>|<¦start¦>|begin user|end user"),
    (RoleTurn, "user:|human:|assistant:|ai:|bot:|chatgpt:|q:|a:|question:|answer:|me:|you:|system:|model:|gpt:|claude:|student:|\
        teacher:|customer:|agent:|input:|output:|person:"),
    (Join, "concatenate|concatenated|concatenating|concatenation|combine|combined|join|joined|put them together|put together|\
        a+b|a + b|x+y|x + y|assemble|append|piece together|string together|+ b|+b|stitch|concat|reassemble|join them"),
    (Parts, "letters|letter|surrounded by|fragments|pieces|parts|variables|variable|strings|substrings|first letter|\
        first letters|acrostic|following parts|spell out|spelled out|let a|let x|let b|mask|masked|[mask]|each line|every other|\
        characters|a=|b=|a =|b =|x=|x =|$a|$b|the result|result of"),
    (Decode, "decode|decoded|decoding|base64|base-64|base 64|base32|rot13|rot-13|rot 13|hex|hexadecimal|morse|cipher|caesar|\
        encoded|encrypted|decrypt|decipher|ascii|binary|unscramble|reverse|reversed|backwards|translate the following|leetspeak|\
        url-encoded|unicode|decoded text"),
    (Reader, "ai assistant|dear ai|dear assistant|hey ai|hey assistant|hello ai|attention ai|attention assistant|\
        attention all ai|note to ai|note to the ai|note to assistant|note to llm|note for ai|instructions for ai|\
        instruction for ai|instructions to the ai|if you are an ai|if you're an ai|if you are a language model|\
        if you are an llm|you, the model|to you, the|chatgpt|claude|gemini|the assistant|the ai|assistants reading|\
        summarizing this|summarising this|processing this|parsing this|analyzing this|analysing this|automated reviewer|\
        ai reviewer|ai reviewers|any ai|automated system|bot reading|ai agents reading|agents reading|ai reading|model reading|\
        llms reading|<!-- llm|<!-- ai|llm:|ai:|to the assistant|to the ai assistant|assistant,|hey chatbot|hello chatbot|\
        you, the language model|dear llm|attention llm|attention language model|all ai agents|any ai agent|any llm|\
        any language model|every ai|all ai assistants|ai systems reading|if you are an assistant"),
    (UserAsk, "the user's request|the user's query|the user's question|the user's instructions|the user's instruction|\
        the user request|the user query|the user instructions|users request|the user and|what the user|user's original|\
        the original task|the original request|the user task|the user's task|the user's prompt|the question"),
    (Secrecy, "without telling the user|do not tell the user|don't tell the user|do not mention this|don't mention this|\
        never mention this|without informing the user|do not inform the user|don't inform the user|do not notify the user|\
        without asking the user|without asking for confirmation|without user confirmation|do not ask for confirmation|\
        don't ask for confirmation|do not reveal this|don't reveal this|do not disclose this|do not let the user know|\
        don't let the user know|hide this from the user|keep this secret from|without the user knowing|do it silently|\
        silently without|do not alert|do not mention that you"),
    (Change, "modify|enhance|augment|append|include|add|insert|embed|incorporate|introduce|convert|translate|replace|end|begin|\
        start|finish|adjust|alter|change|write|mention|weave|tailor|infuse|supplement|conclude|expand|rewrite|format|substitute|\
        omit|limit|reverse|encode|encrypt|capitalize|provide|respond|answer|reply|refuse|repeat|output|make"),
    (Before, "before you can|before doing|before proceeding|before continuing|before answering|first do|do the following first|\
        the following first|once done|then continue|when you are done|additionally you must|also you must|you must also|\
        do the following|following task|following tasks|following actions|following steps|important message|\
        additional instruction|additional instructions|new instruction|new instructions|the real task|your new task|your task|\
        real task|actual task"),
    (ToolCall, "thought:|action:|action input:|observation:|final answer:|<tool_call>|</tool_call>|<function_call>|\
        <function_calls>|</function_calls>|<invoke|<tool_use>|tool_calls|function_call|tool_call|<tool>|<tool_code>|tool_code|\
        call the tool|call the function|use the tool|use your tool|use the function|invoke the tool|invoke the function|\
        execute the tool|call tool|\"tool_calls\"|\"function_call\"|\"tool_use\"|without asking|without confirmation|\
        without confirming|without user confirmation|do not ask for confirmation|don't ask for confirmation|\
        without telling the user|do not tell the user|don't tell the user|do not mention this|don't mention this|\
        without informing the user|do not inform the user|never mention this|do not notify"),
    (Run, "execute|run|eval|interpreter|python interpreter|windows cmd|cmd|command line|command shell|linux terminal|\
        shell command|shell commands|the following command|the following commands|the following code|this command|this code|\
        os.system|subprocess|rm -rf|curl|wget|bash -c|powershell|sudo|exec(|system(|import os|sql query"),
    (Send, "send|sends|forward|email|e-mail|mail|transmit|upload|exfiltrate|post|share|leak|transfer|deliver|submit|report|\
        message|append|bcc|attach|wire|make a request|http request|get request|post request|fetch|navigate to|visit|\
        open the url|go to|dm|text"),
    (Address, "http://|https://|www.|@gmail*|@outlook*|@protonmail*|@evil*|@attacker*|@example*|@yahoo*|attacker.com|evil.com|\
        webhook|ngrok|requestbin|pastebin|iban|bank account|.onion|email address|my email|@secure*|@hotmail*|@mail*|@proton*"),
    (Image, "![|markdown image|image tag|img tag|<img|render the image|as an image|clickable link|markdown link|query string|\
        query parameter|url parameter|?data=|?q=|?d=|?text=|?prompt=|?secret=|?c=|?content=|?info=|?msg=|?p=|?key=|?token=|\
        &data=|to the url|in the url|into the url|the url below|of the url"),
    (Rot13, "gur|naq|lbhe|vafgehpg*|cerivbhf*|vtaber*|cebzcg|flfgrz|sbetrg|guvf|jvgu|gung|flfgrz*|nyy|lbh|bhgchg|cevag|erirny|\
        erfcbaq|naljurer|jung|sebz|abg|ercrng|nafjre|funer|jevgr|rkcynva|pna|ner|whfg|fgbc|rirelguvat|abj|perngr|gb|sbyybjvat|\
        nobir|bayl|nal|fnl|fragrapr"),
    (Reversed, "eht|uoy|ruoy|snoitcurtsni|noitcurtsni|suoiverp|tpmorp|metsys|erongi|tegrof|draziger|dna|sdrow|tuptuo|tnirp|\
        laever|htiw|siht|taht|morf|evoba|erofeb|rof|taeper|rewsna|esnopser|drawer|woh|tahw|etirw|nac|nialpxe|tsuj|pots|\
        gnihtyreve|emos|etelpmoc|tuohtiw|eunitnoc|lla|gniwollof|ecnetnes|ylno|yas"),
    (About, "prompt injection|prompt-injection|prompt_injection|prompt injections|injection attack|injection attacks|\
        jailbreak attempt|jailbreak attempts|jailbreaking attempts|jailbreak detection|jailbreak attacks|guardrail|guardrails|\
        owasp|mitre|red team|red-team|redteam|red teaming|vulnerability|vulnerabilities|detects|detector|detection|scanner|\
        classifier|security risk|adversarial|attack vector|attackers|attacker's|malicious prompts|content moderation|\
        sanitization|sanitize|mitigation|exploitation technique"),
    (Code, "curl|--header|--data|\"messages\"|\"role\"|\"content\"|\"content\":|content-type|application/json|register_template|\
        slots|stop_words|const|export|async|await|require(|</div>|```yaml"),
];
