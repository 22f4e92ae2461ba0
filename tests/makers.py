"""Small documents of every kind, made in memory: bodies for tests of the readers and seeds for their mutations."""

import io
import textwrap
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

PROSE = (
    "The harbour opened again in March, and ferries returned within a week.",
    "Trade through the port grew by a third in the second year, which surprised the ministry.",
    "Two of the three cranes were repaired with parts from abroad.",
)
WITNESSES = tuple(name.split() for name in (
    "Ann Bea Cat Dan Eve Fay", "Gil Hal Ida Jan Kay Lea", "Mia Ned Ott Pam Roy Sue", "Tom Una Val Wes Yan Zoe"
))  # fmt: skip
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_ODF = "urn:oasis:names:tc:opendocument:xmlns"


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """A zip container of these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def pdf(pages: Sequence[Sequence[tuple[float, float, float, str]]], info: str = "") -> bytes:
    """A PDF whose pages hold (x, y, size, text) in Helvetica; `info` is its dictionary of properties."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for lines in pages:
        shown = "".join(f"BT /F1 {size} Tf {x} {y} Td ({_literal(text)}) Tj ET\n" for x, y, size, text in lines)
        objects.append(f"<< /Length {len(shown)} >>\nstream\n{shown}endstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {len(objects)} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(kids)}] >>"
    objects.append(f"<< {info} >>")
    out = "%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R >>\nstartxref\n{start}\n%%EOF\n"
    return out.encode("latin-1")


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def paper() -> bytes:
    """A PDF of four pages with a running head, page numbers, a footnote and a title."""
    pages = []
    for number in range(1, 5):
        lines = [(72.0, 800.0, 9.0, "Harbour Institute Note")] if number > 1 else []
        if number == 1:
            lines.append((72.0, 740.0, 20.0, "Ferries in Winter"))
            lines.append((72.0, 715.0, 11.0, "8 August 2025"))
        height = 680.0
        for repeat in range(6):
            for sentence in PROSE:
                said = sentence if repeat else sentence.replace("harbour", f"harbour {number}")
                said = said.replace(".", f", as {WITNESSES[number - 1][repeat]} said.")
                lines.append((72.0, height, 11.0, said))
                height -= 14
            height -= 10
        lines.append(
            (72.0, 100.0, 8.0, f"{number} A note of {WITNESSES[number - 1][0]} says where the figures come from.")
        )
        lines.append((290.0, 40.0, 9.0, str(number)))
        pages.append(lines)
    return pdf(pages, "/Title (Ferries in Winter) /CreationDate (D:20250808120000Z)")


def paragraph(text: str, style: str = "", extra: str = "") -> str:
    """A paragraph of WordprocessingML."""
    named = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{named}<w:r><w:t>{escape(text)}</w:t></w:r>{extra}</w:p>"


def docx(body: str | None = None, **parts: str) -> bytes:
    """A Word document; without a body one with a heading, prose, a table and a footnote."""
    call = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    rows = "".join(
        "<w:tr>" + "".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) + "</w:tr>"
        for row in (("Year", "Tonnes"), ("2023", "410"), ("2024", "560"))
    )
    if body is None:
        prose = paragraph(PROSE[0], extra=call) + paragraph(PROSE[1])
        body = f"{paragraph('Ferries in Winter', 'Title')}{paragraph('Trade', 'Heading1')}{prose}<w:tbl>{rows}</w:tbl>"
    notes = f'<w:footnote w:id="2">{paragraph("A figure of the port authority.")}</w:footnote>'
    styles = "".join(
        f'<w:style w:styleId="{key}"><w:name w:val="{name}"/></w:style>'
        for key, name in (("Title", "Title"), ("Heading1", "heading 1"), ("TOC1", "toc 1"))
    )
    members = {
        "[Content_Types].xml": "<Types/>",
        "word/document.xml": f'<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>',
        "word/footnotes.xml": f'<w:footnotes xmlns:w="{_W}">{notes}</w:footnotes>',
        "word/styles.xml": f'<w:styles xmlns:w="{_W}">{styles}</w:styles>',
        "word/header1.xml": f'<w:hdr xmlns:w="{_W}">{paragraph("Harbour Institute")}</w:hdr>',
        "docProps/core.xml": (
            '<cp:coreProperties xmlns:cp="c" xmlns:dc="d" xmlns:dcterms="t"><dc:creator>Jan Lis</dc:creator>'
            "<dcterms:created>2025-08-01T10:00:00Z</dcterms:created></cp:coreProperties>"
        ),
    }
    return zipped(members | parts)


