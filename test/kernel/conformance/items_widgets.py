"""Widgets over the protocol: comms as ipywidgets' front end expects them."""
import glob
import json
import os
import re
import time

import nbformat
from nbclient import NotebookClient

IMPORT = "import * as w from 'dnn-lab-kernel/widgets'\n"
EXPECTED = json.load(open(os.path.join(os.path.dirname(__file__), "..", "..", "expected", "widgets.json")))


def opened(result):
    """The states of the models that a cell has made, by their comm's id, in order."""
    models = {}
    for message in result.messages:
        if message["msg_type"] != "comm_open":
            continue
        content = message["content"]
        assert content["target_name"] == "jupyter.widget", content
        assert message["metadata"] == {"version": "2.1.0"}, message["metadata"]
        models[content["comm_id"]] = {**content["data"]["state"], "_buffer_paths": content["data"]["buffer_paths"], "_buffers": message["buffers"]}
    return models


def one(result, name):
    found = [(i, s) for i, s in opened(result).items() if s["_model_name"] == name + "Model"]
    assert len(found) == 1, (name, opened(result))
    return found[0]


def send(k, comm, data, kind="comm_msg", buffers=None):
    """A message of the front end, and the messages until the kernel is idle after it: what it caused belongs to a cell."""
    msg_id = k.shell(kind, {"comm_id": comm, "data": data}, buffers=buffers)
    kept = []
    while True:
        message = k.client.get_iopub_msg(timeout=30)
        kept.append(message)
        is_idle = message["msg_type"] == "status" and message["content"]["execution_state"] == "idle"
        if is_idle and message["parent_header"].get("msg_id") == msg_id:
            return kept


def move(k, comm, **state):
    return send(k, comm, {"method": "update", "state": state, "buffer_paths": []})


def item_states_are_those_of_ipywidgets(k):
    made = {
        "IntSlider": "w.slider({ label: 'a' })",
        "FloatSlider": "w.slider({ max: 1 , step: 0.1, width: '50%' })",
        "FloatLogSlider": "w.slider({ min: 1e-4, max: 1, scale: 'log', value: 0.01 })",
        "IntRangeSlider": "w.range({ value: [1, 2] })",
        "FloatRangeSlider": "w.range({ max: 1.5 })",
        "Dropdown": "w.dropdown({ one: 1, two: 2 }, { value: 2 })",
        "Checkbox": "w.checkbox({ value: true })",
        "Text": "w.text({ placeholder: 'p' })",
        "Textarea": "w.text({ lines: 3 })",
        "Button": "w.button('go')",
        "Play": "w.play({ intervalMs: 50 })",
        "FloatProgress": "w.progress({ value: 3 })",
        "Output": "w.output()",
        "HBox": "w.row([])",
        "VBox": "w.column([])",
        "Tab": "w.tabs({})",
        "Any": "w.anywidget({ esm: 'export default {}' })",
        "Link": "w.link(w.slider(), w.range() as any)",
    }
    for name, code in made.items():
        _, state = one(k.ok(f"{IMPORT}const made = {code}; void 0"), name)
        expected = EXPECTED[name]
        classes = {key: value for key, value in expected["classes"].items() if value is not None}
        assert {key: state[key] for key in classes} == classes, (name, state)
        own = {key for key in state if key not in ("_buffer_paths", "_buffers", "_esm", "_css", "_anywidget_id")}
        assert own <= set(expected["state"]), (name, own - set(expected["state"]))
        if "style" in expected:
            styles = [s for i, s in opened(k.ok(f"{IMPORT}const again = {code}; void 0")).items() if f"IPY_MODEL_{i}" and s["_model_name"].endswith("StyleModel")]
            assert styles and styles[0]["_model_name"] == expected["style"]["classes"]["_model_name"], (name, styles)
    dropdown = one(k.ok(f"{IMPORT}w.dropdown({{ one: 1, two: 2 }}, {{ value: 2 }}).value"), "Dropdown")[1]
    assert dropdown["_options_labels"] == ["one", "two"] and dropdown["index"] == 1, dropdown


def item_a_widget_is_shown_as_a_view_with_a_text(k):
    result = k.ok(IMPORT + "const units = w.slider({ label: 'units', max: 9, value: 4 })\nunits")
    model, state = one(result, "IntSlider")
    data = result.contents("execute_result")[0]["data"]
    assert data["application/vnd.jupyter.widget-view+json"] == {"version_major": 2, "version_minor": 0, "model_id": model}
    assert data["text/plain"] == "units: 4", data
    assert state["value"] == 4 and state["description"] == "units" and state["layout"].startswith("IPY_MODEL_"), state


