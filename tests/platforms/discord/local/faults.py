"""Faults that tests order: for the next requests that match, a status, a delay, a cut before or after the effect."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["status", "delay", "reset", "hang", "cut", "stall"]
"""status: answer so without effect. delay: then go on. reset: cut the connection before the effect. hang: never answer.
cut: let the effect happen, then cut the connection instead of answering. stall: let it happen, then never answer."""


@dataclass(slots=True)
class Fault:
    kind: Kind
    method: str
    """"" for any."""
    route: re.Pattern[str]
    """Searched in "/channels/{channel_id}/messages" and in the real path."""
    times: int
    status: int = 503
    code: int = 0
    is_global: bool = False
    retry_after: float = 0.3
    seconds: float = 0.0
    skip: int = 0
    """Matching requests to let pass first."""


class Faults:
    def __init__(self) -> None:
        self.waiting: list[Fault] = []
        self.happened: list[tuple[str, str, str]] = []
        """(kind, method, path) of those that happened."""

    def order(self, fault: Fault) -> None:
        self.waiting.append(fault)

    def clear(self) -> None:
        self.waiting.clear()

    def next(self, method: str, route: str, path: str) -> Fault | None:
        """Return the fault that this request meets, and count it."""
        for fault in self.waiting:
            if fault.method not in ("", method) or not (fault.route.search(route) or fault.route.search(path)):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.times -= 1
            if fault.times == 0:
                self.waiting.remove(fault)
            self.happened.append((fault.kind, method, path))
            return fault
        return None
