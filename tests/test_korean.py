"""Korean questions in English words and back: the table of cases, its rules one by one, users' files, any text."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from northbrief.corpus import SettingsError
from northbrief.index.korean import HEAD, MOST, SHIPPED, Glossary
from northbrief.index.names import NameTable

CASES = Path(__file__).with_name("cases")
NAMES = NameTable.load()
GLOSSARY = Glossary.load()


def rows(file: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CASES / file).read_text(encoding="utf-8").splitlines()]


def english(text: str) -> str:
    return GLOSSARY.to_english(text, NAMES)


def korean(text: str) -> tuple[str, ...]:
    return GLOSSARY.to_korean(text, NAMES)


def hangul_in(text: str) -> bool:
    return any("가" <= sign <= "힣" for sign in text)


@pytest.mark.parametrize("row", rows("cases-korean.jsonl"), ids=lambda row: row["query"])
def test_a_korean_question_becomes_english_words(row: dict[str, Any]) -> None:
    found = english(row["query"]).lower()
    assert [word for word in row["must_contain"] if word not in found] == []
    assert not hangul_in(found)


@pytest.mark.parametrize("row", rows("cases-plain.jsonl"), ids=lambda row: row["query"])
def test_an_ordinary_english_question_comes_back_as_it_is(row: dict[str, Any]) -> None:
    if hangul_in(row["query"]):
        assert english(row["query"])
    else:
        assert english(row["query"]) == row["query"]


def test_the_glossary_has_at_least_800_terms() -> None:
    terms = [line.split("\t")[0] for line in SHIPPED.read_text(encoding="utf-8").splitlines()[1:]]
    assert len(set(terms)) == len(terms) >= 800


def test_every_term_alone_reads_as_english() -> None:
    for line in SHIPPED.read_text(encoding="utf-8").splitlines()[1:]:
        assert english(line.split("\t")[0]), line


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("유엔안보리결의안의 채택은?", "유엔 안보리 결의안 채택"),
        ("국제련합의 력사", "국제연합의 역사"),
        ("로동자와 녀성", "노동자와 여성"),
        ("하노이회담", "하노이 회담"),
        ("경제제재를 강화했습니까", "경제 제재 강화"),
    ],
)
def test_spaces_particles_endings_and_northern_spelling_change_nothing(one: str, other: str) -> None:
    assert english(one) == english(other) != ""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2024년 7월", "July 2024"),
        ("2018년 9월 19일에", "19 September 2018"),
        ("2019년의 무역", "2019 trade"),
        ("12월 전원회의", "December plenary meeting"),
        ("1990년대 경제", "1990s economy"),
        ("90년대 경제", "1990s economy"),
        ("3년간의 봉쇄", "3 years lockdown"),
        ("제21차 회의", "21st meeting"),
        ("ICBM을 2기 발사", "ICBM 2 launch"),
        ("13월", "13"),
    ],
)
def test_dates_and_numbers_are_kept(text: str, found: str) -> None:
    assert english(text) == found


@pytest.mark.parametrize(
    ("text", "unwanted"),
    [("당시의 기억", "party"), ("핵심 간부", "nuclear"), ("방법론", "law"), ("쌀쌀한 날씨", "rice")],
)
def test_a_term_of_one_syllable_is_a_word_of_its_own(text: str, unwanted: str) -> None:
    assert unwanted not in english(text)


def test_no_term_is_read_out_of_the_end_of_a_word_and_the_next() -> None:
    assert "significance" not in english("전문가들의 의견")


def test_what_is_unknown_is_left_out() -> None:
    assert english("뾰로통한 김여정은 왜 똘똘하지?") == "Kim Yo Jong why"


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What does Rodong Sinmun say about self-reliance?", {"로동신문", "자력갱생"}),
        ("How did the Sinuiju floods affect food prices?", {"신의주", "홍수"}),
        ("trade with China in 2023", {"대중무역", "중국"}),
        ("human rights resolution", {"인권결의안"}),
    ],
)
def test_an_english_question_has_korean_words(question: str, words: set[str]) -> None:
    assert words <= set(korean(question))


def test_the_most_specific_korean_words_come_first() -> None:
    found = korean("trade, and the Multilateral Sanctions Monitoring Team")
    assert found.index("다국적제재모니터링팀") < found.index("무역")


def test_a_syllable_of_a_name_is_no_term() -> None:
    assert "유엔" not in korean("Kim Jong Un")


def test_no_question_has_more_korean_words_than_it_may() -> None:
    everything = " ".join(name.canonical for name in NAMES.names)
    assert len(korean(everything)) == MOST
    assert korean("Is it?") == ()


def test_a_users_file_adds_terms_and_wins(tmp_path: Path) -> None:
    path = tmp_path / "own.tsv"
    path.write_text(f"{HEAD}\n두부밥\ttofu rice\tdububap\n쌀\tgrain\n", encoding="utf-8")
    glossary = Glossary.load(path)
    assert glossary.to_english("두부밥과 쌀은?", NAMES) == "tofu rice grain"
    assert "두부밥" in glossary.to_korean("who eats dububap?", NAMES)


@pytest.mark.parametrize("line", ["쌀", "\trice", "쌀\t", "쌀\trice\tgrain\tmore"])
def test_a_line_of_another_form_is_named_in_the_error(tmp_path: Path, line: str) -> None:
    path = tmp_path / "own.tsv"
    path.write_text(f"{HEAD}\n{line}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"line 2 of .*own\.tsv"):
        Glossary.load(path)


def test_a_file_that_is_not_there_is_a_settings_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.tsv"):
        Glossary.load(tmp_path / "none.tsv")


@given(st.text() | st.text(alphabet="북한의핵력녀2024년7월 20×10-정책은왜?KN"))
def test_any_text_is_taken(text: str) -> None:
    assert english(text) == text or not hangul_in(english(text))
    assert len(korean(text)) <= MOST


def test_empty_text_is_empty() -> None:
    assert english("") == ""
    assert korean("") == ()
