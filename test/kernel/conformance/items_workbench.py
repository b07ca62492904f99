"""Widgets, debugger and variables after public reports of other kernels' users; each item names its report."""
import time

from debug_client import Debugger
from items_stale import run
from items_widgets import IMPORT, move, one


def errors(messages):
    return "".join(f"{m['content']['ename']}: {m['content']['evalue']}\n" for m in messages if m["msg_type"] == "error")


def printed(messages):
    return "".join(m["content"]["text"] for m in messages if m["msg_type"] == "stream")


def below(k, cell, comm, data):
    """What stands below a cell after a message of the front end."""
    k.shell("comm_msg", {"comm_id": comm, "data": data})
    request = cell.reply_message["parent_header"]["msg_id"]
    return [m for m in k.iopub(1) if m["parent_header"].get("msg_id") == request]


CLICK = {"method": "custom", "content": {"event": "click"}}


def moved(**state):
    return {"method": "update", "state": state, "buffer_paths": []}


def item_an_error_in_a_callback_is_shown(k):
    # jupyter-widgets/ipywidgets#1971: nothing was shown of an error in an observer.
    code = "const s = w.slider(); s.onChange(() => { throw new RangeError('too much') }); s.onChange(v => console.log('second', v)); void 0"
    cell = k.ok(IMPORT + code)
    messages = below(k, cell, one(cell, "IntSlider")[0], moved(value=3))
    assert "RangeError: too much" in errors(messages) and printed(messages) == "second 3\n", messages
    assert k.value("s.value") == "3"


def item_an_error_in_an_async_callback_is_shown(k):
    code = "const go = w.button('go'); go.onClick(async () => { await null; throw new RangeError('later') }); void 0"
    cell = k.ok(IMPORT + code)
    messages = below(k, cell, one(cell, "Button")[0], CLICK)
    assert "RangeError: later" in errors(messages), messages
    assert k.value("1 + 1") == "2"


def item_a_rejected_value_in_a_callback_is_no_silence(k):
    # jupyter-widgets/ipywidgets#2317: a label kept its old text, without a word.
    code = "const s = w.slider({ max: 9 }); const t = w.text(); s.onChange(v => { t.value = v as any }); void 0"
    cell = k.ok(IMPORT + code)
    messages = below(k, cell, one(cell, "IntSlider")[0], moved(value=3))
    assert "TypeError" in errors(messages) and "3" in errors(messages), messages


def item_a_callback_shows_into_an_output(k):
    # jupyter-widgets/ipywidgets#134, jupyter-widgets/tutorial#10: what a button printed was lost, or nowhere.
    code = "const out = w.output(); const go = w.button('go'); go.onClick(async () => { await out.show('shown'); console.log('printed') }); void 0"
    result = k.ok(IMPORT + code)
    button, output = one(result, "Button")[0], one(result, "Output")[0]
    messages = below(k, result, button, CLICK)
    assert any(m["msg_type"] == "stream" and m["content"]["text"] == "printed\n" for m in messages), messages
    states = [m["content"]["data"]["state"] for m in messages if m["msg_type"] == "comm_msg" and m["content"]["comm_id"] == output]
    assert "shown" in str(states[-1]["outputs"]), states


def item_a_cell_that_ran_again_leaves_no_ghost(k):
    # ipython/ipython#6636: with a control of an earlier cell, every run of the cell added another figure to each change.
    slider, _ = one(k.ok(IMPORT + "const shared = w.slider({ max: 9 }); const runs: string[] = []; void 0"), "IntSlider")
    for name in "abc":
        run(k, f"await w.interact({{ n: shared }}, ({{ n }}) => {{ runs.push('{name}' + n); return n }}); void 0", "same")
    k.ok("runs.length = 0")
    move(k, slider, value=4)
    assert k.value("runs.join()") == "'c4'", k.value("runs.join()")


def item_what_ends_with_a_cell_may_throw(k):
    run(k, "(globalThis as any)[Symbol.for('dnn-lab.cells')].onRunAgain(() => { throw new Error('cannot end') }); void 0", "ending")
    # The error is shown, and the cell runs.
    message = k.client.session.msg("execute_request", {"code": "'ran'", "silent": False, "store_history": True, "allow_stdin": True})
    message["metadata"] = {"cellId": "ending"}
    k.client.shell_channel.send(message)
    result = k.collect(message["header"]["msg_id"])
    assert "cannot end" in str(result.messages) + str(result.others) + str(k.iopub(0.3)), result.messages


def item_two_interacts_share_a_control(k):
    slider, _ = one(k.ok(IMPORT + "const both = w.slider({ max: 9 }); const seen: string[] = []; void 0"), "IntSlider")
    for name in "ab":
        run(k, f"await w.interact({{ n: both }}, ({{ n }}) => {{ seen.push('{name}' + n); return n }}); void 0", name)
    k.ok("seen.length = 0")
    move(k, slider, value=4)
    assert k.value("seen.join()") == "'a4,b4'", k.value("seen.join()")


def item_play_moves_what_is_linked(k):
    # jupyter-widgets/ipywidgets#1060: a player's steps reached nobody.
    result = k.ok(IMPORT + "const p = w.play({ max: 10 }); const steps: number[] = []; p.onChange(v => steps.push(v)); void 0")
    model, _ = one(result, "Play")
    for value in (1, 2, 3):
        move(k, model, value=value)
    assert k.value("steps") == "[ 1, 2, 3 ]"


