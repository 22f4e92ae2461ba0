"""Damaged and hostile files: refused with a reason or read, never a crash, a hang or a flood of memory."""

import pytest
from northbrief.corpus.parse import SECONDS, read_document

from .makers import seeds
from .mutations import Case, hostile, mutated, outcome


def test_the_seeds_are_read() -> None:
    read = {name: read_document(data, name) for name, data in seeds().items()}
    assert {name: ["harbour" in one.fields["text"] for one in documents] for name, documents in read.items()} == {
        name: [True] for name in seeds()
    }


def test_damaged_files_are_refused_with_a_reason_or_read() -> None:
    outcomes = [outcome(case) for case in mutated(330, seed=1)]
    assert [(o.case.label, o.broken) for o in outcomes if o.broken] == []
    assert [o.reason for o in outcomes if o.reason and not ("found" in o.reason and "expected" in o.reason)] == []
    assert max(o.seconds for o in outcomes) < SECONDS + 5
    refused = sum(bool(o.reason) for o in outcomes)
    assert 30 < refused < 300  # neither all nor none: the damage is real, and not always fatal


@pytest.mark.parametrize("case", list(hostile()), ids=lambda case: case.label)
def test_hostile_files_are_refused_with_a_reason_or_read(case: Case) -> None:
    result = outcome(case)
    assert result.broken == ""
    assert result.seconds < SECONDS + 5


def test_a_file_after_one_that_ended_the_worker_is_read() -> None:
    bomb = next(case for case in hostile() if case.label == "zip bomb")
    outcome(bomb)
    (document,) = read_document(seeds()["a.docx"], "a.docx")
    assert "harbour" in document.fields["text"]
