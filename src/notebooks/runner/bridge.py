"""Runs in a sandbox, before a kernel that knows ZeroMQ's sockets only: carries its messages into the channel of `frames.py`.

    python bridge.py FD COMMAND…      `{connection_file}` in COMMAND is replaced
"""

import asyncio
import json
import os
import socket
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import frames  # noqa: E402
import zmq  # noqa: E402
import zmq.asyncio  # noqa: E402

PORTS = {"shell": 1, "control": 2, "stdin": 3, "iopub": 4, "hb": 5}
KINDS = {"shell": zmq.DEALER, "control": zmq.DEALER, "stdin": zmq.DEALER, "iopub": zmq.SUB}


async def outwards(channel, kernel, identities, writer):
    while True:
        parts = await kernel.recv_multipart()
        if channel != "iopub":
            parts = [*identities.get(channel, []), *parts]
        if len(parts) <= frames.MOST_FRAMES:
            writer.write(frames.pack(channel, parts))
            await writer.drain()


async def inwards(reader, kernels, identities):
    while (message := await frames.read(reader)) is not None:
        channel, parts = message
        at = parts.index(frames.DELIMITER)
        # The kernel's own router gives the connection a name; ours is kept for the way back.
        identities[channel] = parts[:at]
        await kernels[channel].send_multipart(parts[at:])


async def main(number, command):
    folder = tempfile.mkdtemp(prefix="k-")
    file = os.path.join(folder, "connection.json")
    ip = os.path.join(folder, "k")
    ports = {f"{channel}_port": port for channel, port in PORTS.items()}
    Path(file).write_text(json.dumps({"transport": "ipc", "ip": ip, "key": "", "signature_scheme": "hmac-sha256", **ports}))
    process = await asyncio.create_subprocess_exec(*[part.replace("{connection_file}", file) for part in command])
    context, kernels, identities = zmq.asyncio.Context(), {}, {}
    for channel, kind in KINDS.items():
        kernels[channel] = connected = context.socket(kind)
        connected.linger = 0
        connected.reconnect_ivl = 20
        if kind == zmq.SUB:
            connected.subscribe(b"")
        connected.connect(f"ipc://{ip}-{PORTS[channel]}")
    reader, writer = await asyncio.open_connection(sock=socket.socket(fileno=number), limit=2 * frames.CHUNK)
    tasks = [asyncio.ensure_future(outwards(channel, kernel, identities, writer)) for channel, kernel in kernels.items()]
    tasks.append(asyncio.ensure_future(inwards(reader, kernels, identities)))
    ended = asyncio.ensure_future(process.wait())
    await asyncio.wait([ended, tasks[-1]], return_when=asyncio.FIRST_COMPLETED)
    await asyncio.sleep(0.2)  # its last words
    os._exit(process.returncode or 0)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2:]))
