"""Files and folders in: what each format says, and which files are taken."""

import json
import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from northbrief.corpus import Brief, BriefError, DateSource, load_briefs

TEXT = "The harbour opened again in March."
HEAD = f"Ferries in Winter\n\n9 April 2031\n\n{TEXT} Traders came back within a week of the first ferry.\n"
FIELDS = {
    "id": "ferries",
    "title": "Ferries in Winter",
    "authors": ["Anna Nowak", "Jan Lis"],
    "institution": "Harbour Institute",
    "series": "Note 7",
    "published": "2031-04-09",
    "language": "ko",
    "url": "https://example.org/7",
    "text": f"{TEXT}\n",
}
FRONT = "".join(f"{key}: {value}\n" for key, value in FIELDS.items() if key != "text")
FRONT = f"---\n{FRONT}---\n{TEXT}\n"
GOOD = {"id": "good", "title": "Good", "text": TEXT}
Write = Callable[[str, str | bytes], Path]


def one(path: Path) -> Brief:
    loader = load_briefs(path)
    (brief,) = loader
    assert loader.failed == []
    return brief


@pytest.mark.parametrize(("name", "content"), [("a.md", FRONT), ("a.jsonl", json.dumps(FIELDS))])
def test_every_field_can_be_given(write: Write, name: str, content: str) -> None:
    brief = one(write(name, content))
    expected = FIELDS | {"authors": ("Anna Nowak", "Jan Lis"), "published": date(2031, 4, 9)}
    assert {key: getattr(brief, key) for key in FIELDS} == expected


def test_a_first_level_heading_is_the_title_of_markdown(write: Write) -> None:
    brief = one(write("note.md", f"# Ferries in Winter\n\n{TEXT}\n"))
    assert (brief.title, brief.text[brief.body :].strip()) == ("Ferries in Winter", TEXT)


@pytest.mark.parametrize(
    "text", [f"## Ferries\n\n{TEXT}", f"{TEXT}\n\n# Ferries\n", f"#Ferries\n\n{TEXT}", f"# ##\n\n{TEXT}"]
)
def test_another_line_is_no_title_of_markdown(write: Write, text: str) -> None:
    brief = one(write("note.md", text))
    assert (brief.title, brief.text[brief.body :]) == ("note", text)


@pytest.mark.timeout(60)
def test_a_title_with_a_wide_gap_is_read_at_once(write: Write) -> None:
    gap = " " * 50_000
    assert one(write("note.md", f"# Ferries{gap}in Winter{gap}\n\n{TEXT}")).title == f"Ferries{gap}in Winter"


@pytest.mark.parametrize("name", ["report.txt", "report.md", "report.TXT"])
def test_an_id_comes_from_the_stem(write: Write, name: str) -> None:
    assert one(write(name, TEXT)).id == "report"


def test_a_text_without_a_head_is_called_after_its_file(write: Write) -> None:
    assert one(write("report.txt", TEXT)).title == "report"


@pytest.mark.parametrize("sidecar", ["report.txt.toml", "report.toml"])
def test_a_sidecar_wins_over_the_head(write: Write, sidecar: str) -> None:
    write(sidecar, 'title = "Given"\npublished = 2030-01-02\nauthors = ["Jan Lis"]\nid = "mine"\n')
    brief = one(write("report.txt", HEAD))
    assert (brief.title, brief.published, brief.authors, brief.id) == ("Given", date(2030, 1, 2), ("Jan Lis",), "mine")


def test_the_sidecar_with_the_whole_name_comes_first(write: Write) -> None:
    write("report.toml", 'title = "Stem"\n')
    write("report.txt.toml", 'title = "Whole"\n')
    assert one(write("report.txt", TEXT)).title == "Whole"


