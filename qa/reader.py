"""A language model as a reader: does this text state the answer? One token a text, scored by log-probability.

No retrieval score tells a question that the briefs answer from one that they nearly answer; a model of 1.5 billion
parameters does. It reads sentence by sentence: of a whole passage it says yes too often, and which sentence answers is
known then, too. How far a model can be believed is its own: `calibration.py`.
"""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from ..corpus import ModelError
from . import prompts
from .excerpts import Excerpt
from .llm import LanguageModel, Message

Asking = Callable[[str, Excerpt, int], tuple[Message, ...]]
"""What makes a request for one token: of a question or statement, a text, and the tokens that there is room for."""

AT_ONCE = 4  # requests under way; a server with fewer places queues them
KEPT = 5_000  # replies kept, by question and text
FIRST = 4  # tokens beyond the longest reply that are kept free


class Reader:
    """Asks a model whether texts state the answer. Safe to share between threads.

    `budget` is in seconds, for all texts of a question together; what is not read by then does not count.
    """

    def __init__(self, model: LanguageModel, *, budget: float = 20.0) -> None:
        self.model = model
        self.budget = budget
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str, Excerpt], float] = {}

    def states(self, statement: str, text: Excerpt, budget: float | None = None) -> float | None:
        """Return the log-odds that a text states all that a sentence says, None where the time did not suffice.

        Raises:
            ModelError: the model fails.
        """
        return self.read(statement, [text], budget, asking=prompts.stating)[0]

    def read(
        self,
        question: str,
        texts: Sequence[Excerpt],
        budget: float | None = None,
        *,
        asking: Asking = prompts.reading,
    ) -> list[float | None]:
        """Return for each text the log-odds that it states the answer, None where the time did not suffice.

        `budget` is in seconds, by default the reader's own. A text without words counts as not read.

        Raises:
            ModelError: no text could be read.
        """
        deadline = time.monotonic() + (self.budget if budget is None else budget)
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="northbrief-reader") as pool:
            found = list(pool.map(lambda text: self._one(asking, question, text, deadline), texts))
        failed = [each for each in found if isinstance(each, ModelError)]
        if texts and len(failed) == len(texts):
            raise failed[0]
        return [None if isinstance(each, ModelError) else each for each in found]

    def _one(self, asking: Asking, question: str, text: Excerpt, deadline: float) -> float | ModelError | None:
        key = (asking.__name__, question, text)
        with self._lock:
            if key in self._known or not text.text:
                return self._known.get(key)
        left = deadline - time.monotonic()
        if left <= 0:
            return ModelError("it took too long")
        try:
            request = asking(question, text, self.model.context - FIRST)
            value = self.model.yes_or_no(request, min(left, self.model.timeout))
        except ModelError as error:
            return error
        with self._lock:
            while len(self._known) >= KEPT:
                self._known.pop(next(iter(self._known)))
            self._known[key] = value
        return value
