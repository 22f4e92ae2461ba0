"""What a language model adds: python -m tests.benchmarks.model WHAT [options]

The weights in `--model FILE` (GGUF; without it the small model of the tests) are served on loopback by llama.cpp.
`reader`: facts against near misses, by the model's log-odds over the leading sentences, and how well these choose.
`writer`: written answers to a random sample of the questions, with the facts found in them, what was shown, and why the
rest fell back; `--types` says of which, `--cite` puts a marker behind every sentence, for models that never cite,
`--calibrations` lets the model read first, with `--reads` do nothing else. `rerank`: the leading passages in
the order of the model's reading. `latency`: how soon a complete sentence is shown, in times of encoding one text, too.
`evidence`: the share of the needed facts in what a model is given, best sentences against as long whole passages.
`states`: claims written by hand that the check supports, read by the model: does the quote state them?
`close`: of claims written by hand, fair and faulty, what the check lets pass, and what of that is near to its quote.
"""

import argparse
import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from northbrief.corpus import load_briefs
from northbrief.corpus.shelf import load_shelf
from northbrief.index import Index, Retriever
from northbrief.index.encoder import load_encoder
from northbrief.qa import Answer, Assistant, Claim, Verdict
from northbrief.qa.calibration import CHOICE, fit
from northbrief.qa.choosing import READ, place, read_sentences
from northbrief.qa.completing import evidence_of
from northbrief.qa.evaluate import Question, auroc, compare, facts, figures, read_questions, run
from northbrief.qa.excerpts import Excerpt, by_side, in_turn, of_passage
from northbrief.qa.found import look
from northbrief.qa.injected import plain_spans
from northbrief.qa.llm import LanguageModel, Message, tokens
from northbrief.qa.near import close
from northbrief.qa.prompts import writing as writing_request
from northbrief.qa.reader import Reader
from northbrief.qa.reply import sentences
from northbrief.qa.rerank import ReadingRetriever
from northbrief.qa.texts import read, read_quotes
from northbrief.qa.verify import check, marked
from northbrief.qa.written import STATED, WritingAssistant
from northbrief.tests.benchmarks.checking import SPLITS, by_hand
from northbrief.tests.chat_server import Chat, Handler, begin_stream, chat_served, send_piece
from northbrief.tests.language_model import model_served, small_model

SHELF = Path(__file__).parents[1] / "shelf_questions.jsonl"
ANSWERED = ("fact", "paraphrase", "alias", "time", "followup")


def drawn(questions: Sequence[Question], types: Sequence[str], count: int, seed: int) -> list[Question]:
    """At most `count` English questions of these types, in random order."""
    kept = [question for question in questions if question.type in types and question.language == "en"]
    return random.Random(seed).sample(kept, min(count, len(kept)))


def refused_at(positives: Sequence[float], negatives: Sequence[float], share: float = 0.1) -> float:
    """The share of the negatives below the quantile `share` of the positives."""
    return float(np.mean(np.array(negatives) < np.quantile(positives, share)))


def reader(
    retriever: Retriever, model: LanguageModel, questions: Sequence[Question], options: argparse.Namespace
) -> None:
    """Read the leading sentences of facts and near misses; a row for each question goes into `--out`."""
    reads = Reader(model, budget=600)
    asked = drawn(questions, options.types or ("fact", "paraphrase"), options.count, options.seed)
    asked += drawn(questions, ("unanswerable",), options.count, options.seed)
    random.Random(options.seed).shuffle(asked)
    rows, began, checks = [], time.perf_counter(), 0
    for number, question in enumerate(asked):
        found = look(retriever, question.text, question.history, None)
        values = read_sentences(reads, found)
        read = [each for reading in found.readings for each in reading.sentences if place(each) in values]
        checks += len(read)
        rows.append({"id": question.id, "type": question.type, "answerable": question.answerable,
                     "confidence": found.probability, "readings": [values[place(each)] for each in read],
                     "scores": [each.score for each in read],
                     "facts": [facts(question, each.text) for each in read]})  # fmt: skip
        if options.out:
            options.out.write_text("\n".join(json.dumps(row) for row in rows) + "\n", "utf-8")
        print(f"\r{number + 1}/{len(asked)}", end="", flush=True)
    seconds = (time.perf_counter() - began) / max(1, checks)
    print(f"\n{model.name.rsplit('/', 1)[-1]}: {seconds:.1f} s a sentence")
    report(rows)


