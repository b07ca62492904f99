"""`%stale`: cells that rest on what has changed since they ran."""


def run(k, code, cell_id=None):
    message = k.client.session.msg("execute_request", {"code": code, "silent": False, "store_history": True, "allow_stdin": True})
    if cell_id is not None:
        message["metadata"] = {"cellId": cell_id}
    k.client.shell_channel.send(message)
    result = k.collect(message["header"]["msg_id"])
    assert result.status == "ok", result.reply
    return f"In[{result.reply['execution_count']}]"


def stale(k):
    return k.ok("%stale").text().splitlines()


def item_a_cell_that_used_an_old_definition(k):
    k.ok("%reset")
    rate = run(k, "let rate = 0.1", "a")
    double = run(k, "const double = rate * 2\ndouble", "b")
    run(k, "const other = { rate: 1 }.rate; function f(rate: number) { return rate }", "c")
    quad = run(k, "const quad = double * 2", "d")
    assert stale(k) == ["No cell is stale."]
    again = run(k, "let rate = 0.5", "e")
    found = stale(k)
    assert found == [f"{double} is stale: {again} has changed rate since.  const double = rate * 2", f"{quad} is stale: double is of {double}, which is stale.  const quad = double * 2"], found
    # Run again, it is not, and what rests on it is.
    run(k, "const double = rate * 2\ndouble", "b")
    assert [line.split(" ")[0] for line in stale(k)] == [quad], stale(k)
    run(k, "const quad = double * 2", "d")
    assert stale(k) == ["No cell is stale."]


def item_assignments_count_and_a_cell_is_not_stale_by_itself(k):
    k.ok("%reset")
    run(k, "let total = 0", "a")
    shown = run(k, "total", "b")
    adding = run(k, "total += 1", "c")
    assert stale(k) == [f"{shown} is stale: {adding} has changed total since.  total"], stale(k)
    run(k, "total += 1", "c")
    run(k, "total", "b")
    run(k, "function later() { total = 9 }", "d")
    assert stale(k) == ["No cell is stale."], stale(k)
    # A changed cell is the same cell; without a front end's name its text tells which it is.
    run(k, "total // again", "b")
    run(k, "total * 3")
    run(k, "total = 5", "c")
    assert [line.split("  ")[1] for line in stale(k)] == ["total // again", "total * 3"], stale(k)


def item_functions_see_later_values_and_their_callers_are_stale(k):
    k.ok("%reset")
    run(k, "let factor = 2", "a")
    run(k, "const scale = (n: number) => n * factor\nclass Scaler { by(n: number) { return scale(n) } }", "b")
    called = run(k, "scale(3)", "c")
    deep = run(k, "new Scaler().by(1)", "d")
    mapped = run(k, "[1, 2].map(n => n * factor)", "e")
    own = run(k, "function third() { return factor / 3 }\nthird()", "g")
    changed = run(k, "factor = 5", "f")
    assert [line.split(".  ")[0] for line in stale(k)] == [f"{name} is stale: {changed} has changed factor since" for name in (called, deep, mapped, own)], stale(k)


def item_after_a_reset_nothing_is_stale(k):
    run(k, "let before = 1", "a")
    run(k, "before", "b")
    run(k, "before = 2", "c")
    assert len(stale(k)) >= 1 and stale(k) != ["No cell is stale."]
    k.ok("%reset")
    assert stale(k) == ["No cell is stale."]


def item_stale_cells_run_again_in_their_order(k):
    k.ok("%reset")
    assert k.ok("%run-stale").text() == "No cell is stale.\n"
    run(k, "let base = 1", "a")
    run(k, "const twice = base * 2\ntwice", "b")
    run(k, "const last = twice + 1; console.log('last', last)", "c")
    run(k, "const other = 7", "d")
    run(k, "let base = 10", "a")
    r = k.ok("%run-stale")
    assert [line.split(": ")[-1] for line in r.text().splitlines() if "again" in line] == ["const twice = base * 2", "const last = twice + 1; console.log('last', last)"], r.text()
    assert "last 21" in r.text() and r.plain == "20", r.text()
    assert k.value("[twice, last, other]") == "[ 20, 21, 7 ]"
    assert stale(k) == ["No cell is stale."]


def item_a_stale_cell_that_fails_is_the_last_to_run(k):
    k.ok("%reset")
    run(k, "let limit = 1", "a")
    run(k, "if (limit > 1) throw new Error('too much')", "b")
    run(k, "const after = limit * 2", "c")
    run(k, "let limit = 2", "a")
    r = k.fails("%run-stale")
    assert r.error["evalue"] == "too much", r.error
    assert k.value("after") == "2" and len(stale(k)) >= 1
    # An interrupt ends them all.
    k.ok("%reset")
    run(k, "let slow = 0", "a")
    run(k, "await new Promise((r) => setTimeout(r, slow))\nlet done = slow", "b")
    run(k, "let slow = 60_000", "a")
    sent = k.send("%run-stale")
    k.iopub(10, lambda m: m["msg_type"] == "stream")
    k.interrupt()
    r = k.collect(sent, 20)
    assert r.reply["ename"] == "KeyboardInterrupt", r.reply


def marked(k, code, cell_id, allow_stdin=True):
    """The metadata of the reply, and the lists of stale cells that were shown in place."""
    message = k.client.session.msg("execute_request", {"code": code, "silent": False, "store_history": True, "allow_stdin": allow_stdin})
    message["metadata"] = {"cellId": cell_id}
    k.client.shell_channel.send(message)
    result = k.collect(message["header"]["msg_id"])
    return result.reply_message["metadata"], [m["content"] for m in result.messages if m["msg_type"] == "update_display_data"], result


def item_replies_name_stale_cells_while_they_are_asked_to(k):
    k.ok("%reset")
    assert marked(k, "let speed = 1", "a")[0] == {}
    _, _, on = marked(k, "%stale on", "list")
    [list_shown] = on.contents("display_data")
    assert list_shown["data"] == {"text/plain": "No cell is stale."} and list_shown["metadata"] == {"stale_cells": []}, list_shown
    assert on.reply_message["metadata"] == {"stale_cells": []}
    metadata, updates, used = marked(k, "speed * 2", "b")
    assert metadata == {"stale_cells": []} and updates == []
    metadata, [update], changed = marked(k, "let speed = 3", "c")
    why = f"In[{changed.reply['execution_count']}] has changed speed since"
    expected = [{"name": f"In[{used.reply['execution_count']}]", "cell_id": "b", "why": why}]
    assert metadata == {"stale_cells": expected} and update["metadata"] == {"stale_cells": expected}, (metadata, update)
    assert update["transient"] == list_shown["transient"] and why in update["data"]["text/plain"]
    # What is still so is not shown again, and said again.
    assert marked(k, "1", "d")[:2] == ({"stale_cells": expected}, [])
    # A cell that fails may have changed something; a run without a person is not marked.
    metadata, updates, _ = marked(k, "speed = 4; throw new Error('no')", "e")
    assert [cell["cell_id"] for cell in metadata["stale_cells"]] == ["b"] and len(updates) == 1, metadata
    assert marked(k, "2", "f", allow_stdin=False)[:2] == ({}, [])
    metadata, [update], _ = marked(k, "speed * 2", "b")
    assert metadata == {"stale_cells": []} and update["data"]["text/plain"] == "No cell is stale."
    marked(k, "%stale off", "g")
    assert marked(k, "speed = 5", "c")[:2] == ({}, [])


def item_stale_takes_on_and_off(k):
    assert "received \"maybe\"" in k.fails("%stale maybe").error["evalue"]
