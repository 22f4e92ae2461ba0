"""Names in questions: the table of cases, its rules one by one, users' own files, and text of any kind."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from northbrief.corpus import SettingsError
from northbrief.index.names import SHIPPED, Mention, NameTable
from northbrief.index.spelling import letters

CASES = Path(__file__).with_name("cases")
TABLE = NameTable.load()


def rows(file: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CASES / file).read_text(encoding="utf-8").splitlines()]


def found(text: str) -> list[str]:
    return [mention.name.canonical for mention in TABLE.mentions(text)]


def own_file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("row", rows("cases-names.jsonl"), ids=lambda row: row["query"])
def test_the_names_of_a_question_are_found(row: dict[str, Any]) -> None:
    names = set(found(row["query"]))
    assert names >= set(row["expects"])
    assert not names & set(row["not"])


@pytest.mark.parametrize("row", rows("cases-plain.jsonl"), ids=lambda row: row["query"])
def test_an_ordinary_question_names_only_what_it_says(row: dict[str, Any]) -> None:
    written = row["query"].casefold()
    for mention in TABLE.mentions(row["query"]):
        forms = {form.casefold() for form in TABLE.alternatives(mention.name)}
        assert mention.text.casefold() in forms or mention.text.casefold().replace("-", " ") in forms
        assert mention.text.casefold() in written


def test_the_table_has_at_least_250_names() -> None:
    assert len({name.canonical for name in TABLE.names}) >= 250


def test_a_canonical_form_stands_once_and_finds_its_name() -> None:
    for name in TABLE.names:
        assert name.canonical in found(f"on {name.canonical}, in short"), name.canonical


def test_no_form_is_shared_without_neighbours_to_tell_the_names_apart() -> None:
    owners: dict[str, list[bool]] = {}
    for entry in tomllib.loads(SHIPPED.read_text(encoding="utf-8"))["name"]:
        forms = {letters(form)[0] for form in [entry["canonical"], *entry["variants"], *entry["hangul"]]}
        told_apart = {letters(form)[0] for form in entry.get("near", {})}
        for form in forms:
            owners.setdefault(form, []).append(form in told_apart)
    shared = {form: told_apart for form, told_apart in owners.items() if len(told_apart) > 1}
    assert {"chairmankim", "rodong", "pyongyangdeclaration"} <= shared.keys()
    assert all(all(told_apart) for told_apart in shared.values()), shared


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Park Tae Seong on the economy", "Pak Thae Song"),
        ("the rise of Jo Yongweon", "Jo Yong Won"),
        ("Gim Jeong-un in 2021", "Kim Jong Un"),
        ("CHOE SUN HUI", "Choe Son Hui"),
        ("kim jong un's sister", "Kim Jong Un"),
        ("Kim Jong-un’s speech", "Kim Jong Un"),
    ],
)
def test_a_person_is_known_by_sound(text: str, name: str) -> None:
    assert found(text) == [name]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("ICBMs on parade", ["ICBM"]),
        ("wpk rules", ["Workers' Party of Korea"]),
        ("What did the wpk decide?", []),
        ("let us talk", []),
        ("US-DPRK talks", ["United States", "North Korea"]),
        ("KN-231", []),
        ("a kn23 missile", ["KN-23"]),
        ("the 8th Congress of WPK", ["Eighth Party Congress"]),
        ("It ended in Hanoi. Talks went on.", []),
        ("Mt. Kumgang", ["Mount Kumgang"]),
        ("Rodong", []),
    ],
)
def test_latin_forms_keep_to_words_and_capitals(text: str, names: list[str]) -> None:
    assert found(text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("김정은에게서", ["Kim Jong Un"]),
        ("제8차당대회에서는", ["Eighth Party Congress"]),
        ("18차 당대회", []),
        ("화성-18형인가", ["Hwasong-18"]),
        ("화성 180", []),
        ("조선로동당과 조선노동당", ["Workers' Party of Korea"] * 2),
        ("한국은행은", ["Bank of Korea"]),
        ("화성-11라 시험", ["Hwasong-11Ra"]),
        ("화성-11나 시험", ["KN-24"]),
        ("러시아정부의 태도", ["Russia"]),
        ("북한산 등산", []),
    ],
)
def test_hangul_forms_may_be_followed_by_particles_only(text: str, names: list[str]) -> None:
    assert found(text) == names


def test_a_mention_leaves_the_particle_out() -> None:
    assert TABLE.mentions("김정은 위원장의 담화")[0] == Mention(0, 7, "김정은 위원장", TABLE.mentions("김정은")[0].name)


def test_canonical_replaces_names_and_nothing_else() -> None:
    text = "Has Kim Jong-un's DPRK dropped byeongjin?"
    assert TABLE.canonical(text) == "Has Kim Jong Un's North Korea dropped byungjin?"


def test_alternatives_begin_with_the_canonical_form() -> None:
    forms = TABLE.alternatives(TABLE.mentions("WPK")[0].name)
    assert forms[0] == "Workers' Party of Korea"
    assert {"WPK", "조선로동당"} <= set(forms)


def test_a_users_file_adds_names_and_forms(tmp_path: Path) -> None:
    path = own_file(
        tmp_path,
        '[[name]]\ncanonical = "Kim Jong Un"\nkind = "person"\nvariants = ["the Marshal of Wonsan"]\n'
        '[[name]]\ncanonical = "Onpho"\nkind = "place"\nhangul = ["온포"]\n',
    )
    table = NameTable.load(path)
    names = [mention.name for mention in table.mentions("The marshal of Wonsan in 온포에서")]
    assert [name.canonical for name in names] == ["Kim Jong Un", "Onpho"]
    assert "김정은" in names[0].hangul


@pytest.mark.parametrize(
    "text",
    [
        "[[name",
        '[[name]]\nkind = "person"',
        '[[name]]\ncanonical = "A"\nkind = "person"\nvariants = "B"',
        '[[name]]\ncanonical = "A"\nkind = "person"\nalias = ["B"]',
        '[[name]]\ncanonical = "A"\nkind = "person"\nvariants = ["--"]',
        'name = "A"',
    ],
)
def test_a_users_file_of_another_form_is_named_in_the_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match=r"own\.toml"):
        NameTable.load(own_file(tmp_path, text))


def test_a_file_that_is_not_there_is_a_settings_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.toml"):
        NameTable.load(tmp_path / "none.toml")


def test_the_shipped_file_is_in_the_package() -> None:
    assert SHIPPED.is_file()


@given(st.text() | st.text(alphabet="김정은 위원장의KN-23’s.8차×당대회WPK"))
def test_mentions_are_spans_of_any_text_in_order(text: str) -> None:
    end = 0
    for mention in TABLE.mentions(text):
        assert end <= mention.start < mention.end
        assert text[mention.start : mention.end] == mention.text
        end = mention.end
    assert isinstance(TABLE.canonical(text), str)


def test_empty_text_names_nothing() -> None:
    assert TABLE.mentions("") == []
