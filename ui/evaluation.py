"""`northbrief eval`: the figures of a question set as a table or as JSON, and two settings compared."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from ..corpus import SettingsError
from ..index import Retriever
from ..qa import Assistant
from ..qa.calibrate import calibrate
from ..qa.calibration import Calibration, save_calibration
from ..qa.evaluate import Comparison, Outcome, compare, read_questions, run, table
from ..qa.written import WritingAssistant
from .settings import Application
from .terminal import err

_DIGITS = {"questions": "d", "answerable": "d", "words": ".0f"}


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was measured; `comparison` is this setting minus the other one, if one was named."""

    figures: dict[str, dict[str, Any]]
    outcomes: Sequence[Outcome]
    against: str | None
    comparison: Comparison | None
    verbose: bool

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        made: dict[str, Any] = {"figures": self.figures}
        if self.comparison:
            made["against"], made["comparison"] = self.against, asdict(self.comparison)
        if self.verbose:
            made["questions"] = [_row(outcome) for outcome in self.outcomes]
        return made

    def print(self, console: Console) -> None:
        """Print tables."""
        if self.verbose:
            for outcome in self.outcomes:
                row = _row(outcome)
                marks = "  ".join(f"{key} {value}" for key, value in row.items() if key not in {"question"})
                console.print(f"{escape(marks)}\n    {escape(row['question'])}")
        keys = list(self.figures["all"])
        shown = Table("type", *keys, box=None, pad_edge=False)
        for name, made in self.figures.items():
            shown.add_row(
                name, *("-" if made.get(key) is None else format(made[key], _DIGITS.get(key, ".3f")) for key in keys)
            )
        console.print(shown)
        if self.comparison:
            made_by = self.comparison
            console.print(
                f"MRR against {self.against}: {made_by.difference:+.3f} (95 % interval {made_by.low:+.3f} to "
                f"{made_by.high:+.3f}), {made_by.better} questions better, {made_by.worse} worse"
            )
            console.print("by type: " + ", ".join(f"{name} {value:+.3f}" for name, value in made_by.by_type.items()))


def report(
    retriever: Retriever,
    path: Path,
    language: str | None,
    retrieval_only: bool,
    against: str | None,
    verbose: bool,
) -> Evaluation:
    """Return the figures of the questions at `path`.

    Raises:
        BriefError: the file holds no questions, or none in `language`.
        SettingsError: `against` names no setting.
    """
    other = other_setting(retriever, against) if against else None
    questions = [question for question in read_questions(path) if language in (None, question.language)]
    if not questions:
        raise SettingsError(f"found no question in {path} with language {language!r}; expected at least one")
    outcomes = run(retriever, questions, None if retrieval_only else Assistant(retriever))
    difference = compare(run(other, questions), outcomes) if other else None
    return Evaluation(table(outcomes), outcomes, against, difference, verbose)


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What the reading of a model is worth, and where that is kept."""

    model: str
    calibration: Calibration
    path: Path

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {"model": self.model, "path": str(self.path), **asdict(self.calibration)}

    def print(self, console: Console) -> None:
        """Print what it means."""
        made = self.calibration
        console.print(
            f"{escape(self.model)}: answerable questions and others told apart with AUROC {made.auroc:.2f} "
            f"(0.5 is chance; {made.questions} questions, five-fold). Kept in {escape(str(self.path))}."
        )
        if made.reading == 0:
            console.print("Its reading goes the wrong way or says nothing: it gets no weight.")


def calibrated(parts: Application, path: Path, language: str | None) -> Calibrated:
    """Measure the language model that is set on the questions at `path`, and keep the result beside the index.

    Raises:
        SettingsError: no model is set, or the questions do not suffice.
        ModelError: the model fails.
    """
    if not isinstance(parts.assistant, WritingAssistant) or parts.language_model is None:
        raise SettingsError("found no language model to calibrate, expected llm_url to be set")
    questions = [question for question in read_questions(path) if language in (None, question.language)]
    with Progress(console=err, transient=True) as bar:
        task = bar.add_task("Reading", total=None)
        made = calibrate(
            parts.assistant.retriever,  # which may order passages by reading them
            parts.language_model,
            questions,
            lambda done, total: bar.update(task, completed=done, total=total),
        )
    save_calibration(parts.calibrations, parts.assistant.model, made)
    return Calibrated(parts.assistant.model, made, parts.calibrations)


def other_setting(retriever: Retriever, name: str) -> Retriever:
    """Return a retriever over the same index with the setting `name`: "no-rerank" or "cap=N".

    Raises:
        SettingsError: it is neither.
    """
    if name == "no-rerank":
        return Retriever(retriever.index, rerank=False, cap=retriever.cap, planner=retriever.planner)
    key, _, value = name.partition("=")
    if key == "cap" and value.isdecimal() and int(value) > 0:
        return Retriever(retriever.index, rerank=retriever.rerank, cap=int(value), planner=retriever.planner)
    raise SettingsError(f"found --against {name!r}, expected no-rerank or cap=N")


def _row(outcome: Outcome) -> dict[str, Any]:
    question = outcome.question
    row: dict[str, Any] = {"id": question.id, "type": question.type, "rank": outcome.rank}
    if outcome.abstained is not None:
        row |= {
            "facts": outcome.facts,
            "cited": outcome.cited,
            "abstained": outcome.abstained,
            "confidence": round(outcome.confidence or 0, 3),
        }
    return row | {"question": question.text}
