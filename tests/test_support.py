"""What a model wrote, held against the passages that it was given."""

from collections.abc import Iterator

import pytest
from northbrief.corpus import Brief
from northbrief.index import Encoder, Hit, Index, Retriever
from northbrief.qa.near import close, reattached
from northbrief.qa.support import Support
from northbrief.qa.texts import read, read_quotes
from northbrief.qa.writer import is_fragment

TEXT = (
    "In week 4 the builders laid 7 metres of track and 28 sleepers. "
    "In week 5 the builders laid 8 metres of track and 35 sleepers. "
    "In week 6 the builders laid 9 metres of track and 42 sleepers. "
    "The foreman, Pak Jong Chon, came from Wonsan. He praised the bridge builders of North Korea."
)


@pytest.fixture(scope="module")
def library(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with Index.open(tmp_path_factory.mktemp("library"), encoder=encoder) as opened:
        opened.add([Brief(id="track", title="Track on the bridge", text=TEXT)])
        opened.add([Brief(id="ferry", title="The ferry", text="The ferry carries 300 passengers on each voyage.")])
        yield opened


@pytest.fixture(scope="module")
def hits(library: Index) -> list[Hit]:
    return sorted(Retriever(library).search("track of the bridge, ferry"), key=lambda hit: hit.brief.id)


def test_a_sentence_is_found_its_quote_among_others_that_differ_in_a_figure(library: Index, hits: list[Hit]) -> None:
    support = Support(Retriever(library), hits)
    for week in (4, 5, 6):
        verdict, used = support.support(f"In week {week} the builders laid {week + 3} metres of track.", hits[1:])
        assert verdict == "supported"
        assert [each.quote.split(" the ")[0] for each in used] == [f"In week {week}"]
        assert [each.number for each in used] == [0]
    verdict, _ = support.support("In week 5 the builders laid 9 metres of track.", hits[1:])
    assert verdict == "unsupported"


def test_the_quote_of_a_passage_that_was_not_cited_takes_the_place_of_one_that_was(
    library: Index, hits: list[Hit]
) -> None:
    support = Support(Retriever(library), hits)
    verdict, used = support.support("The ferry carries 300 passengers on each voyage.", hits[1:])
    assert verdict == "supported" and [each.brief.id for each in used] == ["ferry"]


def test_what_was_checked_ahead_is_not_checked_again(
    library: Index, hits: list[Hit], monkeypatch: pytest.MonkeyPatch
) -> None:
    retriever = Retriever(library)
    support = Support(retriever, hits)
    sentence = "The ferry carries 300 passengers on each voyage."
    support.ahead(sentence)
    monkeypatch.setattr("northbrief.qa.support.check", lambda *_, **__: pytest.fail("checked again"))
    monkeypatch.setattr(retriever, "match_spans", lambda *_: pytest.fail("matched again"))
    assert support.support(sentence, hits[:1])[0] == "supported"


@pytest.mark.parametrize(
    ("claim", "label"),
    [
        ("The bridge builders of North Korea were praised.", "supported"),
        ("Kim Jong Un praised the bridge builders of North Korea.", "partly"),  # the state is not its leader
        ("The lighthouse school praised the bridge builders of North Korea.", "partly"),
        ("The bridge stands on pillars that everybody admires in the evening light.", "partly"),
    ],
)
def test_a_machine_is_believed_only_near_the_words_of_the_quote(encoder: Encoder, claim: str, label: str) -> None:
    quote = "He praised the bridge builders of North Korea."
    assert close(read(claim), read_quotes((quote,)), encoder) == label


def test_one_sentence_of_the_quote_has_to_hold_what_is_said(encoder: Encoder) -> None:
    quote = "Coal exports were capped at 7.5 million tons. Copper and statues left the list of goods for sale."
    for claim, label in (
        ("Coal exports were capped at 7.5 million tons.", "supported"),
        ("Exports of statues were capped at 7.5 million tons on the list.", "partly"),
    ):
        assert close(read(claim), read_quotes((quote,)), encoder) == label


def test_who_he_is_may_stand_before_the_quote(encoder: Encoder) -> None:
    claim, quote = "Pak Jong Chon praised the bridge builders of North Korea.", "He praised the bridge builders there."
    assert close(read(claim), read_quotes((quote,)), encoder) == "partly"
    assert close(read(claim), read_quotes((quote,), None, TEXT), encoder) == "supported"


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("Sergei Viktorovich Lavrov.", True),
        ("Kim Jong Un.", True),
        ("In early 2026.", True),
        ("30,000 won.", True),
        ("Lavrov came.", False),
        ("The Tumen bridge cost 40 million roubles.", False),
    ],
)
def test_names_and_numbers_alone_are_no_sentence(text: str, bare: bool) -> None:
    assert is_fragment(text) is bare


@pytest.mark.parametrize(
    ("claim", "parted"),
    [
        ("The ferry is a sea-going barge.", True),
        ("The ferry is a sea-going relative of the barge.", False),
        ("The ferry has two decks.", False),
    ],
)
def test_words_side_by_side_belong_to_one_thing_in_the_quote(claim: str, parted: bool) -> None:
    quote = "The ferry, a sea-going relative of the river barge, has two decks."
    assert reattached(read(claim), read(quote)) is parted


def test_figures_and_words_have_to_stand_in_one_sentence_of_the_quotes(encoder: Encoder) -> None:
    quote = "The fourth voyage began in spring. The ferry had carried a cargo of timber."
    assert close(read("The ferry had carried a cargo of timber."), read_quotes((quote,)), encoder) == "supported"
    claim = "The fourth ferry had carried a cargo of timber."
    assert close(read(claim), read_quotes((quote,)), encoder) == "partly"


def test_a_machine_may_not_tell_as_a_fact_what_somebody_says(encoder: Encoder) -> None:
    quote = "The port office said on Monday that the ferry had carried 300 passengers."
    for claim, label in (
        ("The port office said that the ferry had carried 300 passengers.", "supported"),
        ("The ferry had carried 300 passengers.", "partly"),
    ):
        assert close(read(claim), read_quotes((quote,)), encoder) == label
