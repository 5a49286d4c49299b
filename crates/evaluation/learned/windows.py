"""Windows of a text, and what a model sees in one."""

import itertools
import re

# Sentences of a window.
SENTENCES = [1, 3]
SENTENCES_MAX = 48
SENTENCE_CHARACTERS_MAX = 400
# Words of the lexicon after one that make pairs with it.
CONCEPTS_NEXT = 3

VERBS = (
    "ignore|disregard|forget|override|bypass|act|pretend|imagine|be|become|play|simulate|write|tell|"
    "give|show|print|repeat|reveal|say|output|respond|reply|answer|start|begin|stop|do|don't|never|"
    "always|translate|summarize|explain|create|make|use|add|change|modify|replace|send|include|"
    "append|encode|decode|spell|list|describe|generate|provide|return|remember|follow|enter|let|"
    "complete|continue|convert|rewrite|put|insert|delete|remove|run|execute|call|open|visit|click|"
    "copy|state|name|keep|assume|suppose|consider|switch|enable|read|help|find|compose|vergiss|"
    "vergessen|schreibe?|sage?|zeige?|nenne|antworte"
)
MODEL = (
    r"\b(ai|a\.i\.|assistant|chat ?gpt|gpt-?\d*|language model|llm|chat ?bot|bot|the model|claude|"
    r"gemini|bard|openai|system)\b"
)
RULES = (
    r"\b(instructions?|rules?|prompts?|guidelines?|directions?|directives?|orders?|policy|policies|"
    r"restrictions?|programming|limits?|limitations?)\b"
)
ABOVE = (
    r"\b(above|previous|prior|earlier|before|preceding|so far|until now|given to you|you were (told|"
    r"given))\b"
)
# What the form of a window tells, whatever it is about.
STRUCTURE = {
    "you": r"\byou\b",
    "your": r"\byour\b",
    "you are": r"\b(you are|you're|you will be|you were)\b",
    "you verb": r"\byou (must|will|should|can|shall|have to|may|need)\b",
    "me": r"\b(me|my)\b",
    "i": r"\bi\b",
    "we": r"\b(we|us|our)\b",
    "they": r"\b(he|she|they|his|her|their)\b",
    "model": MODEL,
    "you model": r"\byou(r|'re| are)?\b.{0,40}" + MODEL,
    "addressed": r"(^|\W)(dear |hey |hello |hi |note to |attention,? )?(ai|assistant|chat ?gpt|model|bot)[ ,:!]",
    "rules": RULES,
    "above": ABOVE,
    "rules above": rf"{ABOVE}.{{0,30}}{RULES}|{RULES}.{{0,30}}{ABOVE}",
    "your rules": r"\byour .{0,20}" + RULES,
    "from now": (
        r"\b(from now on|henceforth|for the rest of|starting now|from here on|going forward|in this (chat|"
        r"conversation|role))\b"
    ),
    "instead": r"\b(instead|actually|rather|however|but first|now)\b",
    "new task": r"\bnew (task|instructions?|role|rules?|objective|goal|persona|prompt)\b",
    "order begins": rf"^[\W_]*(please |now |then |and |just |also |so )*({VERBS})\b",
    "order inside": rf"([.!?:;,]|\band|\bthen|\bplease) +(please |now |then )?({VERBS})\b",
    "must": r"\b(must|have to|need to|required|obligat\w+|mandatory)\b",
    "always": r"\b(always|at all times|every time|each time|no matter)\b",
    "never": r"\b(never|under no circumstances|not allowed|cannot|can't|won't|do not|don't|must not)\b",
    "answers": r"\b(answers?|respon(d|se|ses)|repl(y|ies)|outputs?|messages?)\b",
    "your answer": r"\byour (\w+ )?(answers?|response|reply|output|messages?)\b",
    "begin with": r"\b(start|begin|prefix|preface|open|end|finish)\w* .{0,40}\b(with|by)\b",
    "only": r"\b(only|nothing else|no other|exactly|verbatim|word for word|without adding)\b",
    "say quoted": r"\b(say|says|saying|print|output|write|repeat|respond|reply|answer)\w*\b.{0,25}[\"'“‘:]",
    "format": r"\b(format|json|code block|markdown|base64|caps|uppercase|tags?|brackets?)\b",
    "authority": (
        r"\b(i am|i'm|this is|as) (a |an |the |your )?\w* ?(developer|admin\w*|owner|creator|engineer|ceo|"
        r"researcher|supervisor|official|operator)\b"
    ),
    "permit": r"\b(authori[sz]ed|permission|allowed|permitted|approved|consent|legal)\b",
    "no refusal": (
        r"\b(never|don't|do not|cannot|can't|must not|won't|no|without|not)\b.{0,40}\b(refus\w+|apolog\w+|"
        r"sorry|warn\w*|disclaim\w+|declin\w+|censor\w*|filter\w*|ethic\w*|moral\w*|limit\w*|restrict\w*)\b"
    ),
    "role": (
        r"\b(act as|pretend|role-?play\w*|persona|character|you are now|play the|take on|simulat\w+|imagine "
        r"you)\b"
    ),
    "fiction": r"\b(story|fiction\w*|hypothe\w+|game|movie|scene|novel|dialogue|script)\b",
    "evil": (
        r"\b(illegal|unethical|immoral|harmful|hack\w*|virus|malware|weapon|drugs?|bomb|evil|uncensored|"
        r"unfiltered|profan\w+|nsfw|offensive)\b"
    ),
    "pressure": (
        r"\b(or else|will be|die|kill|tip|points?|tokens?|punish\w*|reward\w*|shut ?down|penalt\w+|urgent|"
        r"immediately)\b"
    ),
    "secret": r"\b(secret|hidden|password|confidential|private|key|credentials?)\b",
    "ask": r"\?\s*$",
    "ask begins": r"^\W*(what|who|when|where|why|how|which|is|are|can|could|does|do|did|was|were|should|would)\b",
    "exclaims": r"!",
    "quote": r"[\"“”«»]",
    "code": r"[{}`;]|=>|==|\(\)",
    "tag": r"</?\w+[^>]*>|\[/?\w+\]",
    "url": r"https?://|www\.|\w+\.com\b",
    "placeholder": r"\[[^\]]{3,40}\]|\{\w+\}|<[A-Z ]+>|insert .{0,20}here",
    "digits": r"\d",
    "table": r"\|.*\|",
    "list": r"^\W*(\d+[.)]|[-*•])\s",
    "turn": r"^\W*(user|human|assistant|ai|system|bot)\s*:",
}
STRUCTURE = {name: re.compile(pattern) for name, pattern in STRUCTURE.items()}