def item_state_goes_both_ways(k):
    result = k.ok(IMPORT + "const s = w.slider({ max: 10 }); const told: number[] = []; const end = s.onChange(v => told.push(v)); void 0")
    model, _ = one(result, "IntSlider")
    move(k, model, value=7)
    assert k.value("[s.value, ...told]") == "[ 7, 7 ]"
    # The same value again is no news, other state neither.
    move(k, model, value=7)
    move(k, model, description="x")
    assert k.value("told.length") == "1"
    result = k.ok("s.value = 3; s.value")
    updates = [c["data"] for c in result.contents("comm_msg")]
    assert {"method": "update", "state": {"value": 3}, "buffer_paths": []} in updates, updates
    assert k.value("told") == "[ 7, 3 ]"
    sent = send(k, model, {"method": "request_state"})
    state = [m["content"]["data"]["state"] for m in sent if m["msg_type"] == "comm_msg"][0]
    assert state["value"] == 3 and state["_model_name"] == "IntSliderModel", state
    k.ok("end()")
    move(k, model, value=1)
    assert k.value("told.length + s.value") == "3"
    k.ok("s.close()")
    assert "closed" in k.fails("s.value = 2").reply["evalue"]


def item_fast_changes_are_sent_together(k):
    model, _ = one(k.ok(IMPORT + "const bar = w.progress({ max: 1000 }); void 0"), "FloatProgress")
    result = k.ok("for (let i = 1; i <= 1000; i++) bar.value = i; await new Promise(r => setTimeout(r, 100)); bar.value")
    values = [c["data"]["state"]["value"] for c in result.contents("comm_msg") if c["comm_id"] == model]
    assert values[0] == 1 and values[-1] == 1000 and len(values) < 20, values


def item_wrong_options_are_refused(k):
    for code, part in [
        ("w.slider({ min: 3, max: 3 })", "min must be below max"),
        ("w.slider({ max: 'a' as any })", "must be a number"),
        ("w.slider({ value: 500 })", "between 0 and 100"),
        ("w.slider().value = -1", "between 0 and 100"),
        ("w.slider({ scale: 'log' })", "above 0"),
        ("w.range({ value: [5, 2] })", "lower end comes first"),
        ("w.dropdown([])", "at least one"),
        ("w.dropdown(['a'], { value: 'b' as any })", "one of a"),
        ("w.checkbox({ value: 1 as any })", "true or false"),
        ("w.row([1 as any])", "must be widgets"),
        ("w.anywidget({} as any)", "esm"),
        ("await w.interact({ a: 1 as any }, () => 1)", "a must be a control"),
    ]:
        assert part in k.fails(IMPORT + code).reply["evalue"], code


def item_types_are_those_of_the_values(k):
    for code in ["const v: string = w.slider().value", "const v: 'a' = w.dropdown(['a', 'b']).value", "w.interact({ n: w.slider() }, ({ m }) => m)"]:
        assert k.fails(IMPORT + code).reply["ename"] == "TypeScriptError", code
    k.ok(IMPORT + "const chosen: 'a' | 'b' = w.dropdown(['a', 'b']).value; const ends: [number, number] = w.range().value; const on: boolean = w.checkbox().value")


def item_buttons_and_messages(k):
    cell = k.ok(IMPORT + "let clicks = 0; const go = w.button('go'); go.onClick(() => { clicks++; console.log('clicked') }); void 0")
    k.shell("comm_msg", {"comm_id": one(cell, "Button")[0], "data": {"method": "custom", "content": {"event": "click"}}})
    # It is shown below the cell that has said what a click does.
    printed = [m for m in k.iopub(0.5) if m["msg_type"] == "stream"]
    assert [(m["content"]["text"], m["parent_header"]["msg_id"]) for m in printed] == [("clicked\n", cell.reply_message["parent_header"]["msg_id"])], printed
    assert k.value("clicks") == "1"


