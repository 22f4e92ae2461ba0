"""The shelf that ships: each brief complete, self-contained in size, in its own words, and true to its tables."""

import hashlib
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from northbrief.corpus import Brief
from northbrief.corpus.chunk import Chunking
from northbrief.corpus.shelf import load_shelf
from northbrief.index import Encoder
from northbrief.index.ingest import front_text, prepare

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted((ROOT / "corpus" / "briefs").glob("*.md"))
IDS = [file.stem for file in FILES]
KEYS = {"id", "title", "authors", "institution", "published", "updated", "language", "topics", "sources"}
SOURCE_KEYS = {"author", "title", "publisher", "date", "url"}
RUN = 12  # words in a row that no brief shares with a document it was not copied from
SPECIALS = 2  # word pieces the encoder puts around a text


def table(name: str) -> list[dict[str, Any]]:
    """The lines of a table beside this file."""
    return [json.loads(line) for line in (ROOT / "tests" / name).read_text(encoding="utf-8").splitlines()]


FACTS = table("shelf_facts.jsonl")
QUESTIONS = table("shelf_questions.jsonl")
BLIND = table("shelf_blind.jsonl")


def front_matter(brief_id: str) -> dict[str, Any]:
    """The front matter of a brief, as YAML reads it."""
    match = re.match(r"---\n(.*?)\n---\n", FILES[IDS.index(brief_id)].read_text(encoding="utf-8"), re.DOTALL)
    assert match, "no front matter"
    values = yaml.safe_load(match[1])
    assert isinstance(values, dict)
    return values


def paragraphs(text: str) -> list[str]:
    """The text between blank lines, headings left out."""
    return [part for part in re.split(r"\n\s*\n", text.strip()) if not part.startswith("#")]


def runs(text: str) -> Iterator[tuple[str, ...]]:
    """All runs of RUN words of a text."""
    words = re.findall(r"[^\W_]+", text.lower())
    return (tuple(words[at : at + RUN]) for at in range(len(words) - RUN + 1))


def is_date(value: object) -> bool:
    """A day, or the year or month alone where no more is known of a source."""
    return isinstance(value, date) or bool(re.fullmatch(r"(19|20)\d\d(-(0[1-9]|1[0-2]))?", str(value)))


def split_of(brief_id: str) -> str:
    """Half of the briefs each; byte 20 is the one that also spreads the types of questions evenly."""
    return "test" if hashlib.sha256(brief_id.encode()).digest()[20] % 2 else "fit"


@pytest.fixture(scope="module")
def shelf() -> dict[str, Brief]:
    return {brief.id: brief for brief in load_shelf()}


def test_all_forty_briefs_load_without_a_failure() -> None:
    loader = load_shelf()
    loaded = [brief.id for brief in loader]
    assert (loader.failed, loaded) == ([], IDS)
    assert len(IDS) == 40


def test_every_brief_is_in_the_wheel() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["northbrief.corpus"]
    shipped = {file for pattern in patterns for file in (ROOT / "corpus").glob(pattern)}
    assert shipped >= {file for file in (ROOT / "corpus" / "briefs").rglob("*") if file.is_file()}


@pytest.mark.parametrize("brief_id", IDS)
def test_the_front_matter_has_every_key_and_no_other(brief_id: str) -> None:
    values = front_matter(brief_id)
    assert set(values) == KEYS
    assert all(values.values())


@pytest.mark.parametrize("brief_id", IDS)
def test_the_id_is_the_name_of_the_file(brief_id: str) -> None:
    assert front_matter(brief_id)["id"] == brief_id


@pytest.mark.parametrize("brief_id", IDS)
def test_the_days_of_a_brief_are_calendar_days_in_order(brief_id: str) -> None:
    values = front_matter(brief_id)
    assert type(values["published"]) is type(values["updated"]) is date
    assert values["published"] <= values["updated"]


@pytest.mark.parametrize("brief_id", IDS)
def test_every_source_is_complete(brief_id: str) -> None:
    bad = [
        source
        for source in front_matter(brief_id)["sources"]
        if set(source) != SOURCE_KEYS
        or not all(source.values())
        or not is_date(source["date"])
        or not re.fullmatch(r"https?://[^\s/]+\.[^\s/]+(/\S*)?", source["url"])
    ]
    assert bad == []


@pytest.mark.parametrize("brief_id", IDS)
def test_a_brief_rests_on_two_different_sources_and_a_digest_on_its_one(brief_id: str) -> None:
    addresses = [source["url"] for source in front_matter(brief_id)["sources"]]
    assert len(addresses) == len(set(addresses))
    assert len(addresses) == 1 if brief_id.startswith("digest-") else len(addresses) >= 2


@pytest.mark.parametrize("brief_id", IDS)
def test_a_source_dated_by_its_reading_says_that_the_page_is_undated(brief_id: str) -> None:
    values = front_matter(brief_id)
    read = [source["title"] for source in values["sources"] if source["date"] == values["published"]]
    assert [title for title in read if "undated page, read" not in title] == []


@pytest.mark.parametrize("brief_id", IDS)
def test_no_source_is_younger_than_its_brief(brief_id: str) -> None:
    values = front_matter(brief_id)
    updated = values["updated"].isoformat()
    late = [source for source in values["sources"] if str(source["date"]) > updated[: len(str(source["date"]))]]
    assert late == []


