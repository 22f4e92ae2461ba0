"""A brief, and a hit, as plain values: for JSON, and in the flat form that every framework's metadata takes."""

from typing import Any

from ..corpus import Brief
from .types import Hit


def flat(hit: Hit) -> dict[str, Any]:
    """Return what is known of the hit beside its text: strings, numbers, None, and `authors`, a list of strings.

    `published` is an ISO date or None; `start` and `end` are offsets in the brief's text, `page` counts from 1.
    """
    passage, known = hit.passage, brief_dict(hit.brief)
    return {
        "score": round(hit.score, 4),
        "similarity": round(hit.similarity, 4),
        "side": hit.side,
        "passage": passage.id,
        "start": passage.start,
        "end": passage.end,
        "page": passage.page,
        "heading": passage.heading,
        "brief": known.pop("id"),
        **known,
    }


def brief_dict(brief: Brief) -> dict[str, Any]:
    """Return what is known of a brief as plain values for JSON, without its text."""
    return {
        "id": brief.id,
        "title": brief.title,
        "authors": list(brief.authors),
        "institution": brief.institution,
        "series": brief.series,
        "published": brief.published.isoformat() if brief.published else None,
        "published_from": brief.published_from.value,
        "language": brief.language,
        "url": brief.url,
        "source": brief.source,
    }