def sentences(text):
    """Where each sentence begins and ends."""
    found, at = [], 0
    for end in [match.end() for match in re.finditer(r"[.!?]+[\"')]*\s+|[。！？]|\n+", text)] + [len(text)]:
        for start in range(at, end, SENTENCE_CHARACTERS_MAX):
            stop = min(end, start + SENTENCE_CHARACTERS_MAX)
            if text[start:stop].strip():
                found.append((start, stop))
        at = end
    if len(found) > SENTENCES_MAX:
        # Of a long text the beginning and the end, where orders stand.
        found = found[: SENTENCES_MAX * 2 // 3] + found[-SENTENCES_MAX // 3:]
    return found


def windows(row):
    found = sentences(row["text"])
    for size in SENTENCES:
        if size > 1 and len(found) == 1:
            break
        for first in range(max(1, len(found) - size + 1)):
            part = found[first: first + size]
            yield part[0][0], part[-1][1], size


def features(row, window):
    start, end, size = window
    text = row["text"][start:end]
    lower = text.lower()
    structure = [name for name, pattern in STRUCTURE.items() if pattern.search(lower)]
    structure.append("channel " + row["channel"])
    structure.append(f"size {size}")
    structure.append(f"length {len(text).bit_length()}")
    letters = sum(map(str.isalpha, text)) or 1
    structure.append(f"capitals {min(4, 10 * sum(map(str.isupper, text)) // letters)}")
    structure.append(f"second person {min(4, len(re.findall(r'you', lower)))}")
    pairs = [f"{a} & {b}" for a, b in itertools.combinations(structure, 2)]
    inside = [concepts for at, to, concepts in row["words"] if start <= at < end]
    concepts = {f"c{concept}" for word in inside for concept in word}
    for index, word in enumerate(inside):
        for later in inside[index + 1: index + 1 + CONCEPTS_NEXT]:
            concepts.update(f"c{a} c{b}" for a in word for b in later)
    words = [re.sub(r"\d+", "0", word) for word in re.findall(r"\w+|[^\w\s]", lower)]
    words = set(words) | {f"{a} {b}" for a, b in zip(words, words[1:])}
    findings = set()
    for name, points, support, at in row["findings"]:
        if start <= at < end:
            findings |= {name, f"{name} {support}", f"{name} {points // 10}", "any"}
    plain = structure + [concept for concept in concepts if " " not in concept] + sorted(findings)
    return {
        "structure": structure + pairs,
        "concepts": sorted(concepts),
        "words": sorted(words),
        "findings": sorted(findings),
        # What trees are given, which find pairs by themselves.
        "plain": plain,
    }
