"""A front end of the debugger: requests over control, events from iopub."""
import time
from queue import Empty

TIMEOUT = 60


class Debugger:
    """One session; `with Debugger(kernel) as d:` starts it and ends it."""

    def __init__(self, kernel, **attach):
        self.kernel = kernel
        self.attach = attach
        self.seq = 0
        self.events = []
        self.running = None

    def __enter__(self):
        assert self.request("initialize", clientID="test", adapterID="", linesStartAt1=True)["success"]
        assert self.request("attach", **self.attach)["success"]
        return self

    def __exit__(self, *_):
        self.request("disconnect", restart=False, terminateDebuggee=False)
        self.finish()

    def request(self, command, **arguments):
        self.seq += 1
        content = {"type": "request", "seq": self.seq, "command": command, "arguments": arguments}
        reply = self.kernel.control("debug_request", content, TIMEOUT)
        assert reply["msg_type"] == "debug_reply", reply
        assert reply["content"]["request_seq"] == self.seq and reply["content"]["command"] == command, reply["content"]
        return reply["content"]

    def ask(self, command, **arguments):
        reply = self.request(command, **arguments)
        assert reply["success"], f"{command}: {reply}"
        return reply["body"]

    def refused(self, command, **arguments):
        reply = self.request(command, **arguments)
        assert not reply["success"], reply
        return reply["message"]

    def cell(self, code, *lines):
        """Dumps a cell and sets breakpoints on lines, or breakpoints given as dicts; returns its path and their places."""
        path = self.ask("dumpCell", code=code)["sourcePath"]
        return path, self.set(path, *lines)

    def set(self, path, *lines):
        breakpoints = [line if isinstance(line, dict) else {"line": line} for line in lines]
        return self.ask("setBreakpoints", source={"path": path}, breakpoints=breakpoints)["breakpoints"]

    def start(self, code, **options):
        """Runs a cell that is expected to stop."""
        self.running = self.kernel.send(code, **options)

    def event(self, name, timeout=TIMEOUT):
        """The next event of a name; what comes before it is kept in `events`."""
        deadline = time.time() + timeout
        while True:
            for at, message in enumerate(self.events):
                if message["msg_type"] == "debug_event" and message["content"]["event"] == name:
                    del self.events[: at + 1]
                    return message["content"]["body"]
            try:
                self.events.append(self.kernel.client.get_iopub_msg(timeout=max(0.01, deadline - time.time())))
            except Empty:
                raise AssertionError(f"no event {name}: {[m['content'] for m in self.events]}")

    def stopped(self, reason=None):
        body = self.event("stopped")
        assert body["threadId"] == 1 and (reason is None or body["reason"] == reason), body
        return body

    def stack(self):
        return self.ask("stackTrace", threadId=1)["stackFrames"]

    def place(self):
        """Name and line of the innermost frame."""
        frame = self.stack()[0]
        return frame["name"], frame["line"]

    def go(self, command="continue", reason=None):
        """Goes on to the next stop."""
        self.ask(command, threadId=1)
        self.stopped(reason)
        return self.place()

    def scope(self, name, frame=0):
        frames = self.stack()
        scopes = self.ask("scopes", frameId=frames[frame]["id"])["scopes"]
        found = [s for s in scopes if s["name"] == name]
        assert found, scopes
        return found[0]["variablesReference"]

    def variables(self, reference, **page):
        return {v["name"]: v for v in self.ask("variables", variablesReference=reference, **page)["variables"]}

    def values(self, reference, **page):
        return {name: v["value"] for name, v in self.variables(reference, **page).items()}

    def end(self):
        """Continues to the end of the cell."""
        self.ask("continue", threadId=1)
        return self.finish()

    def finish(self):
        """The result of the cell that was started."""
        if self.running is None:
            return None
        running, self.running = self.running, None
        kept = [m for m in self.events if m["parent_header"].get("msg_id") == running]
        self.events = []
        done = [m for m in kept if m["msg_type"] == "status" and m["content"]["execution_state"] == "idle"]
        if done:
            from client import Result

            return Result(self.kernel.reply(running), kept, [])
        result = self.kernel.collect(running, TIMEOUT)
        result.messages[:0] = kept
        return result
