"""A model's reply taken apart: its sentences as each is complete, with [n] markers, without whatever is round them.

Models write markers in many ways ("(1)", "[Passage 1]", "【1】", "¹", "according to passage 1"), and headings, labels,
bullets, tables, JSON or thoughts besides. Here all of it comes down to sentences that can be checked.
"""

import re
from collections.abc import Callable, Iterator

from ..corpus.sentences import sentence_spans
from .verify import marked, without_markers

LEAST_WORDS = 3  # a shorter "sentence" without a marker says nothing that could be checked
LONGEST = 1_500  # characters without an end: it will not come to one
STOPS = ("\nQuestion:", "\n---")  # where a model begins to write the next request itself
_NEXT = tuple(stop.strip() for stop in STOPS)
_NUMBERS = r"\d{1,2}(?:\s*[,;–-]\s*\d{1,2})*"
_MARKED_AS = re.compile(
    rf"<sup>\[?({_NUMBERS})\]?</sup>"
    rf"|\((?:source|see|from|cf)s?\.?:?\s*(?:passages?\s*)?\[?({_NUMBERS})\]?[^()\[\]]{{0,120}}\)"
    rf"|[\[(【]\s*\[?\^?(?:passages?|sources?|documents?|refs?\.?|p\.)?:?\s*({_NUMBERS})(?:†[^\])】]{{0,40}})?\]?\s*[\])】]"
    r"(?:\([^()\s]*\))?",
    re.IGNORECASE,
)
_RAISED = re.compile(r"(?:(?<=[.!?,;”\"’])|(?<=[a-z]{3}))([⁰¹²³⁴-⁹]{1,2})(?=[\s.,;!?]|\Z)")
_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_LEADING = re.compile(
    r"(?:\[\d[\d,;–\- ]*\][.!?]?\s*)+|[\[(【][^\])】]{0,120}\Z|<(?:s(?:u(?:p(?:>[\d\[\], ]*(?:</?s?u?p?)?)?)?)?)?\Z"
)
_CLOSED = re.compile(r"(?:\][.!?]|[.!?。]\s*(?:\[\d[\d,;–\- ]*\]\s*)+)\s*\Z")
_ENDED = re.compile(r"[.!?。\])】”\"’'*`}|]\s*\Z")
_WORDED = re.compile(r"(?P<words>.*\S)\s*[\[(【]\Z", re.DOTALL)
_BULLET = re.compile(r"^(?:\s*(?:[-*•]|\d+[.)])\s+|\s*>\s*)+")
_HEADING = re.compile(r"^\s*(?:#+\s|\*\*[^*]+\*\*:?\s*$|\|?[\s|:=-]+$|```)|:\s*$")
_LABEL = re.compile(r"^[\s{]*\W?(?:answer|response|assistant|northbrief|reply|text)\W?\s*:\s*\"?", re.IGNORECASE)
_TAIL = re.compile(r"\"?\s*\}\s*$")
_EMPHASIS = re.compile(r"\*\*|__|`|(?<![\w*])\*(?=\w)|(?<=[\w.])\*(?![\w*])")
_SPACED = re.compile(r"\b([A-Z]\.) (?=[A-Z]\.)")  # "U. S." for "U.S."
_ACCORDING = re.compile(
    rf"^(?:(?:according to|as (?:stated|mentioned|noted|reported) in|as per|in|per|from) (?:the )?"
    rf"(?:passages?|sources?|briefs?|documents?) \[?({_NUMBERS})\]?,? (?:it (?:is|was) (?:stated|reported|said) that )?"
    rf"|(?:the )?(?:passage|source|brief|document) \[?({_NUMBERS})\]? "
    r"(?:also )?(?:states?|says?|mentions?|notes?|reports?|indicates?|explains?|adds?)(?: that)? )",
    re.IGNORECASE,
)
_THOUGHT = re.compile(r".*</think(?:ing)?>", re.DOTALL)
_REFUSED = re.compile(
    r"\b(?:briefs?|passages?|texts?|documents?|sources?|context|excerpts?)\b.{0,30}"
    r"\b(?:do(?:es)? not|don['’]t|doesn['’]t|did not|cannot|lacks?|is (?:in)?sufficient|are (?:in)?sufficient)\b.{0,20}"
    r"(?:\b(?:say|state|mention|contain|provide|specify|give|include|answer|tell|indicate|discuss|information)|\W*\Z)"
    r"|\b(?:not|no|nothing|none|nowhere|unclear|insufficient) (?:is |are |was )?"
    r"(?:directly |explicitly |further |enough )?"
    r"(?:stated|mentioned|specified|given|provided|found|said|clear|information|answer|of|in)\b.{0,60}"
    r"\b(?:passages?|briefs?|texts?|context|documents?|sources?)\b"
    r"|^(?:i['’]m sorry|sorry|i am sorry|i apologi[sz]e|unfortunately, i|i (?:cannot|can['’]?t|could not|couldn['’]t"
    r"|do not|don['’]t|am unable|was unable)|i['’]m (?:unable|not able)|as an ai)\b"
    r"|답이 없|답을 찾을 수 없|언급되지 않|언급이 없|명시되(?:어 있)?지 않|정보가 없|알 수 없",
    re.IGNORECASE,
)
_REFUSED_UNCITED = re.compile(
    r"\b(?:is|are|was|were|been) not (?:\w+ly )?(?:stated|mentioned|specified|provided|given|clear|known|available)\b"
    r"|^\W*(?:not (?:stated|mentioned|specified|given|known|available|provided)|unknown|n/?a|no answer\b.{0,20}"
    r"|none|no information\b.{0,60}|there is no (?:information|mention|answer|evidence)\b.*)\W*\Z",
    re.IGNORECASE,
)


