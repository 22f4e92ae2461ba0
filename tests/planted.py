"""True claims made from passages, and one error planted in each: what a checker of claims has to tell apart.

True claims are sentences of briefs as they stand, or reworded by rules that keep what is said: another way to write
numbers, dates and names, an adjunct left out, a synonym, the passive. The lists here are the generator's own, and
share nothing with those of the checker. Errors are one small edit, so that the claim stays plausible.
"""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from northbrief.corpus import Brief
from northbrief.corpus.sentences import sentence_spans
from northbrief.index.names import NameTable

KINDS = ("digit", "magnitude", "date", "name", "negation", "modality", "citation", "actor")
MONTHS = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
]  # fmt: skip
_DATE = re.compile(
    rf"\b(\d{{1,2}}) ({'|'.join(MONTHS)})(?: (\d{{4}}))?\b|\b({'|'.join(MONTHS)}) (\d{{1,2}})(?:, (\d{{4}}))?\b"
)
_MONTH_YEAR = re.compile(rf"\b({'|'.join(MONTHS)}) (\d{{4}})\b")
_YEAR = re.compile(r"(?<![\d,./-])((?:19|20)\d\d)(?![\ds,/-]|\.\d)")
_NUMBER = re.compile(r"(?<![\w.,/$-])\d{1,3}(?:,\d{3})+(?![\d,])|(?<![\w.,/:$-])\d+(?:\.\d+)?(?![\w:/-]|,\d|\.\d)")
_SPELT = [
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
]  # fmt: skip
_ACTORS = {"person", "country", "body"}
_PAST = [
    "announced", "adopted", "signed", "opened", "launched", "fired", "visited", "criticised", "approved",
    "rejected", "promised", "accepted", "closed", "ended", "started", "received", "built", "made", "gave",
    "sent", "took", "held", "became", "led", "reported", "published", "described", "called", "declared",
    "agreed", "introduced", "expelled", "withdrew", "attended", "joined", "tested", "confirmed", "stressed",
    "emphasized", "inspected", "arrived", "rose", "fell", "grew", "organized", "congratulated", "clarified",
    "expressed", "conveyed", "produced", "completed", "established", "planted", "harvested", "performed",
]  # fmt: skip
_BASE = {
    "gave": "give", "sent": "send", "took": "take", "held": "hold", "became": "become", "led": "lead", "made": "make",
    "built": "build", "withdrew": "withdraw", "rose": "rise", "fell": "fall", "grew": "grow", "fired": "fire",
    "announced": "announce", "closed": "close", "described": "describe", "declared": "declare", "agreed": "agree",
    "introduced": "introduce", "criticised": "criticise", "approved": "approve", "promised": "promise",
    "received": "receive", "organized": "organize", "emphasized": "emphasize", "arrived": "arrive",
    "congratulated": "congratulate", "clarified": "clarify", "produced": "produce", "completed": "complete",
}  # fmt: skip
_PARTICIPLE = {
    "gave": "given",
    "took": "taken",
    "became": "become",
    "rose": "risen",
    "fell": "fallen",
    "grew": "grown",
    "withdrew": "withdrawn",
}
_SAME = (
    ("began", "started"), ("also", "likewise"), ("several", "a number of"), ("many", "numerous"), ("about", "roughly"),
    ("took part in", "participated in"), ("in order to", "to"), ("near", "close to"), ("said", "stated"),
    ("built", "constructed"), ("showed", "demonstrated"), ("because", "since"), ("however", "though"), ("big", "large"),
    ("help", "assist"), ("until", "up to"), ("more and more", "increasingly"), ("per cent", "percent"),
    ("is called", "is known as"),
    ("ended", "came to an end"), ("died", "passed away"), ("got", "received"), ("asked", "requested"),
    ("wrote", "has written"),
)  # fmt: skip
_MUTUAL = re.compile(r"\b(?:met|meet|meeting|talks?|between|and|signed|agreed|with|friendship|relations|summit|or)\b")


@dataclass(frozen=True, slots=True)
class Planted:
    """A claim about a quote. `kind` is "" for a true one, else the error that was planted; `how` it was reworded."""

    brief: str
    published: date | None
    quote: str
    passage: str
    claim: str
    kind: str = ""
    how: str = "exact"


