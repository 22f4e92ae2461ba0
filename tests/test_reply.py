"""A reply taken apart: markers, refusals and trimmings in the many forms that models give them."""

import pytest
from northbrief.qa.reply import LONGEST, canonical, refuses, sentences, without_thought
from northbrief.qa.verify import marked

CAME = "The ferry came on Monday"


@pytest.mark.parametrize(
    ("marker", "numbers"),
    [
        ("[1]", (1,)),
        ("(1)", (1,)),
        ("【1】", (1,)),
        ("[^1]", (1,)),
        ("[[1]]", (1,)),
        ("[1, 2]", (1, 2)),
        ("[1-3]", (1, 2, 3)),
        ("[1][3]", (1, 3)),
        ("[1; 3]", (1, 3)),
        ("[passage 2]", (2,)),
        ("(Passages 1, 2)", (1, 2)),
        ("(Source: 2)", (2,)),
        ("(source: passage 2, Island Gazette, May 2019)", (2,)),
        ("(see [2])", (2,)),
        ("[Source 2]", (2,)),
        ("【2†Island Gazette】", (2,)),
        ("[2](#ref)", (2,)),
        ("<sup>2</sup>", (2,)),
    ],
)
def test_a_marker_is_known_in_every_form(marker: str, numbers: tuple[int, ...]) -> None:
    for text in (f"{CAME} {marker}.", f"{CAME}. {marker}"):
        for size in (3, 7, 1000):
            pieces = iter([text[at : at + size] for at in range(0, len(text), size)])
            [found] = sentences(pieces)
            assert marked(found) == numbers, (size, found)
            assert found.startswith(CAME)


@pytest.mark.parametrize(("text", "numbers"), [(f"{CAME}.¹", (1,)), (f"{CAME}¹².", (1, 2)), (f"{CAME}³", (3,))])
def test_a_raised_figure_is_a_marker(text: str, numbers: tuple[int, ...]) -> None:
    assert marked(canonical(text)) == numbers


@pytest.mark.parametrize("text", ["It covers 12 km² of sand.", "The treaty of Wonsan (2018) holds.", "In 10³ days."])
def test_what_only_looks_like_a_marker_stays(text: str) -> None:
    assert canonical(text) == text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("According to passage 2, the ferry came on Monday.", "The ferry came on Monday [2]."),
        ("Passage 2 states that the ferry came on Monday.", "The ferry came on Monday [2]."),
        ("As stated in [2], the ferry came on Monday.", "As stated in [2], the ferry came on Monday."),
        ("## The ferry from Wonsan\n\nThe ferry came on Monday [1].\n", "The ferry came on Monday [1]."),
        ("**The ferry from Wonsan:**\nThe ferry came on Monday [1].\n", "The ferry came on Monday [1]."),
        ("Here is what the passages say:\n- *The ferry* came on Monday [1].\n", "The ferry came on Monday [1]."),
        ("| - | - |\n| The ferry | came on Monday [1] |\n", "The ferry came on Monday [1]"),
        ('{"answer": "The ferry came on Monday [1]."}', "The ferry came on Monday [1]."),
        ('```json\n{"response": "The ferry came on Monday [1]."}\n```\n', "The ferry came on Monday [1]."),
        ("1. The ferry came on Monday [1].\n", "The ferry came on Monday [1]."),
        ("Assistant: The U. S. ferry came on Monday [1].", "The U.S. ferry came on Monday [1]."),
    ],
)
def test_trimmings_are_taken_off(text: str, found: str) -> None:
    for size in (1, 5, 1000):
        assert list(sentences(iter([text[at : at + size] for at in range(0, len(text), size)]))) == [found], size


@pytest.mark.parametrize(
    "text",
    [
        "The briefs do not say.",
        "The passages do not mention the cost.",
        "There is no information about this in the passages provided.",
        "Unfortunately, the text doesn't specify the price.",
        "I don't know.",
        "I’m unable to answer this question.",
        "I could not find it.",
        "I apologize, but I can only speak of ships.",
        "The answer is not provided.",
        "Not stated.",
        "None of the passages states who paid.",
        "It is not clear from the passages who paid.",
        "The cost of the bridge is not mentioned.",
        "No answer.",
        "N/A",
        "The context is insufficient.",
        "As an AI language model, I have no view.",
        "브리프에는 답이 없습니다.",
        "본문에는 비용이 언급되지 않았습니다.",
        "해당 정보가 없습니다.",
    ],
)
def test_a_refusal_is_known_in_many_wordings(text: str) -> None:
    assert refuses(text)
    assert list(sentences(iter([text]))) == [text]


@pytest.mark.parametrize(
    "text",
    [
        "KCNA has no answer to the charge [1].",
        "The number of soldiers is not known [2].",
        "Kim Jong Un did not mention the summit in his speech [1].",
        "North Korea does not provide figures on trade [1].",
        "The ferry came on Monday [1].",
        "He said that the country cannot give up its weapons [3].",
        "회담은 평양에서 열렸다 [1].",
    ],
)
def test_what_briefs_say_of_others_is_no_refusal(text: str) -> None:
    assert not refuses(text)


def test_what_never_ends_is_let_go() -> None:
    taken = 0

    def pieces() -> object:
        nonlocal taken
        while True:
            taken += 1
            yield "and so on "

    assert list(sentences(pieces())) == []  # type: ignore[arg-type]
    assert taken * 10 <= LONGEST + 20


def test_the_words_of_a_sentence_are_told_before_its_markers_are_there() -> None:
    told: list[str] = []
    text = "The ferry came on Monday [1]. It left again. [2]"
    list(sentences(iter(text), told.append))
    assert told == ["The ferry came on Monday.", "It left again."]


def test_a_reply_ends_where_the_next_request_begins() -> None:
    text = "The ferry came on Monday [1].\nQuestion: Who came?\nNobody came at all [1]."
    for size in (1, 4, 1000):
        pieces = iter([text[at : at + size] for at in range(0, len(text), size)])
        assert list(sentences(pieces)) == ["The ferry came on Monday [1]."]


def test_the_end_of_a_thought_is_known() -> None:
    assert without_thought("so it is 40 million.</think> The bridge cost it.") == "The bridge cost it."
    assert without_thought("It cost 40 million.") is None
