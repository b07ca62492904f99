"""The messaging protocol. A function is one item; with a parameter it gets the shared kernel, without one it starts its own."""
import json
import os
import socket
import stat
import tempfile
import time
import uuid

import zmq
from jupyter_client.session import Session

from client import Kernel


def item_kernel_info_has_real_versions(k):
    k.client.kernel_info()
    content = k.client.get_shell_msg(timeout=10)["content"]
    while "language_info" not in content:
        content = k.client.get_shell_msg(timeout=10)["content"]
    assert content["status"] == "ok" and content["protocol_version"] == "5.5", content
    info = content["language_info"]
    assert info["name"] == "typescript" and info["file_extension"] == ".ts", info
    assert tuple(map(int, info["version"].split(".")[:2])) >= (5, 9), info
    assert k.value("process.versions.node") .strip("'") in content["banner"]
    assert content["supported_features"] == ["debugger"] and content["debugger"] is True


def item_an_execution_publishes_busy_input_output_result_idle_in_order(k):
    r = k.ok("console.log('a'); 41 + 1")
    assert r.types() == ["status", "execute_input", "stream", "execute_result", "status"], r.types()
    assert r.messages[0]["content"]["execution_state"] == "busy"
    assert r.contents("execute_input")[0]["code"] == "console.log('a'); 41 + 1"
    count = r.contents("execute_input")[0]["execution_count"]
    assert r.contents("execute_result")[0]["execution_count"] == count == r.reply["execution_count"]


def item_execution_counts_go_up_by_one(k):
    first = k.ok("1").reply["execution_count"]
    assert k.ok("2").reply["execution_count"] == first + 1


def item_silent_executions_publish_nothing_but_status_and_do_not_count(k):
    before = k.ok("1").reply["execution_count"]
    r = k.ok("console.log('quiet'); 5", silent=True)
    assert r.types() == ["status", "status"], r.types()
    assert k.ok("1").reply["execution_count"] == before + 1


def item_store_history_false_does_not_count(k):
    before = k.ok("1").reply["execution_count"]
    r = k.ok("7", store_history=False)
    assert r.plain == "7" and r.reply["execution_count"] == before


def item_an_empty_cell_is_fine(k):
    before = k.ok("1").reply["execution_count"]
    assert k.ok("").types()[-1] == "status"
    assert k.ok("// only a comment").contents("execute_result") == []
    assert k.ok("1").reply["execution_count"] in (before + 2, before + 3)


def item_user_expressions_are_evaluated_after_the_code(k):
    r = k.ok("let ux = 20", user_expressions={"good": "ux + 1", "bad": "nowhere.x", "wrong": "1 +"})
    values = r.reply["user_expressions"]
    assert values["good"]["status"] == "ok" and values["good"]["data"]["text/plain"] == "21", values
    assert values["bad"]["status"] == "error" and values["bad"]["ename"] == "ReferenceError", values
    assert values["wrong"]["status"] == "error" and values["wrong"]["ename"] == "SyntaxError", values


def item_stop_on_error_aborts_the_requests_that_wait(k):
    ids = [k.send("await new Promise(r => setTimeout(r, 200)); throw new Error('stop')"), k.send("let notRun = 1"), k.send("2")]
    replies = [k.collect(i) for i in ids]
    assert [r.status for r in replies] == ["error", "aborted", "aborted"], [r.reply for r in replies]
    assert replies[1].types() == ["status", "status"], replies[1].types()
    assert k.value("typeof notRun", stop_on_error=True) == "'undefined'" if False else True
    assert k.value("3 + 3") == "6"


def item_stop_on_error_false_lets_the_rest_run(k):
    ids = [k.send("throw new Error('go on')", stop_on_error=False), k.send("2 + 2")]
    replies = [k.collect(i) for i in ids]
    assert [r.status for r in replies] == ["error", "ok"]


def item_a_request_after_an_error_reply_is_never_aborted(k):
    for _ in range(5):
        k.fails("throw new Error('x')")
        assert k.run("1").status == "ok"


def item_an_error_has_name_value_and_code_frame(k):
    r = k.fails("let okay = 1\nfunction deep() {\n  throw new RangeError('too far')\n}\ndeep()")
    e = r.error
    assert e["ename"] == "RangeError" and e["evalue"] == "too far", e
    trace = "\n".join(e["traceback"])
    assert ":3:9" in trace and "throw new RangeError" in trace and ":5:1" in trace, trace
    assert r.reply["ename"] == "RangeError" and r.reply["traceback"] == e["traceback"]
    assert r.contents("execute_result") == []


