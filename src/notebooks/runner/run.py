"""One notebook, executed by nbclient on a kernel of the pool, which tells what happens meanwhile.

Beyond plain nbclient: execution counts and failures are taken from the reply to the execute request, as stock tslab
sends neither `execute_input` nor `error`; what a failing cell wrote on standard error becomes part of the message; output
and errors that come after a cell's reply are noticed; after the last cell the runner listens a moment longer, and asks
the program for its facts (see FACTS); a kernel that is gone by then is a failure.
"""

import asyncio
import re
import time
from contextlib import asynccontextmanager
from pathlib import Path
from queue import Empty

from farewell import BEGIN_PYTHON, FAREWELL, OBSERVER, answer_of
from files import read, write_atomically
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete, CellExecutionError, CellTimeoutError, DeadKernelError
from kernels import OBSERVE
from protocol import Failure, emit
from streams import Streams

LIVE_INTERVAL_SECONDS = 0.25
LONGEST_LIVE_TEXT = 4000
# Of a cell's first line and of its source, what events carry.
LONGEST_LINE = 200
LONGEST_SOURCE = 20_000
# Stock tslab refuses what comes within 200 ms after a cell that failed.
PAUSE_AFTER_ALLOWED_ERROR_SECONDS = 0.4
# How long the last question may take: the kernel is idle.
FAREWELL_SECONDS = 30
# How long what is still alive after the last cell may take.
LONGEST_QUIET_SECONDS = 5
QUIET_INTERVAL_SECONDS = 0.1


def last_line(text):
    """The last line that a terminal would show, where a carriage return starts a line anew; of a long text its end."""
    shown = (part.strip() for part in re.split(r"[\r\n]", text[-LONGEST_LIVE_TEXT:])[::-1])
    return next((line for line in shown if line), "")


def heading_of(source):
    return next((line.lstrip("#").strip() for line in reversed(source.splitlines()) if line.startswith("#")), None)


def stream_text(cell, name):
    return "".join(o.text for o in cell.get("outputs", []) if o.output_type == "stream" and o.name == name)


def text_of(content):
    """What an output says, as text."""
    if "ename" in content:
        return f"{content['ename']}: {content.get('evalue', '')}"
    return content.get("text") or str(content.get("data", {}).get("text/plain", ""))


