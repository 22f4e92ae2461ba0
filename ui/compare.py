"""A comparison laid out: its sides as columns, each with the claims that are made of it."""

from collections.abc import Callable

from ..qa import Answer, Claim
from .markup import attributes, line
from .strings import say


def sides_of(answer: Answer) -> list[tuple[str, list[Claim]]]:
    """Return the sides with their claims, in the order the question names them; empty where nothing is compared.

    A side of the question that no claim is made of has an empty list: that the briefs are silent on it is an answer.
    """
    asked = [inquiry.label for inquiry in answer.plan.inquiries if inquiry.label] if answer.plan else []
    labels = list(dict.fromkeys([*asked, *(claim.side for claim in answer.claims if claim.side)]))
    if len(labels) < 2:
        return []
    return [(label, [claim for claim in answer.claims if claim.side == label]) for label in labels]


def compare_html(answer: Answer, language: str, cell: Callable[[Claim], str]) -> str:
    """Return the columns, each claim drawn by `cell`; "" where nothing is compared. Claims of no side stand below."""
    sides = sides_of(answer)
    if not sides:
        return ""
    silent = f'<p class="silent">{line(say(language, "nothing_on_side"))}</p>'
    columns = "".join(
        f'<section class="side"{attributes(aria_label=label)}><h3>{line(label)}</h3>'
        f"{''.join(cell(claim) for claim in claims) or silent}</section>"
        for label, claims in sides
    )
    common = "".join(cell(claim) for claim in answer.claims if not claim.side)
    return f'<div class="sides">{columns}</div>{common}'
