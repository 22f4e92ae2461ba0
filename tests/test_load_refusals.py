"""What cannot be read: refused with what was found and what was expected, while all else is taken."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from northbrief.corpus import load_briefs

TEXT = "The harbour opened again in March."
GOOD = {"id": "good", "title": "Good", "text": TEXT}
BAD_FILES = {
    "empty": ("a.txt", b"", "empty file"),
    "only spaces": ("a.txt", b" \n\t\r\n", "empty file"),
    "only a BOM": ("a.txt", b"\xef\xbb\xbf", "empty file"),
    "picture": ("a.txt", b"\x89PNG\r\n\x1a\n\x00\x00", "PNG picture"),
    "half an archive": ("a.txt", b"PK\x03\x04\x00\x00", "damaged zip"),
    "NUL bytes": ("a.txt", b"Harbour\x00\x00 open", "NUL bytes"),
    "binary": ("a.txt", b"\x01\x02\x93\xff\xfe\x05", "0x93 at offset 2"),
    "half a UTF-16": ("a.txt", b"\xff\xfeA\x00B", "UTF-16"),
    "front matter alone": ("a.md", b"---\ntitle: A\n---\n", "no text"),
    "front matter of words": ("a.md", b"---\n- one\n---\nText.", "list of keys"),
    "front matter that is no YAML": ("a.md", b"---\ntitle: A: b: c\n---\nText.", "valid YAML"),
    "a deep nest of YAML": ("a.md", b"---\na: " + b"[" * 5_000 + b"\n---\nText.", "valid YAML"),
    "impossible YAML date": ("a.md", b"---\npublished: 2025-13-45\n---\nText.", "front matter"),
    "date in words": ("a.md", b"---\npublished: soon\n---\nText.", "published = 'soon'"),
    "month alone": ("a.md", b"---\npublished: 2025-08\n---\nText.", "published = '2025-08'"),
    "week": ("a.md", b"---\npublished: 2025-W32\n---\nText.", "published = '2025-W32'"),
    "language in words": ("a.md", b"---\nlanguage: English\n---\nText.", "language = 'English'"),
    "authors that are no names": ("a.md", b"---\nauthors: [1, 2]\n---\nText.", "authors = [1, 2]"),
}
BAD_SIDECARS = {
    "empty": ("", "empty file"),
    "no TOML": ("not toml", "TOML"),
    "impossible date": ("published = 2025-13-45\n", "TOML"),
    "impossible date in quotes": ('published = "2025-13-45"\n', "published = '2025-13-45'"),
    "a deep nest": ("a = " + "[" * 50_000, "TOML"),
    "wrong type": ("title = [1]\n", "title = [1]"),
    "id of two lines": ('id = "a\\nb"\n', "one line of at most 200"),
    "id without end": (f'id = "{"a" * 201}"\n', "one line of at most 200"),
}
BAD_LINES = {
    "no id": ('{"title": "T", "text": "x"}', "no id"),
    "blank id": ('{"id": " ", "title": "T", "text": "x"}', "no id"),
    "no title": ('{"id": "b", "text": "x"}', "no title"),
    "no text": ('{"id": "b", "title": "T"}', "no text"),
    "blank text": ('{"id": "b", "title": "T", "text": " \\n"}', "no text"),
    "nothing": ("{}", "no id and no title and no text"),
    "text of a wrong type": ('{"id": "b", "title": "T", "text": 7}', "text of type int"),
    "id of a wrong type": ('{"id": ["b"], "title": "T", "text": "x"}', "id = ['b']"),
    "wrong date": ('{"id": "b", "title": "T", "text": "x", "published": "2025-02-30"}', "2025-02-30"),
    "truth for a date": ('{"id": "b", "title": "T", "text": "x", "published": true}', "True"),
    "NUL in the text": (json.dumps(GOOD | {"id": "b", "text": "harbour\x00"}), "NUL characters"),
    "half a pair in the text": (json.dumps(GOOD | {"id": "b", "text": "harbour \ud800"}), "half a surrogate pair"),
    "half a pair in an author": (json.dumps(GOOD | {"id": "b", "authors": ["\ud800"]}), "half a surrogate pair"),
    "no JSON": ("harbour", "no valid JSON"),
    "half a line": ('{"id": "b", "title": ', "no valid JSON"),
    "a list": ("[1]", "JSON of type list"),
    "a deep nest": ("[" * 100_000, "no valid JSON"),
    "repeated id": (json.dumps(GOOD), "'good' again, expected each once; line 1"),
}
Write = Callable[[str, str | bytes], Path]


def only_reason(path: Path) -> str:
    loader = load_briefs(path)
    assert list(loader) == []
    (failure,) = loader.failed
    assert failure.source.startswith(str(path))
    return failure.reason


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file_is_refused_with_what_was_found_and_expected(write: Write, case: str) -> None:
    name, raw, found = BAD_FILES[case]
    reason = only_reason(write(name, raw))
    assert [part for part in ("found", "expected", found) if part not in reason] == []


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file_keeps_no_other_from_being_taken(write: Write, tmp_path: Path, case: str) -> None:
    name, raw, _ = BAD_FILES[case]
    write(name, raw)
    write("z.txt", TEXT)
    assert "z" in [brief.id for brief in load_briefs(tmp_path)]


@pytest.mark.parametrize("case", BAD_SIDECARS)
def test_a_bad_sidecar_is_refused_with_what_was_found_and_expected(write: Write, case: str) -> None:
    content, found = BAD_SIDECARS[case]
    write("a.toml", content)
    reason = only_reason(write("a.txt", TEXT))
    assert [part for part in ("a.toml", "found", "expected", found) if part not in reason] == []


def around(line: str) -> str:
    """The bad line below a good one and a blank one, above another good one."""
    return "\n".join([json.dumps(GOOD), "", line, json.dumps(GOOD | {"id": "last"})])


@pytest.mark.parametrize("case", BAD_LINES)
def test_the_lines_around_a_bad_one_are_taken(write: Write, case: str) -> None:
    loader = load_briefs(write("lines.jsonl", around(BAD_LINES[case][0])))
    assert [brief.id for brief in loader] == ["good", "last"]


@pytest.mark.parametrize("case", BAD_LINES)
def test_a_bad_line_is_reported_by_its_number_with_what_was_found_and_expected(write: Write, case: str) -> None:
    line, found = BAD_LINES[case]
    loader = load_briefs(write("lines.jsonl", around(line)))
    list(loader)
    (failure,) = loader.failed
    said = f"{failure.source}: {failure.reason}"
    assert [part for part in ("lines.jsonl, line 3: ", "found", "expected", found) if part not in said] == []


@pytest.mark.parametrize("key", ["text", "title", "id"])
def test_every_brief_taken_from_jsonl_can_be_stored_as_utf_8(write: Write, key: str) -> None:
    half_of_a_pair = json.dumps(GOOD | {"id": "half", key: "harbour \ud800"})
    briefs = list(load_briefs(write("lines.jsonl", around(half_of_a_pair))))
    assert all("".join((brief.id, brief.title, brief.text)).encode("utf-8") for brief in briefs)


@pytest.mark.parametrize("value", ["!!bool maybe", "!!timestamp foo", "!!int ''", "0x" + "f" * 5000])
def test_front_matter_with_an_impossible_value_is_refused_and_nothing_else(tmp_path: Path, value: str) -> None:
    (tmp_path / "bad.md").write_text(f"---\nid: {value}\n---\nSome text here.\n", "utf-8")
    (tmp_path / "good.md").write_text("# A title\n\nSome text here.\n", "utf-8")
    loader = load_briefs(tmp_path)
    assert ([brief.id for brief in loader], len(loader.failed)) == (["good"], 1)


def test_a_number_of_thousands_of_digits_in_json_is_refused_in_a_short_sentence(tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text('{"id": 1' + "0" * 5000 + ', "title": "t", "text": "x"}\n', "utf-8")
    loader = load_briefs(tmp_path)
    assert (list(loader), len(loader.failed)) == ([], 1)
    assert len(loader.failed[0].reason) < 300