@pytest.mark.parametrize("brief_id", IDS)
def test_a_brief_has_four_to_nine_hundred_words(brief_id: str, shelf: dict[str, Brief]) -> None:
    assert 400 <= len(shelf[brief_id].text.split()) <= 900


@pytest.mark.parametrize("brief_id", IDS)
def test_a_brief_says_how_far_it_reaches(brief_id: str, shelf: dict[str, Brief]) -> None:
    assert re.search(r"\bAs of ([A-Z][a-z]+|early) \d{4}\b", shelf[brief_id].text)


@pytest.mark.parametrize("brief_id", IDS)
def test_no_paragraph_opens_with_a_word_that_points_back(brief_id: str, shelf: dict[str, Brief]) -> None:
    pointing = re.compile(r"(This|These|Those|He|His|She|Her|They|Their|It|Its|The latter|The former)\b")
    assert [part for part in paragraphs(shelf[brief_id].text) if pointing.match(part)] == []


@pytest.mark.parametrize("brief_id", IDS)
def test_every_paragraph_fits_the_encoder_with_its_title_in_front(
    brief_id: str, shelf: dict[str, Brief], encoder: Encoder
) -> None:
    brief = shelf[brief_id]
    front = front_text(brief.title, encoder)
    room = encoder.spec.max_pieces - SPECIALS
    assert [part for part in paragraphs(brief.text) if len(encoder.pieces(front + part)) > room] == []


@pytest.mark.parametrize("brief_id", IDS)
def test_no_paragraph_has_more_than_two_hundred_pieces(
    brief_id: str, shelf: dict[str, Brief], encoder: Encoder
) -> None:
    assert [part for part in paragraphs(shelf[brief_id].text) if len(encoder.pieces(part)) > 200] == []


@pytest.mark.parametrize("brief_id", IDS)
def test_every_passage_of_a_brief_is_read_to_its_end(brief_id: str, shelf: dict[str, Brief], encoder: Encoder) -> None:
    prepared = prepare(shelf[brief_id], encoder, Chunking())
    room = encoder.spec.max_pieces - SPECIALS
    assert [text for text in prepared.inputs if len(encoder.pieces(text)) > room] == []


@pytest.mark.parametrize("brief_id", IDS)
def test_no_paragraph_is_cut_in_two(brief_id: str, shelf: dict[str, Brief], encoder: Encoder) -> None:
    passages = prepare(shelf[brief_id], encoder, Chunking()).passages
    cut = [part for part in paragraphs(shelf[brief_id].text) if not any(part in passage.text for passage in passages)]
    assert cut == []


def test_no_brief_repeats_twelve_words_of_a_document_it_is_not_a_copy_of(shared: Path, shelf: dict[str, Brief]) -> None:
    ours = {run: brief.id for brief in shelf.values() for run in runs(brief.text)}
    texts = [file.read_text(encoding="utf-8") for file in sorted(shared.rglob("*.txt"))]
    articles = shared / "kcna-2024.jsonl"
    texts += [json.loads(line)["text"] for line in articles.read_text(encoding="utf-8").splitlines()]
    assert [(ours[run], " ".join(run)) for text in texts for run in runs(text) if run in ours] == []


def test_the_table_has_at_least_150_facts_and_none_twice() -> None:
    counts = Counter((fact["brief"], fact["claim"]) for fact in FACTS)
    assert len(FACTS) >= 150
    assert [claim for claim, count in counts.items() if count > 1] == []


def test_the_table_covers_every_brief_that_is_no_digest() -> None:
    assert {fact["brief"] for fact in FACTS} == {brief_id for brief_id in IDS if not brief_id.startswith("digest-")}


@pytest.mark.parametrize("brief_id", sorted({fact["brief"] for fact in FACTS}))
def test_every_fact_of_the_table_stands_in_one_paragraph_of_its_brief(brief_id: str, shelf: dict[str, Brief]) -> None:
    parts = paragraphs(shelf[brief_id].text)
    facts = [fact for fact in FACTS if fact["brief"] == brief_id]
    absent = [fact for fact in facts if not any(fact["subject"] in part and fact["value"] in part for part in parts)]
    assert absent == []


def test_question_ids_are_unique() -> None:
    counts = Counter(question["id"] for question in QUESTIONS + BLIND)
    assert [name for name, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("brief_id", sorted({question["brief"] for question in QUESTIONS}))
def test_every_gold_quote_is_text_of_its_brief(brief_id: str, shelf: dict[str, Brief]) -> None:
    golds = [gold for question in QUESTIONS if question["brief"] == brief_id for gold in question["gold"]]
    assert [gold for gold in golds if gold["quote"] not in shelf[gold["doc_id"]].text] == []


def test_a_question_has_a_gold_quote_and_answers_just_when_it_is_answerable() -> None:
    odd = [q["id"] for q in QUESTIONS if not q["answerable"] == bool(q["gold"]) == bool(q["answers"])]
    assert odd == []


def test_every_english_answer_stands_in_a_gold_quote() -> None:
    absent = [
        (question["id"], wordings)
        for question in QUESTIONS
        if question["lang"] == "en"
        for wordings in question["answers"]
        if not any(word.lower() in gold["quote"].lower() for word in wordings for gold in question["gold"])
    ]
    assert absent == []


def test_the_split_of_a_question_is_that_of_its_brief() -> None:
    assert [question["id"] for question in QUESTIONS if question["split"] != split_of(question["brief"])] == []


def test_every_blind_question_has_an_accepted_answer() -> None:
    assert [question["id"] for question in BLIND if not (question["question"] and question["expects"])] == []