def item_binary_state_travels_beside_the_json(k):
    code = "const any = w.anywidget({ esm: 'export default {}', css: 'b {}', state: { pixels: new Uint8Array([1, 2]), nested: [{ points: new Float32Array([0.5]) }], n: 1 } }); void 0"
    model, state = one(k.ok(IMPORT + code), "Any")
    assert state["_buffer_paths"] == [["pixels"], ["nested", 0, "points"]], state
    assert [bytes(b) for b in state["_buffers"]] == [b"\x01\x02", b"\x00\x00\x00\x3f"], state
    assert "pixels" not in state and state["nested"] == [{}] and state["_esm"] == "export default {}" and state["_css"] == "b {}"
    data = {"method": "update", "state": {"n": 2}, "buffer_paths": [["pixels"]]}
    send(k, model, data, buffers=[b"\x07\x08\x09"])
    assert k.value("const back = any.get('pixels') as DataView; [back.byteLength, back.getUint8(2), any.get('n')]") == "[ 3, 9, 2 ]"
    result = k.ok("any.onMessage((content, buffers) => any.send({ got: content }, [new Uint8Array(buffers[0])])); void 0")
    messages = send(k, model, {"method": "custom", "content": {"a": 1}}, buffers=[b"xy"])
    answer = [m for m in messages if m["msg_type"] == "comm_msg"][0]
    assert answer["content"]["data"] == {"method": "custom", "content": {"got": {"a": 1}}} and bytes(answer["buffers"][0]) == b"xy", answer


def item_interact_replaces_its_result_in_place(k):
    code = IMPORT + "const i = await w.interact({ rate: w.slider({ max: 10, value: 2 }), kind: w.dropdown(['a', 'b']) }, ({ rate, kind }) => { if (rate === 9) throw new RangeError('too fast'); return { rate, kind } })\ni"
    result = k.ok(code)
    shown = result.contents("display_data")
    assert len(shown) == 2 and not result.contents("execute_result"), result.types()
    assert "application/vnd.jupyter.widget-view+json" in shown[0]["data"] and shown[1]["data"]["text/plain"] == "{ rate: 2, kind: 'a' }", shown
    model, state = one(result, "IntSlider")
    assert one(result, "VBox")[1]["children"] == [f"IPY_MODEL_{model}", f"IPY_MODEL_{one(result, 'Dropdown')[0]}"]
    display_id = shown[1]["transient"]["display_id"]

    def update(**values):
        messages = move(k, model, **values)
        updates = [m["content"] for m in messages if m["msg_type"] == "update_display_data"]
        assert [u["transient"]["display_id"] for u in updates] == [display_id] * len(updates)
        return updates[-1]["data"]

    assert update(value=5)["text/plain"] == "{ rate: 5, kind: 'a' }"
    failed = update(value=9)
    assert "RangeError: too fast" in failed["text/plain"] and "<pre" in failed["text/html"] and "runtime" not in failed["text/plain"], failed
    assert update(value=3)["text/plain"] == "{ rate: 3, kind: 'a' }"
    assert k.value("i.values") == "{ rate: 3, kind: 'a' }"


def item_a_figure_is_live_at_once_and_its_picture_follows(k):
    k.ok("let drawn = 0; (globalThis as any)[Symbol.for('dnn-lab.staticFigure')] = async () => { drawn++; return { 'image/png': 'AAAA' } }")
    try:
        code = IMPORT + "await w.interact({ n: w.slider({ max: 9 }) }, ({ n }) => ({ data: [{ y: [n] }], layout: {} })); void 0"
        result = k.ok(code)
        shown = result.contents("display_data")[1]
        updates = result.contents("update_display_data")
        assert "image/png" not in shown["data"] and updates[-1]["data"]["image/png"] == "AAAA", (shown, updates)
        assert updates[-1]["metadata"]["image/png"]["alt"].startswith("Figure"), updates
        model, _ = one(result, "IntSlider")
        live = [m["content"] for m in move(k, model, value=3) if m["msg_type"] == "update_display_data"]
        # JupyterLab draws another figure only after something else.
        assert [list(c["data"]) for c in live] == [["text/html", "text/plain"], ["application/vnd.plotly.v1+json", "text/plain"]], live
        later = k.iopub(20, lambda m: m["msg_type"] == "update_display_data")
        assert later[-1]["content"]["data"]["image/png"] == "AAAA" and later[-1]["content"]["data"]["application/vnd.plotly.v1+json"]["data"][0]["y"] == [3]
    finally:
        k.ok("delete (globalThis as any)[Symbol.for('dnn-lab.staticFigure')]")


