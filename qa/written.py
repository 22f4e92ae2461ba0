"""The assistant with a language model: it reads before anything is answered, and writes what can be checked.

Plan, evidence, citations and refusal are those of the assistant without a model, whose answer is made first. When the
model fails in whatever way, that answer is given, with one line that says why.
"""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ..corpus import ModelError
from ..corpus.language import guess_language
from ..index import Filter, Index, Retriever
from ..index.plan import QueryPlan, Step
from . import prompts, wording
from .assistant import Assistant
from .found import served
from .llm import LanguageModel
from .notes import age_note
from .reader import Calibration, Reader, leading, load_calibration
from .types import Answer, Claim, reference
from .writer import Writer, Written

NEAREST = 2  # briefs named in a refusal
REWRITTEN = 60  # tokens of a follow-up made to stand alone
OWN_SHARE = 0.6  # of a rewritten question's words, to stand in the conversation
_WORD = re.compile(r"[^\W_]+")


class WritingAssistant(Assistant):
    """Answers with a language model, and without it whenever it fails. Safe to share between threads.

    Where the file `calibrations` says what its reading is worth, the model first reads the leading passages, and its
    verdict decides, with the confidence, whether the question is answered. `rewrite` lets it make follow-ups stand
    alone, when no plan is given.
    """

    def __init__(
        self,
        index: Index | Retriever,
        model: LanguageModel,
        *,
        calibrations: Path | None = None,
        reader_budget: float = 20.0,
        rewrite: bool = False,
    ) -> None:
        super().__init__(index)
        self.language_model = model
        self.reader = Reader(model, budget=reader_budget)
        self.calibrations = calibrations
        self.writer = Writer(model, self.retriever)
        self.rewrite = rewrite

    @property
    def model(self) -> str:
        """The model's name; where the server does not tell it, "a language model"."""
        try:
            return self.language_model.name.rsplit("/", 1)[-1].removesuffix(".gguf")
        except ModelError:
            return "a language model"

    @property
    def address(self) -> str:
        """Where the model is."""
        return self.language_model.address

    def stream(
        self,
        question: str,
        history: Sequence[str] = (),
        where: Filter | None = None,
        *,
        plan: QueryPlan | None = None,
    ) -> Iterator[Answer]:
        """Yield the answer as its sentences stand their check; the last one is what `ask` returns."""
        heard = self.hear(question)
        if heard.ordered:  # the model does not see the order
            if not heard.question:
                yield from super().stream(question, history, where, plan=plan)
                return
            question, plan = heard.question, None
        deadline = time.monotonic() + self.language_model.timeout
        plan = plan or self._plan(question, history)
        *_, default = super().stream(question, history, where, plan=plan)
        korean = guess_language(question) == "ko"
        try:
            judged = self._judged(default, korean)
            if judged.abstained:
                yield judged
                return
            sides = [inquiry.label for inquiry in plan.inquiries if inquiry.label]
            left = deadline - time.monotonic()
            hits = [hit for inquiry in plan.inquiries for hit in served(judged.hits, inquiry)]
            for written in self.writer.write(plan.standalone, hits, sides=sides, timeout=left):
                yield _answer(judged, written, sides, korean)
        except ModelError as error:
            yield _fallen_back(default, str(error), korean)

    def _plan(self, question: str, history: Sequence[str]) -> QueryPlan:
        """The plan; of a follow-up that the model rewrote, both its form and the typed one are searched."""
        plan = self.retriever.plan(question, history)
        if not (self.rewrite and history):
            return plan
        try:
            made = self.language_model.reply(prompts.rewriting(question, history), REWRITTEN)
        except ModelError:
            return plan
        made = made.splitlines()[0].strip() if made else ""
        if not sound(made, question, history):
            return plan
        alone = self.retriever.plan(made)
        step = Step("follow-up", question, made)
        return replace(alone, question=plan.question, steps=(step, *alone.steps))

    def _calibration(self) -> Calibration | None:
        """What the model's reading is worth; None where nobody measured it, or nothing is to be read."""
        if self.calibrations is None or not self.reader.budget:
            return None
        return load_calibration(self.calibrations, self.model)

    def _judged(self, default: Answer, korean: bool) -> Answer:
        """The answer with the probability that the reader gives it; a refusal where that is too low."""
        calibration = self._calibration()
        if calibration is None or not default.hits:
            return default
        read = self.reader.read(default.question, leading(default.hits))
        values = [value for value in read if value is not None]
        probability = calibration.probability(max(values), default.confidence)
        if probability < calibration.refuse_below:
            return refused(default, probability, korean)
        return replace(default, abstained=False, confidence=probability)


def sound(made: str, question: str, history: Sequence[str]) -> bool:
    """Whether a rewritten question may be searched: it is one, of the conversation's words, in its language."""
    words = [word.lower() for word in _WORD.findall(made)]
    told = {word.lower() for word in _WORD.findall(" ".join([*history, question]))}
    own = sum(word in told for word in words)
    return (
        3 <= len(words) <= 60
        and own >= OWN_SHARE * len(words)
        and made.endswith("?")
        and guess_language(made) == guess_language(question)
    )


def refused(default: Answer, probability: float, korean: bool) -> Answer:
    """Return the refusal in the form that all have."""
    nearest = list(dict.fromkeys(reference(hit.brief) for hit in default.hits))[:NEAREST]
    return replace(
        default,
        text=wording.refusal_text(korean, (), nearest),
        claims=(),
        citations=(),
        abstained=True,
        confidence=probability,
        partial=False,
        notes=(),
        lead="",
    )


def _answer(judged: Answer, written: Written, sides: Sequence[str], korean: bool) -> Answer:
    order = {side: place for place, side in enumerate(sides)}
    claims = tuple(sorted(written.claims, key=lambda claim: order.get(claim.side, len(order))))
    lines = []
    for number, claim in enumerate(claims):
        if claim.side and (number == 0 or claims[number - 1].side != claim.side):
            lines.append(f"**{claim.side}**")
        lines.append(_shown(claim, written))
    note = age_note(judged.plan, [citation.brief for citation in written.citations], korean) if judged.plan else ""
    notes = (note,) if note else ()
    return replace(
        judged,
        text="\n\n".join([*lines, *notes]),
        claims=claims,
        citations=written.citations,
        partial=False,
        notes=notes,
        lead="",
    )


def _shown(claim: Claim, written: Written) -> str:
    """A sentence with its numbers, in quotation marks where it is a quote."""
    quoted = any(claim.text in citation.quote for citation in written.citations if citation.number in claim.citations)
    marks = " ".join(f"[{number}]" for number in claim.citations)
    return f"“{claim.text}” {marks}" if quoted else f"{claim.text} {marks}"


def _fallen_back(default: Answer, reason: str, korean: bool) -> Answer:
    """The answer without a model, with the line that says why."""
    note = wording.without_model(korean, reason)
    return replace(default, text=f"{default.text}\n\n{note}", notes=(*default.notes, note))
