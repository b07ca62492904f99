"""What differs between systems: signals, standard input as lines, groups of processes."""

import asyncio
import os
import signal
import sys


def on_signals(names, callback):
    """Calls `callback` in the running event loop when one of the signals comes; names that a system does not have are left out."""
    loop = asyncio.get_running_loop()
    for number in (getattr(signal, name, None) for name in names):
        if number is None:
            continue
        try:
            loop.add_signal_handler(number, callback)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(callback))


async def input_lines(windows=os.name == "nt"):
    """A coroutine function that gives the next line of standard input as bytes; b"" at its end."""
    loop = asyncio.get_running_loop()
    if windows:
        # Event loops there cannot wait for a pipe: a thread does.
        return lambda: loop.run_in_executor(None, sys.stdin.buffer.readline)
    reader = asyncio.StreamReader(limit=2**26)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader.readline


def kill_group(group):
    """Ends all processes of a group at once; Windows has no such groups."""
    if group is None or os.name == "nt":
        return
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
