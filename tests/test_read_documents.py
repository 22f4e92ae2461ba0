"""Documents of every kind: whole text in order, what is no text left out with its reason, pages kept."""

import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from northbrief.corpus import Brief, BriefError, load_briefs
from northbrief.corpus.chunk import split_brief
from northbrief.corpus.kinds import sniff
from northbrief.corpus.load import to_brief
from northbrief.corpus.parse import read_document
from northbrief.corpus.read import Document

from .makers import PROSE, docx, epub, html, mhtml, odt, paper, paragraph, pdf, pptx, rtf, seeds, zipped

FOREIGN = ["a.pdf", "a.docx", "a.odt", "a.epub", "a.pptx", "a.rtf", "a.html", "a.mhtml"]
NOTE = "A figure of the port authority."


def read(data: bytes, name: str) -> Document:
    (document,) = read_document(data, name)
    return document


def text_of(data: bytes, name: str) -> str:
    return str(read(data, name).fields["text"])


def brief_of(data: bytes, name: str) -> Brief:
    return to_brief(read(data, name), {}, source=name, name=name)


@pytest.mark.parametrize("name", FOREIGN)
def test_prose_arrives_in_order(name: str) -> None:
    text = text_of(seeds()[name], name)
    first, second = ("Slide 2", "Slide 1") if name == "a.pptx" else ("ferries returned", "surprised the ministry")
    assert 0 <= text.find(first) < text.find(second)


@pytest.mark.parametrize("name", FOREIGN)
def test_the_bytes_say_the_kind_whatever_the_name(name: str) -> None:
    assert sniff(seeds()[name], "a.txt") == Path(name).suffix


def test_lines_of_a_pdf_become_paragraphs() -> None:
    text = text_of(paper(), "a.pdf")
    assert "surprised the ministry, as Ann said. Two of the three" in text


def test_running_heads_and_page_numbers_of_a_pdf_are_left_out_with_their_reasons() -> None:
    document = read(paper(), "a.pdf")
    assert "Harbour Institute Note" not in document.fields["text"]
    reasons = {said: reason for said, reason, _ in document.left_out}
    assert reasons["Harbour Institute Note"] == "stands at the edge of several pages"
    assert [said for said, reason, _ in document.left_out if reason == "page number"] == ["1", "2", "3", "4"]


def test_nothing_else_of_a_pdf_is_left_out() -> None:
    document = read(paper(), "a.pdf")
    kept = document.fields["text"].replace("\n", " ")
    assert [kept.count(sentence[:-1]) for sentence in PROSE[1:]] == [24, 24]
    assert [kept.count(f"harbour {page} opened") for page in (1, 2, 3, 4)] == [1, 1, 1, 1]


def test_footnotes_of_a_pdf_are_marked() -> None:
    text = text_of(paper(), "a.pdf")
    assert "[Note 3] A note of Mia says where the figures come from." in text


def test_a_figure_at_the_foot_of_one_page_stays() -> None:
    pages = [[(72.0, 700.0, 11.0, PROSE[0]), (72.0, 60.0, 11.0, "410" if n == 1 else PROSE[n])] for n in range(3)]
    assert "410" in text_of(pdf(pages), "a.pdf")


def test_each_passage_of_a_pdf_knows_its_page() -> None:
    brief = brief_of(paper(), "a.pdf")
    assert len(brief.pages) == 4
    passages = split_brief(brief, lambda text: len(text.split()), 40)
    for page in (1, 2, 3, 4):
        (passage,) = [one for one in passages if f"harbour {page} opened" in one.text]
        assert passage.page == page
    assert all(brief.text[one.start : one.end] == one.text for one in passages)


def test_a_paragraph_over_the_end_of_a_page_is_one_sentence_and_its_note_comes_before() -> None:
    first = [(72.0, 700.0 - 14 * n, 11.0, PROSE[1]) for n in range(20)]
    first += [(72.0, 420.0, 11.0, "The third crane was left standing because the parts that had been ordered from")]
    first += [(72.0, 100.0, 8.0, "1 The port says so.")]
    second = [(72.0, 700.0, 11.0, "abroad did not arrive in time, and nobody knew why."), (72.0, 640.0, 11.0, PROSE[0])]
    brief = brief_of(pdf([first, second]), "a.pdf")
    assert "ordered from abroad did not" in brief.text
    assert brief.text.index("[Note 1]") < brief.text.index("The third crane")
    assert brief.text[brief.pages[1] :].startswith("abroad did not")


def test_two_columns_are_read_one_after_the_other() -> None:
    left = [(72.0, 700.0 - 14 * n, 10.0, f"Left column line {n} goes on to the next line") for n in range(8)]
    right = [(320.0, 700.0 - 14 * n, 10.0, f"right column line {n} goes on to the next line") for n in range(8)]
    text = text_of(pdf([left + right]), "a.pdf")
    assert text.index("Left column line 7") < text.index("right column line 0")