def item_state_is_what_it_was_when_it_was_set(k):
    # jupyter-widgets/ipywidgets#1044: what was changed right after it had been set was sent instead.
    code = "const held = { n: [1] }; const any = w.anywidget({ esm: 'export default {}', state: { held: null as null | { n: number[] } } }); void 0"
    model, _ = one(k.ok(IMPORT + code), "Any")
    result = k.ok("any.set({ held }); held.n.push(2); await new Promise(r => setTimeout(r, 60)); void 0")
    sent = [c["data"]["state"]["held"] for c in result.contents("comm_msg") if c["comm_id"] == model]
    assert sent and sent[0] == {"n": [1]}, sent


def item_many_megabytes_of_binary_state(k):
    # jupyter-widgets/ipywidgets#1194: big arrays within nested state.
    code = "const any = w.anywidget({ esm: 'export default {}', state: { deep: { list: [new Float64Array(4e6).fill(0.5)] } } }); void 0"
    _, state = one(k.ok(IMPORT + code, timeout=60), "Any")
    assert state["_buffer_paths"] == [["deep", "list", 0]] and len(state["_buffers"][0]) == 32_000_000


def item_breakpoints_hold_after_an_interrupt(k):
    # jupyterlab/jupyterlab#15012: none stopped after an interrupt, until a restart.
    code = "let sum = 0;\nfor (const n of [1, 2, 3]) {\n  sum += n;\n}\nsum"
    with Debugger(k) as d:
        d.cell(code, 3)
        d.start(code)
        d.stopped("breakpoint")
        k.control("interrupt_request")
        assert d.finish().status == "error"
        d.start(code)
        assert d.stopped("breakpoint") and d.place()[1] == 3
        d.go()
        d.go()
        assert d.end().plain == "6"


def item_a_breakpoint_in_a_function_of_an_earlier_cell(k):
    # microsoft/vscode-jupyter#10258: a breakpoint did not stop when another cell called the function.
    definition = "function four(): number {\n  const n = 4;\n  return n;\n}"
    with Debugger(k) as d:
        d.cell(definition, 3)
        k.ok(definition)
        d.cell("four() + 1")
        d.start("four() + 1")
        d.stopped("breakpoint")
        assert d.place() == ("four", 3)
        assert d.end().plain == "5"


def item_from_a_call_into_the_function_called(k):
    # jupyter-xeus/xeus-python#665: continuing from the outer breakpoint to the inner one stalled the kernel.
    code = "const b = 89;\nfunction sq(x: number) {\n  return x * x;\n}\nsq(b)"
    with Debugger(k) as d:
        d.cell(code, 3, 5)
        d.start(code)
        d.stopped("breakpoint")
        assert d.place()[1] == 5 and d.values(d.scope("Notebook"))["b"] == "89"
        assert d.go() == ("sq", 3)
        assert d.values(d.scope("Local"))["x"] == "89"
        assert d.end().plain == "7921"


def item_statements_while_stopped(k):
    # jupyter-xeus/xeus-python#276, #423: nothing could be tried at a breakpoint.
    code = "function grow(list: number[]) {\n  return list.length;\n}\ngrow([1])"
    with Debugger(k) as d:
        d.cell(code, 2)
        d.start(code)
        d.stopped("breakpoint")
        frame = d.stack()[0]["id"]
        assert d.ask("evaluate", expression="for (const n of [7, 8]) list.push(n); list", frameId=frame, context="repl")["result"] == "(3) [1, 7, 8]"
        assert d.ask("evaluate", expression="list.map((n: number) => n + 1).join()", frameId=frame, context="repl")["result"] == "'2,8,9'"
        assert d.end().plain == "3"


def item_an_uncaught_error_can_be_looked_into(k):
    # jupyter-xeus/xeus-python#380: one wanted to see the values at the place where it was thrown.
    code = "function half(n: number) {\n  const rest = n % 2;\n  if (rest) throw new Error('odd');\n  return n / 2;\n}\nhalf(3)"
    with Debugger(k) as d:
        d.ask("setExceptionBreakpoints", filters=["uncaught"])
        d.cell(code)
        d.start(code)
        d.stopped("exception")
        assert d.place() == ("half", 3) and d.values(d.scope("Local"))["rest"] == "1"
        assert d.end().status == "error"


def item_hovering_calls_nobody(k):
    # ipython/ipykernel#383: documentation of a value ran its own code, for seconds.
    # Nor may a value that never ends to describe itself keep the next cell waiting.
    k.ok("const endless = { [Symbol.for('nodejs.util.inspect.custom')]() { while (true) {} } }; void 0")
    k.reply(k.shell("inspect_request", {"code": "endless", "cursor_pos": 4, "detail_level": 0}))
    code = "let asked = 0; const slow = { get size() { asked++; return 1 }, toString() { asked++; return 'x' }, [Symbol.for('nodejs.util.inspect.custom')]() { asked++; return 'y' } }; void 0"
    k.ok(code)
    k.reply(k.shell("inspect_request", {"code": "slow", "cursor_pos": 4, "detail_level": 1}))
    k.reply(k.shell("complete_request", {"code": "slow.", "cursor_pos": 5}))
    with Debugger(k) as d:
        d.ask("inspectVariables")
    assert k.value("asked") == "0"


def item_large_values_in_the_list_of_variables(k):
    # ipython/ipykernel#1033, jupyterlab-contrib/jupyterlab-variableInspector#166: seconds for a long text, or many objects.
    k.ok("const longText = 'x'.repeat(400_000_000); const many = Array.from({ length: 50_000 }, (_, i) => new Map([[i, new Array(10).fill(i)]])); void 0", timeout=60)
    with Debugger(k) as d:
        start = time.time()
        names = {v["name"]: v for v in d.ask("inspectVariables")["variables"]}
        took = time.time() - start
    assert len(names["longText"]["value"]) < 2_000 and len(names["many"]["value"]) < 2_000, names
    assert took < 5, took
    k.ok("void 0")
