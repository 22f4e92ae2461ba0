"""Web addresses, in their one form."""

import httpx

from .errors import BriefError

MAX_URL = 2_000  # characters


def is_address(text: str) -> bool:
    """Whether the text is meant as a web address: it begins with http:// or https://."""
    return text.strip().lower().startswith(("http://", "https://"))


def web_address(text: str) -> httpx.URL:
    """Return the address in its one form: ASCII host, escaped path, no fragment.

    >>> str(web_address("HTTP://Example.ORG:80/a/../b c#top"))
    'http://example.org/b%20c'

    Raises:
        BriefError: it is none, or carries a password.
    """
    text = text.strip()
    if len(text) > MAX_URL or not text.isprintable():
        raise BriefError(f"found {text[:60]!a}, expected an address of at most {MAX_URL} printable characters")
    try:
        url = httpx.URL(text)
        url = url.copy_with(fragment=None)
        host = url.raw_host.decode("ascii")
    except (httpx.InvalidURL, UnicodeError, ValueError, TypeError) as error:
        raise BriefError(f"found {text!r}, which is no web address ({error}); check it") from error
    if url.scheme not in ("http", "https"):
        raise BriefError(f"found {text!r}, expected an address that begins with http:// or https://")
    if not host:
        raise BriefError(f"found {text!r}, expected a host after {url.scheme}://")
    if url.port is not None and not 0 < url.port < 65536:
        raise BriefError(f"found port {url.port}, expected one from 1 to 65535; check the address")
    if url.userinfo:
        raise BriefError(
            f"found a name or password in an address of {url.host}, expected none; "
            "log in with a browser, save the page, and add the file"
        )
    return url