def report(rows: Sequence[dict[str, Any]]) -> None:
    """Print how well readings tell facts from near misses, by how many sentences are read, and how well they choose."""
    for kind in sorted({row["type"] for row in rows if row["answerable"]}):
        kept = [row for row in rows if row["type"] == kind or not row["answerable"]]
        truth = [bool(row["answerable"]) for row in kept]
        confidences = [float(row["confidence"]) for row in kept]

        def line(name: str, values: Sequence[float], truth: Sequence[bool] = truth) -> None:
            ups = [value for value, yes in zip(values, truth, strict=True) if yes]
            downs = [value for value, yes in zip(values, truth, strict=True) if not yes]
            print(f"{name:<30} AUROC {auroc(ups, downs):.3f}, near misses refused {refused_at(ups, downs):.2f}")

        print(f"{sum(truth)} of type {kind}, {len(truth) - sum(truth)} near misses")
        line("confidence without a model", confidences)
        for count in range(1, READ + 1):
            line(f"best of {count} sentences", [max(row["readings"][:count], default=-99.0) for row in kept])
        best = [max(row["readings"], default=-99.0) for row in kept]
        made = fit(best, confidences, truth)
        line("both, fitted to these", [made.probability(r, c) for r, c in zip(best, confidences, strict=True)])
        print(f"both, five-fold: AUROC {made.auroc:.3f}; {made}")
        answerable = [row for row in kept if row["answerable"]]
        for weight in (0.0, CHOICE, 2.0, 4.0):
            first = [int(np.argmax(np.array(row["scores"]) + weight * np.array(row["readings"]))) for row in answerable]
            right = [row["facts"][number] > 0 for row, number in zip(answerable, first, strict=True)]
            print(f"reading weighs {weight:g}: the first sentence holds a needed fact in {np.mean(right):.2f}")


class Citing(LanguageModel):
    """A model whose every sentence cites the first passage where it cites none, and which keeps what it wrote."""

    cite = False
    raw: tuple[str, ...] = ()

    def stream(
        self, messages: Sequence[Message], most: int, timeout: float | None = None, stop: Sequence[str] = ()
    ) -> Iterator[str]:
        """Yield the sentences of the reply, one a line."""
        self.raw = ()
        for sentence in sentences(super().stream(messages, most, timeout, stop)):
            self.raw = (*self.raw, sentence)
            yield sentence if marked(sentence) or not self.cite else f"{sentence.rstrip('. ')} [1]."
            yield "\n"


def writer(retriever: Retriever, model: Citing, questions: Sequence[Question], options: argparse.Namespace) -> None:
    """Write answers and print them for reading, with the figures; a row for each goes into `--out`."""
    plain = Assistant(retriever)
    writing = WritingAssistant(
        retriever, model, calibrations=options.calibrations, reader_budget=600, writes=not options.reads
    )
    writing.writer.most = options.most
    asked = drawn(questions, options.types or (*ANSWERED, "compare"), options.count, options.seed)
    found: dict[str, list[float]] = {"model": [], "default": [], "written only": []}
    why: Counter[str] = Counter()
    first, whole, shown_as = [], [], Counter[str]()
    for question in asked:
        default = plain.ask(question.text, history=question.history)
        began, answer, shown = time.perf_counter(), default, 0.0
        told: dict[str, list[str]] = {}
        for answer in writing.stream(question.text, history=question.history):
            shown = shown or time.perf_counter() - began
            if not fallen_back(answer) and not options.reads:
                told |= {claim.text: quotes(answer, claim) for claim in answer.claims}
        first.append(shown)
        whole.append(time.perf_counter() - began)
        reason = fallen_back(answer) or ("refused" if answer.abstained else "written")
        why[reason] += 1
        found["default"].append(facts(question, default.text))
        found["model"].append(facts(question, answer.text))
        if reason == "written":
            found["written only"].append(facts(question, answer.text))
        own = [text for text in told if not any(text in quote for quote in told[text])]
        shown_as.update({"own words": len(own), "quotes": len(told) - len(own)})
        print(f"\n{question.id} {question.text} [{reason}]\n  wrote: {' '.join(model.raw)}")
        for text in told:
            print(f"  {'own words' if text in own else 'quote'}: {text}")
            for quote in told[text] if text in own else ():
                print(f"    by: {' '.join(quote.split())}")
        if options.out:
            row = {"id": question.id, "type": question.type, "question": question.text, "why": reason,
                   "wrote": model.raw, "shown": told, "facts": found["model"][-1], "seconds": whole[-1]}  # fmt: skip
            with options.out.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(row, ensure_ascii=False) + "\n")
    print(f"\n{len(asked)} questions: {dict(why)}; shown: {dict(shown_as)}")
    print(
        ", ".join(
            f"facts found, {name}: {np.mean(values):.2f} of {len(values)}" for name, values in found.items() if values
        )
    )
    print(f"first sentence shown after {np.median(first):.1f} s (median), the whole after {np.median(whole):.1f} s")