def item_complete_answers_with_types(k):
    k.ok("const completeMe = { alpha: 1, beta: 'x' }")
    k.client.complete("completeMe.al")
    r = k.client.get_shell_msg(timeout=20)["content"]
    assert "alpha" in r["matches"] and (r["cursor_start"], r["cursor_end"]) == (11, 13), r
    assert any(t["text"] == "alpha" for t in r["metadata"]["_jupyter_types_experimental"]), r


def item_complete_counts_code_points(k):
    code = "const 𝒳 = '😀'; completeMe2.to"
    k.ok("const completeMe2 = 5")
    k.client.complete(code)
    r = k.client.get_shell_msg(timeout=20)["content"]
    assert r["cursor_end"] == len(code) and r["cursor_start"] == len(code) - 2, r
    assert "toFixed" in r["matches"], r


def item_inspect_shows_type_documentation_and_value(k):
    k.ok("/** How many there are. */\nconst inspected: number = 42")
    k.client.inspect("inspected", 4)
    r = k.client.get_shell_msg(timeout=20)["content"]
    assert r["found"] and "number" in r["data"]["text/plain"], r
    assert "How many there are." in r["data"]["text/plain"], r
    assert "42" in r["data"]["text/plain"], r


def item_inspect_has_two_detail_levels(k):
    k.ok("function levelled(a: number) { return a + 1234 }")
    texts = []
    for level in (0, 1):
        k.client.inspect("levelled", 3, detail_level=level)
        texts.append(k.client.get_shell_msg(timeout=20)["content"]["data"]["text/plain"])
    assert "1234" in texts[1], texts


def item_inspect_of_nothing_is_not_found(k):
    k.client.inspect("  ", 1)
    r = k.client.get_shell_msg(timeout=20)["content"]
    assert r["status"] == "ok" and r["found"] is False and r["data"] == {}, r


def item_is_complete_tells_complete_incomplete_invalid(k):
    for code, status in [("1 + 1", "complete"), ("function f() {", "incomplete"), ("let x = ]", "invalid"), ("`a", "incomplete"), ("%%sh\nls", "incomplete"), ("%check off", "complete")]:
        k.client.is_complete(code)
        r = k.client.get_shell_msg(timeout=20)["content"]
        assert r["status"] == status, (code, r)
        if status == "incomplete":
            assert isinstance(r["indent"], str)


def item_history_tail_range_search_are_kept_across_sessions():
    folder = tempfile.mkdtemp()
    path = os.path.join(folder, "h", "history.jsonl")
    k = Kernel(env={"DNN_LAB_HISTORY": path})
    k.ok("let firstOne = 11")
    k.ok("firstOne * 2")
    k.stop()
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600, oct(os.stat(path).st_mode)
    k = Kernel(env={"DNN_LAB_HISTORY": path})
    try:
        k.ok("3 * 3")

        def ask(**options):
            k.client.history(**options)
            return k.client.get_shell_msg(timeout=20)["content"]["history"]

        assert [h[2] for h in ask(hist_access_type="tail", n=3)] == ["let firstOne = 11", "firstOne * 2", "3 * 3"]
        assert [h[2] for h in ask(hist_access_type="range", session=-1, start=1, stop=2)] == ["let firstOne = 11"]
        assert [h[2] for h in ask(hist_access_type="range", session=0, start=1)] == ["3 * 3"]
        assert [h[2] for h in ask(hist_access_type="search", pattern="*firstOne*")] == ["let firstOne = 11", "firstOne * 2"]
        assert ask(hist_access_type="range", session=0, start=1, output=True)[0][2] == ["3 * 3", "9"]
    finally:
        k.stop()


def item_history_can_be_kept_off_the_disk():
    folder = tempfile.mkdtemp()
    k = Kernel(env={"DNN_LAB_HISTORY": "off", "XDG_STATE_HOME": folder, "HOME": folder})
    try:
        k.ok("1 + 1")
        k.client.history(hist_access_type="tail", n=1)
        assert k.client.get_shell_msg(timeout=20)["content"]["history"][0][2] == "1 + 1"
        assert os.listdir(folder) == []
    finally:
        k.stop()