def test_a_hyphen_at_the_end_of_a_line_is_taken_out_and_one_within_a_word_stays() -> None:
    lines = ["The ministry asked for close co-", "operation with the long-term partners, and cooperation came."]
    lines += ["It kept the long-", "term view of the long-term plan that the partners had made."]
    text = text_of(pdf([[(72.0, 700.0 - 14 * n, 11.0, line) for n, line in enumerate(lines)]]), "a.pdf")
    assert "close cooperation with" in text
    assert "kept the long-term view" in text


def test_a_page_without_text_is_named() -> None:
    document = read(pdf([[(72.0, 700.0, 11.0, PROSE[0])], [], [(72.0, 700.0, 11.0, PROSE[1])]]), "a.pdf")
    assert any("no text on page 2" in note for note in document.notes)


def test_a_pdf_without_any_text_is_refused_as_a_scan() -> None:
    with pytest.raises(BriefError, match=r"found no text on any of 2 pages, expected some; it is a scan"):
        read(pdf([[], []]), "a.pdf")


@pytest.mark.skipif(shutil.which("tesseract") is None or shutil.which("pdftoppm") is None, reason="no tesseract")
def test_a_scan_is_read_by_tesseract_when_asked(tmp_path: Path) -> None:
    from PIL import Image

    (tmp_path / "a.pdf").write_bytes(pdf([[(72.0, 700.0, 20.0, "The harbour opened again in March.")]]))
    subprocess.run(["pdftoppm", "-r", "150", "-png", "a.pdf", "page"], cwd=tmp_path, check=True)
    with Image.open(next(tmp_path.glob("page*.png"))) as picture:
        picture.convert("RGB").save(tmp_path / "scan.pdf")
    (document,) = read_document((tmp_path / "scan.pdf").read_bytes(), "scan.pdf", ocr=True)
    assert "The harbour opened again in March." in document.fields["text"]
    assert any("recognised" in note for note in document.notes)


@pytest.mark.parametrize("name", ["a.docx", "a.odt", "a.rtf"])
def test_a_note_is_marked_and_stands_below_the_paragraph_that_calls_it(name: str) -> None:
    text = text_of(seeds()[name], name)
    (line,) = [line for line in text.split("\n") if NOTE in line]
    assert line.startswith("[Note ")
    assert text.index("ferries returned") < text.index(NOTE) < text.index("surprised the ministry")


@pytest.mark.parametrize(("name", "row"), [("a.docx", "Year: 2024; Tonnes: 560"), ("a.odt", "Year: 2023; Tonnes: 410"),
                                           ("a.rtf", "Year: 2023; Tonnes: 410")])  # fmt: skip
def test_a_row_of_a_table_names_its_columns(name: str, row: str) -> None:
    assert row in text_of(seeds()[name], name).split("\n")


def test_headings_of_word_become_headings_of_passages() -> None:
    brief = brief_of(docx(), "a.docx")
    assert {one.heading for one in split_brief(brief, lambda text: len(text.split()), 40)} == {"Trade"}


def test_the_contents_and_the_head_of_a_word_document_are_left_out() -> None:
    body = paragraph("Trade 3", "TOC1") + paragraph("Trade", "Heading1") + paragraph(PROSE[0])
    document = read(docx(body), "a.docx")
    assert document.fields["text"] == f"# Trade\n\n{PROSE[0]}"
    assert {reason for _, reason, _ in document.left_out} == {"table of contents", "running head"}


def test_deleted_text_of_word_stays_deleted() -> None:
    body = f"<w:p><w:del><w:r><w:t>old</w:t></w:r></w:del><w:ins><w:r><w:t>{PROSE[0]}</w:t></w:r></w:ins></w:p>"
    assert text_of(docx(body), "a.docx") == PROSE[0]


def test_slides_are_pages_in_the_order_of_the_show() -> None:
    brief = brief_of(pptx(), "a.pptx")
    assert brief.pages == (0, brief.text.index("## Slide 1"))
    assert ("1", "slide number", 2) in read(pptx(), "a.pptx").left_out


def test_rich_text_is_decoded_by_its_fonts() -> None:
    assert "café 한국 한국" in text_of(rtf(), "a.rtf")


def test_the_contents_of_a_book_are_left_out() -> None:
    document = read(epub(), "a.epub")
    assert document.fields["text"].count(PROSE[0]) == 2
    assert [reason for _, reason, _ in document.left_out] == ["table of contents"]


@pytest.mark.parametrize(("data", "name"), [(html().encode(), "a.html"), (mhtml(), "a.mhtml")])
def test_navigation_banner_and_foot_of_a_page_are_left_out_and_told(data: bytes, name: str) -> None:
    document = read(data, name)
    text = document.fields["text"]
    assert [junk for junk in ("Home", "cookies", "Copyright") if junk in text] == []
    assert [text.count(sentence) for sentence in PROSE] == [3, 3, 3]
    assert {reason for _, reason, _ in document.left_out} >= {"navigation (nav)", "navigation (footer)"}


