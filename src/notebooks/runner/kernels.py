"""Kernels that are started ahead of their notebook, and end with all that they have started."""

import asyncio
import json
import os
import signal
import sys
import tempfile
from pathlib import Path

from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import NoSuchKernel
from protocol import Failure
from relay import Relay
from system import kill_group

# A kernel that was asked to end gets this long to do so.
FAREWELL_SECONDS = 3


BRIDGE = Path(__file__).parent / "bridge.py"


# Asks a kernel to tell what its results rest on; the kernel gets the name of a file.
OBSERVE = "DNN_LAB_OBSERVE"


class WrappedKernelManager(AsyncKernelManager):
    """Starts the kernel behind a command, such as a sandbox's, with one connected socket in place of a connection file."""

    wrapper, channel = (), None

    def format_kernel_cmd(self, extra_arguments=None):
        takes_channel = (self.kernel_spec.metadata or {}).get("dnn_lab_channel")
        place = f"fd:{self.channel}" if takes_channel else "{connection_file}"
        own = [part.replace(self.connection_file, place) for part in super().format_kernel_cmd(extra_arguments)]
        # Another kernel: bridge.py makes the connection file and sockets that it needs, inside the sandbox.
        bridge = [] if takes_channel else [sys.executable, str(BRIDGE), str(self.channel)]
        return [*self.wrapper, *bridge, *own]


def manager_for(name, sandbox, relay):
    """`sandbox`: {"command": what stands before the kernel's own command, "folder": where the runner's own sockets lie,
    "output_limit": bytes that may be shown}."""
    if sandbox is None:
        return AsyncKernelManager(kernel_name=name)
    folder = sandbox["folder"]
    manager = WrappedKernelManager(kernel_name=name, transport="ipc", ip=f"{folder}/k", connection_file=f"{folder}/connection.json")
    manager.wrapper, manager.channel = sandbox["command"], relay.theirs.fileno()
    return manager


