"""What readers thought of answers: one line of JSON each, in a file beside the index that `northbrief eval` reads."""

import json
import os
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..corpus import StoreError
from ..corpus.language import guess_language
from ..qa.saved import pack
from .conversation import Turn, filter_dict

FILE = "feedback.jsonl"
_lock = threading.Lock()  # of the file; lines of two readers must not mix


def feedback_line(turn: Turn, good: bool, note: str, history: Sequence[str] = ()) -> dict[str, Any]:
    """Return the line for one answer: a question in the form of an evaluation set, and what was shown.

    A good answer says what is right: its quotes are the gold ones, a good refusal makes the question unanswerable. Of
    a bad one the right answer is not known: `gold` is null, and an evaluation leaves it out until somebody fills it in.
    """
    answer = turn.answer
    gold = [{"doc_id": c.brief.id, "quote": c.quote} for c in answer.citations] if good else None
    return {
        "id": f"feedback-{turn.id}",
        "type": "feedback",
        "lang": guess_language(turn.question),
        "history": list(history),
        "question": turn.question,
        "answerable": not answer.abstained if good else None,
        "gold": gold,
        "thumb": "up" if good else "down",
        "note": note,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "filter": filter_dict(turn.where),
        "without": list(turn.without),
        "answer": pack(answer),
    }


def save_feedback(folder: Path, line: Mapping[str, Any]) -> Path:
    """Append the line to the feedback file of `folder`, and return the file.

    Raises:
        StoreError: it cannot be written.
    """
    path = folder / FILE
    written = json.dumps(line, ensure_ascii=False) + "\n"
    try:
        with _lock, path.open("a", encoding="utf-8") as file:
            file.write(written)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise StoreError(f"found no place to write {path} ({error.strerror}), expected a folder of yours") from error
    return path
