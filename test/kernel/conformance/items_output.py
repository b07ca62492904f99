"""Output: streams, late output, errors that nobody caught, and display."""
import base64
import os
import time

from client import Kernel


def item_console_and_process_streams(k):
    r = k.ok("console.log('a', { b: 1 }); console.error('e'); process.stdout.write('no newline'); console.table([{ x: 1 }])")
    assert r.text().startswith("a { b: 1 }\nno newline") and "e\n" in r.text("stderr"), r.contents("stream")
    assert "│" in r.text()


def item_output_of_child_processes_and_native_code(k):
    r = k.ok("import { execSync } from 'node:child_process'\nimport { writeSync } from 'node:fs'\nexecSync('echo from child; echo to stderr >&2', { stdio: 'inherit' }); void writeSync(1, 'from descriptor\\n')")
    assert "from child\n" in r.text() and "from descriptor\n" in r.text() and "to stderr\n" in r.text("stderr"), r.contents("stream")


def item_large_native_output_arrives_before_idle(k):
    r = k.ok("require('node:child_process').execSync('seq 1 50000', { stdio: 'inherit' }); undefined")
    lines = r.text().split("\n")
    assert len(lines) == 50001 and lines[-2] == "50000", len(lines)


def item_a_flood_of_lines_arrives_whole_and_in_order(k):
    r = k.ok("for (let i = 0; i < 20000; i++) console.log(i)")
    assert r.text() == "".join(f"{i}\n" for i in range(20000))


def item_stdout_and_stderr_keep_their_order(k):
    r = k.ok("console.log(1); console.error(2); console.log(3)")
    assert [(c["name"], c["text"]) for c in r.contents("stream")] == [("stdout", "1\n"), ("stderr", "2\n"), ("stdout", "3\n")]


def item_late_output_goes_to_the_cell_that_started_it(k):
    first = k.send("setTimeout(() => console.log('late'), 300)")
    k.collect(first)
    second = k.send("await new Promise(r => setTimeout(r, 600)); console.log('own')")
    r = k.collect(second)
    late = [m for m in r.others if m["msg_type"] == "stream"]
    assert r.text() == "own\n" and late[0]["content"]["text"] == "late\n", (r.text(), late)
    assert late[0]["parent_header"]["msg_id"] == first


def item_late_display_goes_to_its_own_cell(k):
    first = k.send("setTimeout(() => display(html`<i>late</i>`), 200)")
    k.collect(first)
    m = k.iopub(3, lambda m: m["msg_type"] == "display_data")[-1]
    assert m["parent_header"]["msg_id"] == first and m["content"]["data"]["text/html"] == "<i>late</i>"


def item_a_floating_rejection_makes_its_cell_an_error(k):
    r = k.fails("Promise.reject(new Error('floating')); 'value'")
    assert r.error["evalue"] == "floating" and r.reply["evalue"] == "floating", r.reply


def item_a_rejection_during_an_await_makes_its_cell_an_error(k):
    r = k.fails("void (async () => { throw new TypeError('inner') })(); await new Promise(r => setTimeout(r, 50))")
    assert r.error["ename"] == "TypeError"


def item_a_late_error_is_shown_in_its_cell_and_the_kernel_lives(k):
    first = k.send("setTimeout(() => { throw new Error('from timer') }, 150); 'started'", allow_stdin=True)
    assert k.collect(first).status == "ok"
    m = k.iopub(3, lambda m: m["msg_type"] == "error")[-1]
    assert m["content"]["evalue"] == "from timer" and m["parent_header"]["msg_id"] == first
    assert k.value("'alive'") == "'alive'"


def item_a_headless_run_fails_after_a_late_error():
    k = Kernel()
    try:
        k.ok("const later = new Promise<void>((_, reject) => { const t = setInterval(() => { clearInterval(t); reject(new Error('missed')) }, 100) })", allow_stdin=False)
        time.sleep(0.5)
        r = k.fails("1 + 1", allow_stdin=False)
        assert "missed" in r.error["evalue"] and "earlier cell" in r.error["evalue"], r.error
        assert k.ok("1 + 1", allow_stdin=False).plain == "2"
    finally:
        k.stop()


def item_a_headless_cell_waits_for_its_short_timers(k):
    r = k.run("setTimeout(() => { throw new Error('in time') }, 200); 'value'", allow_stdin=False)
    assert r.status == "error" and r.error["evalue"] == "in time", r.reply
    start = time.time()
    k.ok("setInterval(() => {}, 50).unref(); setTimeout(() => {}, 60000)", allow_stdin=False)
    assert time.time() - start < 0.9


def item_thrown_values_that_are_no_errors(k):
    for code, text in [("throw 'text'", "'text'"), ("throw null", "null"), ("throw { code: 5 }", "{ code: 5 }"), ("throw undefined", "undefined")]:
        assert text in k.fails(code).error["evalue"], code


