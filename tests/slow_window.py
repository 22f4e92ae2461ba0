"""A window whose answers are quotes that the test asks for, one after the other, with a pause between them.

    python slow_window.py HOME PORT SECONDS

"A sentence. | Another one." is answered by these two sentences of the library's briefs: what the window shows then does
not depend on how passages are ranked. The server runs in a child; when that is killed, another takes its place at once,
as a restarted one would. The child's process id stands in HOME/pid, what it has yielded in HOME/yielded.
"""

import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from northbrief.corpus import Passage
from northbrief.index import Index
from northbrief.qa import Answer, Assistant, Citation, Claim, Verdict
from northbrief.ui.app import build_app, launch_options

VERDICTS = {"!": Verdict("unsupported", "The quote names another year."), "?": Verdict("partly", "Only half is there.")}


class QuotingAssistant(Assistant):
    """Quotes what it is asked for; a sentence after "!" or "?" gets the verdict that goes with it."""

    pause = 1.0
    model, address = "slow-model", "http://127.0.0.1:9/v1"  # shown as a language model is

    def stream(self, question: str, *arguments: Any, **more: Any) -> Iterator[Answer]:
        briefs = self.retriever.index.briefs()
        claims: list[Claim] = []
        citations: list[Citation] = []
        for number, words in enumerate(map(str.strip, question.split("|")), start=1):
            quote = words.lstrip("!?")
            brief = next(each for each in briefs if quote in each.text)
            start = brief.text.index(quote)
            passage = Passage(id=str(number), brief_id=brief.id, start=start, end=start + len(quote), text=quote)
            citations.append(Citation(number, passage, brief, quote, start, start + len(quote)))
            claims.append(Claim(quote, (number,), VERDICTS.get(words[0], Verdict.SUPPORTED)))
            time.sleep(self.pause if number > 1 else 0)
            with Path(self.retriever.index.path.parent, "yielded").open("a", encoding="utf-8") as log:
                log.write(f"{quote}\n")
            yield Answer(quote, question, tuple(claims), tuple(citations), False, 0.9)


def serve(home: str, port: int) -> None:
    """Serve until killed."""
    Path(home, "pid").write_text(str(os.getpid()), "utf-8")
    index = Index.open(home)
    app = build_app(index, QuotingAssistant(index), Assistant(index))
    app.queue(default_concurrency_limit=4)
    app.launch(**launch_options("127.0.0.1", port))


if __name__ == "__main__":
    QuotingAssistant.pause = float(sys.argv[3])
    fork = multiprocessing.get_context("fork")
    while True:
        child = fork.Process(target=serve, args=(sys.argv[1], int(sys.argv[2])), daemon=True)
        child.start()
        child.join()
