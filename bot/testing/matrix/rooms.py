"""Which room is which channel or direct conversation, and who is in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.testing.matrix.client import Client
from bot.testing.service import direct


class Rooms:
    """The rooms of a world: `channels` by address, and the direct conversations that the members' clients know."""

    def __init__(self, clients: Mapping[str, Client]) -> None:
        """Take the members' clients, by name."""
        self.channels: dict[str, str] = {}
        self._clients = clients

    def address(self, room: str) -> str:
        """Return the address of a room. Raises KeyError for one that no member is in."""
        known = {id: address for address, id in self.channels.items()}
        known |= {id: direct(name) for name, client in self._clients.items() for id in client.directs}
        return known[room]

    def readers(self, room: str) -> Sequence[Client]:
        """Return the clients of all members who are in a room."""
        everybody = room in self.channels.values()
        return [client for client in self._clients.values() if everybody or room in client.directs]

    def everybody_is_in(self) -> bool:
        """Say whether every client was shown that every member is in every channel."""
        users = {client.account.user_id for client in self._clients.values()}
        return all(users <= client.people[room] for client in self._clients.values() for room in self.channels.values())