class Kernel:
    """A running kernel with a client. What its process itself prints (not what cells print) is kept in a log."""

    def __init__(self, name, cwd, env, sandbox=None):
        self.name, self.cwd, self.env = name, cwd, env
        self.relay = Relay(sandbox.get("output_limit")) if sandbox else None
        self.manager = manager_for(name, sandbox, self.relay)
        self.client = None
        self.group = None
        self.log = tempfile.TemporaryFile(mode="w+", encoding="utf-8", errors="replace")
        # Where Node.js writes why it aborted: what it prints goes to the kernel itself, and is lost with it.
        self.reports = tempfile.TemporaryDirectory(prefix="kernel-reports-")

    def environment(self):
        env = {**os.environ, **self.env}
        if env.get(OBSERVE):
            env[OBSERVE] = str(self.observed_path())
        reports = f'--report-on-fatalerror --report-directory="{self.reports.name}"'
        return {**env, "NODE_OPTIONS": f"{env.get('NODE_OPTIONS', '')} {reports}".strip()}

    async def start(self, timeout):
        """Starts the process and waits until it answers. Raises Failure (kind "kernel-start")."""
        # A cancellation must not come between the process' start and our knowing of it.
        launch = asyncio.ensure_future(
            self.manager.start_kernel(cwd=self.cwd, env=self.environment(), stdout=self.log, stderr=self.log, **self.inherited()))
        try:
            await asyncio.shield(launch)
            self.note_group()
            self.client = self.manager.client()
            if self.relay:
                await self.relay.open(self.manager.get_connection_info())
            self.client.start_channels()
            if self.relay:
                await self.relay.subscribed()
            await self.client.wait_for_ready(timeout=timeout)
        except NoSuchKernel as error:
            await self.end(now=True)
            raise Failure("kernel-start", f"there is no Jupyter kernel named '{error.name}' (npm run setup registers it)") from error
        except BaseException as error:
            await asyncio.wait({launch})
            self.note_group()
            log = self.words()
            await self.end(now=True)
            if isinstance(error, asyncio.CancelledError):
                raise
            raise Failure("kernel-start", f"the kernel '{self.name}' did not start: {error or type(error).__name__}", kernel_log=log) from error
        self.client.allow_stdin = False
        return self

    def observed_path(self):
        """Where the kernel tells what it has seen, if it was asked to look."""
        return Path(self.reports.name) / "observed.json"

    def observed(self):
        try:
            return json.loads(self.observed_path().read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    def inherited(self):
        return {"pass_fds": (self.manager.channel,)} if self.relay else {}

    def note_group(self):
        self.group = getattr(self.manager.provisioner, "pgid", None)

    def words(self):
        """The last lines of the process' own output."""
        if self.log.closed:
            return ""
        self.log.seek(0)
        return "\n".join([self.log.read()[-4000:].strip(), *self.reasons()]).strip()

    def reasons(self):
        """Why Node.js aborted, if it says so: "Allocation failed - JavaScript heap out of memory"."""
        for path in Path(self.reports.name).glob("report*.json"):
            try:
                yield str(json.loads(path.read_text(encoding="utf-8"))["header"]["event"])
            except (ValueError, KeyError, OSError):
                continue

    def exit_status(self):
        """How the process ended: "code 1", "SIGKILL"; None while it runs."""
        process = getattr(self.manager.provisioner, "process", None)
        code = None if process is None else process.poll()
        if code is None:
            return None
        return f"code {code}" if code >= 0 else signal.Signals(-code).name

    async def end(self, now=False):
        """Ends the process, at once or with a farewell, and with it every process of its group."""
        if now:
            kill_group(self.group)
        try:
            if self.client is not None:
                self.client.stop_channels()
            if self.manager.has_kernel:
                await asyncio.wait_for(self.manager.shutdown_kernel(now=now), FAREWELL_SECONDS)
        except (asyncio.TimeoutError, RuntimeError):
            pass
        finally:
            kill_group(self.group)
            if self.relay:
                await self.relay.close()
            self.log.close()
            self.reports.cleanup()


class KernelPool:
    """Hands out kernels; `prepare` starts one ahead, so that the next notebook finds it warm."""

    def __init__(self):
        self.starting = []  # (what was asked for, task that starts it)
        self.taken = set()  # of these tasks, those that somebody waits for
        self.abandoned = set()  # and those that nobody waits for any more
        self.ending = set()
        self.used = set()

    def prepare(self, name, cwd, env, sandbox, timeout):
        task = asyncio.ensure_future(Kernel(name, cwd, env, sandbox).start(timeout))
        # Whoever takes the kernel gets the error; when nobody takes it, it does not matter.
        task.add_done_callback(lambda done: None if done.cancelled() else done.exception())
        self.starting.append(((name, cwd, env, sandbox), task))

    async def take(self, name, cwd, env, sandbox, timeout):
        """A kernel that runs in `cwd`, started before or now. Raises Failure (kind "kernel-start")."""
        wanted = name, cwd, env, sandbox
        if not any(asked == wanted and task not in self.taken for asked, task in self.starting):
            self.prepare(*wanted, timeout)
        entry = next(each for each in self.starting if each[0] == wanted and each[1] not in self.taken)
        self.taken.add(entry[1])
        try:
            kernel = await asyncio.shield(entry[1])
        except asyncio.CancelledError:
            self.abandon(entry[1])
            raise
        except Failure:
            self.starting.remove(entry)
            raise
        self.starting.remove(entry)
        self.used.add(kernel)
        return kernel

    def abandon(self, task):
        """Stops a start, once: it then ends what it has started, and a second cancellation would hit it while it does."""
        if task not in self.abandoned:
            self.abandoned.add(task)
            task.cancel()

    def release(self, kernel, now=False):
        """Ends a kernel in the background: the next notebook need not wait for its farewell."""
        self.used.discard(kernel)
        task = asyncio.ensure_future(kernel.end(now))
        self.ending.add(task)
        task.add_done_callback(self.ending.discard)

    async def close(self):
        """Ends all kernels; resolves when no process is left."""
        for _, task in self.starting:
            self.abandon(task)
        started = await asyncio.gather(*(task for _, task in self.starting), return_exceptions=True)
        for kernel in [*(each for each in started if isinstance(each, Kernel)), *self.used]:
            self.release(kernel, now=True)
        await asyncio.gather(*self.ending, return_exceptions=True)