def item_causes_and_aggregates_are_shown(k):
    trace = "\n".join(k.fails("throw new Error('outer', { cause: new Error('inner cause') })").error["traceback"])
    assert "caused by" in trace and "inner cause" in trace
    trace = "\n".join(k.fails("throw new AggregateError([new Error('one'), new Error('two')], 'both')").error["traceback"])
    assert "one" in trace and "two" in trace


def item_the_value_of_the_last_expression(k):
    for code, text in [("'s'", "'s'"), ("[1, 2]", "[ 1, 2 ]"), ("new Map([[1, 2]])", "Map(1) { 1 => 2 }"), ("-0", "-0"), ("10n", "10n"), ("NaN", "NaN"), ("Symbol('q')", "Symbol(q)"), ("null", "null"), ("(() => 1)", "[Function (anonymous)]"), ("new Date(0)", "1970-01-01T00:00:00.000Z"), ("({ a: { b: 1 } })", "{ a: { b: 1 } }")]:
        assert k.value(code) == text, (code, k.value(code))
    assert k.ok("undefined").contents("execute_result") == []
    assert k.ok("let quiet = 1").contents("execute_result") == []


def item_results_have_no_colours(k):
    assert "\x1b" not in k.value("({ a: [1, 'x', true] })")


def item_typed_arrays_are_shortened(k):
    assert "more items" in k.value("new Float32Array(1000)")


def item_jupyter_display_symbol_sync_and_async(k):
    r = k.ok("({ [Symbol.for('Jupyter.display')]() { return { 'text/html': '<p>sync</p>', 'text/plain': 'p' } } })")
    assert r.contents("execute_result")[0]["data"] == {"text/html": "<p>sync</p>", "text/plain": "p"}
    r = k.ok("({ async [Symbol.for('Jupyter.display')]() { await new Promise(r => setTimeout(r, 30)); return { 'image/png': new Uint8Array([1, 2]) } } })")
    assert r.contents("execute_result")[0]["data"]["image/png"] == base64.b64encode(bytes([1, 2])).decode()


def item_a_throwing_jupyter_display_is_an_error(k):
    assert k.fails("({ [Symbol.for('Jupyter.display')]() { throw new Error('no picture') } })").error["evalue"] == "no picture"
    assert k.value("1") == "1"


def item_display_html_md_svg(k):
    r = k.ok("display(html`<b>${1 + 1}</b>`); display(md('# T')); display(svg('<svg></svg>')); display({ a: 1 })")
    data = [c["data"] for c in r.contents("display_data")]
    assert data[0]["text/html"] == "<b>2</b>" and data[1]["text/markdown"] == "# T" and data[2]["image/svg+xml"] == "<svg></svg>", data
    assert data[3]["text/plain"] == "{ a: 1 }" and r.contents("execute_result") == []
    assert k.ok("html`<u>last</u>`").contents("execute_result")[0]["data"]["text/html"] == "<u>last</u>"


def item_display_handles_update_in_place(k):
    r = k.ok("const handle = display('first'); handle.update('second')")
    shown, updated = r.contents("display_data")[0], r.contents("update_display_data")[0]
    assert shown["transient"]["display_id"] == updated["transient"]["display_id"] and updated["data"]["text/plain"] == "'second'"
    r = k.ok("handle.update(html`<b>third</b>`); undefined")
    assert r.contents("update_display_data")[0]["transient"]["display_id"] == shown["transient"]["display_id"]


def item_display_raw_bundles(k):
    r = k.ok("display({ 'application/json': { a: 1 }, 'text/plain': 'x' }, { raw: true, metadata: { m: 1 } })")
    c = r.contents("display_data")[0]
    assert c["data"]["application/json"] == {"a": 1} and c["metadata"] == {"m": 1}, c
    assert "MIME" in k.fails("display(5, { raw: true })").error["evalue"]


def item_clear_output(k):
    assert k.ok("clearOutput(); clearOutput({ wait: true })").contents("clear_output") == [{"wait": False}, {"wait": True}]


def item_images_from_bytes_pixels_and_files(k):
    png = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
    path = os.path.join(k.folder, "dot.png")
    open(path, "wb").write(png)
    for code in ["image('./dot.png')", "require('node:fs').readFileSync('./dot.png')", "image(require('node:fs').readFileSync('./dot.png'))"]:
        assert k.ok(code).contents("execute_result")[0]["data"]["image/png"] == base64.b64encode(png).decode(), code
    made = k.ok("({ width: 2, height: 1, data: new Uint8ClampedArray([255, 0, 0, 255, 0, 0, 255, 128]) })").contents("execute_result")[0]["data"]["image/png"]
    assert base64.b64decode(made).startswith(b"\x89PNG")
    assert "image:" in k.fails("image(5 as any)").error["evalue"]


