"""A line of people who wait for their turn: so many are served at once, others know how many are before them.

Whoever has several places has one turn before the others have had theirs. It belongs to one event loop; nothing in it
blocks.
"""

import asyncio
from collections import Counter
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
    """`slots` are served at once, at most `most` wait, a client has at most `each` places.

    First come, first served, but a client's second place comes after the others' first ones, its third after their
    second.
    """

    def __init__(self, slots: int, most: int, each: int) -> None:
        self.slots = slots
        self.most = most
        self.each = each
        self._served: list[Place] = []
        self._waiting: list[Place] = []
        self._changed: asyncio.Event | None = None  # made in the loop that it is waited for in

    def join(self, client: str) -> Place:
        """Return a place at the end.

        Raises:
            LineFull: there is none to be had.
        """
        own = sum(place.client == client for place in (*self._served, *self._waiting))
        if own >= self.each or len(self) >= self.slots + self.most:
            raise LineFull
        place = Place(client)
        (self._waiting if len(self._served) >= self.slots else self._served).append(place)
        return place

    def position(self, place: Place) -> int:
        """Return 0 for one whose turn it is, else its place among those who wait, from 1."""
        return 0 if place in self._served else self._order().index(place) + 1

    def _order(self) -> list[Place]:
        """Those who wait: first those of whose client nothing is before them, then those with one, and so on."""
        seen = Counter(place.client for place in self._served)
        before = {}
        for place in self._waiting:
            before[place] = seen[place.client]
            seen[place.client] += 1
        return sorted(self._waiting, key=before.__getitem__)

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
        following = self._order()[:1]  # as it was told
        for places in (self._served, self._waiting):
            with suppress(ValueError):
                places.remove(place)
        if len(self._served) < self.slots and following and following[0] in self._waiting:
            self._waiting.remove(following[0])
            self._served += following
        if self._changed is not None:
            changed, self._changed = self._changed, None
            changed.set()

    def __len__(self) -> int:
        """How many are served or wait."""
        return len(self._served) + len(self._waiting)