def item_comms_carry_data_and_buffers_both_ways(k):
    k.ok("comms.registerTarget('echo', (comm, open) => { comm.send({ hello: open.data.name }); comm.onMessage(m => comm.send({ sum: m.buffers[0].reduce((a, b) => a + b, 0) }, { buffers: [new Uint8Array([9, 8, 7])] })) })")
    comm_id = uuid.uuid4().hex
    k.shell("comm_open", {"comm_id": comm_id, "target_name": "echo", "data": {"name": "you"}})
    hello = k.iopub(5, lambda m: m["msg_type"] == "comm_msg")[-1]
    assert hello["content"] == {"comm_id": comm_id, "data": {"hello": "you"}}, hello
    k.iopub(5, lambda m: m["msg_type"] == "status" and m["content"]["execution_state"] == "idle")
    k.shell("comm_msg", {"comm_id": comm_id, "data": {}}, buffers=[bytes([1, 2, 3])])
    answer = k.iopub(5, lambda m: m["msg_type"] == "comm_msg")[-1]
    assert answer["content"]["data"] == {"sum": 6} and bytes(answer["buffers"][0]) == bytes([9, 8, 7]), answer
    k.client.comm_info(target_name="echo")
    info = k.client.get_shell_msg(timeout=10)["content"]
    assert info["comms"] == {comm_id: {"target_name": "echo"}}, info
    k.shell("comm_close", {"comm_id": comm_id, "data": {}})
    k.iopub(5, lambda m: m["msg_type"] == "status" and m["content"]["execution_state"] == "idle")
    k.client.comm_info()
    assert k.client.get_shell_msg(timeout=10)["content"]["comms"] == {}


def item_the_kernel_opens_a_comm(k):
    r = k.ok("const opened = comms.open('front', { a: 1 }, { buffers: [new Uint8Array([5])], metadata: {} }); opened.send({ b: 2 }); opened.close()")
    kinds = [t for t in r.types() if t.startswith("comm")]
    assert kinds == ["comm_open", "comm_msg", "comm_close"], kinds
    opened = [m for m in r.messages if m["msg_type"] == "comm_open"][0]
    assert opened["content"]["target_name"] == "front" and bytes(opened["buffers"][0]) == bytes([5])


def item_an_unknown_comm_target_is_closed(k):
    comm_id = uuid.uuid4().hex
    k.shell("comm_open", {"comm_id": comm_id, "target_name": "nobody", "data": {}})
    closed = k.iopub(5, lambda m: m["msg_type"] == "comm_close")[-1]
    assert closed["msg_type"] == "comm_close" and closed["content"]["comm_id"] == comm_id
    k.iopub(0.3)


def item_comms_are_handled_while_a_cell_awaits(k):
    k.ok("let slider = 0; comms.registerTarget('slider', comm => comm.onMessage(m => { slider = m.data.value as number }))")
    msg_id = k.send("while (slider !== 7) await new Promise(r => setTimeout(r, 5)); slider")
    comm_id = uuid.uuid4().hex
    k.shell("comm_open", {"comm_id": comm_id, "target_name": "slider", "data": {}})
    k.shell("comm_msg", {"comm_id": comm_id, "data": {"value": 7}})
    assert k.collect(msg_id, 10).plain == "7"


def item_stdin_asks_and_gets_the_answer(k):
    def answer(code, value):
        msg_id = k.send(code, allow_stdin=True)
        request = k.client.get_stdin_msg(timeout=10)
        assert request["parent_header"]["msg_id"] == msg_id
        k.client.input(value)
        return request["content"], k.collect(msg_id)

    content, r = answer("const name = input('Name? '); `hello ${name}`", "Ä 😀")
    assert content == {"prompt": "Name? ", "password": False} and r.plain == "'hello Ä 😀'", (content, r.reply)
    content, r = answer("password('Secret: ').length", "abc")
    assert content["password"] is True and r.plain == "3"
    content, r = answer("prompt('Really?')", "yes")
    assert r.plain == "'yes'"


def item_stdin_without_a_user_is_an_error(k):
    r = k.fails("input('anyone?')", allow_stdin=False)
    assert "allow_stdin" in r.error["evalue"], r.error


def item_control_answers_while_a_cell_is_busy(k):
    msg_id = k.send("let spin = Date.now(); while (Date.now() - spin < 1500) {}; 'done'")
    time.sleep(0.3)
    start = time.time()
    reply = k.control("kernel_info_request")
    assert reply["content"]["status"] == "ok" and time.time() - start < 0.8, time.time() - start
    assert k.collect(msg_id).plain == "'done'"


