"""The table of names: every form a person, body, place, weapon, agreement or slogan goes by, found in a question.

Forms compare as people write them. Latin ones are compared word by word, without case, accents and apostrophes, hyphens
as good as spaces, letters parted from digits: "Kim Jong-un" is "kim jong un", "KN23" is "KN-23", "Sŏngun" is "Songun".
Persons are known by sound, too: "Choi Yong-hae" is "Choe Ryong Hae" where it can be no one else. Forms with hangul are
compared letter by letter without spaces and signs, in one spelling for North and South: "제8차당대회" is
"제8차 당대회", "로동신문" is "노동신문". Questions pass through here, the stored text never does.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from ..corpus import SettingsError
from .spelling import HANGUL, Word, alike, inside_word, keys_of, letters, noun_ends, sound, southern, touch, words_of

SHIPPED = Path(__file__).with_name("names.toml")

_ABBREVIATION = re.compile(r"[A-Z]{2,4}")

Near = dict[str, tuple[str, ...]]
"""For a form that means this name only in some company: the words one of which has to stand elsewhere in the text."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name under its canonical form, the briefs' own, with its other forms in Latin letters and in hangul."""

    canonical: str
    kind: str
    variants: tuple[str, ...] = ()
    hangul: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """A name found: `text` is what stands at [start, end) of the question, without a particle or an 's."""

    start: int
    end: int
    text: str
    name: Name


class _Form(NamedTuple):
    """A form of a name; `capitals` is the form itself where only capitals will do, else ""."""

    name: Name
    capitals: str
    near: tuple[str, ...]


class NameTable:
    """All names known, and how they are found in a text."""

    def __init__(self, names: Sequence[tuple[Name, Near]]) -> None:
        self._latin: dict[str, list[_Form]] = {}  # by the keys of the form's words, joined by spaces
        self._mixed: dict[str, list[_Form]] = {}  # forms with hangul, by their letters
        self._southern: dict[str, list[_Form]] = {}  # and by these in one spelling
        self._sounds: dict[str, dict[str, list[_Form]]] = {}  # persons, by the sound of surname and given name
        self.names = tuple(name for name, _ in names)
        for name, near in names:
            for form in self.alternatives(name):
                entry = _Form(name, form if _ABBREVIATION.fullmatch(form) else "", near.get(form, ()))
                if HANGUL.search(form):
                    _enter(self._mixed, key := letters(form)[0], entry)
                    _enter(self._southern, southern(key), entry)
                    continue
                keys = keys_of(form)
                _enter(self._latin, " ".join(keys), entry)
                if name.kind == "person" and len(keys) == 3 and not entry.near:
                    _enter(self._sounds.setdefault(sound(keys[0], surname=True), {}), sound(keys[1] + keys[2]), entry)
        self._latin_sizes = _sizes((key.split(" ")[0], key.count(" ") + 1) for key in self._latin)
        self._mixed_sizes = _sizes((key[0], len(key)) for key in self._southern)

    @classmethod
    def load(cls, *more: Path) -> "NameTable":
        """Return the table that ships, extended by the files `more` of the same form.

        An entry whose canonical form is known already adds its forms to that name.

        Raises:
            SettingsError: a file cannot be read, is no TOML, or has an entry of another form.
        """
        found: dict[str, tuple[Name, Near]] = {}
        for path in (SHIPPED, *more):
            for name, near in _read(path):
                if name.canonical in found:
                    old, old_near = found[name.canonical]
                    variants = tuple(dict.fromkeys((*old.variants, *name.variants)))
                    hangul = tuple(dict.fromkeys((*old.hangul, *name.hangul)))
                    name, near = replace(old, variants=variants, hangul=hangul), old_near | near
                found[name.canonical] = name, near
        return cls(list(found.values()))

    def mentions(self, text: str) -> list[Mention]:
        """Return the names in `text` in order, the longest forms first, none overlapping another."""
        return list(_mentions(self, text))

    def _found_in(self, text: str) -> list[Mention]:
        found = sorted([*self._in_latin(text), *self._in_hangul(text)], key=lambda m: (m.start - m.end, m.start))
        kept: list[Mention] = []
        for mention in found:
            if all(mention.end <= other.start or other.end <= mention.start for other in kept):
                kept.append(mention)
        return sorted(kept, key=lambda mention: mention.start)

    def canonical(self, text: str) -> str:
        """Return `text` with each name in its canonical form; what follows a name stays.

        "Has Kim Jong-un's DPRK dropped byeongjin?" -> "Has Kim Jong Un's North Korea dropped byungjin?"
        """
        parts, end = [], 0
        for mention in self.mentions(text):
            parts += [text[end : mention.start], mention.name.canonical]
            end = mention.end
        return "".join([*parts, text[end:]])

    def alternatives(self, name: Name) -> tuple[str, ...]:
        """Return all forms of the name, the canonical one first."""
        return tuple(dict.fromkeys((name.canonical, *name.variants, *name.hangul)))

    def sure_hangul(self) -> dict[str, str]:
        """Return {letters of a hangul form: canonical form} for the forms that need no neighbours to be sure of."""
        return {key: forms[0].name.canonical for key, forms in self._mixed.items() if not any(f.near for f in forms)}

    def _in_latin(self, text: str) -> Iterator[Mention]:
        words = words_of(text)
        joined = [touch(text, a, b) for a, b in pairwise(words)]
        mixed = text != text.lower() and text != text.upper()
        for i, first in enumerate(words):
            sizes = (
                set()
                if inside_word(text, first.start)
                else {*self._latin_sizes.get(first.key, ()), *self._latin_sizes.get(first.base, ()), 2, 3}
            )
            for size in sorted(sizes & set(range(len(words) - i + 1)), reverse=True):
                if all(joined[i : i + size - 1]) and (mention := self._latin_form(text, words[i : i + size], mixed)):
                    yield mention
                    break

    def _latin_form(self, text: str, words: list[Word], mixed: bool) -> Mention | None:
        """The mention that these words are, if they are a form, the last word with or without its s."""
        start, last = words[0].start, words[-1]
        keys = [word.key for word in words[:-1]]
        for key, end in ((last.key, last.end), (last.base, last.base_end)):
            forms = (self._latin.get(" ".join([*keys, key])) or self._by_sound([*keys, key])) if key else []
            forms = [form for form in forms if _written(form, text[start:end], mixed)]
            if forms and not inside_word(text, last.end) and (name := _decide(forms, text, start, end)):
                return Mention(start, end, text[start:end], name)
        return None

    def _by_sound(self, keys: list[str]) -> list[_Form]:
        """The one person whose name sounds like two or three words, if there is one and no other."""
        given = self._sounds.get(sound(keys[0], surname=True), {}) if len(keys) in (2, 3) else {}
        forms = given.get(sound("".join(keys[1:])), []) if given else []
        return forms if len(forms) == 1 else []

    def _in_hangul(self, text: str) -> Iterator[Mention]:
        if not HANGUL.search(text):
            return
        written, places = letters(text)
        squeezed, reached = southern(written), 0
        for i, first in enumerate(squeezed):
            start = places[i]
            if start < reached or (0 < start != reached and alike(text[start - 1], text[start])):
                continue
            for size in self._mixed_sizes.get(first, ()):
                forms = self._mixed.get(written[i : i + size]) or self._southern.get(squeezed[i : i + size])
                end = places[min(i + size, len(places)) - 1] + 1
                if forms and noun_ends(text, end) and (name := _decide(forms, text, start, end)):
                    yield Mention(start, end, text[start:end], name)
                    reached = end
                    break