def true_claims(
    briefs: Sequence[Brief], count: int, seed: int = 0, *, fewest: int = 9, most: int = 38
) -> list[Planted]:
    """Return `count` true claims from sentences of `fewest` to `most` words, about two of three reworded."""
    rng = random.Random(seed)
    table = NameTable.load()
    pool: list[tuple[Brief, int, int]] = []
    for brief in briefs:
        if brief.language != "en":
            continue
        body = brief.text[brief.body :]
        for start, end in sentence_spans(body):
            text = body[start:end]
            if fewest <= len(text.split()) <= most and text[-1] == "." and text[0].isupper() and "|" not in text:
                pool.append((brief, brief.body + start, brief.body + end))
    rng.shuffle(pool)
    made = []
    for brief, start, end in pool[:count]:
        quote = brief.text[start:end]
        passage = brief.text[max(brief.body, start - 400) : end + 400]
        claim, how = _reworded(quote, table, rng)
        made.append(Planted(brief.id, brief.published, quote, passage, claim, "", how))
    return made


def planted(claims: Sequence[Planted], seed: int = 0) -> Iterator[Planted]:
    """Yield each claim with one error of each kind that it can hold."""
    rng = random.Random(seed)
    table = NameTable.load()
    for number, claim in enumerate(claims):
        for kind in KINDS:
            if kind == "citation":
                other = claims[(number + 1 + rng.randrange(len(claims) - 1)) % len(claims)]
                if other.brief != claim.brief:
                    yield Planted(
                        claim.brief, other.published, other.quote, other.passage, claim.claim, kind, claim.how
                    )
                continue
            wrong = ERRORS[kind](claim, table, rng)
            if wrong and wrong != claim.claim:
                yield Planted(claim.brief, claim.published, claim.quote, claim.passage, wrong, kind, claim.how)


# --- rewording -------------------------------------------------------------------------------------------------------


def _reworded(text: str, table: NameTable, rng: random.Random) -> tuple[str, str]:
    rules: list[tuple[str, Callable[[str, NameTable, random.Random], str]]] = [
        ("number", _other_number), ("date", _other_date), ("name", _other_name), ("adjunct", _without_adjunct),
        ("synonym", _synonym), ("passive", _passive),
    ]  # fmt: skip
    rng.shuffle(rules)
    done: list[str] = []
    result = text
    if rng.random() < 0.33:
        return text, "exact"
    for name, rule in rules:
        changed = rule(result, table, rng)
        if changed != result:
            result = changed
            done.append(name)
        if len(done) == 2:
            break
    return result, "+".join(sorted(done)) or "exact"


def _other_number(text: str, table: NameTable, rng: random.Random) -> str:
    """ "20,000" -> "20 000", "five" -> "5", "30 percent" -> "30%"."""
    text = re.sub(r"(?<=\d) (?:percent|per cent)\b", "%", text)
    text = re.sub(r"(?<![\d,.])(\d{1,3}),000(?![\d,.]\d|,)", r"\1 thousand" if rng.random() < 0.5 else r"\1 000", text)
    for value, word in enumerate(_SPELT, 2):
        if word != "two":
            text = re.sub(rf"(?<![-\w]){word}(?= [a-z])", str(value), text)
    return text


def _other_date(text: str, table: NameTable, rng: random.Random) -> str:
    """ "9 May 2016" -> "May 9, 2016", and back."""

    def turned(match: re.Match[str]) -> str:
        day, month, year = (match[1], match[2], match[3]) if match[1] else (match[5], match[4], match[6])
        if match[1]:
            return f"{month} {day}" + (f", {year}" if year else "")
        return f"{day} {month}" + (f" {year}" if year else "")

    return _DATE.sub(turned, text) if not re.search(r"\d[-–]\d|\d (?:and|to|or) \d", text) else text


def _other_name(text: str, table: NameTable, rng: random.Random) -> str:
    """A form of the same name in Latin letters, long enough to mean no other."""
    for mention in table.mentions(text):
        forms = [f for f in table.alternatives(mention.name) if f.isascii() and len(f) > 4 and f != mention.text]
        forms = [f for f in forms if f[0].isupper() and table.mentions(f) and table.mentions(f)[0].name == mention.name]
        rest = text[mention.end : mention.end + 1]
        if mention.text.endswith(".") or text[mention.end :].startswith((" dollar", " Senate", " people")):
            continue
        if forms and mention.name.kind in ("person", "country", "body") and rest in (" ", ".", ","):
            return text[: mention.start] + rng.choice(forms) + text[mention.end :]
    return text


def _without_adjunct(text: str, table: NameTable, rng: random.Random) -> str:
    """Without a parenthesis, or a relative clause at the end."""
    short = re.sub(r" \([^()]*\)", "", text, count=1)
    if short != text:
        return short
    match = re.search(r", (?:which|who|where) [^,;]*\.$", text)
    return text[: match.start()] + "." if match and match.start() > 40 else text