def item_the_heartbeat_answers_while_a_cell_is_busy(k):
    msg_id = k.send("spin = Date.now(); while (Date.now() - spin < 1500) {}; 'beat'")
    time.sleep(0.3)
    info = k.manager.get_connection_info()
    req = zmq.Context.instance().socket(zmq.REQ)
    req.connect(f"tcp://{info['ip']}:{info['hb_port']}")
    req.send(b"ping")
    assert req.poll(800) and req.recv() == b"ping"
    req.close()
    assert k.collect(msg_id).plain == "'beat'"


def item_completion_and_inspection_are_answered_while_an_async_cell_runs(k):
    k.ok("const whileRunning = { gamma: 1 }")
    msg_id = k.send("await new Promise(r => setTimeout(r, 1500)); 'slept'")
    time.sleep(0.2)
    start = time.time()
    k.client.complete("whileRunning.ga")
    assert "gamma" in k.client.get_shell_msg(timeout=10)["content"]["matches"]
    k.client.inspect("whileRunning", 3)
    assert k.client.get_shell_msg(timeout=10)["content"]["found"]
    k.client.is_complete("1")
    assert k.client.get_shell_msg(timeout=10)["content"]["status"] == "complete"
    assert time.time() - start < 1.2
    assert k.collect(msg_id).plain == "'slept'"


def item_iopub_welcome_greets_a_subscriber(k):
    info = k.manager.get_connection_info()
    sub = zmq.Context.instance().socket(zmq.SUB)
    sub.connect(f"tcp://{info['ip']}:{info['iopub_port']}")
    sub.setsockopt(zmq.SUBSCRIBE, b"")
    assert sub.poll(3000)
    session = Session(key=info["key"])
    _, frames = session.feed_identities(sub.recv_multipart())
    message = session.deserialize(frames)
    assert message["msg_type"] == "iopub_welcome" and message["content"] == {"subscription": ""}, message
    sub.close()


def raw_send(k, frames):
    info = k.manager.get_connection_info()
    dealer = zmq.Context.instance().socket(zmq.DEALER)
    dealer.connect(f"tcp://{info['ip']}:{info['shell_port']}")
    dealer.send_multipart(frames)
    answered = dealer.poll(300)
    dealer.close(linger=500)
    return answered


def signed(k, header, content=b"{}", key=None):
    info = k.manager.get_connection_info()
    session = Session(key=key if key is not None else info["key"])
    parts = [json.dumps(header).encode(), b"{}", b"{}", content]
    return [b"<IDS|MSG>", session.sign(parts), *parts]


HEADER = {"msg_id": "m", "session": "s", "username": "u", "date": "2026-01-01T00:00:00Z", "msg_type": "kernel_info_request", "version": "5.3"}


def item_unsigned_and_wrongly_signed_messages_are_dropped(k):
    parts = signed(k, HEADER)
    assert raw_send(k, parts), "a rightly signed message is answered"
    assert not raw_send(k, [parts[0], b"", *parts[2:]])
    assert not raw_send(k, [parts[0], b"0" * 64, *parts[2:]])
    assert not raw_send(k, signed(k, {**HEADER, "msg_id": "n"}, key=b"another key"))
    assert k.value("1 + 1") == "2"


def item_a_repeated_message_is_dropped(k):
    parts = signed(k, {**HEADER, "msg_id": "once"})
    assert raw_send(k, parts)
    assert not raw_send(k, parts)


def item_malformed_messages_are_dropped(k):
    for frames in ([b"x"], [b"<IDS|MSG>"], [b"<IDS|MSG>", b"sig", b"{}"], signed(k, {"msg_id": 1}), signed(k, HEADER, b"[1]"), signed(k, HEADER, b"\xff\xfe")):
        assert not raw_send(k, frames)
    assert k.value("1 + 2") == "3"


def item_requests_with_wrong_contents_get_an_error_reply(k):
    for kind, content in [("complete_request", {}), ("inspect_request", {"code": 5}), ("history_request", {"hist_access_type": "nonsense"}), ("execute_request", {"code": None})]:
        reply = k.reply(k.shell(kind, content), 10)
        assert reply["content"]["status"] == "error", (kind, reply["content"])
        k.iopub(0.1)
    assert k.value("2 + 2") == "4"


def item_sockets_listen_on_the_address_of_the_connection_file_only(k):
    info = k.manager.get_connection_info()
    pid = k.manager.provisioner.pid
    listening = set()
    for table in ("tcp", "tcp6"):
        path = f"/proc/{pid}/net/{table}"
        if not os.path.exists(path):
            continue
        for line in open(path).readlines()[1:]:
            fields = line.split()
            address, port = fields[1].split(":")
            if fields[3] == "0A":
                listening.add((address, int(port, 16)))
    ports = {info[f"{name}_port"] for name in ("shell", "iopub", "stdin", "control", "hb")}
    found = {a for a, p in listening if p in ports}
    assert found == {"0100007F"}, found
    assert socket.inet_ntoa(bytes.fromhex("0100007F")[::-1]) == info["ip"]


