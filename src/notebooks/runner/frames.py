"""How messages travel through one pair of connected sockets: the channel that leads into a sandbox.

    length of the rest (4 bytes) · channel (1) · number of frames (2) · the length of each (4) · the frames

Numbers are big-endian. The kernel's side of it is `pipe-sockets.ts`, and for other kernels `bridge.py`.
"""

import struct

CHANNELS = ("shell", "control", "stdin", "iopub")
DELIMITER = b"<IDS|MSG>"
HEAD = struct.Struct(">I")
INNER = struct.Struct(">BH")
# One message, with all its parts.
MOST_BYTES = 16 * 2**20
MOST_FRAMES = 64
CHUNK = 2**16


class Broken(Exception):
    """What came is no message: something else has written into the channel."""


def pack(channel, frames):
    sizes = b"".join(HEAD.pack(len(frame)) for frame in frames)
    body = INNER.pack(CHANNELS.index(channel), len(frames)) + sizes
    return HEAD.pack(len(body) + sum(map(len, frames))) + body + b"".join(frames)


def unpack(body):
    """The channel and the frames of a message. Raises Broken."""
    if len(body) < INNER.size:
        raise Broken("too short")
    channel, count = INNER.unpack_from(body)
    start = INNER.size + HEAD.size * count
    if channel >= len(CHANNELS) or count > MOST_FRAMES or len(body) < start:
        raise Broken("no such channel, or too many parts")
    sizes = [HEAD.unpack_from(body, INNER.size + HEAD.size * i)[0] for i in range(count)]
    if start + sum(sizes) != len(body):
        raise Broken("lengths that do not add up")
    frames = []
    for size in sizes:
        frames.append(bytes(body[start : start + size]))
        start += size
    return CHANNELS[channel], frames


async def read(reader):
    """The next message as `(channel, frames)`; `(None, length)` for a message that is too long, which is skipped. None at the end."""
    head = await reader.read(HEAD.size)
    while head and len(head) < HEAD.size:
        more = await reader.read(HEAD.size - len(head))
        if not more:
            return None
        head += more
    if not head:
        return None
    (length,) = HEAD.unpack(head)
    if length <= MOST_BYTES:
        return unpack(await reader.readexactly(length))
    left = length
    while left > 0:
        piece = await reader.read(min(left, CHUNK))
        if not piece:
            return None
        left -= len(piece)
    return None, length