def odt(body: str | None = None) -> bytes:
    """An OpenDocument text; without a body one with a heading, prose with a note, and a table."""
    note = (
        "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>A figure of the port authority."
        "</text:p></text:note-body></text:note>"
    )
    rows = "".join(
        f"<table:table-row>{''.join(f'<table:table-cell><text:p>{cell}</text:p></table:table-cell>' for cell in row)}"
        "</table:table-row>"
        for row in (("Year", "Tonnes"), ("2023", "410"))
    )
    if body is None:
        heading = '<text:h text:outline-level="1">Ferries in Winter</text:h>'
        body = f"{heading}<text:p>{PROSE[0]}{note}</text:p><text:p>{PROSE[1]}</text:p><table:table>{rows}</table:table>"
    content = (
        f'<office:document-content xmlns:office="{_ODF}:office:1.0" xmlns:text="{_ODF}:text:1.0" '
        f'xmlns:table="{_ODF}:table:1.0"><office:body><office:text>{body}</office:text></office:body>'
        "</office:document-content>"
    )
    return zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


def epub(chapters: Mapping[str, str] | None = None) -> bytes:
    """A book of two chapters, a and b, with its contents; `chapters` replaces the body of a chapter."""
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
        "<dc:title>Ferries in Winter</dc:title><dc:creator>Anna Nowak</dc:creator><dc:date>2025-08-08</dc:date>"
        "<dc:language>en</dc:language></metadata><manifest>"
        '<item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
        '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="b" href="b.xhtml" media-type="application/xhtml+xml"/></manifest>'
        '<spine><itemref idref="n"/><itemref idref="a"/><itemref idref="b"/></spine></package>'
    )
    usual = {name: f"<h1>{name}</h1><p>{PROSE[0]}</p><p>{PROSE[1]}</p>" for name in ("a", "b", "nav")}
    bodies = usual | dict(chapters or {})
    pages = {f"OEBPS/{name}.xhtml": f"<html><body>{body}</body></html>" for name, body in bodies.items()}
    place = '<container><rootfiles><rootfile full-path="OEBPS/p.opf"/></rootfiles></container>'
    return zipped({"mimetype": "application/epub+zip", "META-INF/container.xml": place, "OEBPS/p.opf": package} | pages)


def pptx() -> bytes:
    """A show of two slides with titles, a slide number and speaker's notes."""
    spaces = (
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    )

    def shape(kind: str, text: str) -> str:
        return (
            f'<p:sp><p:nvSpPr><p:nvPr><p:ph type="{kind}"/></p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>{text}</a:t>'
            "</a:r></a:p></p:txBody></p:sp>"
        )

    def slide(number: int) -> str:
        shapes = shape("body", PROSE[number - 1]) + shape("title", f"Slide {number}") + shape("sldNum", str(number))
        return f"<p:sld {spaces}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>"

    relations = "".join(f'<Relationship Id="r{n}" Target="slides/slide{n}.xml"/>' for n in (1, 2))
    listed = '<p:sldId r:id="r2"/><p:sldId r:id="r1"/>'
    return zipped(
        {
            "ppt/presentation.xml": f"<p:presentation {spaces}><p:sldIdLst>{listed}</p:sldIdLst></p:presentation>",
            "ppt/_rels/presentation.xml.rels": f"<Relationships>{relations}</Relationships>",
            "ppt/slides/slide1.xml": slide(1),
            "ppt/slides/slide2.xml": slide(2),
        }
    )