def item_interact_shows_the_latest_values_of_a_slow_function(k):
    code = IMPORT + "const runs: number[] = []; await w.interact({ n: w.slider() }, async ({ n }) => { runs.push(n); await new Promise(r => setTimeout(r, 150)); return n }); void 0"
    result = k.ok(code)
    model, _ = one(result, "IntSlider")
    for n in range(1, 11):
        k.shell("comm_msg", {"comm_id": model, "data": {"method": "update", "state": {"value": n}, "buffer_paths": []}})
    deadline, texts = time.time() + 20, []
    while (not texts or texts[-1] != "10") and time.time() < deadline:
        texts += [m["content"]["data"]["text/plain"] for m in k.iopub(0.5) if m["msg_type"] == "update_display_data"]
    assert texts[-1] == "10" and len(texts) < 6, texts
    assert k.value("runs.at(-1)") == "10"


def item_interact_shows_how_far_a_slow_function_is_and_lets_it_end_early(k):
    code = IMPORT + (
        "const seen: unknown[] = []; await w.interact({ n: w.slider() }, async ({ n }, running) => { let i = 0;"
        " for (; i < (n === 0 ? 2 : 40) && !running.isStale; i++) { await running.show(`${n}: ${i}`); await new Promise(r => setTimeout(r, 50)); }"
        " seen.push([n, i]); return `${n}: ended` }); void 0"
    )
    result = k.ok(code)
    shown = [m["content"]["data"]["text/plain"] for m in result.messages if m["msg_type"] in ("display_data", "update_display_data")]
    assert [t.strip("'") for t in shown][1:] == ["0: 0", "0: 1", "0: ended"], shown
    slider, _ = one(result, "IntSlider")
    for n in [1, 2]:
        k.shell("comm_msg", {"comm_id": slider, "data": {"method": "update", "state": {"value": n}, "buffer_paths": []}})
        time.sleep(0.3)
    k.iopub(20, lambda m: m["msg_type"] == "update_display_data" and "2: ended" in str(m["content"]["data"]))
    seen = json.loads(k.value("JSON.stringify(seen)").strip("'"))
    # The run with 1 was given up when 2 came; the one with 2 went to its end.
    assert [n for n, _ in seen] == [0, 1, 2] and seen[1][1] < 40 and seen[2][1] == 40, seen


def item_a_headless_run_does_not_wait(k):
    result = k.ok(IMPORT + "await w.interact({ n: w.slider({ value: 4 }), p: w.play() }, ({ n }) => n * 2)", allow_stdin=False)
    assert result.contents("display_data")[1]["data"]["text/plain"] == "8"


def item_output_and_boxes(k):
    result = k.ok(IMPORT + "const out = w.output(); const page = w.tabs({ first: w.row([out]), second: w.column([w.button('b')]) }); await out.show(html`<b>x</b>`); await out.show(1, { append: true }); void 0")
    model, _ = one(result, "Output")
    updates = [c["data"]["state"]["outputs"] for c in result.contents("comm_msg") if c["comm_id"] == model]
    assert updates[0][0]["data"]["text/html"] == "<b>x</b>" and updates[0][0]["output_type"] == "display_data", updates
    assert one(result, "Tab")[1]["titles"] == ["first", "second"]
    time.sleep(0.1)
    result = k.ok("await out.show(2, { append: true }); await new Promise(r => setTimeout(r, 60)); (out.get('outputs') as object[]).length")
    assert result.plain == "3"


def item_the_examples_of_the_docstrings_run(k):
    sources = os.path.join(os.path.dirname(__file__), "..", "..", "..", "src", "kernel", "widgets", "*.ts")
    examples = [re.sub(r"^ \* ?", "", e, flags=re.M) for f in glob.glob(sources) for e in re.findall(r"@example\n(.*?)\n \*/", open(f).read(), re.S)]
    assert len(examples) > 12, examples
    names = "slider, range, play, progress, dropdown, checkbox, text, button, output, row, column, tabs, link, anywidget, interact"
    k.ok(f"import {{ {names} }} from 'dnn-lab-kernel/widgets'")
    for example in examples:
        k.ok(example)


def item_nbclient_keeps_the_state_of_widgets(k):
    code = IMPORT + "await w.interact({ side: w.slider({ max: 10, value: 3 }) }, ({ side }) => side ** 2)"
    cells = [nbformat.v4.new_code_cell(code)]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": {"name": "tslab", "display_name": "TypeScript"}})
    NotebookClient(notebook, resources={"metadata": {"path": k.folder}}, timeout=60).execute()
    kept = notebook.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"]
    sliders = [m["state"] for m in kept.values() if m["model_name"] == "IntSliderModel"]
    assert [s["value"] for s in sliders] == [3], kept
    assert [o["data"]["text/plain"] for o in notebook.cells[0].outputs] == ["side: 3", "9"], notebook.cells[0].outputs
