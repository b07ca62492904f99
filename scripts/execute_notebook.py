"""Executes a notebook without a browser, on nbclient, and tells what happens as JSON lines on standard output.

    python execute_notebook.py INPUT OUTPUT [--kernel tslab] [--cell-timeout S] [--timeout S] [--startup-timeout S] [--cwd DIR]

Events (one JSON object a line):
    start     cells, kernel
    cell      cell (1 … cells, code cells only), index (in the notebook), section (heading above it), line (its first line)
    live      cell, text          last line that the cell shows at this moment, at most four times a second
    done      cell, execution_count, seconds
    error     kind, message, and where known cell, source, stderr, traceback, kernel_log
    end       seconds, output
Kinds of errors: notebook, kernel-start, cell, cell-timeout, timeout, dead-kernel, interrupted.

OUTPUT is written in one piece at the end; a run that failed leaves OUTPUT alone and writes what there is to
`<OUTPUT without .ipynb>.failed.ipynb`. Exit code: 0, 1 after an error, 2 for wrong usage, 130 when interrupted.

Beyond plain nbclient: execution counts and failures are taken from the reply to the execute request, as stock tslab
sends neither `execute_input` nor `error`; what a failing cell wrote on standard error becomes part of the message.
"""

import argparse
import asyncio
import json
import os
import re
import signal
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

LIVE_INTERVAL_SECONDS = 0.25
# Stock tslab refuses what comes within 200 ms after a cell that failed.
PAUSE_AFTER_ALLOWED_ERROR_SECONDS = 0.4


def emit(event, **content):
    print(json.dumps({"event": event, **content}), flush=True)


class Failure(Exception):
    """What ends the run, as it is told to the caller."""

    def __init__(self, kind, message, **details):
        super().__init__(message)
        self.content = {"kind": kind, "message": message, **{k: v for k, v in details.items() if v not in (None, "")}}


def last_line(text):
    """The last line that a terminal would show, where a carriage return starts a line anew."""
    shown = (part.strip() for part in re.split(r"[\r\n]", text)[::-1])
    return next((line for line in shown if line), "")


def heading_of(source):
    return next((line.lstrip("#").strip() for line in reversed(source.splitlines()) if line.startswith("#")), None)


def stream_text(cell, name):
    return "".join(o.text for o in cell.get("outputs", []) if o.output_type == "stream" and o.name == name)


class Executor(NotebookClient):
    """An nbclient that reports."""

    def __init__(self, notebook, **options):
        super().__init__(notebook, on_cell_execute=self.begin, on_cell_executed=self.end, on_notebook_start=self.ready,
                         on_cell_error=self.failed, **options)
        self.code_cells = [i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code" and cell.source.strip()]
        self.current = None  # index of the cell that runs
        self.stopped = None  # why the run was ended from outside: "interrupted" or "timeout"
        self.started = self.told = 0.0
        self.pause = False
        self.reply = None

    def number(self, index):
        return self.code_cells.index(index) + 1

    def section_of(self, index):
        for cell in reversed(self.nb.cells[:index]):
            if cell.cell_type == "markdown" and (heading := heading_of(cell.source)):
                return heading
        return None

    async def ready(self, notebook):
        # nbclient's own handlers of these signals only kill the kernel, which would then be reported as dead.
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, self.stop, task, "interrupted")

    def stop(self, task, why):
        """Ends the run from outside, once: Ctrl-C reaches us from the terminal and from our parent."""
        if self.stopped:
            return
        self.stopped = why
        self.shutdown_kernel = "immediate"
        task.cancel()

    async def begin(self, cell, cell_index):
        if self.pause:
            await asyncio.sleep(PAUSE_AFTER_ALLOWED_ERROR_SECONDS)
            self.pause = False
        self.current, self.started, self.told, self.reply = cell_index, time.monotonic(), 0.0, None
        emit("cell", cell=self.number(cell_index), index=cell_index, section=self.section_of(cell_index),
             line=cell.source.strip().splitlines()[0])

    async def failed(self, cell, cell_index, execute_reply):
        self.pause = True

    async def end(self, cell, cell_index, execute_reply):
        content = self.reply = (execute_reply or {}).get("content", {})
        count = content.get("execution_count")
        cell["execution_count"] = count
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output["execution_count"] = count
        status = content.get("status")
        if status == "ok":
            emit("done", cell=self.number(cell_index), execution_count=count, seconds=round(time.monotonic() - self.started, 3))
        elif status != "error":
            raise Failure("cell", f"the kernel did not execute the cell: it answered '{status}'",
                          cell=self.number(cell_index), source=cell.source)

    def process_message(self, msg, cell, cell_index):
        self.show_live(msg["msg_type"], msg["content"])
        return super().process_message(msg, cell, cell_index)

    def show_live(self, kind, content):
        if kind == "stream":
            text = content.get("text", "")
        elif kind in ("display_data", "update_display_data"):
            text = content.get("data", {}).get("text/plain", "")
        else:
            return
        now = time.monotonic()
        line = last_line("".join(text))
        if line and now - self.told >= LIVE_INTERVAL_SECONDS:
            self.told = now
            emit("live", cell=self.number(self.current), text=line[:400])

    def cell_failure(self):
        """A failing cell: what the reply says (`ename`, `evalue`), else the line on standard error that names an error."""
        cell = self.nb.cells[self.current]
        content = self.reply or {}
        stderr = stream_text(cell, "stderr").strip()
        if content.get("ename"):
            message = f"{content['ename']}: {content.get('evalue', '')}"
        else:
            named = re.search(r"^(Uncaught )?\w*(Error|Exception)\b.*", stderr, re.MULTILINE)
            message = named.group() if named else (stderr.splitlines() or ["the kernel gives no reason"])[0]
        return Failure("cell", message, cell=self.number(self.current), source=cell.source, stderr=stderr,
                       traceback="\n".join(content.get("traceback") or []))

    def failure_of(self, error, log):
        """The failure that an exception of nbclient means."""
        where = {} if self.current is None else {"cell": self.number(self.current), "source": self.nb.cells[self.current].source}
        if self.stopped == "interrupted":
            return Failure("interrupted", "the run was interrupted", **where)
        if self.stopped == "timeout":
            return Failure("timeout", "the notebook took longer than the time allowed for all of it", **where)
        if isinstance(error, Failure):
            return error
        if isinstance(error, CellExecutionError):
            return self.cell_failure()
        if isinstance(error, CellTimeoutError):
            return Failure("cell-timeout", f"the cell took longer than the {self.timeout} s allowed for one", **where)
        if isinstance(error, DeadKernelError) and self.current is not None:
            return Failure("dead-kernel", "the kernel's process ended while it executed the cell", kernel_log=log, **where)
        if isinstance(error, NoSuchKernel):
            return Failure("kernel-start", f"there is no Jupyter kernel named '{error.name}' (npm run setup registers it)")
        return Failure("kernel-start" if self.current is None else "cell", f"{type(error).__name__}: {error}", kernel_log=log, **where)