@pytest.mark.parametrize(
    ("encoding", "declared"), [("utf-8", "utf-8"), ("cp949", "euc-kr"), ("utf-16", ""), ("cp949", "")]
)
def test_a_korean_page_is_decoded(encoding: str, declared: str) -> None:
    sentence = "항구가 삼월에 다시 열렸고 배들이 한 주 안에 돌아왔다고 기관이 밝혔다."
    page = html(body="<h1>항구 소식</h1>" + f"<p>{sentence}</p>" * 3).replace("utf-8", declared or "none")
    document = read(page.encode(encoding, "xmlcharrefreplace"), "a.html")
    assert sentence in document.fields["text"]


def test_the_rest_of_an_article_in_containers_of_one_class_is_kept() -> None:
    parts = "".join(
        f'<div class="part">{"".join(f"<p>Part {n}, {sentence}</p>" for sentence in PROSE * 2)}</div>'
        '<div class="ad">Buy now</div>' for n in range(4)
    )  # fmt: skip
    text = text_of(html(body=f"<h1>Ferries in Winter</h1>{parts}").encode(), "a.html")
    assert [f"Part {n}," in text for n in range(4)] == [True] * 4


@pytest.mark.parametrize(
    ("data", "name", "found"),
    [
        (b"%PDF-1.7\nnothing", "a.pdf", "a damaged PDF (data format error), expected"),
        (zipped({"word/document.xml": "<w:document"}), "a.docx", "damaged part word/document.xml"),
        (zipped({"notes.txt": "x"}), "a.docx", "zip archive"),
        (zipped({"xl/workbook.xml": "<x/>"}), "a.docx", "spreadsheet"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "a.docx", "old or encrypted Office file"),
        (b"plain text", "a.pdf", "no .pdf file in spite of its name"),
        (b"{\\rtf1 }", "a.rtf", "no text"),
        (b"<html><body></body></html>", "a.html", "no text"),
        (b"", "a.docx", "empty file"),
    ],
)
def test_a_file_that_is_none_is_refused_with_what_was_found_and_expected(data: bytes, name: str, found: str) -> None:
    with pytest.raises(BriefError) as refused:
        read(data, name)
    assert [part for part in ("found", "expected", found) if part not in str(refused.value)] == []


def test_files_of_all_kinds_are_loaded_in_their_order(tmp_path: Path) -> None:
    for number in range(3):
        for name, data in seeds().items():
            (tmp_path / f"{number}{name}").write_bytes(data.replace(b'"a"', f'"{number}"'.encode()))
    loader = load_briefs(tmp_path)
    sources = [Path(brief.source).name for brief in loader]
    assert (sources, loader.failed) == (sorted(path.name for path in tmp_path.iterdir()), [])


def test_documents_are_read_from_many_threads_at_once() -> None:
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(text_of(odt(), "a.odt"))) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1 and len(found) == 12


def test_a_script_without_a_guard_reads_documents_once(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(docx())
    (tmp_path / "json.py").write_text("raise SystemExit('shadowed')\n", "utf-8")
    (tmp_path / "work").mkdir()
    script = tmp_path / "work" / "script.py"
    script.write_text("from northbrief.corpus import load_briefs\nprint(len(list(load_briefs('a.docx'))))\n", "utf-8")
    done = subprocess.run([sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("1\n", "")


def test_texts_start_no_process_and_import_no_reader(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(PROSE[0], "utf-8")
    script = (
        "import sys\nfrom northbrief.corpus import load_briefs\n"
        f"print([brief.id for brief in load_briefs({str(tmp_path / 'a.txt')!r})])\n"
        "print(sorted({'pypdfium2', 'lxml', 'trafilatura', 'bibtexparser', 'rispy'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.stdout == "['a']\n[]\n"


@pytest.mark.skipif(shutil.which("soffice") is None, reason="no LibreOffice")
@pytest.mark.parametrize("kind", ["pdf", "rtf", "odt", "docx"])
def test_what_libreoffice_makes_of_a_text_reads_alike(kind: str, write: Callable[..., Path]) -> None:
    source = write("a.txt", "\n".join(PROSE))
    profile = f"-env:UserInstallation=file://{source.parent}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(source.parent), str(source)]
    done = subprocess.run(command, capture_output=True, timeout=120)
    made = source.with_suffix(f".{kind}")
    if not made.exists():
        pytest.skip(f"LibreOffice made nothing: {done.stderr.decode()[:200]}")
    text = text_of(made.read_bytes(), made.name).replace("\n", " ")
    assert [sentence in text for sentence in PROSE] == [True] * 3