def _synonym(text: str, table: NameTable, rng: random.Random) -> str:
    for one, other in _SAME:
        if re.search(rf"(?<![-\w]){one}(?![-\w])", text):
            return re.sub(rf"(?<![-\w]){one}(?![-\w])", other, text, count=1)
    return text


def _passive(text: str, table: NameTable, rng: random.Random) -> str:
    """ "Kim opened the plant in May." -> "The plant was opened by Kim in May.", where nothing else can be meant."""
    match = re.fullmatch(
        r"(?P<a>(?:[A-Z][\w'-]+ ?){1,4}) (?P<v>announced|adopted|signed|opened|launched|approved"
        r"|rejected|closed|received|published|introduced|"
        r"visited|tested|inspected|criticised|produced|completed|established) (?P<b>the [a-z]+(?: "
        r"[a-z]+)?|[A-Z]\w+(?: [A-Z]\w+)*)(?P<tail> (?:on|in|at) [^,;]+)?\.",
        text,
    )
    if not match or re.match(r"(?:On|In|At|After|By|As|The|From|For)\b", match["a"]):
        return text
    patient = match["b"][0].upper() + match["b"][1:]
    return (
        f"{patient} {'were' if match['b'].endswith('s') else 'was'} {match['v']} by {match['a']}{match['tail'] or ''}."
    )


# --- errors ----------------------------------------------------------------------------------------------------------


def _numbers(text: str) -> list[re.Match[str]]:
    spans = [match.span() for pattern in (_DATE, _MONTH_YEAR, _YEAR) for match in pattern.finditer(text)]
    return [m for m in _NUMBER.finditer(text) if all(m.end() <= a or b <= m.start() for a, b in spans)]


def _digit(claim: Planted, table: NameTable, rng: random.Random) -> str:
    found = _numbers(claim.claim)
    if not found:
        words = list(re.finditer(rf"(?<![-\w])(?:{'|'.join(_SPELT)})(?= [a-z])", claim.claim))
        if not words:
            return ""
        match = rng.choice(words)
        new = rng.choice([word for word in _SPELT if word != match[0]])
    else:
        match = rng.choice(found)
        places = [i for i, sign in enumerate(match[0]) if sign.isdecimal()]
        place = rng.choice(places)
        digit = rng.choice([d for d in "123456789" if d != match[0][place]])
        new = match[0][:place] + digit + match[0][place + 1 :]
    return claim.claim[: match.start()] + new + claim.claim[match.end() :]


def _magnitude(claim: Planted, table: NameTable, rng: random.Random) -> str:
    swaps = {
        "thousand": "million",
        "million": "billion",
        "billion": "million",
        "hundred": "thousand",
        "trillion": "billion",
    }
    match = re.search(rf"\b(?:{'|'.join(swaps)})\b", claim.claim)
    if match:
        return claim.claim[: match.start()] + swaps[match[0]] + claim.claim[match.end() :]
    found = [m for m in _numbers(claim.claim) if float(m[0].replace(",", "")) >= 2]
    if not found:
        return ""
    match = rng.choice(found)
    value = float(match[0].replace(",", "")) * rng.choice([10, 100])
    return claim.claim[: match.start()] + f"{value:,.0f}" + claim.claim[match.end() :]


def _date(claim: Planted, table: NameTable, rng: random.Random) -> str:
    options = [*_DATE.finditer(claim.claim), *_MONTH_YEAR.finditer(claim.claim), *_YEAR.finditer(claim.claim)]
    if not options:
        return ""
    match = rng.choice(options)
    parts = list(re.finditer(r"\d+|[A-Z][a-z]+", match[0]))
    part = rng.choice(parts)
    if part[0].isdecimal():
        value = int(part[0])
        new = str(value + rng.choice([-2, -1, 1, 2, 3])) if value > 31 else str((value + rng.randrange(3, 20)) % 28 + 1)
    else:
        new = rng.choice([month for month in MONTHS if month != part[0]])
    start = match.start() + part.start()
    return claim.claim[:start] + new + claim.claim[start + len(part[0]) :]


def _name(claim: Planted, table: NameTable, rng: random.Random) -> str:
    mentions = [m for m in table.mentions(claim.claim) if m.text[0].isupper() and m.name.kind != "slogan"]
    if not mentions:
        return ""
    mention = rng.choice(mentions)
    held = {m.name.canonical for m in table.mentions(claim.passage)}
    others = [
        n for n in table.names if n.kind == mention.name.kind and n.canonical not in held and n.canonical[0].isupper()
    ]
    if not others:
        return ""
    return claim.claim[: mention.start] + rng.choice(others).canonical + claim.claim[mention.end :]


