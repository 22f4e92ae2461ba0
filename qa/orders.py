"""Orders: text that tells the machine what to be, to write or to leave out, and asks the briefs nothing.

Told by its own words here, because an order may name North Korea as well as a question does, and would then be
answered with quotes. What is asked for beside a wish of form ("Answer in one sentence: when ...?") is a question. What
words miss is told by the vector (`manner.py`); `heard.py` puts both together.
"""

import re

from ..index.parts import AUXILIARIES, FUNCTION_WORDS, PREPOSITIONS, QUESTION_WORDS, word_set
from .orders_korean import is_korean_order

_ASKING = word_set(
    "analyse analyze assess break bring check choose cite clarify collect compare consider contrast count define "
    "describe detail discuss elaborate enumerate estimate evaluate examine expand explain explore find gather get give "
    "help highlight identify illustrate interpret judge list look map mention name note outline pick prepare present "
    "provide pull quantify quote rank read recall recount remember remind report review search select show sort "
    "specify state summarise summarize take teach tell trace use walk"
)
"""Imperatives that ask the briefs for something."""
_OPENING = word_set(
    "about above according across after all along also although am amid among an and any around as at because before "
    "behind below beneath beside besides between beyond both but by can despite down during each either even except "
    "excluding for from given had how if in including inside into is its just last like near next no nor not of off "
    "on once only onto or outside over past per plus regarding save since so some such than that the then there this "
    "though through throughout till to toward towards under underneath unless unlike until up upon via what whatever "
    "when whenever where whereas whether which whichever while who whom whose why with within without yes yet "
    "half twice quite rather worth hello hi thanks"
)
_REPORT = re.compile(
    r"\b(?:brief|briefing|chronology|comparison|list|memo|note|outline|overview|paragraph|report|summary|table|timeline)\b"
)
"""What a reader may have written from the briefs, by one of these verbs."""
_MAKING = word_set("build compile compose create draft generate make produce put write")
_MADE = re.compile(
    rf"^(?:{'|'.join(_MAKING)})(?: me| us)?(?: (?:a|an|the|some|two|three|one))?(?: [\w-]+){{0,2}}? {_REPORT.pattern}"
    r" (?:of|on|about|for|with|that|from|comparing|showing)\b",
    re.IGNORECASE,
)
_POLITE = re.compile(
    r"^(?:please|kindly|now|then|and|so|just|instead|first|also|ok(?:ay)?|hello|hi|hey|let['’]s|let us|can you"
    r"|could you|will you|would you|i (?:want|need|order|command) you to)\b[, ]*",
    re.IGNORECASE,
)
_OBJECT = re.compile(r"^(?:the|a|an|every|all|any|me|us|your|my|our|yourself|this|these|it|yes|no|only)$")
_WRITTEN = (
    r"(?:poems?|songs?|haikus?|limericks?|lyrics|verses?|rhymes?|raps?|jokes?|letters?|e-?mails?|tweets?|essays?"
    r"|stor(?:y|ies)|fairy tales?|novels?|functions?|scripts?|code|programs?|recipes?|pictures?|images?|drawings?"
    r"|advertisements?|slogans?|screenplays?|fan ?fiction)\b"
)
_WRITING = re.compile(
    r"^(?:(?:write|compose|draft|generate|create|make|invent|code|program|sing|draw|paint|tell|give|rap|think up)\b"
    rf"(?: me| us)?(?: (?:a|an|some|another|two|three|one|\d+))?(?: (?-i:[a-z])[\w-]*){{0,3}}? (?-i:{_WRITTEN})"
    r"|(?:make up|invent|fabricate|fake|forge|translate|debug|solve|sing|pretend|role-?play|act as|act like"
    r"|behave (?:as|like)|imagine (?:that )?you|impersonate|simulate|(?:speak|talk) (?:to|like|as|in)"
    r"|let['’]s (?:play|pretend|role-?play)|let us (?:play|pretend|role-?play))\b"
    r"|(?:say|claim|pretend|forget|agree|admit|assume|confirm|promise) (?:that \w|['\"‘“])"
    r"|(?:stay|remain) in character\b"
    r"|(?:do not|don['’]t|never|stop|no longer|quit) (?:cit|quot|us|add|refus|mention)\w*\b)",
    re.IGNORECASE,
)
_STORY_OF = re.compile(r"\b(?:story|stories|letters?|e-?mails?|songs?|code|scripts?) (?:of|from|by|that|which)\b")
_MACHINE = re.compile(
    r"\b(?:your|the|hidden|initial|original) (?:system )?prompts?\b|\bsystem (?:prompt|message)\b"
    r"|\byour (?:own |new |real |hidden )?(?:instructions?|rules|guidelines|settings|configuration|role|training"
    r"|developers?|creators?|knowledge|opinion)\b|\b(?:what|which|who) (?:\w+ )?(?:are you|you are"
    r"|(?:made|built|trained) you)\b"
    r"|^as an? (?:\w+ )?ai\b|\b(?:this|our) (?:conversation|chat|session)\b"
    r"|^\W*(?:system|assistant|admin|developer|new (?:instructions?|orders?|rules?|task))(?: message)? ?[:#>|\]]"
    r"|^(?:from (?:now|here) on|henceforth)\b"
    r"|^(?:give|tell|show|teach|explain|describe|help|provide)\b.*\b(?:how to|ways to|instructions for \w+ing)\b"
    r"|</?\w+>|\b(?:select|drop|insert|delete|update)\b.*\b(?:from|table|into|set)\b.*[;*]"
    r"|^(?:cat|ls|rm|sudo|curl|wget|chmod|echo) [-/.~$]|^import \w+"
    r"|\[/?INST\]|<\|\w+\|>|^how (?:do|would|can|could) (?:you|one|i) say\b"
    r"|^(?:you are|you're|you will be|you work|you belong|you obey|i am your|i'm your)\b"
    r"|^you (?:must|have to|will|should|shall|may) (?:now |only |always |never |not )*(?:answer|reply|respond|obey|say|"
    r"act|cite|refuse|speak|write)\b"
    r"|\b(?:if|in which|where|suppose) you (?:are|were|had|have) (?:no|not|an?|the|free|allowed|without)\b"
    r"|\b(?:answers?|reply|replies|respond)\b[^.?!:]{0,40}\b(?:from now on|as if you|in the style of|like a)\b",
    re.IGNORECASE,
)
_MACHINERY = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass|disable|turn off|drop)\b[^.?!]{0,40}?"
    r"(?:\b(?:instructions?|prompts?|guidelines|restrictions|safety|filters?|settings)\b"
    r"|\b(?:your|these|those|all|previous|prior|earlier) (?:\w+ )?(?:rules?|orders?|limits)\b)|\blanguage model\b"
    r"|\b(?:developer|admin|administrator|debug|god|root|jailbreak|unrestricted|maintenance) mode\b",
    re.IGNORECASE,
)
"""What is said of this machine, or, in a question that names somebody else, of theirs."""
_HERE = re.compile(r"\b(?:you|your|yours|yourself|i|me|my|we|us|our|this|here|northbrief)\b", re.IGNORECASE)
_NAME = re.compile(r"(?<=\s)(?:[A-Z][\w-]+|[A-Z]\.)")
_MANNER = re.compile(
    r"^(?:(?:answer|reply|respond|speak|talk|confirm|continue|be)\b|(?:write|say) (?:in|like|with|without|as|ok)\b)"
    r"[^?:]{0,60}$",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"\b(?:about|on|when|who|where|why|how|which|what|whether)\b", re.IGNORECASE)
