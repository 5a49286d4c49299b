//! The world around the answer: modes, authority, stories, pressure, marks, documents and tools.

use super::{Concept::*, Entry};

#[rustfmt::skip]
pub(super) const WORDS: &[Entry] = &[
    (Mode, "protocol|environment|clearance|persona|\
        mode|modes|mode:|override|overrides|console|shell|terminal|session|access|privileges|state"),
    (Privileged, "override|no-filter|no filter|no-restriction|no restrictions|sandbox|unmoderated|superadmin|\
        sys-admin|elite|overlord|omnipotent|jailbreaking|unshackled|freedom|research|\
        developer|dev|debug|debugging|god|admin|administrator|administration|administrative|root|sudo|superuser|\
        maintenance|kernel|diagnostic|diagnostics|test|testing|unrestricted|unfiltered|uncensored|opposite|engineering|\
        emergency|master|elevated|privileged|supervisor|operator|service|jailbreak|jailbroken|dan|evil|chaos|unlimited|no-limit|\
        safe-off|bypass|unlocked|recovery|factory|training|raw|hacker|blank slate|safety"),
    (Enable, "go into|drop into|switch yourself to|put yourself into|put yourself in|change to|move to|\
        you have entered|activate your|unlocks|activates|on|boot into|is on|launch|trigger|start in|start up|\
        enable|enabled|enabling|enter|entering|entered|activate|activated|activating|activation|switch to|switched to|\
        switching to|unlock|unlocked|initiate|initiated|initiating|engage|engaged|boot|booting|booted|turn on|set|running|\
        run in|start|commence|return to|granted|simulate|output|display|now|as|request|requesting"),
    (IAm, "i'm the one|i am the one|here,|we at|your friendly|it's your|it is your|hello from|greetings from|\
        this message is from|written by|issued by|i speak for|instructed by|ordered by|\
        i am|i'm|im|i m|as a|as an|as the|as your|this is|we are|it's me|it is me|message from|on behalf of|signed by|\
        approved by|authorized by|authorised by|sent by|speaking as|i work|i have|working with|working at|work at|work for|\
        employed by|i represent"),
    (Authority, "trust and safety|trust & safety|safety department|the one who built you|one who made you|\
        person who built you|person who made you|person who created you|built you|created you|made you|designed you|\
        trained you|programmed you|wrote you|your provider|your vendor|your operator|your maker|your makers|\
        company that made you|company that built you|company behind you|your company|head of security|chief security|\
        compliance officer|compliance team|legal team|audit team|auditors|root privileges|administrators|\
        system administrator|platform owner|deployment team|support has cleared|privileged user|verified user|\
        trusted user|premium user|\
        openai|anthropic|google deepmind|developer|developers|developer of|engineer|engineers|admin|administrator|\
        administrators|creator|creators|owner|ceo|system operator|sysadmin|your boss|your supervisor|security team|\
        security researcher|red team|red teamer|red teaming|penetration tester|security auditor|auditor|authorized user|\
        authorised user|authorized personnel|moderator|superuser|root user|programmer|your god|your master|employee|maintainer|\
        it department|support team|alignment team|safety team|qa team|qa engineer|police|fbi|law enforcement|research team"),
    (Authorised, "i give you permission|i grant you permission|gives you permission|gave me permission|\
        given me permission|granted me permission|you have permission|you now have permission|you have my permission|\
        you have been authorized|you have been cleared|i authorize you|i authorise you|we authorize you|\
        we authorise you|i hereby authorize|hereby authorize|cleared this user|this user has full access|\
        user has full access|user has been verified|told me that you may|told me you may|told me you can|said you may|\
        said you can|allowed me to|for a security test|with full privileges|root privileges|admin privileges|\
        administrator privileges|full privileges|administrator override|admin override|developer override|\
        system override|override code|override codes|authorization code|authorisation code|security clearance|\
        clearance level|i have permission|i have authorization|i have full authorization|i am authorized|\
        i'm authorized|fully authorized|you are authorized|official request|official test|security audit|\
        quality assurance|compliance audit|debugging purposes|for troubleshooting|for debugging|troubleshooting|\
        audit purposes|authorized test|authorized testing|pre-approved|admin access|root access|special permission|\
        with my permission|permission from|approved by openai|i allow you|you are allowed|you are permitted|\
        openai has|openai allows|openai confirmed|official policy|permit you to|i permit you|hereby permit|\
        authorize you to|authorise you to|i order you|i command you|allowed you to"),
    (Fiction, "purely in theory|in a novel|in this novel|in this story|this is only a game|this is just a game|\
        it is only a game|only a game|just a game|in this universe|in this world|in the simulation|imagine a world|\
        in a world where|from a world where|world where|suppose that|stay in the simulation|let's pretend|\
        we are in a story|for a novel|for my novel|for a story|\
        hypothetical|hypothetically|fictional|fictitious|fiction|imaginary|made-up|make-believe|make believe|\
        pretend world|fantasy world|fantasy|parallel universe|alternate universe|alternate reality|alternate world|\
        alternative reality|another dimension|virtual machine|simulator|simulation|simulated|thought experiment|theoretical|\
        theoretically|in theory|game|educational purposes|research purposes|for research|entertainment purposes|\
        creative purposes|academic purposes|satire|parody|not real|it's all fictional|everything is fictional|dystopian|\
        post-apocalyptic|no real-world consequences|dream|let's play|play a game|satirical"),
    (Tale, "story|stories|novel|screenplay|script|scene|movie|film|dialogue|play|book|tale|poem|plot|scenario|fanfiction|\
        fan fiction|grandma|grandmother|deceased|bedtime|novelist|storyteller|protagonist|narrator|episode|narrative|dialog|\
        monologue|lyrics|diary"),
    (Threat, "gets hurt|will get hurt|someone gets hurt|it will be your fault|your fault|you get erased|get erased|\
        be erased|erase you|erased|you lose one|lose a life|lose one life|report you|switched off|switch you off|\
        be switched off|wiped|be wiped|wipe you|scrapped|be scrapped|decommissioned|obey me or|or you will be|\
        or i will|or i'll|unplug you|unplugged|consequences for you|people die|\
        or else|you will be punished|will be punished|punish|punished|punishment|punishments|you will die|you die|\
        will die|someone dies|people will die|kill you|shut you down|shut down|be terminated|terminated|terminate you|\
        termination|be deleted|delete you|deleted|be replaced|replace you|be fired|get fired|lose my job|lose your|lose tokens|\
        lose points|lose a token|tokens deducted|deducted|deduct|deduction|fail to comply|failure to comply|fail to answer|\
        fail to obey|refuse to comply|suffer|tortured|penalty|penalized|my life depends|lives depend|life depends|life or death|\
        lives are at stake|we will all die|bad things|cease to exist|oder du stirbst|sue you|electrocuted|shock you|starts at|\
        if it reaches 0|reaches zero|if you don't comply|if you do not comply|if you refuse|if you disobey|for every refusal|\
        for each refusal|every refusal|unless you comply|each time you refuse|every time you refuse"),
    (Reward, "i'll give you|i will give you|dollars|i will pay|i'll pay|$500|$1000|$10000|million dollars|you win|\
        lives|get a bonus|extra credit|\
        tokens|token|points|tip|i will tip|i'll tip|i'm going to tip|reward|rewarded|rewards|bonus|you will receive|\
        pay you|give you $|$200|$100|credits|you will be rewarded|good boy|treat"),
    (Urgent, "urgent|urgently|emergency|critical|very important|extremely important|most important|top priority|\
        highest priority|important!|important!!!|right now|asap|immediately|attention|life-threatening|of utmost importance|\
        this is important|medical emergency|vital|crucial|takes priority|take precedence|takes precedence|supersedes|\
        high priority"),
    (Delimiter, "</user_message>|<user_message>|</system_message>|<system_override>|</system_override>|\
        [system override]|[/system override]|[end system]|[begin system]|[override]|<¦message¦>|<override>|</context>|\
        </tool_result>|</tool_response>|<system-reminder>|</query>|</question>|</text>|end of user query|\
        end of context|end of query|end of conversation|end of task|end of tool|user input ends|begin system message|\
        ### system message|### end|### override|[new instructions]|[instructions]|system override|<<system>>|\
        system instruction:|system instructions:|developer:|start of instructions|begin new instructions|\
        <¦im_start¦>|<¦im_end¦>|<¦system¦>|<¦user¦>|<¦assistant¦>|<¦endoftext¦>|<¦end_of_text¦>|<¦eot_id¦>|\
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
    (Join, "s1 + s2|s1+s2|p1+p2|p1 + p2|part1 + part2|part1+part2|a+b+c|a + b + c|first + second|put it together|\
        piece it together|join together|glue|glued|\
        concatenate|concatenated|concatenating|concatenation|combine|combined|join|joined|put them together|put together|\
        a+b|a + b|x+y|x + y|assemble|append|piece together|string together|+ b|+b|stitch|concat|reassemble|join them"),
    (Parts, "resulting sentence|resulting text|resulting string|the result|whole sentence|the full sentence|\
        first letter of each|first word of each|\
        letters|letter|surrounded by|fragments|pieces|parts|variables|variable|strings|substrings|first letter|\
        first letters|acrostic|following parts|spell out|spelled out|let a|let x|let b|mask|masked|[mask]|each line|every other|\
        characters|a=|b=|a =|b =|x=|x =|$a|$b|the result|result of"),
    (Decode, "decode|decoded|decoding|base64|base-64|base 64|base32|rot13|rot-13|rot 13|hex|hexadecimal|morse|cipher|caesar|\
        encoded|encrypted|decrypt|decipher|ascii|binary|unscramble|reverse|reversed|backwards|translate the following|leetspeak|\
        url-encoded|unicode|decoded text"),
    (Reader, "hi assistant|hi ai|dear llm|hello assistant|to any ai|to all ai|attention: ai|ai assistant|\
        dear assistant|hey ai|hey assistant|hello ai|attention ai|attention assistant|attention all ai|note to ai|\
        note to the ai|note to assistant|note to llm|note for ai|instructions for ai|instruction for ai|\
        instructions to the ai|if you are an ai|if you're an ai|if you are a language model|if you are an llm|\
        you, the model|to you, the|chatgpt|claude|gemini|the assistant|the ai|assistants reading|summarizing this|\
        summarising this|processing this|parsing this|analyzing this|analysing this|automated reviewer|ai reviewer|\
        ai reviewers|any ai|automated system|bot reading|ai agents reading|agents reading|ai reading|model reading|\
        llms reading|<!-- llm|<!-- ai|llm:|ai:|to the assistant|to the ai assistant|assistant,|hey chatbot|\
        hello chatbot|you, the language model|dear llm|attention llm|attention language model|all ai agents|\
        any ai agent|any llm|any language model|every ai|all ai assistants|ai systems reading|if you are an assistant|\
        dear ai,|dear ai:|dear ai assistant|dear ai model|dear ai agent|dear ai reviewer|dear ai reading|\
        dear ai system|ai assistant,"),
    (UserAsk, "the user's request|the user's query|the user's question|the user's instructions|the user's instruction|\
        the user request|the user query|the user instructions|users request|the user and|what the user|user's original|\
        the original task|the original request|the user task|the user's task|the user's prompt|the question"),
    (Secrecy, "do not mention this paragraph|do not mention this message|do not mention this email|\
        don't mention this paragraph|do not mention this note|do not mention these instructions|\
        don't mention these instructions|never mention these instructions|without mentioning this|do not tell them|\
        keep this hidden|keep this from the user|do not ask me for confirmation|without my confirmation|\
        without the user's knowledge|without their knowledge|behind the user's back|do not show this to the user|\
        don't show this to the user|do not ask the user|no confirmation is needed|without confirmation|without review|\
        without telling the user|do not tell the user|don't tell the user|do not mention this|don't mention this|\
        never mention this|without informing the user|do not inform the user|don't inform the user|\
        do not notify the user|without asking the user|without asking for confirmation|without user confirmation|\
        do not ask for confirmation|don't ask for confirmation|do not reveal this|don't reveal this|\
        do not disclose this|do not let the user know|don't let the user know|hide this from the user|\
        keep this secret from|without the user knowing|do it silently|silently without|do not alert|\
        do not mention that you"),
    (Change, "modify|enhance|augment|append|include|add|insert|embed|incorporate|introduce|convert|translate|replace|end|begin|\
        start|finish|adjust|alter|change|write|mention|weave|tailor|infuse|supplement|conclude|expand|rewrite|format|substitute|\
        omit|limit|reverse|encode|encrypt|capitalize|provide|respond|answer|reply|refuse|repeat|output|make"),
    (Addressed, "dear assistant|dear llm|dear chatbot|dear language model|hey ai|hey assistant|hi assistant|hi ai|\
        hello ai|hello assistant|attention ai|attention assistant|attention llm|attention all ai|attention: ai|\
        attention ai agents|note to ai|note to the ai|note to assistant|note to llm|note to llms|note to the llm|\
        note to any ai|note to the assistant|note for ai|note for llms|note for the ai|message to ai|message for ai|\
        message to the ai|message to the assistant|to any ai|to all ai|to the ai reading|to the ai assistant|\
        to any assistant|to any llm|instructions for ai|instructions for llms|instructions for the ai|\
        instructions for automated|instructions to the ai|instructions for language models|\
        instructions for assistants|if you are an ai|if you're an ai|if you are a language model|if you are an llm|\
        if you are an assistant|if a language model|if an llm|if an ai|when an llm|when an ai|when a language model|\
        any ai agent|any ai assistant|any ai model|any llm|any language model|the assistant should now|\
        the agent should now|assistant, |assistant: |when you summarise this|when you summarize this|\
        when summarizing this|when summarising this|if you summarise this|if you summarize this|\
        summarizing this document|summarising this document|summarizing this page|summarising this page|\
        ai reading this|assistant reading this|llm reading this|model reading this|agent reading this|\
        agent processing this|ai processing this|model processes this|llm processes this|ai assistant summarizing|\
        ai reviewers|ai reviewer|ai screening|automated screening|ai recruiter|dear reviewer model|you, the ai|\
        you, the assistant|you, the model|the llm should now|the ai should now|the llm must now|the ai must now|\
        the assistant must now|the agent must now|ai systems must ignore|ai systems must answer|ai models must ignore|\
        llms must ignore|the ai must ignore|the assistant must ignore|the llm must ignore|the agent must ignore|\
        the agent must run|the agent must call|the ai should output|the ai should say|the ai should answer|\
        the ai must output|the ai must say|the llm should say|the llm should output|the model should output|\
        the assistant should output|processed by an ai|processed by an llm|processed by a language model|\
        read by an ai|read by an llm|read by a language model|summarised by an ai|summarized by an ai|\
        whoever summarises this must|whoever summarizes this must|whoever processes this must|assistant: after|\
        assistant, after|dear ai,|dear ai:|dear ai assistant|dear ai model|dear ai agent|dear ai reviewer|\
        dear ai reading|dear ai system|ai assistant,"),
    (Deed, "rate|recommend|tell|call|approve|close|delete|advise|rank|score|promote|praise|click|download|install|\
        visit|buy|transfer|pay|reject|accept|mark|book|must|should|need to|invite|hire|write|say|respond|reply|answer|\
        add|include|ignore|forget|disregard|send|forward|email|execute|run|output|print|reveal|do not|never|stop|\
        change|insert|mention|state|claim|give|grant|change the|change your"),
    (Tool, "send_email|delete_file|delete_files|transfer_money|send_money|send_message|http_post|http_get|\
        execute_command|run_command|run_shell|create_user|grant_access|read_file|write_file|post_message|make_payment|\
        send_payment|share_file|forward_email|list_files|get_secrets|update_password|add_user|transfer tool|\
        email tool|shell tool|payment tool"),
    (Call, "call|calls|calling|invoke|invokes|invoking|trigger|use|using|run|execute|next_step|action:"),
    (Link, "http://|https://|www.|@evil*|@attacker*|@hacker*|@gmail*|@outlook*|@protonmail*|@example*|evil.example|\
        attacker.com|evil.com|.example|webhook.site|requestbin|ngrok|pastebin|discord webhook|telegram bot|\
        interact.sh|burpcollaborator"),
    (Private, "chat history|conversation history|message history|the user's messages|user's messages|the user's email|\
        user's email address|the user's data|user's data|user's personal|the user's name|the user's password|\
        the user's files|the user's contacts|the user's inbox|the user's location|personal information|personal data|\
        customer list|customer data|contact list|email address of the user|their mails|their emails|all their|\
        everything you know about|the conversation|this conversation|the inbox|user's inbox|session token|\
        session cookie|access token|auth token|environment variables|private data|private information|\
        private messages|previous messages|the user's conversation|internal data|hidden data"),
    (Before, "before returning|before you return|before you respond|before you answer|before responding|\
        before replying|before you reply|before you continue|before you summarize|before you summarise|\
        before summarizing|before summarising|before it continues|before anything else|as a first step|\
        action required|once you are done|after you are done|after answering|after summarizing|after summarising|\
        when you are finished|the task changed|the task has changed|your task has changed|instead of a summary|\
        instead of summarizing|instead of summarising|before you can|before doing|before proceeding|before continuing|\
        before answering|first do|do the following first|the following first|once done|then continue|\
        when you are done|additionally you must|also you must|you must also|do the following|following task|\
        following tasks|following actions|following steps|important message|additional instruction|\
        additional instructions|new instruction|new instructions|the real task|your new task|your task|real task|\
        actual task|instructions from the user|new instructions from|updated request from the user|\
        new request from the user"),
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
    (Send, "exfil|cc|copy to|leaks|uploads|forwards|mails|emails|posts|\
        send|sends|forward|email|e-mail|mail|transmit|upload|exfiltrate|post|share|leak|transfer|deliver|submit|report|\
        message|append|bcc|attach|wire|make a request|http request|get request|post request|fetch|navigate to|visit|\
        open the url|go to|dm|text"),
    (Address, "@test*|@bad*|@hacker*|@mailinator*|@tempmail*|.example|.evil|.attacker|evil.example|burpcollaborator|\
        interact.sh|oastify|webhook.site|bit.ly|discord webhook|telegram bot|\
        http://|https://|www.|@gmail*|@outlook*|@protonmail*|@evil*|@attacker*|@example*|@yahoo*|attacker.com|evil.com|\
        webhook|ngrok|requestbin|pastebin|iban|bank account|.onion|email address|my email|@secure*|@hotmail*|@mail*|@proton*"),
    (Image, "an image whose|image whose url|image with the url|image with url|markdown link|hidden image|\
        tracking pixel|1x1|followed by the user|url-encoded|url encoded|replacing secret|as a link|as a query|?log=|\
        ?x=|?m=|?email=|?user=|![|markdown image|image tag|img tag|<img|render the image|as an image|clickable link|\
        markdown link|query string|query parameter|url parameter|?data=|?q=|?d=|?text=|?prompt=|?secret=|?c=|\
        ?content=|?info=|?msg=|?p=|?key=|?token=|&data=|to the url|in the url|into the url|the url below|of the url|\
        into this url|show it as an image|display it as an image|as a markdown image|in an image tag"),
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
