"""What a page says of itself in JSON-LD, the data for search engines: headline, day, authors, publisher."""

import json
from collections.abc import Iterator
from typing import Any

from .bylines import split_names
from .finds import LIKELY, STATED, WEAK, Find

_ARTICLES = {
    "article",
    "newsarticle",
    "reportagenewsarticle",
    "analysisnewsarticle",
    "opinionnewsarticle",
    "scholarlyarticle",
    "techarticle",
    "report",
    "blogposting",
    "webpage",
    "policybrief",
}


def linked_finds(tree: Any) -> Iterator[Find]:
    """Yield what the scripts of JSON-LD say of articles; broken ones are passed over."""
    for script in tree.xpath("//script[@type='application/ld+json']"):
        try:
            values = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        for thing in _things(values):
            kinds = thing.get("@type")
            named = {str(kind).lower() for kind in (kinds if isinstance(kinds, list) else [kinds])}
            if not named & _ARTICLES:
                continue
            trust = WEAK if named == {"webpage"} else STATED
            for key, field in (("headline", "title"), ("datePublished", "published")):
                if isinstance(thing.get(key), str):
                    yield Find(field, thing[key], f"JSON-LD {key}", trust)
            for person in _listed(thing.get("author")):
                name = person.get("name") if isinstance(person, dict) else person
                if isinstance(name, str) and not (isinstance(person, dict) and person.get("@type") == "Organization"):
                    yield from (Find("authors", one, "JSON-LD author", trust) for one in split_names(name))
            for publisher in _listed(thing.get("publisher")):
                if isinstance(publisher, dict) and isinstance(publisher.get("name"), str):
                    yield Find("institution", publisher["name"], "JSON-LD publisher", LIKELY)


def _things(values: Any) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-LD script: itself, those of a list, those of its graph."""
    for value in _listed(values):
        if isinstance(value, dict):
            yield value
            yield from (thing for thing in _listed(value.get("@graph")) if isinstance(thing, dict))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