def item_plotly_figures(k):
    r = k.ok("({ data: [{ type: 'scatter', x: [1, 2], y: new Float32Array([3, 4]) }], layout: { title: { text: 'T' } } })")
    figure = r.contents("execute_result")[0]["data"]["application/vnd.plotly.v1+json"]
    assert figure["data"][0]["y"] == [3, 4] and figure["layout"]["title"]["text"] == "T"
    assert k.value("({ data: [1, 2], layout: 'x' })") == "{ data: [ 1, 2 ], layout: 'x' }"


def item_plotly_figures_get_a_picture_from_a_library(k):
    k.ok("(globalThis as any)[Symbol.for('dnn-lab.staticFigure')] = async () => ({ 'image/svg+xml': '<svg id=\"p\"/>' })")
    try:
        data = k.ok("({ data: [{ type: 'bar', x: ['a'], y: [1] }], layout: {} })").contents("execute_result")[0]["data"]
        assert data["image/svg+xml"] == '<svg id="p"/>' and "application/vnd.plotly.v1+json" in data
    finally:
        k.ok("delete (globalThis as any)[Symbol.for('dnn-lab.staticFigure')]")


def item_danfo_tables(k):
    code = "%check off\nclass Frame { $dataIncolumnFormat = []; columns = ['a', 'b<']; index = [0, 1]; values = [[1, 'x'], [2.5, '<y>']]; shape = [2, 2] }\nnew Frame()"
    data = k.ok(code).contents("execute_result")[0]["data"]
    assert "<td>2.5</td>" in data["text/html"] and "&lt;y&gt;" in data["text/html"] and "b&lt;" in data["text/html"], data
    assert "2 rows × 2 columns" in data["text/plain"]


def item_elements_show_their_markup(k):
    assert k.ok("({ outerHTML: '<div>el</div>' })").contents("execute_result")[0]["data"]["text/html"] == "<div>el</div>"
    assert k.ok("({ outerHTML: '<svg></svg>' })").contents("execute_result")[0]["data"]["image/svg+xml"] == "<svg></svg>"


def item_large_output_is_cut_with_a_note(k):
    text = k.value("'x'.repeat(1_000_000)")
    assert len(text) < 120_000 and "more character" in text, (len(text), text[-100:])
    text = k.value("Array.from({ length: 100 }, () => 'y'.repeat(5000))")
    assert len(text) < 120_000 and "not shown" in text[-200:], text[-200:]


def item_hostile_values_do_not_break_the_kernel(k):
    k.run("new Proxy({}, { get() { throw new Error('trap') }, ownKeys() { throw new Error('trap') } })")
    k.run("({ get columns() { throw new Error('getter') }, get data() { throw new Error('getter') } })")
    k.run("const loop: any = {}; loop.self = loop; loop")
    k.run("throw new Proxy(new Error('x'), { get() { throw new Error('trap') } })")
    k.run("Object.create(null)")
    assert k.value("'fine'") == "'fine'"


def item_tslab_display_api(k):
    r = k.ok("%check off\nimport * as tslab from 'tslab'\ntslab.display.html('<b>h</b>'); tslab.display.text('t'); tslab.display.png(new Uint8Array([1])); const d = tslab.newDisplay(); d.text('1'); d.text('2'); typeof tslab.versions.typescript")
    data = [c["data"] for c in r.contents("display_data")]
    assert data[0] == {"text/html": "<b>h</b>"} and data[1] == {"text/plain": "t"} and data[2] == {"image/png": "AQ=="}, data
    assert r.contents("update_display_data")[0]["transient"] == r.contents("display_data")[3]["transient"]
    assert k.ok("%check off\nconst ts2 = require('tslab'); import { display as dd } from 'tslab'; dd.markdown('m')").contents("display_data")[0]["data"] == {"text/markdown": "m"}


def item_libraries_display_through_the_hook(k):
    r = k.ok("%check off\nconst hook = globalThis[Symbol.for('dnn-lab.display')]; hook.display({ 'text/html': '1' }, { displayId: 'p' }); hook.display({ 'text/html': '2' }, { displayId: 'p', update: true })")
    assert r.contents("display_data")[0]["transient"] == {"display_id": "p"} == r.contents("update_display_data")[0]["transient"]


def item_async_displays_are_done_before_idle(k):
    r = k.ok("void display({ async [Symbol.for('Jupyter.display')]() { await new Promise(r => setTimeout(r, 100)); return { 'text/plain': 'slow' } } })")
    assert r.contents("display_data")[0]["data"] == {"text/plain": "slow"}


def item_output_of_worker_threads(k):
    r = k.ok("import { Worker } from 'node:worker_threads'\nconst w = new Worker(\"console.log('in worker')\", { eval: true })\nawait new Promise(r => w.on('exit', r))\nawait new Promise(r => setTimeout(r, 50))")
    assert "in worker" in r.text(), r.contents("stream")