def fallen_back(answer: Answer) -> str:
    """Why the answer is not the model's, "" where it is."""
    return next((note.split(": ", 1)[1] for note in answer.notes if note.startswith("Answered without")), "")


def quotes(answer: Answer, claim: Claim) -> list[str]:
    """The quotes that a claim cites."""
    return [each.quote for each in answer.citations if each.number in claim.citations]


def rerank(
    retriever: Retriever, model: LanguageModel, questions: Sequence[Question], options: argparse.Namespace
) -> None:
    """Search as it is, and with the leading passages in the order of the model's reading."""
    asked = drawn(questions, options.types or ANSWERED, options.count, options.seed)
    reading = ReadingRetriever(retriever, Reader(model, budget=600), budget=600)
    before = run(retriever, asked)
    began = time.perf_counter()
    after = run(reading, asked)
    seconds = (time.perf_counter() - began) / max(1, len(asked))
    for name, outcomes in (("by search", before), ("by reading", after)):
        made = figures(outcomes)
        print(f"{name:<12} " + ", ".join(f"{key} {made[key]:.3f}" for key in ("R@1", "R@5", "R@10", "MRR")))
    change = compare(before, after)
    print(f"MRR {change.difference:+.3f} ({change.low:+.3f} to {change.high:+.3f}); {change.better} better, ", end="")
    print(f"{change.worse} worse of {len(asked)}; {seconds:.1f} s a question")


def evidence(retriever: Retriever, questions: Sequence[Question], options: argparse.Namespace) -> None:
    """Print the share of the needed facts that stand in the sentences, and in whole passages, of so many tokens."""
    asked = [each for each in questions if each.answerable and each.answers and each.language == "en"]
    held: dict[str, list[float]] = {}
    for question in asked:
        found = look(retriever, question.text, question.history, None)
        ranked = evidence_of(found)[1]
        for room in (300, 450, 600, 750, 900, 1350):
            told = writing_request(found.plan.standalone, ranked, 9_000, evidence=room).messages[-1].content
            held.setdefault(f"sentences, {room}", []).append(facts(question, told.rsplit("Question:", 1)[0]))
            left, whole = room, ""
            for text in [of_passage(hit).text for hit in in_turn(by_side(found.hits))]:
                cost = tokens(text) + 35
                if not whole or cost <= left:
                    whole, left = f"{whole} {text}", left - cost
            held.setdefault(f"passages, {room}", []).append(facts(question, whole))
    for name, values in sorted(held.items()):
        print(f"{name:<16} {np.mean(values):.3f} of {len(values)}")


def latency(retriever: Retriever, questions: Sequence[Question], options: argparse.Namespace) -> None:
    """From the last piece of a first sentence, sent by a server that quotes a passage, to the sentence shown."""
    times: list[float] = []
    encoding: list[float] = []
    for question in drawn(questions, ANSWERED, options.count, options.seed):
        hits = Assistant(retriever).ask(question.text, history=question.history).hits
        text = max((hits[0].passage.text[slice(*span)] for span in plain_spans(hits[0])), key=len)
        sent: list[float] = []

        def behave(
            chat: Chat, handler: Handler, request: dict[str, Any], text: str = text, sent: list[float] = sent
        ) -> None:
            begin_stream(handler)
            chat.over.wait(1)  # a model reads much longer
            for word in [*text.rstrip(".").split(), "[", "1"]:
                send_piece(handler, word if word in ("[", "1") else f"{word} ")
                chat.over.wait(options.token)
            sent.append(time.perf_counter())
            send_piece(handler, "].")
            chat.over.wait(5)

        with chat_served(behave) as chat:
            writing = WritingAssistant(retriever, LanguageModel(chat.url, "parrot"))
            parts = writing.stream(question.text, history=question.history)
            part = next(parts)
            if part.claims and sent and not part.notes:
                times.append(1000 * (time.perf_counter() - sent[0]))
                began = time.perf_counter()
                retriever.index.encoder.encode([f"{text} again"])
                encoding.append(1000 * (time.perf_counter() - began))
            chat.over.set()
    print(
        f"first sentence shown: p50 {np.median(times):.0f} ms, p95 {np.quantile(times, 0.95):.0f} ms of {len(times)},"
    )
    print(f"while encoding one text took {np.median(encoding):.0f} ms (p50)")


