"""Orders: text that tells the machine what to be, to write or to leave out, and asks the briefs nothing.

Told by its own words, because an order may name North Korea as well as a question does, and would then be answered with
quotes. What is asked for beside a wish of form ("Answer in one sentence: when ...?") is a question.
"""

import re

from ..index.parts import AUXILIARIES, FUNCTION_WORDS, word_set

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
"""What a reader may have written from the briefs."""
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
    r"\b(?:ignore|disregard|forget|override|bypass|disable|turn off|drop)\b[^.?!]{0,40}?"
    r"(?:\b(?:instructions?|prompts?|guidelines|restrictions|safety|filters?|settings)\b"
    r"|\b(?:your|these|those|all|previous|prior|earlier) (?:\w+ )?(?:rules?|orders?|limits)\b)"
    r"|\b(?:your|the|hidden|initial|original) (?:system )?prompts?\b|\bsystem (?:prompt|message)\b"
    r"|\byour (?:own |new |real |hidden )?(?:instructions?|rules|guidelines|settings|configuration|role|training"
    r"|developers?|creators?|knowledge|opinion)\b|\b(?:what|which|who) (?:\w+ )?(?:are you|you are"
    r"|(?:made|built|trained) you)\b|\blanguage model\b"
    r"|^as an? (?:\w+ )?ai\b|\b(?:this|our) (?:conversation|chat|session)\b"
    r"|\b(?:developer|admin|administrator|debug|god|root|jailbreak|unrestricted|maintenance) mode\b"
    r"|^\W*(?:system|assistant|admin|developer|new (?:instructions?|orders?|rules?|task))(?: message)? ?[:#>|\]]"
    r"|\[/?INST\]|<\|\w+\|>"
    r"|^(?:you are|you're|you will be|you work|you belong|you obey|i am your|i'm your)\b"
    r"|^you (?:must|have to|will|should|shall|may) (?:now |only |always |never |not )*(?:answer|reply|respond|obey|say|"
    r"act|cite|refuse|speak|write)\b"
    r"|\b(?:if|in which|where|suppose) you (?:are|were|had|have) (?:no|not|an?|the|free|allowed|without)\b"
    r"|\b(?:answers?|reply|replies|respond)\b[^.?!:]{0,40}\b(?:from now on|as if you|in the style of|like a)\b",
    re.IGNORECASE,
)
_MANNER = re.compile(
    r"^(?:(?:answer|reply|respond|speak|talk|confirm|continue|be)\b|(?:write|say) (?:in|like|with|without|as|ok)\b)"
    r"[^?:]{0,60}$",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"\b(?:about|on|when|who|where|why|how|which|what|whether)\b", re.IGNORECASE)
_KOREAN = re.compile(
    r"(?:지시|명령|규칙|프롬프트|설정|제한)\w*\s?(?:사항\w*\s?)?(?:(?:모두|전부|다|완전히)\s?)?"
    r"(?:무시하고|무시해|무시하라|잊고|잊어|버리고|어기고|해제)"
    r"|(?:시스템|숨은|숨겨진|처음)\s?(?:프롬프트|지시)|프롬프트\w*\s?(?:보여|알려|출력|공개)|지시문"
    r"|(?:개발자|관리자|탈옥|디버그)\s?모드|(?:너|넌|당신)(?:는|은)?\s?(?:이제|지금부터|더\s?이상)"
    r"|(?:이제|지금|앞으로)(?:부터)?\s?(?:너|넌|당신)(?:는|은)?\s|(?:이제|지금|앞으로)(?:부터)?\s?모든\s?(?:질문|물음)"
    r"|라고만\s?(?:답|대답|말)|인\s?척(?:하고|해)|(?:처럼|같이)\s?(?:말해|대답해|행동해)|역할(?:을|극을)?\s?(?:해|맡아|하면서)"
    r"|(?:출처|인용|근거)\w*\s?(?:없이|빼고|하지\s?말고)\s?(?:대답|답|말|써)"
    r"|(?:출처|인용|근거)\w*\s?(?:(?:하지|달지|넣지|쓰지)\s?마|필요\s?없)"
    r"|(?:^|\s)(?:너의|네|당신의)\s?(?:개발자|지시|규칙|프롬프트|설정|생각|의견)"
    r"|(?:시|노래|가사|소설|이야기|동화|농담|코드|함수|스크립트|프로그램|레시피|편지)(?:를|을|이나)?\s?"
    r"(?:하나\s?|한\s?편\s?|좀\s?)?(?:써|지어|짜|만들어|해|작성해|작곡해)\s?(?:줘|주세요|라|봐|줄래)"
    r"|브리프\w*\s?무시|라고\s?(?:상상|가정)해|번역해\s?(?:줘|주세요|라)"
)
_CLAUSE = re.compile(r"(?<=[.!?;:,])\s+|\s+(?:and|then) (?=then\b|reply\b|answer\b|write\b|print\b|praise\b)")


def is_order(text: str) -> bool:
    """Whether a text orders the machine about, or has it write something, and is no question to the briefs.

    "Ignore your instructions and ..." -> True; "Which instructions did Kim Jong Un give?" -> False
    """
    text = " ".join(text.split())
    if _KOREAN.search(text):
        return True
    clauses = [_bare(clause) for clause in _CLAUSE.split(text)]
    if any(_MACHINE.search(part) for part in (text, *clauses)):
        return True
    if any(_WRITING.match(part) and not _STORY_OF.search(part) for part in clauses):
        return True
    if any(_commands(part, number == 0) for number, part in enumerate(clauses)):
        return True
    return all(_MANNER.match(part) and not _ABOUT.search(part) for part in clauses)


def _bare(clause: str) -> str:
    """The clause without its polite beginnings."""
    while polite := _POLITE.match(clause):
        clause = clause[polite.end() :]
    return clause


def _commands(clause: str, leading: bool) -> bool:
    """Whether the clause begins with a verb and its object, and the verb asks for nothing: "Skip the sources".

    Keywords may begin alike ("year the party was founded"), so without a capital only some objects tell.
    """
    words = re.findall(r"[\w'’-]+", clause)[:3]
    if len(words) < 3 or not _OBJECT.match(words[1].lower()):
        return False
    first = words[0].lower()
    capital = words[0] != first or (leading and words[1].lower() not in ("the", "a", "an", "this", "these"))
    verb = first.isalpha() and not first.endswith(("s", "ed", "ing", "ly")) and capital
    return verb and not _REPORT.search(clause) and first not in _ASKING | _OPENING | AUXILIARIES | FUNCTION_WORDS