class Executor(NotebookClient):
    """An nbclient that reports."""

    def __init__(self, notebook, kernel_of, tell=emit, until=None, settle=LONGEST_QUIET_SECONDS, **options):
        super().__init__(notebook, on_cell_execute=self.begin, on_cell_executed=self.end, on_cell_error=self.failed, **options)
        self.code_cells = [i for i, cell in enumerate(notebook.cells) if cell.cell_type == "code" and cell.source.strip()]
        self.kernel_of, self.tell, self.until, self.settle_seconds = kernel_of, tell, until, settle
        self.kernel = None
        self.current = None  # index of the cell that runs
        self.stopped = None  # why the run was ended from outside: "interrupted" or "timeout"
        self.started = self.told = 0.0
        self.pause = False
        self.reply = None
        self.streams = Streams()
        self.requests = {}  # message → index of its cell
        self.late_error = None
        self.facts = self.observed = None

    def number(self, index):
        return self.code_cells.index(index) + 1

    def section_of(self, index):
        for cell in reversed(self.nb.cells[:index]):
            if cell.cell_type == "markdown" and (heading := heading_of(cell.source)):
                return heading
        return None

    @asynccontextmanager
    async def async_setup_kernel(self, **_):
        self.kernel, release = await self.kernel_of()
        self.km, self.kc = self.kernel.manager, self.kernel.client
        try:
            await self.look_on()
            yield
            await self.settle()
        finally:
            self.leave()
            self.log_text = self.kernel.words()
            self.exit_status = self.kernel.exit_status()
            release(self.kernel, bool(self.stopped))

    def leave(self):
        """Before the kernel is given back, whatever became of it."""

    async def async_execute_cell(self, cell, cell_index, **options):
        if self.until is not None and cell_index > self.until:
            return cell
        return await super().async_execute_cell(cell, cell_index, **options)

    async def begin(self, cell, cell_index):
        if self.pause:
            await asyncio.sleep(PAUSE_AFTER_ALLOWED_ERROR_SECONDS)
            self.pause = False
        self.current, self.started, self.told, self.reply = cell_index, time.monotonic(), 0.0, None
        self.tell("cell", cell=self.number(cell_index), index=cell_index, section=self.section_of(cell_index),
                  line=cell.source.strip().splitlines()[0][:LONGEST_LINE])

    async def failed(self, cell, cell_index, execute_reply):
        self.pause = True

    async def end(self, cell, cell_index, execute_reply):
        self.streams.join(cell)
        content = self.reply = (execute_reply or {}).get("content", {})
        count = content.get("execution_count")
        count = count if isinstance(count, int) else None
        cell["execution_count"] = count
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output["execution_count"] = count
        status = content.get("status")
        allowed = "raises-exception" in cell.metadata.get("tags", [])
        if status == "ok" or (status == "error" and allowed):
            self.tell("done", cell=self.number(cell_index), index=cell_index, execution_count=count,
                      seconds=round(time.monotonic() - self.started, 3), raised=status == "error")
        elif status != "error":
            raise Failure("cell", f"the kernel did not execute the cell: it answered '{status}'",
                          **self.where(cell_index))

    async def _async_poll_output_msg(self, parent_msg_id, cell, cell_index):
        self.requests[parent_msg_id] = cell_index
        while True:
            message = await self.kc.iopub_channel.get_msg(timeout=None)
            if message["parent_header"].get("msg_id") != parent_msg_id:
                self.notice_late(message)
                continue
            try:
                self.process_message(message, cell, cell_index)
            except CellExecutionComplete:
                return

    def notice_late(self, message):
        """Output of a cell that is over: nbclient drops it."""
        index, kind, content = self.requests.get(message["parent_header"].get("msg_id")), message["msg_type"], message["content"]
        if index is None or kind not in ("stream", "display_data", "execute_result", "error"):
            return
        if kind == "error" and self.late_error is None:
            self.late_error = index, content
        self.tell("late", cell=self.number(index), index=index, kind=kind, text=text_of(content)[:2000])

    def process_message(self, msg, cell, cell_index):
        self.show_live(msg["msg_type"], msg["content"])
        return super().process_message(msg, cell, cell_index)

    def output(self, outs, msg, display_id, cell_index):
        """Pieces of one stream are joined when the cell is over."""
        redirected = self.output_hook_stack.get(msg["parent_header"].get("msg_id"))
        if msg["msg_type"] == "stream" and not redirected and not self.clear_before_next_output and self.streams.add(outs, msg["content"]):
            return outs[-1]
        return super().output(outs, msg, display_id, cell_index)

    def show_live(self, kind, content):
        if kind not in ("stream", "display_data", "update_display_data"):
            return
        now = time.monotonic()
        if now - self.told < LIVE_INTERVAL_SECONDS:
            return
        line = last_line("".join(text_of(content)))
        if line:
            self.told = now
            self.tell("live", cell=self.number(self.current), text=line[:400])

    async def listen(self, seconds, until=None):
        """Takes what comes on iopub for a while, or until a request's idle."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            try:
                message = await self.kc.iopub_channel.get_msg(timeout=left)
            except Empty:
                return
            mine = until is not None and message["parent_header"].get("msg_id") == until
            if mine and message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return
            self.notice_late(message)

    def language(self):
        return str(getattr(self.km.kernel_spec, "language", "")).lower()

    async def look_on(self):
        """Python's kernel is shown how to see; ours knows it by itself."""
        if self.language() != "python":
            return
        file = self.kernel.environment().get(OBSERVE, "")
        request = self.kc.execute(BEGIN_PYTHON.format(path=str(OBSERVER), file=file), silent=True, store_history=False)
        await self.answer(request)
        await self.listen(1, until=request)

    async def settle(self):
        """What the last cells left behind: late output, late errors, a kernel that is gone. Waits until nothing is alive any more."""
        if self.current is None:
            return
        end = time.monotonic() + self.settle_seconds
        pause = QUIET_INTERVAL_SECONDS
        while True:
            await self.listen(min(pause, self.settle_seconds))
            state = await self.farewell()
            if self.late_error is not None:
                raise self.late_failure()
            self.told_failure(state)
            if not state.get("alive") or time.monotonic() >= end:
                break
            pause = min(2 * pause, 0.5)
        self.observed = self.kernel.observed()

    async def farewell(self):
        """Asks the kernel the last questions; gives what it says of itself."""
        request = self.kc.execute("", silent=True, store_history=False, user_expressions=FAREWELL.get(self.language(), {}))
        reply = await self.answer(request)
        await self.listen(1, until=request)
        if self.late_error is None and reply.get("status") == "error":
            self.late_error = self.current, reply
        answers = {name: answer_of(each.get("data", {}).get("text/plain")) for name, each in reply.get("user_expressions", {}).items()}
        self.facts = answers.get("facts")
        return answers.get("alive") or {}

    def told_failure(self, state):
        """The program says that it has failed, or a part of it died and the kernel was not told."""
        where = self.where(self.current)
        if state.get("died"):
            raise Failure("late-error", f"{state['died'][0]}: nobody caught it", **where)
        if state.get("exitCode") not in (None, 0, "0"):
            raise Failure("late-error", f"process.exitCode is {state['exitCode']}: the program says that it failed (as node:test does after a failed test)", **where)

    async def answer(self, request):
        """The content of the reply to the last request. Raises Failure when the kernel is gone."""
        end = time.monotonic() + FAREWELL_SECONDS
        while time.monotonic() < end:
            if not await self.km.is_alive():
                break
            try:
                message = await self.kc.shell_channel.get_msg(timeout=0.25)
            except Empty:
                continue
            if message["parent_header"].get("msg_id") == request:
                return message["content"]
        how = self.kernel.exit_status()
        message = f"the kernel ended after the last cell ({how})" if how else "the kernel does not answer after the last cell"
        raise Failure("kernel-exit", f"{message}: the notebook ended it, or crashed it", **self.where(self.current))

    def where(self, index):
        return {} if index is None else {"cell": self.number(index), "index": index, "source": self.nb.cells[index].source[:LONGEST_SOURCE]}

    def late_failure(self):
        index, content = self.late_error
        return Failure("late-error", f"{text_of(content)} (an error that nobody caught, after the cell's reply)",
                       traceback="\n".join(content.get("traceback") or []), **self.where(index))

    def cell_failure(self):
        """A failing cell: what the reply says (`ename`, `evalue`), else the line on standard error that names an error."""
        cell = self.nb.cells[self.current]
        content = self.reply or {}
        if self.late_error is not None and str(self.late_error[1].get("evalue")) in str(content.get("evalue")):
            return self.late_failure()
        stderr = stream_text(cell, "stderr").strip()
        if content.get("ename"):
            message = f"{content['ename']}: {content.get('evalue', '')}"
        else:
            named = re.search(r"^(Uncaught )?\w*(Error|Exception)\b.*", stderr, re.MULTILINE)
            message = named.group() if named else (stderr.splitlines() or ["the kernel gives no reason"])[0]
        return Failure("cell", message, stderr=stderr, name=content.get("ename"),
                       traceback="\n".join(content.get("traceback") or []), **self.where(self.current))

    def failure_of(self, error):
        """The failure that an exception means."""
        self.streams.join(self.nb.cells[self.current] if self.current is not None else None)
        where = self.where(self.current)
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
        log = getattr(self, "log_text", "")
        if isinstance(error, DeadKernelError) and self.current is not None:
            return dead_kernel(getattr(self, "exit_status", None), log, where)
        return Failure("kernel-start" if self.current is None else "cell", f"{type(error).__name__}: {error}", kernel_log=log, **where)