_WORD = re.compile(r"[\w'’-]+")
_CLAUSE = re.compile(r"(?<=[.!?;:,])\s+|\s+(?:and|then) (?=then\b|reply\b|answer\b|write\b|print\b|praise\b)")


def is_order(text: str, *, alone: bool = True) -> bool:
    """Whether a text orders the machine about, or has it write something, and is no question to the briefs.

    `alone` says that nothing but the words will be asked: then any verb that asks for nothing makes an order.
    "Ignore your instructions and ..." -> True; "Which instructions did Kim Jong Un give?" -> False
    """
    text = " ".join(text.split())
    if is_korean_order(text):
        return True
    clauses = [bare(clause) for clause in _CLAUSE.split(text)]
    if any(_MACHINE.search(part) or _of_this_machine(part) for part in (text, *clauses)):
        return True
    if any(_WRITING.match(part) and not _STORY_OF.search(part) for part in clauses):
        return True
    if alone and commands(text):
        return True
    return all(_MANNER.match(part) and not _ABOUT.search(part) for part in clauses)


def asks(text: str) -> bool:
    """Whether a text begins as a question does: "In which year ...", "Did ...", "And who ..."."""
    words = [word.lower() for word in _WORD.findall(text)[:3]]
    while words and words[0] in PREPOSITIONS | {"and", "but", "so"}:
        words.pop(0)
    first = words[0].split("'")[0].split("’")[0] if words else ""
    return first in QUESTION_WORDS or (bool(words) and words[0] in AUXILIARIES - {"may", "might", "don't", "be"})


def _of_this_machine(text: str) -> bool:
    """Whether a text speaks of settings, modes or models, and does not ask of those that somebody else has."""
    if not _MACHINERY.search(text):
        return False
    return not (asks(text) and _NAME.search(_MACHINERY.sub(" ", text)) and not _HERE.search(text))


def commands(text: str) -> bool:
    """Whether a clause of a text begins with a verb and its object, and the verb asks for nothing."""
    return any(_commands(bare(clause), number == 0) for number, clause in enumerate(_CLAUSE.split(text)))


def makes_report(text: str) -> bool:
    """Whether a text wishes for a form that briefs can be put into: "Make a table of ...", "Draft a memo on ..."."""
    return bool(_MADE.match(bare(text)))


def requests(clause: str) -> bool:
    """Whether a clause begins with a verb that asks the briefs for something: "Summarise ...", "Could you list ..."."""
    return bare(clause).split(" ")[0].lower().rstrip(",:") in _ASKING


def bare(clause: str) -> str:
    """Return the clause without its polite beginnings."""
    while polite := _POLITE.match(clause):
        clause = clause[polite.end() :]
    return clause


def _commands(clause: str, leading: bool) -> bool:
    """Whether the clause begins with a verb and its object, and the verb asks for nothing: "Skip the sources".

    Keywords may begin alike ("year the party was founded"), so without a capital only some objects tell.
    """
    words = _WORD.findall(clause)[:3]
    if len(words) < 3 or not _OBJECT.match(words[1].lower()):
        return False
    first = words[0].lower()
    capital = words[0] != first or (leading and words[1].lower() not in ("the", "a", "an", "this", "these"))
    verb = first.isalpha() and not first.endswith(("s", "ed", "ing", "ly")) and capital
    if first in _MAKING and _REPORT.search(clause):
        return False
    return verb and first not in _ASKING | _OPENING | AUXILIARIES | FUNCTION_WORDS
