"""Between the runner and a kernel in a sandbox: the kernel has one pair of connected sockets, and nothing else of ours.

Towards the runner the relay is a kernel as Jupyter knows them, with ZeroMQ's sockets and a key in a folder of the runner's own. What
comes out of the sandbox is read here first, and is trusted in nothing: messages have a greatest size, all of them together
too, they must be JSON as Jupyter writes it, and a request is answered once.
"""

import asyncio
import hashlib
import hmac
import json
import socket

import frames
import zmq
import zmq.asyncio

SUBSCRIBE_SECONDS = 5
# Beyond the output that a notebook may show: what a kernel says of itself, and what has no text.
ROOM_BYTES = 8 * 2**20
MOST_MESSAGES = 200_000
MOST_FINDINGS = 5
# Without these a cell would never end; they are small.
NEEDED = ("status", "shutdown_reply")
NEEDED_BYTES = 4096


def refuse(text):
    raise ValueError(f"{text} is not JSON")


def checked(part):
    """A part of a message, which must be an object. Raises ValueError."""
    try:
        value = json.loads(part, parse_constant=refuse)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    if not isinstance(value, dict):
        raise ValueError("no object")
    return value


class Relay:
    def __init__(self, output_limit=None):
        self.ours, self.theirs = socket.socketpair()
        self.left = None if output_limit is None else output_limit + ROOM_BYTES
        self.messages = 0
        self.asked = set()  # requests that wait for their answer
        self.findings, self.tell_finding = [], None
        self.dropped = False
        self.tasks, self.sockets = [], {}
        self.writer = None

    async def open(self, connection):
        """Binds the runner's side. The kernel's process has been started by now, and has its end."""
        self.theirs.close()
        self.key = connection["key"]
        self.context = zmq.asyncio.Context()
        for channel, kind in (("shell", zmq.ROUTER), ("control", zmq.ROUTER), ("stdin", zmq.ROUTER), ("iopub", zmq.XPUB), ("hb", zmq.ROUTER)):
            self.sockets[channel] = bound = self.context.socket(kind)
            bound.linger = 0
            bound.bind(f"ipc://{connection['ip']}-{connection[f'{channel}_port']}")
        reader, self.writer = await asyncio.open_connection(sock=self.ours, limit=2 * frames.CHUNK)
        self.tasks = [asyncio.ensure_future(self.echo()), asyncio.ensure_future(self.outwards(reader))]
        self.tasks += [asyncio.ensure_future(self.inwards(channel)) for channel in ("shell", "control", "stdin")]

    async def subscribed(self):
        """Resolves when the runner hears iopub: what is published before is lost."""
        try:
            await asyncio.wait_for(self.sockets["iopub"].recv(), SUBSCRIBE_SECONDS)
        except asyncio.TimeoutError:
            pass

    async def echo(self):
        while True:
            await self.sockets["hb"].send_multipart(await self.sockets["hb"].recv_multipart())

    async def inwards(self, channel):
        while True:
            parts = await self.sockets[channel].recv_multipart()
            at = parts.index(frames.DELIMITER)
            self.asked.add(json.loads(parts[at + 2])["msg_id"])
            # The key stays here.
            self.writer.write(frames.pack(channel, [*parts[: at + 1], b"", *parts[at + 2 :]]))
            await self.writer.drain()

    async def outwards(self, reader):
        try:
            while (message := await frames.read(reader)) is not None:
                channel, parts = message
                if channel is None:
                    self.find(f"a message of {parts / 1e6:.0f} MB was skipped", drop=True)
                else:
                    await self.forward(channel, parts)
        except (frames.Broken, asyncio.IncompleteReadError, ConnectionError) as error:
            if isinstance(error, frames.Broken):
                self.find(f"something else than the kernel wrote into its channel ({error})")
        finally:
            # A kernel that cannot be understood any more is as good as gone; so is one that closed its end.
            self.writer.close()

    async def forward(self, channel, parts):
        try:
            at = parts.index(frames.DELIMITER)
            header, parent, metadata, content = (checked(part) for part in parts[at + 2 : at + 6])
            kind, asked = str(header["msg_type"]), parent.get("msg_id")
        except (ValueError, KeyError, TypeError):
            return self.find("something that is not a message was dropped")
        if channel in ("shell", "control"):
            if asked not in self.asked:
                return self.find(f"a '{kind[:40]}' that answers nothing, or a second answer, was dropped")
            self.asked.discard(asked)
        elif channel == "iopub" and not self.has_room(kind, sum(map(len, parts))):
            return None
        signed = hmac.new(self.key, digestmod=hashlib.sha256)
        for part in parts[at + 2 : at + 6]:
            signed.update(part)
        await self.sockets[channel].send_multipart([*parts[: at + 1], signed.hexdigest().encode(), *parts[at + 2 :]])

    def has_room(self, kind, size):
        """Whether a message may still be kept by whoever listens."""
        if self.left is None:
            return True
        self.messages += 1
        self.left -= size
        if self.left >= 0 and self.messages <= MOST_MESSAGES:
            return True
        self.dropped = True
        return kind in NEEDED and size <= NEEDED_BYTES and self.messages <= 2 * MOST_MESSAGES

    def find(self, text, drop=False):
        self.dropped = self.dropped or drop
        if text not in self.findings and len(self.findings) < MOST_FINDINGS:
            self.findings.append(text)

    async def close(self):
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        if self.writer is not None:
            self.writer.close()
        for end in (self.ours, self.theirs):
            end.close()
        for each in self.sockets.values():
            each.close(linger=0)
        if self.sockets:
            self.context.term()
