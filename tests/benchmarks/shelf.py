"""The shelf's questions: python -m tests.benchmarks.shelf

60 questions that students and journalists would ask, written without seeing the briefs, each with wordings that a right
answer holds: the share answered so by the default answer, and those missed.
"""

import json
import tempfile
from pathlib import Path

from northbrief.corpus.shelf import load_shelf
from northbrief.index import Index
from northbrief.qa import Assistant

QUESTIONS = Path(__file__).parents[1] / "shelf_blind.jsonl"


def main() -> None:
    """Print the share and the questions missed, with what was answered."""
    questions = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
    missed = []
    with tempfile.TemporaryDirectory() as folder, Index.open(folder) as index:
        index.add(load_shelf())
        assistant = Assistant(index)
        for question in questions:
            answer = assistant.ask(question["question"])
            text = answer.text.lower()
            if answer.abstained or not any(wording.lower() in text for wording in question["expects"]):
                found = any(
                    wording.lower() in hit.passage.text.lower()
                    for hit in assistant.retriever.search(question["question"])
                    for wording in question["expects"]
                )
                missed.append((question, "refused" if answer.abstained else "not quoted", found))
    print(f"{len(questions) - len(missed)} of {len(questions)} answered with an expected wording")
    for question, why, found in missed:
        where = "in a passage that was read" if found else "in no passage that was read"
        print(f"- {question['question']} ({why}; {question['expects'][0]} stands {where})")


if __name__ == "__main__":
    main()