@pytest.mark.parametrize(
    ("content", "sidecar", "provenance"),
    [
        (HEAD, "", DateSource.HEADER),
        (HEAD, "published = 2030-01-02\n", DateSource.GIVEN),
        (HEAD, 'title = "Given"\n', DateSource.HEADER),
        (TEXT, 'published = "2030-01-02"\n', DateSource.GIVEN),
        (TEXT, "", DateSource.NONE),
    ],
)
def test_a_date_says_where_it_comes_from(write: Write, content: str, sidecar: str, provenance: DateSource) -> None:
    if sidecar:
        write("report.toml", sidecar)
    assert one(write("report.txt", content)).published_from == provenance


@pytest.mark.parametrize(
    "raw",
    [
        "항구\n\nCafé".encode(),
        "항구\n\nCafé".encode("utf-8-sig"),
        "항구\n\nCafé".encode("utf-16"),
        b"\xfe\xff" + "항구\n\nCafé".encode("utf-16-be"),
        "항구\r\n\r\nCafé".encode(),
        "항구\r\rCafé".encode(),
        unicodedata.normalize("NFD", "항구\n\nCafé").encode(),
        "항구\n\nCafé".encode("utf-16-le"),
    ],
    ids=["utf-8", "BOM", "utf-16", "utf-16-be", "CRLF", "CR", "decomposed", "utf-16 without mark"],
)
def test_the_same_text_is_read_however_it_is_coded(write: Write, raw: bytes) -> None:
    assert one(write("report.txt", raw)).text == "항구\n\nCafé"


def test_a_folder_is_read_to_any_depth_in_order_of_names(write: Write, tmp_path: Path) -> None:
    for name in ("b.txt", "a.md", "deep/er/c.txt", "d.jsonl"):
        write(name, json.dumps(GOOD) if name.endswith("l") else TEXT)
    assert [brief.id for brief in load_briefs(tmp_path)] == ["a", "b", "good", "c"]


@pytest.mark.parametrize(
    "name", [".hidden.txt", ".git/note.txt", "northbrief.toml", "a.toml", "a.txt.toml", ".DS_Store"]
)
def test_what_is_no_brief_is_passed_over_in_a_folder(write: Write, tmp_path: Path, name: str) -> None:
    write("a.txt", TEXT)
    write(name, 'title = "Sidecar"\n')
    loader = load_briefs(tmp_path)
    assert ([brief.id for brief in loader], loader.failed) == (["a"], [])


@pytest.mark.parametrize("name", ["picture.png", "no-suffix", "alone.toml"])
def test_an_unknown_file_of_a_folder_is_reported_and_the_others_are_taken(
    write: Write, tmp_path: Path, name: str
) -> None:
    write("a.txt", TEXT)
    unknown = write(name, "x = 1")
    loader = load_briefs(tmp_path)
    assert [brief.id for brief in loader] == ["a"]
    assert [failure.source for failure in loader.failed] == [str(unknown)]


def test_a_file_named_twice_is_read_once(write: Write, tmp_path: Path) -> None:
    assert len(list(load_briefs(write("a.txt", TEXT), tmp_path))) == 1


def test_reading_again_gives_the_same_briefs_and_failures(write: Write, tmp_path: Path) -> None:
    write("a.txt", TEXT)
    write("b.txt", "")
    loader = load_briefs(tmp_path)
    first = list(loader), list(loader.failed)
    assert (list(loader), loader.failed) == first


def test_a_missing_path_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(BriefError, match=r"found nothing at .*gone, expected a file or a folder"):
        load_briefs(tmp_path / "gone")


def test_a_file_of_unknown_suffix_is_refused_when_named(write: Write) -> None:
    with pytest.raises(BriefError, match=r"found the suffix '\.png', expected one of \.txt \.md \.jsonl \.html"):
        load_briefs(write("picture.png", "x"))


def test_a_file_that_vanished_is_reported_and_the_others_are_taken(write: Write, tmp_path: Path) -> None:
    write("a.txt", TEXT)
    (tmp_path / "b.txt").symlink_to(tmp_path / "gone.txt")
    loader = load_briefs(tmp_path)
    assert [brief.id for brief in loader] == ["a"]
    assert ["could not be read" in failure.reason for failure in loader.failed] == [True]