def write_atomically(notebook, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            nbformat.write(notebook, file)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)


def read(path):
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except Exception as error:
        raise Failure("notebook", f"{path}: {str(error).splitlines()[0] if str(error) else type(error).__name__}") from error
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return notebook


async def execute(executor, timeout, log):
    task = asyncio.ensure_future(executor.async_execute(stdout=log, stderr=log))
    deadline = asyncio.get_running_loop().call_later(timeout, executor.stop, task, "timeout") if timeout else None
    try:
        await task
    finally:
        if deadline:
            deadline.cancel()


def run(options):
    started = time.monotonic()
    notebook = read(options.input)
    executor = Executor(notebook, kernel_name=options.kernel, timeout=options.cell_timeout or None, coalesce_streams=True,
                        startup_timeout=options.startup_timeout,
                        resources={"metadata": {"path": str(options.cwd or options.input.parent)}})
    emit("start", cells=len(executor.code_cells), kernel=options.kernel)
    # What the kernel's process itself prints (not what cells print) is kept for the message, should it die.
    with tempfile.TemporaryFile(mode="w+", encoding="utf-8", errors="replace") as log:
        try:
            asyncio.run(execute(executor, options.timeout, log))
        except (Exception, asyncio.CancelledError, KeyboardInterrupt) as error:
            if isinstance(error, KeyboardInterrupt):
                executor.stopped = "interrupted"
            log.seek(0)
            failure = executor.failure_of(error, log.read()[-4000:].strip())
            if executor.current is not None:
                write_atomically(notebook, options.output.with_name(f"{options.output.stem}.failed.ipynb"))
            raise failure from error
    write_atomically(notebook, options.output)
    emit("end", seconds=round(time.monotonic() - started, 3), output=str(options.output))


def parse(arguments):
    parser = argparse.ArgumentParser(description="Executes a notebook and reports as JSON lines.")
    parser.add_argument("input", type=Path)
    parser.add_argument("output", type=Path)
    parser.add_argument("--kernel", default="tslab")
    parser.add_argument("--cell-timeout", type=float, default=0, help="seconds for one cell; 0: no limit")
    parser.add_argument("--timeout", type=float, default=0, help="seconds for the whole notebook; 0: no limit")
    parser.add_argument("--startup-timeout", type=float, default=60, help="seconds until the kernel must have answered")
    parser.add_argument("--cwd", type=Path, help="folder in which the cells run (default: that of INPUT)")
    return parser.parse_args(arguments)


def main(arguments=None):
    options = parse(arguments)
    try:
        run(options)
    except Failure as failure:
        emit("error", **failure.content)
        return 130 if failure.content["kind"] == "interrupted" else 1
    return 0


if __name__ == "__main__":
    # nbclient prefers the kernelspecs of this virtual environment to those in the home folder.
    os.environ.setdefault("JUPYTER_PREFER_ENV_PATH", "1")
    sys.exit(main())
