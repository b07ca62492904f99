"""Executes a notebook without a browser, on nbclient, and tells what happens as JSON lines on standard output.

    python execute_notebook.py INPUT OUTPUT [--kernel tslab] [--cell-timeout S] [--timeout S] [--startup-timeout S] [--cwd DIR]
    python execute_notebook.py --serve

Events (one JSON object a line):
    start     cells, kernel
    cell      cell (1 … cells, code cells only), index (in the notebook), section (heading above it), line (its first line)
    live      cell, text          last line that the cell shows at this moment, at most four times a second
    late      cell, index, kind, text      what a cell puts out after its reply
    done      cell, index, execution_count, seconds, raised (a cell tagged `raises-exception` did)
    error     kind, message, and where known cell, index, source, name, stderr, traceback, kernel_log
    end       seconds, output, facts (what the program says that the run depended on; null when nothing)
Kinds of errors: notebook, runner, kernel-start, cell, late-error, cell-timeout, timeout, dead-kernel, out-of-memory, kernel-exit, interrupted.

OUTPUT is written in one piece at the end; a run that failed leaves OUTPUT alone and writes what there is to
`<OUTPUT without .ipynb>.failed.ipynb`. Exit code: 0, 1 after an error, 2 for wrong usage, 130 when interrupted.

With `--serve` requests come as JSON lines on standard input, any number at a time, and each event carries its `job`:
    {"do": "run", "job": 1, "input", "output", "kernel", "cwd", "env", "cell_timeout", "timeout", "startup_timeout", "until", "settle",
     "sandbox" (kernels.py), "guide" (guided.py)}
    {"do": "prepare", …}   starts the kernel of a run to come      {"do": "stop", "job": 1, "why": "interrupted"}
When standard input ends, everything that runs is stopped: no kernel outlives whoever asked for it.
"""

import argparse
import asyncio
import json
import os
import sys
from pathlib import Path

from kernels import KernelPool
from protocol import emit
from run import Run, wanted
from system import input_lines, on_signals


def read_job(request):
    return {**request, "input": Path(request["input"]), "output": Path(request["output"])}


class Server:
    """Runs what is asked for on standard input."""

    def __init__(self):
        self.pool = KernelPool()
        self.runs = {}
        self.tasks = set()

    def handle(self, request):
        what = request["do"]
        if what == "stop":
            if request["job"] in self.runs:
                self.runs[request["job"]].stop(request.get("why", "interrupted"))
        elif what in ("ask", "go"):
            if request["job"] in self.runs:
                self.runs[request["job"]].answer(request)
        elif what == "prepare":
            self.pool.prepare(*wanted(read_job(request)))
        else:
            task = asyncio.ensure_future(self.run(read_job(request)))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def run(self, job):
        number = job["job"]
        run = self.runs[number] = Run(self.pool, job, lambda event, **content: emit(event, job=number, **content))
        try:
            await run.execute()
        except Exception as error:  # a fault of the runner must reach whoever waits for this job
            emit("error", job=number, kind="runner", message=f"the runner failed: {type(error).__name__}: {error}")
        finally:
            del self.runs[number]

    async def serve(self):
        # Ctrl-C reaches the whole group of processes; whoever drives us says what to stop.
        on_signals(["SIGINT"], lambda: None)
        ended = asyncio.Event()
        on_signals(["SIGTERM", "SIGHUP"], ended.set)
        next_line = await input_lines()
        end = asyncio.ensure_future(ended.wait())
        while True:
            line = asyncio.ensure_future(next_line())
            await asyncio.wait({line, end}, return_when=asyncio.FIRST_COMPLETED)
            if end.done() or not line.result():
                break
            self.handle(json.loads(line.result()))
        for run in list(self.runs.values()):
            run.stop("interrupted")
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.pool.close()


async def run_one(job):
    pool = KernelPool()
    run = Run(pool, job)
    on_signals(["SIGINT", "SIGTERM"], lambda: run.stop("interrupted"))
    try:
        return await run.execute()
    finally:
        await pool.close()


def parse(arguments):
    parser = argparse.ArgumentParser(description="Executes a notebook and reports as JSON lines.")
    parser.add_argument("input", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--kernel", default="tslab")
    parser.add_argument("--cell-timeout", type=float, default=0, help="seconds for one cell; 0: no limit")
    parser.add_argument("--timeout", type=float, default=0, help="seconds for the whole notebook; 0: no limit")
    parser.add_argument("--startup-timeout", type=float, default=60, help="seconds until the kernel must have answered")
    parser.add_argument("--cwd", type=Path, help="folder in which the cells run (default: that of INPUT)")
    return vars(parser.parse_args(arguments))


def main(arguments):
    if arguments == ["--serve"]:
        asyncio.run(Server().serve())
        # No kernel is left; ZeroMQ's context may wait for ever for the sockets of one that was ended while it started.
        os._exit(0)
    failure = asyncio.run(run_one(parse(arguments)))
    if failure is None:
        return 0
    return 130 if failure.content["kind"] == "interrupted" else 1


if __name__ == "__main__":
    # nbclient prefers the kernelspecs of this virtual environment to those in the home folder.
    os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")
    sys.exit(main(sys.argv[1:]))