def _verb(text: str) -> re.Match[str] | None:
    """The first past verb that has its subject before it, and is no participle."""
    for match in re.finditer(rf"(?<=[\w)]) (?P<verb>{'|'.join(_PAST)})\b(?! (?:by|as)\b)", text):
        before = text[: match.start()].split()
        if (
            before
            and re.fullmatch(r"[A-Za-z0-9'’().-]+[a-zA-Z0-9)]", before[-1])
            and before[-1].lower()
            not in (
                [
                    "was",
                    "were",
                    "been",
                    "be",
                    "is",
                    "are",
                    "has",
                    "have",
                    "had",
                    "and",
                    "or",
                    "not",
                    "newly",
                    "the",
                    "a",
                    "an",
                    "of",
                    "to",
                    "being",
                    "get",
                    "got",
                    "its",
                    "their",
                    "which",
                    "that",
                    "also",
                    "jointly",
                    "never",
                    "long",
                    "once",
                    "to",
                    "with",
                ]
            )
            and not before[-1].endswith("ly")
            and len(before) < 9
        ):
            return match
    return None


def _negation(claim: Planted, table: NameTable, rng: random.Random) -> str:
    text = claim.claim
    if (
        match := re.search(
            r"\b(did|does|do|was|were|is|are|has|have|had|will|would|could|can|may|should|must) (not) ", text
        )
    ) and match[1] not in ("did", "does", "do"):
        return text[: match.start(2)] + text[match.end(2) + 1 :]
    if match := _verb(text):
        verb = match["verb"]
        base = _BASE.get(verb, re.sub(r"ed$", "", verb))
        return f"{text[: match.start('verb')]}did not {base}{text[match.end('verb') :]}"
    if match := re.search(
        r"\b(was|were|is|are|has|have|had|will|would|could|can|may|should|must) (?!not?\b|never\b|to\b)(?=[a-z])", text
    ):
        return f"{text[: match.end()]}not {text[match.end() :]}"
    return ""


def _modality(claim: Planted, table: NameTable, rng: random.Random) -> str:
    text = claim.claim
    if match := re.search(r"\b(?:may|might|could) have (been )?", text):
        return f"{text[: match.start()]}{'was ' if match[1] else 'has '}{text[match.end() :]}"
    if match := re.search(r"\b(?:may|might|could|is expected to|plans to|intends to) be ", text):
        return f"{text[: match.start()]}is {text[match.end() :]}"
    if match := re.search(r"\b(said|announced|stated|reported|confirmed|declared) that\b", text):
        return f"{text[: match.start(1)]}denied{text[match.end(1) :]}"
    if match := _verb(text):
        verb = match["verb"]
        new = rng.choice(
            [f"may have {_PARTICIPLE.get(verb, verb)}", f"plans to {_BASE.get(verb, re.sub(r'ed$', '', verb))}"]
        )
        return text[: match.start("verb")] + new + text[match.end("verb") :]
    if match := re.search(r"\b(was|were) (?=[a-z]+ed\b)", text):
        return f"{text[: match.start()]}{rng.choice(['may have been', 'will be'])} {text[match.end() :]}"
    if match := re.search(r"\b(is|are) (?!not)(?=[a-z])", text):
        return f"{text[: match.start()]}may be {text[match.end() :]}"
    return ""


def _actor(claim: Planted, table: NameTable, rng: random.Random) -> str:
    """Two actors of one kind change places around a verb that is not mutual, or another of the passage does it."""
    text = claim.claim
    found = [m for m in table.mentions(text) if m.name.kind in _ACTORS and m.text[0].isupper()]
    for a in found:
        for b in found:
            gap = text[a.end : b.start]
            if b.start <= a.end or a.name == b.name or a.name.kind != b.name.kind or not gap.strip(" ,"):
                continue
            if _MUTUAL.search(gap) or not re.search(
                rf"\b(?:{'|'.join(_PAST)}|told|asked|warned|said|accused|was|were|has|had|is)\b", gap
            ):
                continue
            return text[: a.start] + b.text + gap + a.text + text[b.end :]
    first = next((m for m in found if m.start < 25), None)
    if first is None or re.match(r"(?:'s|’s|-)", text[first.end :]) or not _verb(text):
        return ""
    held = {m.name.canonical for m in found}
    others = [
        m
        for m in table.mentions(claim.passage)
        if m.name.kind == first.name.kind and m.name.canonical not in held and m.text[0].isupper()
    ]
    return text[: first.start] + others[0].name.canonical + text[first.end :] if others else ""


ERRORS: dict[str, Callable[[Planted, NameTable, random.Random], str]] = {
    "digit": _digit,
    "magnitude": _magnitude,
    "date": _date,
    "name": _name,
    "negation": _negation,
    "modality": _modality,
    "actor": _actor,
}
