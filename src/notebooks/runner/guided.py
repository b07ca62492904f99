"""A run that somebody guides: it goes on after errors, stops at given cells, and tells values of the kernel when asked.

Graders need that. At a cell in `stops` the cell is not executed: the event `stop` is sent, and requests are served until `go`:
    {"do": "ask", "job": 1, "id": 7, "expressions": {"a": "1 + 1"}, "timeout_ms": 5000}   → event values (id, values)
    {"do": "go", "job": 1}
The values come from the kernel's read_values_request, which reads them from outside of the notebook's own thread; a kernel that
does not know it gives errors in their place.
"""

import asyncio
import time
from queue import Empty

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from run import Executor, text_of

# Beyond the time that an expression has: the answer must still come.
ANSWER_SLACK_SECONDS = 5
# How long late errors are listened for.
LISTEN_SECONDS = 0.2
# What is kept of an error in an event.
MESSAGE_LENGTH = 4000


def is_answer(value):
    return isinstance(value, dict) and ("value" in value or isinstance(value.get("error"), str))


# What nbclient keeps of a kernel's messages.
KEPT = ("stream", "display_data", "execute_result", "update_display_data", "error", "comm_open", "comm_msg")


class GuidedExecutor(Executor):
    def __init__(self, *args, stops=(), output_limit=None, **options):
        super().__init__(*args, allow_errors=True, interrupt_on_timeout=True, **options)
        self.error_on_timeout = {"ename": "TimeoutError", "evalue": f"the cell took longer than the {self.timeout} s allowed for one",
                                 "traceback": []}
        self.stops, self.output_left, self.cut = set(stops), output_limit, False
        self.inbox = asyncio.Queue()

    async def async_execute_cell(self, cell, cell_index, **options):
        if cell_index not in self.stops:
            return await super().async_execute_cell(cell, cell_index, **options)
        self.current = cell_index
        self.tell("stop", index=cell_index)
        while (request := await self.inbox.get())["do"] != "go":
            self.tell("values", id=request["id"], values=await self.values(request))
        return cell

    async def values(self, request):
        """The answer to an `ask`: for each name `{"value"}` or `{"error"}`."""
        expressions, timeout_ms = request["expressions"], request.get("timeout_ms", 10_000)
        message = self.kc.session.msg("read_values_request", {"expressions": expressions, "timeout_ms": timeout_ms})
        self.kc.shell_channel.send(message)
        end = time.monotonic() + (timeout_ms / 1000 + 1) * len(expressions) + ANSWER_SLACK_SECONDS
        while (left := end - time.monotonic()) > 0:
            if not await self.km.is_alive():
                raise DeadKernelError("Kernel died")
            try:
                reply = await self.kc.shell_channel.get_msg(timeout=min(left, 0.25))
            except Empty:
                continue
            if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                return self.readable(reply["content"], expressions)
        return {name: {"error": "the kernel gave no answer in time"} for name in expressions}

    def readable(self, content, expressions):
        """The values that were asked for, each as it must be; what is not is said in its place."""
        values = content.get("values")
        if not isinstance(values, dict):
            return {name: {"error": str(text_of(content))[:MESSAGE_LENGTH]} for name in expressions}
        found = {name: values.get(name) for name in expressions}
        return {name: each if is_answer(each) else {"error": "the kernel's answer cannot be read"} for name, each in found.items()}

    def leave(self):
        """What came out of the sandbox and was no kernel's word."""
        relay = self.kernel.relay if self.kernel else None
        for text in relay.findings if relay else []:
            self.tell("finding", text=text)
        if relay and relay.dropped and not self.cut:
            self.tell("cut", index=self.current or 0)

    async def end(self, cell, cell_index, execute_reply):
        await super().end(cell, cell_index, execute_reply)
        if self.reply.get("status") == "error":
            self.tell("raised", cell=self.number(cell_index), index=cell_index, name=str(self.reply.get("ename"))[:200],
                      message=str(self.reply.get("evalue"))[:MESSAGE_LENGTH])

    def process_message(self, msg, cell, cell_index):
        """Output beyond the limit is dropped: it must not fill the memory of whoever grades."""
        if self.output_left is not None and msg["msg_type"] in KEPT:
            self.output_left -= len(str(msg["content"]))
            if self.output_left < 0:
                if not self.cut:
                    self.cut = True
                    self.tell("cut", index=cell_index)
                return None
        return super().process_message(msg, cell, cell_index)

    async def look_on(self):
        """Nothing of ours within the kernel: what it says of itself would be a claim."""

    async def settle(self):
        """Late errors are reported as `late`, and cost nothing."""
        if self.current is not None:
            await self.listen(LISTEN_SECONDS)

    def failure_of(self, error):
        if isinstance(error, CellTimeoutError):  # it did not stop when it was interrupted
            self.stopped = None
        return super().failure_of(error)