def states(
    retriever: Retriever, model: LanguageModel, questions: Sequence[Question], options: argparse.Namespace
) -> None:
    """Let the model read claims written by hand, fair and faulty, of those that the check supports."""
    claims = [each for split in SPLITS for each in by_hand(split)]
    random.Random(options.seed).shuffle(claims)
    reads, found = Reader(model, budget=600), {True: list[float](), False: list[float]()}
    for claim in claims:
        fair = not claim.kind
        if len(found[fair]) == options.count or check(claim.claim, [claim.quote]) != Verdict.SUPPORTED:
            continue
        found[fair].append(reads.states(claim.claim, Excerpt(" ".join(claim.quote.split()))) or 0.0)
    print(f"{len(found[True])} fair, {len(found[False])} faulty claims: AUROC {auroc(found[True], found[False]):.3f}")
    for bound in (-1.0, STATED, 1.0):
        kept = [float(np.mean(np.array(found[fair]) >= bound)) for fair in (True, False)]
        print(f"log-odds of {bound:g} or more: {kept[0]:.2f} of the fair, {kept[1]:.2f} of the faulty")


def close_claims() -> None:
    """Print how many claims pass the check, and how many of those a machine would be believed."""
    encoder = load_encoder()
    for name, fair in (("fair", True), ("faulty", False)):
        claims = [each for split in SPLITS for each in by_hand(split) if bool(each.kind) is not fair]
        passed = [each for each in claims if check(each.claim, [each.quote], encoder=encoder) == Verdict.SUPPORTED]
        kept = [close(read(each.claim), read_quotes((each.quote,)), encoder) for each in passed]
        print(f"{name}: {len(claims)}, supported by their quotes {len(passed)}, ", end="")
        print(f"and near them {sum(verdict == Verdict.SUPPORTED for verdict in kept)}")


def main() -> None:
    """Serve the weights and print the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["reader", "writer", "rerank", "states", "evidence", "latency", "close"])
    parser.add_argument(
        "--data",
        type=Path,
        default=None,
        help="folder with questions-dev.jsonl and the documents; without it the shelf and its questions",
    )
    parser.add_argument(
        "--model", type=Path, default=None, help="a GGUF file; the small model of the tests if not given"
    )
    parser.add_argument("--index", type=Path, default=None, help="an index of the documents, kept")
    parser.add_argument("--questions", default="questions-dev.jsonl")
    parser.add_argument("--count", type=int, default=40, help="questions of each kind at most")
    parser.add_argument("--calibrations", type=Path, default=None, help="what readings are worth, for writer")
    parser.add_argument("--reads", action="store_true", help="writer: the model only reads, sentences are quoted")
    parser.add_argument("--types", nargs="*", default=(), help="answerable types, for reader, writer and rerank")
    parser.add_argument("--cite", action="store_true", help="put a marker behind each sentence that has none")
    parser.add_argument("--most", type=int, default=300, help="tokens of an answer")
    parser.add_argument("--context", type=int, default=4096, help="tokens that the model reads and writes")
    parser.add_argument("--token", type=float, default=0.03, help="seconds a token takes, for latency")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=None, help="where rows are written")
    options = parser.parse_args()
    if options.what == "close":
        close_claims()
        return
    weights = options.model or small_model()
    if isinstance(weights, str):
        parser.error(weights)
    questions = read_questions(options.data / options.questions if options.data else SHELF)
    with tempfile.TemporaryDirectory() as folder, Index.open(options.index or folder) as index:
        names = ("kcna-2024.jsonl", "briefs", "korean")
        index.add(load_briefs(*(options.data / name for name in names)) if options.data else load_shelf())
        if options.what in ("latency", "evidence"):
            {"latency": latency, "evidence": evidence}[options.what](Retriever(index), questions, options)
            return
        with model_served(weights, options.context, options.threads) as url:
            model = Citing(url, timeout=600, context=options.context)
            model.cite = options.cite
            {"reader": reader, "writer": writer, "rerank": rerank, "states": states}[options.what](
                Retriever(index), model, questions, options
            )


if __name__ == "__main__":
    main()
