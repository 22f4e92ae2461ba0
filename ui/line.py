"""A line of people who wait for their turn: so many are served at once, others know how many are before them.

It belongs to one event loop; nothing in it blocks.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress

BEAT = 1.0  # seconds after which a waiting place is told again where it stands, so that one who left is noticed


class LineFull(Exception):
    """No more may wait, or this client has as many places as it may."""


class Place:
    """One place in a line."""

    def __init__(self, client: str) -> None:
        self.client = client


class Line:
    """First come, first served: `slots` at once, at most `most` waiting, at most `each` places a client."""

    def __init__(self, slots: int, most: int, each: int) -> None:
        self.slots = slots
        self.most = most
        self.each = each
        self._places: list[Place] = []
        self._changed: asyncio.Event | None = None  # made in the loop that it is waited for in

    def join(self, client: str) -> Place:
        """Return a place at the end.

        Raises:
            LineFull: there is none to be had.
        """
        own = sum(place.client == client for place in self._places)
        if own >= self.each or len(self._places) >= self.slots + self.most:
            raise LineFull
        place = Place(client)
        self._places.append(place)
        return place

    def position(self, place: Place) -> int:
        """Return 0 for one whose turn it is, else its place among those who wait, from 1."""
        return max(0, self._places.index(place) - self.slots + 1)

    async def turn(self, place: Place) -> AsyncGenerator[int, None]:
        """Yield the position whenever it changes, and now and then, until it is the place's turn."""
        while position := self.position(place):
            yield position
            if self._changed is None:
                self._changed = asyncio.Event()
            with suppress(TimeoutError):
                async with asyncio.timeout(BEAT):
                    await self._changed.wait()

    def leave(self, place: Place) -> None:
        """Give the place up; those behind it move on."""
        with suppress(ValueError):
            self._places.remove(place)
        if self._changed is not None:
            changed, self._changed = self._changed, None
            changed.set()

    def __len__(self) -> int:
        """How many are served or wait."""
        return len(self._places)
