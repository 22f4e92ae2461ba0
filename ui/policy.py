"""What a browser may do on our pages: a content security policy sent with each, and only by the names we listen on."""

import base64
import hashlib
import re
from collections.abc import Collection

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_INLINE = re.compile(rb"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)
# Gradio's components are templates that it evaluates, hence 'unsafe-eval'; no text from outside is part of a template.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-eval' {scripts}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; media-src 'self' blob:; "
    "worker-src 'self' blob:; object-src 'none'; frame-src 'none'; frame-ancestors 'self'; base-uri 'self'; "
    "form-action 'self'"
)
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)


class PagePolicy:
    """ASGI middleware. Scripts that a page holds run by their hash alone, so that none that was slipped in does.

    `hosts` are the names that requests may be sent to, without a port; None for any. Without it, another site could
    reach a window on this machine by a name of its own that leads here.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str] | None = None) -> None:
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if self.hosts is not None and _host(scope) not in self.hosts:
            await send({"type": "http.response.start", "status": 421, "headers": [(b"content-type", b"text/plain")]})
            await send({"type": "http.response.body", "body": b"This name is not served here."})
            return
        if scope["path"].rstrip("/").endswith("/gradio_api/upload"):  # Gradio's own writes any file of any size to disk
            await send({"type": "http.response.start", "status": 404, "headers": [(b"content-type", b"text/plain")]})
            await send({"type": "http.response.body", "body": b"Files are sent elsewhere."})
            return
        held: list[Message] = []

        async def checked(message: Message) -> None:
            """A page is held back until it is whole, since its head is made from its body."""
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *HEADERS]
                if _is_page(message):
                    held.append(message)
                    return
                message["headers"].append((b"content-security-policy", policy(b"").encode()))
            elif held:
                held.append(message)
                if message.get("more_body"):
                    return
                body = b"".join(part.get("body", b"") for part in held[1:])
                held[0]["headers"].append((b"content-security-policy", policy(body).encode()))
                for part in held:
                    await send(part)
                held.clear()
                return
            await send(message)

        await self.app(scope, receive, checked)


def policy(page: bytes) -> str:
    """Return the policy for a page: its own scripts by their SHA-256, and nothing from another host."""
    hashes = (base64.b64encode(hashlib.sha256(script).digest()).decode() for script in _INLINE.findall(page))
    return _POLICY.format(scripts=" ".join(f"'sha256-{each}'" for each in dict.fromkeys(hashes))).replace(" ;", ";")


def _is_page(message: Message) -> bool:
    return any(name.lower() == b"content-type" and b"text/html" in value for name, value in message["headers"])


def _host(scope: Scope) -> str:
    host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
    return re.sub(r":\d+$", "", host).lower()
