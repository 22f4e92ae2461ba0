"""What an answer by a language model carries besides its sentences: sides, notes, what was passed over, what lacks."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from northbrief.corpus import Brief
from northbrief.index import Encoder, Encoding, Index, Retriever
from northbrief.qa import Answer, Assistant
from northbrief.qa.calibration import Calibration, save_calibration
from northbrief.qa.llm import LanguageModel
from northbrief.qa.written import WritingAssistant

from .chat_server import Chat, Handler, chat_served, reads, says
from .serving import BRIEFS, QUESTION

SIDES = "Compare the cost of the Tumen bridge in 2021 and in 2024."
OLD = Brief(
    id="old",
    title="Bridges in the north-east",
    text="The Tumen bridge cost 25 million roubles by the end of 2021. Work on the ramps went on through the winter.",
    institution="Harbour Institute",
    published=date(2021, 12, 20),
)
NEW = Brief(
    id="new",
    title="The bridge accounts",
    text="The Tumen bridge cost 40 million roubles by the summer of 2024. The ramps alone took nine of them.",
    institution="Harbour Institute",
    published=date(2024, 8, 1),
)


@pytest.fixture(scope="module")
def two(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """Two briefs on one bridge, of two years."""
    with Index.open(tmp_path_factory.mktemp("two"), encoder=encoder) as opened:
        opened.add([OLD, NEW])
        yield opened


@pytest.fixture(scope="module")
def library(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with Index.open(tmp_path_factory.mktemp("library"), encoder=encoder) as opened:
        opened.add(BRIEFS)
        yield opened


def written(index: Index, question: str, text: str) -> Answer:
    with chat_served(says(text)) as chat:
        answer = WritingAssistant(index, LanguageModel(chat.url, "parrot")).ask(question)
    assert not any(note.startswith("Answered without") for note in answer.notes), answer.notes
    return answer


def sides(answer: Answer) -> list[str]:
    return [claim.side for claim in answer.claims]


def test_sides_come_in_the_order_of_the_question_whatever_the_model_begins_with(two: Index) -> None:
    labels = [inquiry.label for inquiry in Retriever(two).plan(SIDES).inquiries]
    assert len(labels) == 2
    asked = written(
        two,
        SIDES,
        "The Tumen bridge cost 40 million roubles by the summer of 2024 [2]. "
        "The Tumen bridge cost 25 million roubles by the end of 2021 [1].",
    )
    assert sides(asked) == labels
    assert [f"**{label}**" in asked.text for label in labels] == [True, True]
    assert asked.text.index(labels[0]) < asked.text.index("25 million") < asked.text.index("40 million")


def test_a_side_that_the_model_leaves_out_is_quoted(two: Index) -> None:
    answer = written(two, SIDES, "The Tumen bridge cost 40 million roubles by the summer of 2024 [2].")
    assert set(sides(answer)) == {inquiry.label for inquiry in Retriever(two).plan(SIDES).inquiries}
    assert "“The Tumen bridge cost 25 million roubles by the end of 2021.”" in answer.text
    for citation in answer.citations:
        assert citation.quote == citation.brief.text[citation.start : citation.end]


def test_a_side_on_which_nothing_is_found_is_named(library: Index) -> None:
    question = "Compare the Tumen bridge with the Wonsan ferry."
    default = Assistant(library).ask(question)
    answer = written(library, question, "The Tumen bridge cost 40 million roubles [1].")
    gaps = [note for note in default.notes if note.startswith("Nothing was found")]
    assert [note for note in answer.notes if note.startswith("Nothing was found")] == gaps


def test_figures_that_differ_are_both_given(two: Index) -> None:
    question = "How many roubles did the Tumen bridge cost?"
    default = Assistant(two).ask(question)
    [note] = [note for note in default.notes if "otherwise" in note or "differ" in note]
    answer = written(two, question, "The Tumen bridge cost 40 million roubles by the summer of 2024 [1].")
    assert note in answer.notes and note in answer.text
    assert {citation.brief.id for citation in answer.citations} == {"old", "new"}


def test_a_later_version_of_what_is_cited_is_told(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> None:
    text = " ".join(
        f"In week {n} the builders of the Tumen bridge laid {n + 3} metres of track and {n * 7} sleepers."
        for n in range(1, 12)
    )
    first = Brief(id="draft", title="Track on the bridge", text=text, published=date(2023, 1, 9))
    last = Brief(
        id="final", title="Track on the bridge", text=f"{text} The rest came in spring.", published=date(2023, 6, 2)
    )
    question = "How many metres of track were laid in week 5, as of January 2023?"
    with Index.open(tmp_path_factory.mktemp("versions"), encoder=encoder) as index:
        index.add([first, last])
        default = Assistant(index).ask(question)
        noted = [note for note in default.notes if "later version" in note]
        answer = written(index, question, "In week 5 the builders of the Tumen bridge laid 8 metres of track [1].")
        cited = {citation.brief.id for citation in answer.citations}
    assert bool([note for note in answer.notes if "later version" in note]) is (cited == {"draft"})
    assert noted or {citation.brief.id for citation in default.citations} == {"final"}


def test_a_part_of_the_question_that_no_sentence_answers_is_named(library: Index) -> None:
    question = "How much did the Tumen bridge cost, and when was it paid for?"
    answer = written(library, question, "The Tumen bridge cost 40 million roubles [1].")
    assert answer.partial and any("when" in note for note in answer.notes)


def test_the_surest_sentence_is_quoted_where_the_model_passes_it_over(library: Index) -> None:
    over = written(library, QUESTION, "It opened to lorries before it opened to buses [1].")
    assert over.text.endswith("“The Tumen bridge cost 40 million roubles.” [2]")
    told = written(library, QUESTION, "The Tumen bridge cost 40 million roubles [1].")
    assert len(told.claims) == 1


def test_a_sentence_that_leaves_out_a_figure_that_answers_gives_way_to_its_quote(
    encoder: Encoder, tmp_path: Path
) -> None:
    quote = "The gale at Chongjin killed three people and injured 150 others in one night of January."
    brief = Brief(id="gale", title="A gale", text=f"{quote} Ships stayed in the harbour.", published=date(2023, 1, 9))
    question = "How many were killed and hurt by the gale at Chongjin?"
    with Index.open(tmp_path, encoder=encoder) as index:
        index.add([brief])
        part = written(index, question, "The gale at Chongjin killed three people [1].")
        whole = written(index, question, "At Chongjin the gale killed three people and 150 others were injured [1].")
    assert [claim.text for claim in part.claims] == [quote]
    assert [claim.text for claim in whole.claims] == [
        "At Chongjin the gale killed three people and 150 others were injured."
    ]


@pytest.mark.parametrize(
    ("told", "doubts", "own"),
    [
        ("The Tumen bridge cost about 40 million roubles [1].", -2.0, False),
        ("The Tumen bridge cost about 40 million roubles [1].", 0.5, True),  # near to its quote
        ("The bill for the Tumen bridge came to 40 million roubles [1].", 0.5, False),  # far from it
        ("The bill for the Tumen bridge came to 40 million roubles [1].", 2.0, True),
    ],
)
def test_a_model_that_reads_well_may_use_its_own_words_where_it_finds_them_in_the_quote(
    library: Index, tmp_path: Path, told: str, doubts: float, own: bool
) -> None:
    path = tmp_path / "models.json"
    save_calibration(path, "parrot", Calibration(0.0, 1.0, 0.0, 0.5))
    write, read = says(told), reads(lambda asked: doubts if "Statement: " in asked else 3.0)

    def behaves(chat: Chat, handler: Handler, request: dict[str, Any]) -> None:
        (read if request.get("max_tokens") == 1 else write)(chat, handler, request)

    with chat_served(behaves) as chat:
        answer = WritingAssistant(library, LanguageModel(chat.url, "parrot"), calibrations=path).ask(QUESTION)
    assert not answer.notes
    quote = "The Tumen bridge cost 40 million roubles."
    assert [claim.text for claim in answer.claims] == [told.removesuffix(" [1].") + "." if own else quote]


@pytest.mark.parametrize("measured", [False, True])
def test_words_of_a_model_that_nobody_measured_or_that_reads_badly_keep_near_to_the_quote(
    library: Index, tmp_path: Path, measured: bool
) -> None:
    path = tmp_path / "models.json"
    if measured:
        save_calibration(path, "parrot", Calibration(3.0, 0.0, 0.0, 0.5))
    write, read = says("The bill for the Tumen bridge came to 40 million roubles [1]."), reads(lambda asked: 3.0)

    def behaves(chat: Chat, handler: Handler, request: dict[str, Any]) -> None:
        (read if request.get("max_tokens") == 1 else write)(chat, handler, request)

    with chat_served(behaves) as chat:
        answer = WritingAssistant(library, LanguageModel(chat.url, "parrot"), calibrations=path).ask(QUESTION)
    assert not answer.notes
    assert [claim.text for claim in answer.claims] == ["The Tumen bridge cost 40 million roubles."]


class Noting(Retriever):
    """Remembers what it encoded."""

    def __init__(self, index: Index) -> None:
        super().__init__(index)
        self.texts: list[str] = []

    def _encoded(self, query: str) -> Encoding:
        self.texts.append(query)
        return super()._encoded(query)


@pytest.mark.parametrize("history", [["Where is the Tumen bridge?"], ["What is the Tumen bridge?", "Where is it?"]])
def test_a_follow_up_is_searched_as_it_was_typed_and_as_the_model_put_it(
    library: Index, history: Sequence[str]
) -> None:
    made = "What did the Tumen bridge cost?"
    retriever = Noting(library)
    with chat_served(says(made)) as chat:
        WritingAssistant(retriever, LanguageModel(chat.url, "parrot"), rewrite=True).ask("And its cost?", history)
    assert any(text.strip("? ") == made.strip("? ") for text in retriever.texts)
    assert any("And its cost" in text for text in retriever.texts)
