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
from ..index import Filter, Hit, Index, Retriever
from ..index.plan import QueryPlan, Step
from . import prompts, wording
from .assistant import Assistant
from .confidence import HEDGE_BELOW
from .extract import Reading, Sentence, read
from .found import served
from .llm import LanguageModel
from .notes import age_note, differing, differing_note, newer_notes, unanswered_note
from .question import read_question
from .reader import Calibration, Reader, leading, load_calibration
from .rerank import ReadingRetriever
from .types import Answer, Claim, reference
from .writer import Writer, Written, quoting

NEAREST = 2  # briefs named in a refusal
REWRITTEN = 60  # tokens of a follow-up made to stand alone
OWN_SHARE = 0.6  # of a rewritten question's words, to stand in the conversation
_WORD = re.compile(r"[^\W_]+")


class WritingAssistant(Assistant):
    """Answers with a language model, and without it whenever it fails. Safe to share between threads.

    Where the file `calibrations` says what its reading is worth, the model first reads the leading passages, and its
    verdict decides, with the confidence, whether the question is answered. `rewrite` lets it make follow-ups stand
    alone, when no plan is given. With a `rerank_budget`, in seconds, it orders the leading passages by its reading.
    `evidence` is how many tokens of passages it is given for an answer.
    """

    def __init__(
        self,
        index: Index | Retriever,
        model: LanguageModel,
        *,
        calibrations: Path | None = None,
        reader_budget: float = 20.0,
        rerank_budget: float = 0.0,
        rewrite: bool = False,
        evidence: int = prompts.EVIDENCE,
    ) -> None:
        super().__init__(index)
        self.language_model = model
        self.reader = Reader(model, budget=reader_budget)
        if rerank_budget:
            self.retriever = ReadingRetriever(self.retriever, self.reader, budget=min(rerank_budget, model.timeout))
        self.calibrations = calibrations
        self.writer = Writer(model, self.retriever, evidence=evidence)
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
            readings = self._readings(plan, judged.hits)
            ranked = [sentence for reading in readings.values() for sentence in reading.sentences]
            ranked = prompts.in_turn(ranked, lambda sentence: sentence.hit.side)
            sides = [side for side, reading in readings.items() if side and reading.sentences]
            left = deadline - time.monotonic()
            written = Written()
            for written in self.writer.write(plan.standalone, ranked, sides=sides, timeout=left):
                yield _answer(judged, written, sides)
            other, difference = _differing(plan, readings, written, korean)
            written = quoting(written, other) if other else written
            gaps = _gaps(plan, readings, written, korean)
            notes = [age_note(plan, [citation.brief for citation in written.citations], korean), difference, *gaps]
            notes += newer_notes(_quoted(written, judged), self.retriever.index.brief, korean)
            yield _answer(judged, written, sides, [note for note in notes if note], partial=bool(gaps))
        except ModelError as error:
            yield _fallen_back(default, str(error), korean)

    def _readings(self, plan: QueryPlan, hits: Sequence[Hit]) -> dict[str, Reading]:
        """The sentences of the passages, best first, by the side that they serve, "" for a question without sides."""
        asked = read_question(plan)
        return {
            inquiry.label: read(self.retriever, inquiry, asked, plan.question, served(hits, inquiry))
            for inquiry in plan.inquiries
        }

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


def _gaps(plan: QueryPlan, readings: dict[str, Reading], written: Written, korean: bool) -> list[str]:
    """The notes on what is missing: sides without a passage, and parts of the question that nothing told answers."""
    silent = [side for side, reading in readings.items() if not reading.sentences]
    notes = [wording.one_sided(korean, silent)] if silent else []
    if len(readings) == 1:
        notes.append(unanswered_note(read_question(plan), plan.question, written.claims, korean))
    return [note for note in notes if note]


def _differing(
    plan: QueryPlan, readings: dict[str, Reading], written: Written, korean: bool
) -> tuple[Sentence | None, str]:
    """A sentence that gives another figure or date than what is told, if it is not cited yet, and the note on it."""
    if len(readings) != 1:
        return None, ""
    [reading] = readings.values()
    other = differing(read_question(plan), plan.question, reading)
    cited = {citation.brief.id for citation in written.citations}
    if other is None or not cited & {other.hit.brief.id, reading.sentences[0].hit.brief.id}:
        return None, ""
    note = differing_note(reading.sentences[0], other, korean)
    lacking = [each for each in (reading.sentences[0], other) if each.hit.brief.id not in cited]
    return (lacking[0] if lacking else None), note


def _quoted(written: Written, judged: Answer) -> list[Sentence]:
    """What is cited, as the sentences that the notes are made from."""
    found = {hit.passage.id: hit for hit in judged.hits}
    return [Sentence(found[each.passage.id], each.start, each.end, (), (), 0.0, 0.0) for each in written.citations]


def _answer(
    judged: Answer, written: Written, sides: Sequence[str], notes: Sequence[str] = (), *, partial: bool = False
) -> Answer:
    """The answer that is written; what is doubtful without a model is so with one, unless it has read and judged."""
    order = {side: place for place, side in enumerate(sides)}
    claims = written.claims
    if all(claim.side for claim in claims):
        claims = tuple(sorted(claims, key=lambda claim: order.get(claim.side, len(order))))
    lead = judged.lead if judged.confidence < HEDGE_BELOW else ""
    lines = [lead] if lead else []
    for number, claim in enumerate(claims):
        if claim.side and (number == 0 or claims[number - 1].side != claim.side):
            lines.append(f"**{claim.side}**")
        lines.append(_shown(claim, written))
    return replace(
        judged,
        text="\n\n".join([*lines, *notes]),
        claims=claims,
        citations=written.citations,
        partial=bool(lead) or partial or written.silent,
        notes=tuple(notes),
        lead=lead,
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