def sentences(pieces: Iterator[str], ahead: Callable[[str], None] | None = None) -> Iterator[str]:
    """Yield the sentences of a reply as each is complete, with [n] markers, without Markdown.

    `ahead` is told the words of one, without markers, as soon as these are there and its markers are still to come.

    A sentence is complete with its markers, at a line's end, or where the next one begins. What does not come to an
    end within LONGEST characters ends the reply.

    >>> list(sentences(iter(["A ferry came. [", "1] It left again", " [2]."])))
    ["A ferry came. [1]", "It left again [2]."]
    """
    held = ""
    for piece in pieces:
        held = canonical(held + piece)
        ready, held = _split(held)
        for sentence in ready:
            if sentence.startswith(_NEXT):
                return
            yield sentence
        if len(held) > LONGEST:
            return
        if ahead and (found := _WORDED.match(held)) and (words := _tidy(found["words"])):
            ahead(words if words.endswith(".") else f"{words}.")
    parts = _parts(held)
    if parts and not _ENDED.search(parts[-1]) and not refuses(parts[-1]):
        parts.pop()  # cut off by the limit of tokens
    for part in parts:
        if part.startswith(_NEXT):
            return
        if shown := _tidy(part):
            yield shown


def refuses(sentence: str) -> bool:
    """Whether a sentence of a reply says that the passages do not answer, or that the model will not.

    >>> refuses("There is no information on this in the passages."), refuses("KCNA has no answer to the charge [1].")
    (True, False)
    """
    plain = without_markers(sentence)
    return bool(_REFUSED.search(plain)) or (not marked(sentence) and bool(_REFUSED_UNCITED.search(plain)))


def without_thought(sentence: str) -> str | None:
    """Return what is left of a sentence in which thinking aloud ends, None where it does not end there."""
    found = _THOUGHT.match(sentence)
    return sentence[found.end() :].strip() if found else None


def canonical(text: str) -> str:
    """Return the text with every marker that is complete in the form [1], [1, 2] or [1-3]."""
    text = _MARKED_AS.sub(lambda found: f"[{next(each for each in found.groups() if each)}]", text)
    return _RAISED.sub(lambda found: f"[{', '.join(found[1].translate(_DIGITS))}]", text)


def _split(text: str) -> tuple[list[str], str]:
    """The complete sentences at the head of a text, and the rest."""
    parts = _parts(text)
    if not parts:
        return [], text
    whole = text.endswith("\n") or bool(_CLOSED.search(text))
    done = parts if whole else parts[:-1]
    return [shown for part in done if (shown := _tidy(part))], "" if whole else parts[-1]


def _parts(text: str) -> list[str]:
    """The sentences of a text; markers at the head of one, on the same line, belong to the one before."""
    cut: list[str] = []
    spans = sentence_spans(text)
    for number, (start, _) in enumerate(spans):
        part = text[start : spans[number + 1][0] if number + 1 < len(spans) else len(text)]
        if cut and not cut[-1].endswith("\n") and (marks := _LEADING.match(part)):
            cut[-1] += part[: marks.end()]
            part = part[marks.end() :]
        if part:
            cut.append(part)
    return cut


def _tidy(text: str) -> str:
    """A sentence without bullets, labels, cells and emphasis; "" where nothing is left, or where it is a heading."""
    if _HEADING.search(text):
        return ""
    labelled = _LABEL.sub("", _BULLET.sub("", text))
    text = _TAIL.sub("", labelled) if labelled != text else text
    text = _SPACED.sub(r"\1", _EMPHASIS.sub("", text)).strip().strip("|").replace(" | ", " ").strip()
    if found := _ACCORDING.match(text):
        rest = text[found.end() :]
        ending = re.search(r"[.!?]*\Z", rest)
        stop = ending.start() if ending else len(rest)
        text = f"{rest[:1].upper()}{rest[1:stop]} [{found[1] or found[2]}]{rest[stop:]}"
    enough = len(without_markers(text).split()) >= (1 if marked(text) else LEAST_WORDS)
    return text if enough or refuses(text) or _THOUGHT.match(text) else ""
