"""The fit of how much words matter: python -m tests.benchmarks.importance --data ../shared/data [--write]

On the answerable training questions: which candidate comes first, by a softmax over the mixed scores of ranking, with
the importance of the pieces as the only thing that may change. First held out, five folds by article, then on all of
them; `dev` takes no part. --write puts the direction into index/importance.tsv.
"""

import argparse
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import numpy as np
import torch
from northbrief.corpus import load_briefs
from northbrief.index import Index, Retriever
from northbrief.index.cover import cover
from northbrief.index.fuse import fuse, scaled
from northbrief.index.importance import REACH, SHIPPED
from northbrief.index.late import best_matches, weakest
from northbrief.index.lexical import terms
from northbrief.index.moment import WINDOW_WEIGHT, window_fit
from northbrief.index.rank import (
    CANDIDATES,
    COVER_WEIGHT,
    DENSE_WEIGHT,
    DEPTH,
    FUSED_WEIGHT,
    LATE_WEIGHT,
    LEXICAL_WEIGHT,
    WEAKEST_WEIGHT,
    piece_weights,
)
from northbrief.index.view import View
from northbrief.qa.evaluate import Question, covers

from .retrieval import questions

DECAY, RATE, EPOCHS, BATCH, SHARPNESS, FOLDS = 0.003, 0.02, 12, 32, 12.0, 5


@dataclass(frozen=True, slots=True)
class Case:
    """A question's candidates: the mixed score without late interaction (n,), the best match of each piece (n, m), and
    which answer (n,); of the pieces the token vectors (m, d) and log weights (m,)."""

    brief: str
    fixed: torch.Tensor
    best: torch.Tensor
    right: torch.Tensor
    tokens: torch.Tensor
    weights: torch.Tensor

    def scores(self, direction: torch.Tensor) -> torch.Tensor:
        """The mixed scores (n,)."""
        weights = torch.softmax(self.weights + REACH * torch.tanh(self.tokens @ direction), 0)
        late = self.best @ weights
        return self.fixed + LATE_WEIGHT * (late - late.min()) / (late.max() - late.min() + 1e-6)


def case(view: View, retriever: Retriever, question: Question) -> Case | None:
    """The candidates that ranking has; None where none of them answers."""
    inquiry = retriever.plan(question.text, question.history).inquiries[0]
    encoder = retriever.index.encoder
    encoding = encoder.encode([encoder.spec.query_prefix + inquiry.english])[0]
    near, worded = view.nearest(encoding.vector, DEPTH, ()), view.worded(inquiry.english, DEPTH, ())
    numbers, fused = fuse([near, worded], [DENSE_WEIGHT, LEXICAL_WEIGHT])
    numbers, fused = numbers[:CANDIDATES], fused[:CANDIDATES]
    found = view.passages(numbers)
    right = [any(covers(found[n][1], found[n][0].start, found[n][0].end, g) for g in question.gold) for n in numbers]
    if not any(right) or view.codec is None:
        return None
    words = list(dict.fromkeys(terms(inquiry.english.lower())))
    covered = cover(view.texts(numbers), words, view.counts(words), len(view))
    codes = view.tokens(numbers)
    best = best_matches(encoding, view.codec.unpack(b"".join(codes)), [view.codec.size(code) for code in codes])
    fixed = FUSED_WEIGHT * fused + COVER_WEIGHT * scaled(covered) + WEAKEST_WEIGHT * scaled(weakest(best))
    if inquiry.window:
        fixed = fixed + WINDOW_WEIGHT * np.array([window_fit(inquiry.window, each) for each in view.moments(numbers)])
    return Case(
        question.gold[0].doc_id,
        torch.tensor(np.asarray(fixed, np.float32)),
        torch.tensor(best),
        torch.tensor(right),
        torch.tensor(encoding.tokens.astype(np.float32)),
        torch.tensor(np.log(piece_weights(view, encoding))),
    )


def fitted(cases: list[Case]) -> torch.Tensor:
    """The direction (d,) that puts right candidates first."""
    torch.manual_seed(0)
    direction = torch.zeros(cases[0].tokens.shape[1], requires_grad=True)
    optimizer = torch.optim.Adam([direction], lr=RATE)
    for _ in range(EPOCHS):
        order = torch.randperm(len(cases)).tolist()
        for start in range(0, len(order), BATCH):
            losses = []
            for number in order[start : start + BATCH]:
                scores = SHARPNESS * cases[number].scores(direction)
                losses.append(torch.logsumexp(scores, 0) - torch.logsumexp(scores[cases[number].right], 0))
            loss = torch.stack(losses).mean() + DECAY * direction.square().sum()
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    return direction.detach()


def reciprocal(one: Case, direction: torch.Tensor) -> float:
    """1 / rank of the first right candidate."""
    order = torch.argsort(one.scores(direction), descending=True)
    return 1.0 / (1 + int(one.right[order].nonzero()[0]))


def main() -> None:
    """Print the mean reciprocal rank among candidates, without, held out, and fitted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--index", type=Path, help="an index of the documents made before")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    data: Path = arguments.data
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder, Index.open(arguments.index or folder) as index:
        if not arguments.index:
            index.add(load_briefs(data / "briefs", data / "korean", data / "kcna-2024.jsonl"))
        retriever = Retriever(index)
        with index.reading() as view:
            made = [case(view, retriever, question) for question in questions(data / "questions-train.jsonl")]
        weights = index.encoder.spec.weights
    cases = [each for each in made if each]
    briefs = sorted({each.brief for each in cases})
    fold = {
        brief: n % FOLDS for brief, n in zip(briefs, np.random.default_rng(1).permutation(len(briefs)), strict=True)
    }
    held = [fitted([each for each in cases if fold[each.brief] != n]) for n in range(FOLDS)]
    direction = fitted(cases)
    print(f"{len(cases)} questions with a right candidate; MRR among candidates")
    print(f"without {mean(reciprocal(each, torch.zeros_like(direction)) for each in cases):.3f}")
    print(f"held out {mean(reciprocal(each, held[fold[each.brief]]) for each in cases):.3f}")
    print(f"fitted {mean(reciprocal(each, direction) for each in cases):.3f}")
    if arguments.write:
        SHIPPED.write_text("\n".join([weights, *(f"{value:.4f}" for value in direction.tolist())]) + "\n", "utf-8")


if __name__ == "__main__":
    main()
