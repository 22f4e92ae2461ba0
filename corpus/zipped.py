"""Documents that are zip containers of XML: members within a size, XML without entities or outside references."""

import io
import zipfile
from typing import Any

from .errors import BriefError

MAX_MEMBER = 100_000_000
"""Bytes that one member may unpack to: the text of the longest books has five million."""


class Container:
    """The members of a zip container, by name."""

    def __init__(self, data: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
            self.names = frozenset(self._archive.namelist())
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError) as error:
            raise BriefError(f"found a damaged zip container ({error}), expected a whole document") from error

    def read(self, name: str) -> bytes:
        """Return the bytes of the member `name`; b"" if there is none.

        Raises:
            BriefError: it is damaged, encrypted, or unpacks to more than MAX_MEMBER.
        """
        if name not in self.names:
            return b""
        try:
            if self._archive.getinfo(name).flag_bits & 1:
                raise BriefError("found a document that needs a password, expected an open one; save it without one")
            with self._archive.open(name) as member:
                data = member.read(MAX_MEMBER + 1)
        except BriefError:
            raise
        except Exception as error:  # zipfile and zlib raise many kinds for damage
            raise BriefError(f"found a damaged part {name} ({str(error)[:80]}), expected a whole document") from error
        if len(data) > MAX_MEMBER:
            raise BriefError(f"found a part {name} that unpacks to over {MAX_MEMBER:,} bytes, expected a document")
        return data

    def xml(self, name: str) -> Any:
        """Return the root element of the member `name`; None if there is none.

        Raises:
            BriefError: it is no well-formed XML.
        """
        data = self.read(name)
        return parse_xml(data, name) if data else None


def parse_xml(data: bytes, name: str) -> Any:
    """Return the root element of `data`. Entities are not expanded and nothing outside is fetched.

    Raises:
        BriefError: it is no well-formed XML.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True)
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BriefError(f"found a damaged part {name} ({str(error)[:80]}), expected a whole document") from error


def local(element: Any) -> str:
    """Return the name of an element without its namespace; "" for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Any, name: str) -> str:
    """Return an attribute by its name without namespace, or ""."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return ""