def item_shutdown_is_answered_and_ends_the_process():
    k = Kernel()
    reply = k.control("shutdown_request", {"restart": False})
    assert reply["content"] == {"status": "ok", "restart": False}, reply
    process = k.manager.provisioner.process
    assert process.wait(5) == 0
    k.client.stop_channels()
    k.manager.cleanup_resources()


def item_shutdown_ends_a_busy_kernel():
    k = Kernel()
    k.send("while (true) {}")
    time.sleep(0.5)
    reply = k.control("shutdown_request", {"restart": False})
    assert reply["content"]["status"] == "ok"
    k.manager.provisioner.process.wait(5)
    k.client.stop_channels()
    k.manager.cleanup_resources()


def item_restart_forgets_everything():
    k = Kernel()
    try:
        k.ok("let beforeRestart = 1")
        k.client.stop_channels()
        k.manager.restart_kernel()
        k.client = k.manager.client()
        k.client.start_channels()
        k.client.wait_for_ready(timeout=20)
        assert k.fails("beforeRestart").reply["execution_count"] == 1
    finally:
        k.stop()


def item_process_exit_ends_the_kernel_with_a_message():
    for code, status in ((0, "ok"), (3, "error")):
        k = Kernel()
        msg_id = k.send(f"process.exit({code})")
        r = k.collect(msg_id, 10)
        assert r.status == status and f"process.exit({code})" in r.text("stderr"), (r.reply, r.types())
        assert k.manager.provisioner.process.wait(5) == code
        k.client.stop_channels()
        k.manager.cleanup_resources()


def item_the_kernel_ends_when_its_server_dies():
    import subprocess
    import sys

    script = (
        "from jupyter_client.manager import KernelManager\nimport os\n"
        "m = KernelManager(kernel_name='tslab'); m.start_kernel()\n"
        "c = m.client(); c.start_channels(); c.wait_for_ready(timeout=30)\n"
        "print(m.provisioner.pid, flush=True); os._exit(0)\n"
    )
    pid = int(subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout)
    for _ in range(60):
        if not os.path.exists(f"/proc/{pid}") or open(f"/proc/{pid}/stat").read().split()[2] == "Z":
            return
        time.sleep(0.1)
    os.kill(pid, 9)
    raise AssertionError("the kernel lives on without its server")


def item_fuzzed_messages_never_crash_it(k):
    import random

    rng = random.Random(4)
    info = k.manager.get_connection_info()
    dealers = []
    for port in ("shell_port", "control_port", "stdin_port"):
        dealer = zmq.Context.instance().socket(zmq.DEALER)
        dealer.connect(f"tcp://{info['ip']}:{info[port]}")
        dealers.append(dealer)
    kinds = ["execute_request", "complete_request", "inspect_request", "is_complete_request", "history_request", "comm_open", "comm_msg", "comm_close", "comm_info_request", "input_reply", "kernel_info_request", "debug_request", "nonsense"]
    values = [None, 0, -1, 1e308, "", "x" * 1000, [], {}, True, "\u0000", {"a": [1]}, "\ud83d\ude00"]
    fields = ["code", "cursor_pos", "detail_level", "silent", "user_expressions", "comm_id", "target_name", "data", "hist_access_type", "n", "session", "pattern", "value", "start", "stop"]
    for number in range(400):
        header = {**HEADER, "msg_id": f"fuzz{number}", "msg_type": rng.choice(kinds)}
        if rng.random() < 0.2:
            header[rng.choice(list(header))] = rng.choice(values)
        content = {rng.choice(fields): rng.choice(values) for _ in range(rng.randrange(5))}
        frames = signed(k, header, json.dumps(content).encode())
        if rng.random() < 0.3:
            frames[rng.randrange(len(frames))] = rng.randbytes(rng.randrange(40))
        if rng.random() < 0.1:
            del frames[rng.randrange(len(frames))]
        rng.choice(dealers).send_multipart(frames)
    time.sleep(1)
    for dealer in dealers:
        dealer.close(linger=0)
    k.iopub(1)
    assert k.value("'still ' + 'there'", timeout=30) == "'still there'"
