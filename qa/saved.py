"""An answer as plain values that a browser can keep, and back: it opens its own evidence after the index has changed.

Of each brief only what the answer stands on is kept: what is known of it, the passages read and some text around them,
and the SHA-256 of the whole text. The brief that comes back has blanks wherever nothing was kept, so that every offset
still holds: `quote == brief.text[start:end]`, as ever.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from pydantic import TypeAdapter

from ..corpus import Brief, DateSource, Passage
from ..index import Hit
from ..index.plan import QueryPlan
from ..index.records import brief_dict
from .bibliography import paragraph
from .types import Answer, Citation, Claim, Verdict

FORMAT = 1
_PLAN = TypeAdapter(QueryPlan)
AROUND = 600  # characters kept before and after each passage
_LONGEST = 6_000_000  # characters of an answer's briefs; blanks stand for what was not kept, so a claim costs memory


class EvidenceError(ValueError):
    """Saved values that are no answer."""


def pack(answer: Answer) -> dict[str, Any]:
    """Return the answer with its evidence as plain values for JSON."""
    briefs: dict[str, Brief] = {}
    passages: dict[str, Passage] = {}
    pairs = [(item.brief, item.passage) for item in answer.citations]
    pairs += [(item.brief, item.passage) for item in answer.hits]
    for brief, passage in pairs:
        briefs.setdefault(brief.id, brief)
        passages.setdefault(passage.id, passage)
    return {
        "format": FORMAT,
        **{key: getattr(answer, key) for key in ("text", "question", "abstained", "partial", "lead")},
        "confidence": round(answer.confidence, 4),
        "notes": list(answer.notes),
        "claims": [_claim(claim) for claim in answer.claims],
        "citations": [
            {"number": c.number, "passage": c.passage.id, "start": c.start, "end": c.end, "paragraph": paragraph(c)}
            for c in answer.citations
        ],
        "hits": [
            {
                "passage": h.passage.id,
                "score": round(h.score, 4),
                "similarity": round(h.similarity, 4),
                "side": h.side,
                "newer": h.newer,
            }
            for h in answer.hits
        ],
        "plan": _PLAN.dump_python(answer.plan, mode="json") if answer.plan else None,
        "passages": {
            key: {"brief": p.brief_id, "start": p.start, "end": p.end, "page": p.page, "heading": p.heading}
            for key, p in passages.items()
        },
        "briefs": {key: _brief(brief, passages.values()) for key, brief in briefs.items()},
    }


def unpack(values: Mapping[str, Any]) -> Answer:
    """Return the answer that `pack` wrote.

    Raises:
        EvidenceError: the values are none, or do not hold together.
    """
    try:
        if values["format"] != FORMAT:
            raise EvidenceError(f"found format {values['format']!r}, expected {FORMAT}")
        lengths = [max(0, int(each["length"])) for each in values["briefs"].values()]
        if sum(lengths) > _LONGEST:
            raise EvidenceError(f"found briefs of {sum(lengths):,} characters, expected at most {_LONGEST:,}")
        briefs = {key: _restored(each) for key, each in values["briefs"].items()}
        passages = {key: _passage(key, each, briefs) for key, each in values["passages"].items()}
        citations = tuple(_citation(each, passages, briefs) for each in values["citations"])
        hits = tuple(
            Hit(
                float(each["score"]),
                passages[each["passage"]],
                briefs[passages[each["passage"]].brief_id],
                float(each["similarity"]),
                str(each["side"]),
                str(each.get("newer", "")),
            )
            for each in values["hits"]
        )
        return Answer(
            text=str(values["text"]),
            question=str(values["question"]),
            claims=tuple(_restored_claim(each) for each in values["claims"]),
            citations=citations,
            abstained=bool(values["abstained"]),
            confidence=float(values["confidence"]),
            partial=bool(values["partial"]),
            lead=str(values.get("lead", "")),
            notes=tuple(str(note) for note in values["notes"]),
            plan=_PLAN.validate_python(values["plan"]) if values["plan"] else None,
            hits=hits,
        )
    except EvidenceError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, LookupError) as error:
        raise EvidenceError(f"found no saved answer ({error!r})") from error


def digest(text: str) -> str:
    """Return the SHA-256 of a brief's text."""
    return hashlib.sha256(text.encode()).hexdigest()


def kept_spans(values: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Return where text of a saved brief was kept, in order."""
    return [(start, start + len(text)) for start, text in values["kept"]]


def _brief(brief: Brief, passages: Iterable[Passage]) -> dict[str, Any]:
    spans = sorted(
        (max(0, p.start - AROUND), min(len(brief.text), p.end + AROUND)) for p in passages if p.brief_id == brief.id
    )
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return {
        **brief_dict(brief),
        "body": brief.body,
        "length": len(brief.text),
        "sha256": digest(brief.text),
        "kept": [[start, brief.text[start:end]] for start, end in joined],
    }


def _restored(values: Mapping[str, Any]) -> Brief:
    length = int(values["length"])
    text, end = [], 0
    for start, kept in values["kept"]:
        if start < end or start + len(kept) > length:
            raise EvidenceError("found kept text out of place")
        text += [" " * (start - end), kept]
        end = start + len(kept)
    text.append(" " * (length - end))
    published = date.fromisoformat(values["published"]) if values["published"] else None
    return Brief(
        id=str(values["id"]),
        title=str(values["title"]),
        text="".join(text),
        institution=str(values["institution"]),
        series=str(values["series"]),
        language=str(values["language"]),
        url=str(values["url"]),
        source=str(values["source"]),
        authors=tuple(str(author) for author in values["authors"]),
        published=published,
        published_from=DateSource(values["published_from"]),
        body=min(int(values["body"]), values["kept"][0][0]),
    )


def _passage(key: str, values: Mapping[str, Any], briefs: Mapping[str, Brief]) -> Passage:
    start, end, page = int(values["start"]), int(values["end"]), values["page"]
    text = briefs[values["brief"]].text[start:end]
    return Passage(
        id=key,
        brief_id=values["brief"],
        start=start,
        end=end,
        text=text,
        page=int(page) if page is not None else None,
        heading=str(values["heading"]),
    )


def _citation(values: Mapping[str, Any], passages: Mapping[str, Passage], briefs: Mapping[str, Brief]) -> Citation:
    passage, start, end = passages[values["passage"]], int(values["start"]), int(values["end"])
    brief = briefs[passage.brief_id]
    if not passage.start <= start < end <= passage.end:
        raise EvidenceError("found a quote outside its passage")
    counted = int(values["paragraph"]) if values.get("paragraph") else None
    return Citation(int(values["number"]), passage, brief, brief.text[start:end], start, end, counted)


def _claim(claim: Claim) -> dict[str, Any]:
    verdict = claim.verdict
    return asdict(claim) | {
        "citations": list(claim.citations),
        "verdict": {"label": str(verdict), "reason": verdict.reason, "words": list(verdict.words)},
    }


def _restored_claim(values: Mapping[str, Any]) -> Claim:
    label = values["verdict"]["label"]
    if label not in {"supported", "partly", "unsupported"}:
        raise EvidenceError(f"found a verdict {label!r}")
    verdict = Verdict(label, str(values["verdict"]["reason"]), tuple(map(str, values["verdict"]["words"])))
    bold = tuple((int(start), int(end)) for start, end in values.get("bold", ()))
    citations = tuple(map(int, values["citations"]))
    return Claim(str(values["text"]), citations, verdict, str(values["side"]), bold, str(values.get("lead", "")))
