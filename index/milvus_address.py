"""Where an index in Milvus is: a server's address with a collection, or a file of Milvus Lite."""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import platformdirs

from ..corpus import StoreError
from .places import is_address

EXAMPLE = "http://host:19530/collection"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a collection is: `uri` for pymilvus, the collection's name, `token` as user:password; `local` for a file of
    Milvus Lite."""

    uri: str
    collection: str
    token: str = ""
    local: bool = False

    @property
    def folder(self) -> Path:
        """The folder for what this machine keeps about the collection, such as feedback."""
        home = os.environ.get("NORTHBRIEF_HOME")
        if home is None or is_address(home):
            home = platformdirs.user_data_dir("northbrief", appauthor=False)
        name = hashlib.blake2b(f"{self.uri} {self.collection}".encode(), digest_size=6).hexdigest()
        return Path(self.uri).parent if self.local else Path(home) / f"milvus-{name}"


def parse_address(text: str) -> Address:
    """Return the address of `http://user:password@host:19530/collection` or of the file `milvus:///path/file.db`, which
    may be followed by `/collection`.

    Raises:
        StoreError: it names no collection, or no file.
    """
    try:
        parts = urlsplit(text)
        number = parts.port
    except ValueError as error:  # a port that is none, a bracket that is not closed
        raise StoreError(f"found an address that cannot be read ({error}), expected {EXAMPLE}") from error
    if parts.scheme == "milvus":
        path = Path(unquote(f"{parts.netloc}{parts.path}")).expanduser()
        file, name = (path, "northbrief") if path.suffix else (path.parent, path.name)
        if file.suffix != ".db" or not is_name(name):
            raise StoreError(f"found {text}, expected a file of Milvus Lite such as milvus:///data/library.db")
        return Address(str(file.absolute()), name, local=True)
    name = parts.path.strip("/")
    if not parts.hostname or not is_name(name):
        raise StoreError(f"found {_shown(text)}, expected {EXAMPLE}, a name of letters, digits and _")
    token = f"{unquote(parts.username)}:{unquote(parts.password or '')}" if parts.username else ""
    port = f":{number}" if number else ""
    return Address(f"{parts.scheme}://{parts.hostname}{port}", name, token)


def _shown(text: str) -> str:
    """The address without its password."""
    return re.sub(r"(?<=//)[^/@]*@", "", text)


def is_name(text: str) -> bool:
    """Whether Milvus takes this as a collection's name."""
    return text.isascii() and text.isidentifier()