def rtf() -> bytes:
    """Rich text with properties, a footnote, a table and characters of two kinds."""
    body = (
        r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 Times;}{\f1\fcharset129 Batang;}}"
        r"{\info{\title Ferries in Winter}{\author Jan Lis}{\creatim\yr2025\mo8\dy1}}{\header Harbour Institute\par}"
        + PROSE[0]
        + r"{\footnote A figure of the port authority.}\par caf\'e9 \u54620?\u44397? {\f1\'c7\'d1\'b1\'b9}\par "
        + r"\trowd Year\cell Tonnes\cell\row 2023\cell 410\cell\row\pard "
        + PROSE[1]
        + r"\par}"
    )
    return body.encode("ascii")


def html(head: str = "", body: str | None = None) -> str:
    """A page with navigation, a cookie banner, an article and a foot."""
    paragraphs = "".join(f"<p>{sentence}</p>" for sentence in PROSE * 3)
    article = body if body is not None else f"<h1>Ferries in Winter</h1>{paragraphs}"
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Ferries in Winter | The Site</title>{head}'
        "</head><body><nav><a href='/'>Home</a> <a href='/about'>About</a></nav>"
        '<div class="cookie-banner">We use cookies to make this site work. Accept all</div>'
        f"<article>{article}</article><footer>Copyright The Site. All rights reserved.</footer></body></html>"
    )


def mhtml() -> bytes:
    """The same page saved as one file."""
    return (
        "From: <Saved by a browser>\r\nSnapshot-Content-Location: https://example.org/2025/08/08/ferries\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/related; type="text/html"; boundary="b"\r\n\r\n--b\r\n'
        f"Content-Type: text/html; charset=utf-8\r\n\r\n{html()}\r\n--b--\r\n"
    ).encode()


def seeds() -> dict[str, bytes]:
    """A sound document of each kind, by file name."""
    return {
        "a.pdf": paper(),
        "a.docx": docx(),
        "a.odt": odt(),
        "a.epub": epub(),
        "a.pptx": pptx(),
        "a.rtf": rtf(),
        "a.html": html().encode(),
        "a.mhtml": mhtml(),
        "a.txt": "\n\n".join(PROSE).encode(),
        "a.md": f"---\ntitle: Ferries\n---\n# Ferries\n\n{PROSE[0]}\n".encode(),
        "a.jsonl": f'{{"id": "a", "title": "Ferries", "text": "{PROSE[0]}"}}\n'.encode(),
    }


def made(number: int, title: str, text: str) -> tuple[str, bytes]:
    """The name and bytes of a document with this title and text; its kind goes round with the number."""
    paragraphs = [part for part in text.split("\n") if part.strip()]
    kind = ("pdf", "docx", "html", "txt", "rtf", "md", "odt", "epub")[number % 8]
    marked = "".join(f"<p>{escape(part)}</p>" for part in paragraphs)
    if kind == "pdf":
        lines = [line for part in paragraphs for line in (*textwrap.wrap(part, 88), "")]
        pages = [lines[n : n + 48] for n in range(0, len(lines), 48)]
        content = pdf([[(72, 780 - 15 * n, 11, _plain(line)) for n, line in enumerate(page) if line] for page in pages])
    elif kind == "docx":
        content = docx(paragraph(title, "Title") + "".join(paragraph(part) for part in paragraphs))
    elif kind == "html":
        content = html(body=f"<h1>{escape(title)}</h1>{marked}").encode()
    elif kind == "rtf":
        body = "".join(f"{_plain(part).translate(_RTF)}\\par " for part in paragraphs)
        content = b"{\\rtf1\\ansi " + body.encode("ascii", "replace") + b"}"
    elif kind == "odt":
        content = _odt(title, paragraphs)
    elif kind == "epub":
        content = epub({"a": f"<h1>{escape(title)}</h1>{marked}"})
    else:
        content = f"# {title}\n\n{text}".encode() if kind == "md" else text.encode()
    return f"made{number}.{kind}", content


_RTF = str.maketrans({"\\": "\\\\", "{": "\\{", "}": "\\}"})


def _plain(text: str) -> str:
    return text.translate(str.maketrans("‘’“”–—…", "''\"\"--.")).encode("latin-1", "replace").decode("latin-1")


def _odt(title: str, paragraphs: Sequence[str]) -> bytes:
    body = "".join(f"<text:p>{escape(part)}</text:p>" for part in paragraphs)
    return odt(f'<text:h text:outline-level="1">{escape(title)}</text:h>{body}')
