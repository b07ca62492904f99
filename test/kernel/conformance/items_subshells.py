"""No subshells (JEP 91): what is asked for is answered, and what front ends use them for works without."""
import time

OPENED = """let got: unknown[] = []
comms.registerTarget('beside', (comm: any) => { comm.onMessage((m: any) => { got.push(m.data); comm.send({ heard: m.data }) }) })
void 0"""


def item_requests_about_subshells_are_answered(k):
    created = k.control("create_subshell_request")
    assert created["msg_type"] == "create_subshell_reply", created
    assert created["content"]["status"] == "error" and "one thread" in created["content"]["evalue"], created["content"]
    deleted = k.control("delete_subshell_request", {"subshell_id": "x1"})["content"]
    assert deleted["status"] == "error" and '"x1"' in deleted["evalue"], deleted
    listed = k.control("list_subshell_request")
    assert listed["msg_type"] == "list_subshell_reply" and listed["content"] == {"status": "ok", "subshell_id": []}, listed
    assert "kernel subshells" not in k.control("kernel_info_request")["content"]["supported_features"]


def item_a_request_for_a_subshell_does_not_run_in_the_main_shell(k):
    k.ok("let ranHere = false")
    message = k.client.session.msg("execute_request", {"code": "ranHere = true", "silent": False, "store_history": True})
    message["header"]["subshell_id"] = "unheard-of"
    k.client.shell_channel.send(message)
    reply = k.reply(message["header"]["msg_id"])["content"]
    assert reply["status"] == "error" and "unheard-of" in reply["evalue"], reply
    assert k.value("ranHere") == "false"


def answered_while_busy(k):
    """Asks what front ends ask, and gives the kinds of the replies."""
    for kind, content in [("complete_request", {"code": "Mat", "cursor_pos": 3}), ("inspect_request", {"code": "parseInt", "cursor_pos": 8, "detail_level": 0}), ("is_complete_request", {"code": "1"}), ("history_request", {"hist_access_type": "tail", "n": 1}), ("comm_info_request", {}), ("kernel_info_request", {})]:
        k.shell(kind, content)
    return {k.client.get_shell_msg(timeout=10)["msg_type"] for _ in range(6)}


def item_what_works_while_a_cell_is_busy(k):
    expected = {"complete_reply", "inspect_reply", "is_complete_reply", "history_reply", "comm_info_reply", "kernel_info_reply"}
    k.ok(OPENED)
    # A loop: all but comms, whose listeners need the one thread that it holds.
    running = k.send("const until = Date.now() + 3000; while (Date.now() < until) {}; got.length")
    time.sleep(0.3)
    assert answered_while_busy(k) == expected
    k.shell("comm_open", {"comm_id": "c1", "target_name": "beside", "data": {}})
    k.shell("comm_msg", {"comm_id": "c1", "data": {"n": 1}})
    assert not [m for m in k.iopub(0.5) if m["msg_type"] == "comm_msg"]
    result = k.collect(running)
    assert result.plain == "0"
    heard = [m for m in result.others + k.iopub(2, lambda m: m["msg_type"] == "comm_msg") if m["msg_type"] == "comm_msg"]
    assert heard and heard[-1]["content"]["data"] == {"heard": {"n": 1}}, heard
    # A cell that awaits: comms as well, without any subshell.
    running = k.send("await new Promise((done) => setTimeout(done, 3000)); got.length")
    time.sleep(0.3)
    assert answered_while_busy(k) == expected
    k.shell("comm_msg", {"comm_id": "c1", "data": {"n": 2}})
    before = time.time()
    heard = k.iopub(2, lambda m: m["msg_type"] == "comm_msg")
    assert heard and heard[-1]["content"]["data"] == {"heard": {"n": 2}} and time.time() - before < 2, heard
    assert k.collect(running).plain == "2"
