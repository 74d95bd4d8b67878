"""Every measurement has a process of its own: what one leaves in memory, another does not see."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import resource
import sys
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractAsyncContextManager, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
Held = TypeVar("Held")

PATIENCE = 30.0
"""Seconds until a process that was told to end is killed."""


def fresh(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a module's function in a new process; return what it returns, raise what it raises."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *args, **kwargs).result()


class Beside(Generic[Held]):
    """What is open in another process. Between two calls its event loop runs on."""

    def __init__(self, pipe: Connection) -> None:
        """Take this side's end of the pipe."""
        self._pipe = pipe

    def call(self, step: Callable[Concatenate[Held, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a method of it; return what it returns, raise what it raises."""
        self._pipe.send((step, args, kwargs))
        answer: Any = self._answer()
        return answer  # type: ignore[no-any-return]  # pickled there as what the step returns

    def _answer(self) -> object:
        try:
            problem, answer = self._pipe.recv()
        except (EOFError, ConnectionError):
            raise RuntimeError("the process beside has died; what it said is above") from None
        if problem is not None:
            raise problem
        return answer


@contextmanager
def beside(
    opened: Callable[P, AbstractAsyncContextManager[Held]], *args: P.args, **kwargs: P.kwargs
) -> Iterator[Beside[Held]]:
    """Open something in a new process that stays: steps of it can alternate with those of other processes."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, opened, args, kwargs), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Beside(ours)
    finally:
        ours.close()
        process.join(PATIENCE)
        process.kill()


def _serve(pipe: Connection, opened: Callable[..., AbstractAsyncContextManager[Any]], args: Any, kwargs: Any) -> None:
    async def serve() -> None:
        async with opened(*args, **kwargs) as held:
            while (wanted := await asyncio.to_thread(_wanted, pipe)) is not None:
                pipe.send(await _done(held, *wanted))

    asyncio.run(serve())


def _wanted(pipe: Connection) -> Any:
    """Return the next step, or None when nobody is there to want one."""
    try:
        return pipe.recv()
    except (EOFError, OSError):
        return None


async def _done(held: Any, step: Callable[..., Awaitable[object]], args: Any, kwargs: Any) -> tuple[object, object]:
    try:
        return None, await step(held, *args, **kwargs)
    except Exception as problem:  # whatever it was, it is the caller's
        return problem, None


def resident(process: int | None = None) -> float:
    """Return a process's resident memory in MB, this one's without garbage; its peak where the present is not known."""
    if process is None:
        gc.collect()
    status = Path(f"/proc/{process or 'self'}/status")
    if not status.exists():
        return peak()
    line = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def busy(process: int) -> float:
    """Return the seconds of the processor that another process has used; 0 where that is not known."""
    stat = Path(f"/proc/{process}/stat")
    if not stat.exists():
        return 0.0
    fields = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak() -> float:
    """Return the most memory that was resident in this process, in MB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 1024**2 if sys.platform == "darwin" else most / 1024
