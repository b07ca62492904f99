"""A Jupyter client that keeps every message, for the conformance suite."""
import os
import time
from queue import Empty

from jupyter_client.manager import KernelManager

TIMEOUT = 30


class Result:
    """What one execute_request gave: the reply and its iopub messages in order."""

    def __init__(self, reply, messages, others):
        self.reply = reply["content"]
        self.reply_message = reply
        self.messages = messages
        self.others = others

    @property
    def status(self):
        return self.reply["status"]

    def types(self):
        return [m["msg_type"] for m in self.messages]

    def contents(self, kind):
        return [m["content"] for m in self.messages if m["msg_type"] == kind]

    def text(self, name="stdout"):
        return "".join(c["text"] for c in self.contents("stream") if c["name"] == name)

    @property
    def plain(self):
        results = self.contents("execute_result")
        assert len(results) == 1, f"expected one execute_result, got {self.types()} {self.reply}"
        return results[0]["data"]["text/plain"]

    @property
    def error(self):
        errors = self.contents("error")
        assert errors, f"expected an error, got {self.types()}"
        return errors[0]


class Kernel:
    """One kernel process and a client."""

    def __init__(self, name="tslab", cwd=None, env=None, wait_for_types=True):
        self.manager = KernelManager(kernel_name=name)
        self.manager.start_kernel(cwd=cwd, env={**os.environ, **(env or {})})
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=TIMEOUT)
        argv = " ".join(self.manager.kernel_spec.argv)
        if "/main.js" not in argv:
            self.stop()
            raise AssertionError(f"the kernelspec {name} is another kernel's: {argv}")
        if wait_for_types:
            # Interactive cells do not wait for types at the start of a kernel; headless ones do.
            self.run("0", silent=True, allow_stdin=False)

    def stop(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def send(self, code, **options):
        return self.client.execute(code, **options)

    def collect(self, msg_id, timeout=TIMEOUT):
        """The messages of a request until its idle, and its reply."""
        messages, others = [], []
        deadline = time.time() + timeout
        while True:
            message = self.client.get_iopub_msg(timeout=max(0.01, deadline - time.time()))
            if message["parent_header"].get("msg_id") != msg_id:
                others.append(message)
                continue
            messages.append(message)
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                break
        return Result(self.reply(msg_id, timeout), messages, others)

    def reply(self, msg_id, timeout=TIMEOUT):
        deadline = time.time() + timeout
        while True:
            reply = self.client.get_shell_msg(timeout=max(0.01, deadline - time.time()))
            if reply["parent_header"].get("msg_id") == msg_id:
                return reply

    def run(self, code, timeout=TIMEOUT, **options):
        return self.collect(self.send(code, **options), timeout)

    def ok(self, code, **options):
        result = self.run(code, **options)
        assert result.status == "ok", f"{code!r}: {result.reply}"
        return result

    def value(self, code, **options):
        return self.ok(code, **options).plain

    def fails(self, code, **options):
        result = self.run(code, **options)
        assert result.status == "error", f"{code!r} did not fail: {result.types()} {result.reply}"
        return result

    def iopub(self, seconds=0.5, until=None):
        """iopub messages of the next moments, until one satisfies `until`."""
        messages, deadline = [], time.time() + seconds
        while time.time() < deadline:
            try:
                messages.append(self.client.get_iopub_msg(timeout=max(0.01, deadline - time.time())))
            except Empty:
                break
            if until is not None and until(messages[-1]):
                break
        return messages

    def control(self, kind, content=None, timeout=TIMEOUT):
        message = self.client.session.msg(kind, content or {})
        self.client.control_channel.send(message)
        deadline = time.time() + timeout
        while True:
            reply = self.client.get_control_msg(timeout=max(0.01, deadline - time.time()))
            if reply["parent_header"]["msg_id"] == message["header"]["msg_id"]:
                return reply

    def interrupt(self):
        """Sends the request without waiting for its reply."""
        self.client.control_channel.send(self.client.session.msg("interrupt_request", {}))

    def shell(self, kind, content, timeout=TIMEOUT, buffers=None):
        message = self.client.session.msg(kind, content)
        self.client.session.send(self.client.shell_channel.socket, message, buffers=buffers)
        return message["header"]["msg_id"]