@lru_cache(maxsize=64)  # a plan asks for those of one question several times
def _mentions(table: NameTable, text: str) -> tuple[Mention, ...]:
    return tuple(table._found_in(text))


def _read(path: Path) -> Iterator[tuple[Name, Near]]:
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get("name", [])
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"cannot read the names in {path}: {error}; expected a TOML file in UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not TOML: {error}; see index/names.toml for the form") from error
    if not isinstance(entries, list):
        raise SettingsError(f"{path} has no list of names; expected tables headed [[name]]")
    for number, entry in enumerate(entries, 1):
        yield _entry(entry, f"name {number} of {path}")


def _entry(entry: Any, where: str) -> tuple[Name, Near]:
    if not isinstance(entry, dict) or not all(isinstance(entry.get(key), str) for key in ("canonical", "kind")):
        raise SettingsError(f"{where} has no canonical form or no kind; expected both, as text")
    if unknown := entry.keys() - {"canonical", "kind", "variants", "hangul", "near"}:
        raise SettingsError(f"{where} has the key {min(unknown)!r}; expected canonical, kind, variants, hangul, near")
    near = entry.get("near", {})
    if not isinstance(near, dict):
        raise SettingsError(f"{where} has near = {near!r}; expected a table of forms")
    lists = [entry.get("variants", []), entry.get("hangul", []), *near.values()]
    for found in lists:
        if not isinstance(found, list) or not all(isinstance(form, str) for form in found):
            raise SettingsError(f"{where} has {found!r}; expected a list of texts")
    name = Name(entry["canonical"], entry["kind"], tuple(lists[0]), tuple(lists[1]))
    for form in (name.canonical, *name.variants, *name.hangul):
        if not any(sign.isalnum() for sign in form):
            raise SettingsError(f"{where} has the form {form!r}; expected letters or digits")
    return name, {form: tuple(words) for form, words in near.items()}


def _enter(table: dict[str, list[_Form]], key: str, form: _Form) -> None:
    forms = table.setdefault(key, [])
    if all(other.name is not form.name for other in forms):
        forms.append(form)


def _sizes(keys: Iterable[tuple[str, int]]) -> dict[str, tuple[int, ...]]:
    """The sizes of the forms that begin with each word or letter, greatest first."""
    sizes: dict[str, set[int]] = {}
    for first, size in keys:
        sizes.setdefault(first, set()).add(size)
    return {first: tuple(sorted(found, reverse=True)) for first, found in sizes.items()}


def _written(form: _Form, written: str, mixed: bool) -> bool:
    """Whether an abbreviation has its capitals where they are needed; of two letters it always has ("us" is a word)."""
    return not form.capitals or written == form.capitals or (not mixed and len(form.capitals) > 2)


def _decide(forms: Sequence[_Form], text: str, start: int, end: int) -> Name | None:
    """The name that most of the neighbours speak for; a form without `near` needs none, one with it at least one."""
    best, votes = None, -1
    for form in forms:
        count = len(set(_neighbours(form.near).findall(f"{text[:start]} {text[end:]}".lower()))) if form.near else 0
        if (count or not form.near) and count > votes:
            best, votes = form.name, count
    return best


@lru_cache(maxsize=512)
def _neighbours(near: tuple[str, ...]) -> re.Pattern[str]:
    """Finds the words in a lower-case text: hangul within words, Latin ones whole or inflected."""
    hangul = [re.escape(word) for word in near if HANGUL.search(word)]
    latin = [re.escape(word.lower()) for word in near if not HANGUL.search(word)]
    whole = rf"(?<![a-z0-9])(?:{'|'.join(latin)})(?=(?:'s|s|es|d|ed)?(?![a-z0-9]))" if latin else ""
    return re.compile("|".join([*hangul, whole] if whole else hangul))