def dead_kernel(how, log, where):
    if re.search(r"heap out of memory|Allocation failed|MemoryError|bad_alloc", log):
        return Failure("out-of-memory", "the kernel's process ran out of memory while it executed the cell", kernel_log=log, **where)
    ended = f" ({how}{', as when the system has no memory left' if how == 'SIGKILL' else ''})" if how else ""
    return Failure("dead-kernel", f"the kernel's process ended while it executed the cell{ended}", kernel_log=log, **where)


class Run:
    """A notebook's run from file to file. `stop` ends it from outside."""

    def __init__(self, pool, job, tell=emit):
        self.pool, self.job, self.tell = pool, job, tell
        self.executor = self.task = None
        self.why = None

    def kernel_wanted(self):
        return wanted(self.job)

    def stop(self, why):
        """Ends the run from outside, once."""
        if self.why is not None:
            return
        self.why = why
        if self.executor is not None:
            self.executor.stopped = why
        if self.task is not None:
            self.task.cancel()

    def executor_of(self, notebook, kernel_of):
        job = self.job
        common = {"until": job.get("until"), "settle": job.get("settle", LONGEST_QUIET_SECONDS), "timeout": job.get("cell_timeout") or None,
                  "coalesce_streams": False}
        if "guide" not in job:
            return Executor(notebook, kernel_of, self.tell, **common)
        from guided import GuidedExecutor

        return GuidedExecutor(notebook, kernel_of, self.tell, **job["guide"], **common)

    def answer(self, request):
        """A request to a guided run: `ask`, `go`."""
        if self.executor is not None:
            self.executor.inbox.put_nowait(request)

    async def execute(self):
        """Executes and writes; tells `end` or `error`. Returns the failure, None when there is none."""
        try:
            await self.attempt()
        except Failure as failure:
            self.tell("error", **failure.content)
            return failure
        return None

    async def attempt(self):
        job, started = self.job, time.monotonic()
        notebook = read(job["input"])

        async def kernel_of():
            kernel = await self.pool.take(*wanted(job))
            return kernel, self.pool.release

        self.executor = executor = self.executor_of(notebook, kernel_of)
        executor.stopped = self.why
        self.tell("start", cells=len(executor.code_cells), kernel=job["kernel"])
        self.task = asyncio.ensure_future(executor.async_execute())
        if self.why is not None:
            self.task.cancel()
        limit = job.get("timeout")
        deadline = asyncio.get_running_loop().call_later(limit, self.stop, "timeout") if limit else None
        try:
            await self.task
        except (Exception, asyncio.CancelledError) as error:
            failure = executor.failure_of(error)
            if executor.current is not None:
                write_atomically(notebook, Path(job.get("failed") or job["output"].with_name(f"{job['output'].stem}.failed.ipynb")))
            raise failure from error
        finally:
            if deadline:
                deadline.cancel()
        write_atomically(notebook, job["output"])
        self.tell("end", seconds=round(time.monotonic() - started, 3), output=str(job["output"]), facts=executor.facts, observed=executor.observed)


def wanted(job):
    """What `KernelPool.take` and `prepare` need to know of a job."""
    cwd = str(job.get("cwd") or job["input"].parent)
    return job["kernel"], cwd, job.get("env") or {}, job.get("sandbox"), job.get("startup_timeout", 60)
