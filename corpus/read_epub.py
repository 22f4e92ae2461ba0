"""Electronic books (.epub): the chapters in the order of reading, metadata of the package file."""

import posixpath
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from .decode import decode_page
from .errors import BriefError
from .finds import LIKELY, STATED, Find, Made, whole_day
from .markup import markup_text
from .parsed import LeftOut, Parsed
from .zipped import Container, attribute, local


def read_epub(data: bytes) -> Parsed:
    """Return the text of the book's chapters.

    Raises:
        BriefError: it is damaged, protected, or has no chapters.
    """
    container = Container(data)
    package = _package(container)
    root = container.xml(package)
    if root is None:
        raise BriefError("found an EPUB without a package file, expected a whole book; get it again")
    chapters = list(_chapters(root, posixpath.dirname(package)))
    if not chapters:
        raise BriefError("found an EPUB without chapters, expected a whole book; get it again")
    encrypted = container.read("META-INF/encryption.xml")
    left_out: list[LeftOut] = []
    texts = []
    for name, navigation in chapters:
        page = container.read(name)
        said = _chapter(page) if page else ""
        if navigation and said:
            left_out.append(LeftOut(said[:20_000], "table of contents"))
        elif said:
            texts.append(said)
    if not texts and encrypted:
        raise BriefError("found a protected EPUB, expected an open one; its text cannot be read")
    return Parsed("\n\n".join(texts), (), tuple(_finds(root)), tuple(_made(root)), tuple(left_out))


def _package(container: Container) -> str:
    root = container.xml("META-INF/container.xml")
    for element in root.iter() if root is not None else ():
        if local(element) == "rootfile" and element.get("full-path"):
            return str(element.get("full-path"))
    return next((name for name in sorted(container.names) if name.endswith(".opf")), "")


def _chapters(root: Any, folder: str) -> Iterator[tuple[str, bool]]:
    """(part, whether it is a table of contents) in the order of reading."""
    items = {element.get("id"): element for element in root.iter() if local(element) == "item"}
    contents = {
        posixpath.normpath(posixpath.join(folder, unquote(element.get("href", "").partition("#")[0])))
        for element in root.iter()
        if local(element) == "reference" and element.get("type") == "toc"
    }
    for element in root.iter():
        item = items.get(element.get("idref")) if local(element) == "itemref" else None
        if item is None or "html" not in item.get("media-type", "html"):
            continue
        name = posixpath.normpath(posixpath.join(folder, unquote(item.get("href", ""))))
        yield name, "nav" in item.get("properties", "").split() or name in contents


def _chapter(page: bytes) -> str:
    from lxml import etree
    from lxml import html as lxml_html

    try:
        text = re.sub(r"^\s*<\?xml[^>]*\?>", "", decode_page(page))
        parser = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
        tree = lxml_html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, ValueError):
        return ""
    body = next((element for element in tree if local(element) == "body"), tree)
    return markup_text(body)


def _finds(root: Any) -> Iterator[Find]:
    for element in root.iter():
        name, value = local(element), (element.text or "").strip()
        if not value or "purl.org/dc/" not in str(element.tag):
            continue
        if name == "title":
            yield Find("title", value, "EPUB title", STATED)
        elif name == "creator" and attribute(element, "role") in ("", "aut"):
            yield Find("authors", value, "EPUB creator", STATED)
        elif name == "publisher":
            yield Find("institution", value, "EPUB publisher", LIKELY)
        elif name == "language":
            yield Find("language", value.split("-")[0].lower(), "EPUB language", LIKELY)


def _made(root: Any) -> Iterator[Made]:
    """The package's dates: of the electronic edition, which may be a century younger than the text."""
    for element in root.iter():
        if local(element) == "date" and "purl.org/dc/" in str(element.tag):
            day = whole_day(element.text or "")
            if day and attribute(element, "event") in ("", "publication", "original-publication"):
                yield Made(day, "EPUB date")
