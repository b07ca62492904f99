"""What is shown is the user's: stacks, promises, errors with all that belongs to them, values that only look like others."""
import os
import re
import time

from client import Kernel


def trace(result):
    return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(result.error["traceback"]))


def item_printed_stacks_have_the_frames_of_cells_alone(k):
    r = k.ok("try { JSON.parse('{') } catch (e) { console.error(e) }")
    assert re.search(r"at JSON\.parse \(<anonymous>\)\n    at In\[\d+\]:1:12\n$", r.text("stderr")), r.text("stderr")
    assert re.fullmatch(r"Error: v\n    at In\[\d+\]:1:1", k.value("new Error('v')"))
    text = k.ok("async function later() { await null; throw new Error('deep') }\ntry { await later() } catch (e) { console.log((e as Error).stack) }").text()
    assert re.fullmatch(r"Error: deep\n    at later \(In\[\d+\]:1:\d+\)\n    at async In\[\d+\]:2:\d+\n", text), text


def item_printed_stacks_have_the_lines_of_sources(k):
    text = k.ok("enum Shift { A, B }\ninterface Gone { a: number }\nfunction fifth(): never {\n\n  throw new Error('line 5')\n}\ntry { fifth() } catch (e) { console.error(e) }").text("stderr")
    assert re.search(r"fifth \(In\[\d+\]:5:9\)", text), text
    open(os.path.join(k.folder, "mapped-lines.ts"), "w").write("type A = number\ninterface B { a: number }\n\nenum E { X }\nexport function fail(): never {\n  throw new Error('line 6')\n}\n")
    text = k.ok("import { fail } from './mapped-lines'\ntry { fail() } catch (e) { console.error(e) }").text("stderr")
    assert "mapped-lines.ts:6:9)" in text, text


def item_a_program_may_prepare_stacks_itself(k):
    r = k.ok("%check off\nError.prepareStackTrace = (e, sites) => sites.length > 0 ? 'mine' : ''; console.log(new Error('x').stack); Error.prepareStackTrace = undefined; console.log(new Error('y').stack)")
    lines = r.text().split("\n")
    assert lines[0] == "mine" and lines[1] == "Error: y" and lines[2].startswith("    at In[") and len(lines) == 4, lines


def item_promises_and_timers_show_no_internals(k):
    k.ok("async function load() { return 1 }")
    assert k.value("load()") == "Promise { 1 }"
    assert k.ok("console.log([Promise.resolve(2)])").text() == "[ Promise { 2 } ]\n"
    assert "kResourceStore" not in k.value("setTimeout(() => {}, 5)")


def package(k, name, source, **files):
    folder = os.path.join(k.folder, "node_modules", name)
    os.makedirs(folder, exist_ok=True)
    for file, text in {"index.js": source, "package.json": '{"name": "%s", "main": "index.js"}' % name, **files}.items():
        open(os.path.join(folder, file), "w").write(text)


def item_an_error_of_a_package_shows_the_cells_line_first(k):
    package(k, "deep-one", "const down = (n) => (n === 0 ? (() => { throw new Error('inside') })() : n % 2 ? [n].map(() => down(n - 1))[0] : down(n - 1));\nexports.down = down\n")
    k.ok("%check off\nimport { down } from 'deep-one'")
    text = trace(k.fails("%check off\n// above\ndown(30)"))
    lines = text.split("\n")
    assert lines[0] == "Error: inside" and re.fullmatch(r"In\[\d+\]:3:\d+", lines[1]), text
    assert "> 3 | down(30)" in text and "more frames in deep-one" in text and text.count("deep-one/index.js") <= 4, text
    assert "Tracebacks: full" in k.ok("%traceback full").text()
    try:
        assert trace(k.fails("%check off\ndown(30)")).count("deep-one/index.js") > 20
    finally:
        k.ok("%traceback short")
    assert "full or short" in k.fails("%traceback long").error["evalue"]


def item_source_maps_of_packages_are_used(k):
    package(
        k,
        "mapped-one",
        'exports.boom = function () { throw new Error("boom"); };\n//# sourceMappingURL=index.js.map\n',
        **{"index.js.map": '{"version":3,"file":"index.js","sources":["src/i.ts"],"names":[],"mappings":"AAEA"}'},
    )
    text = trace(k.fails("%check off\nimport { boom } from 'mapped-one'\nboom()"))
    assert "mapped-one/src/i.ts:3:1" in text and "index.js" not in text, text


def item_an_interrupt_is_a_line_and_the_place(k):
    msg_id = k.send("const before = 1\nfor (;;) {}")
    time.sleep(1)
    k.interrupt()
    r = k.collect(msg_id, 20)
    lines = trace(r).split("\n")
    assert lines[0] == "KeyboardInterrupt: the cell was interrupted" and re.fullmatch(r"In\[\d+\]:2:\d+", lines[1]), lines
    assert "> 2 | for (;;) {}" in trace(r) and "    at " not in trace(r), lines


def item_causes_are_shown_once(k):
    text = trace(k.fails("const circ: any = new Error('circ'); circ.self = circ; circ.cause = circ; throw circ"))
    assert text.count("Error: circ") == 1 and "self: [Circular]" in text, text
    text = trace(k.fails("const one: any = new Error('one'); const two: any = new Error('two', { cause: one }); one.cause = two; throw one"))
    assert text.count("Error: one") == 1 and text.count("Error: two") == 1, text


def item_a_throwing_getter_hides_nothing(k):
    r = k.fails("const bad: any = new Error('getter'); Object.defineProperty(bad, 'code', { enumerable: true, get() { throw new Error('inner') } }); bad.other = 5; throw bad")
    assert r.error["evalue"] == "getter" and "other: 5" in trace(r) and "its getter throws" in trace(r), trace(r)


def item_names_of_errors_that_are_no_texts(k):
    assert k.fails("%check off\nclass Odd extends Error { static name = 5n }\nthrow new Odd('odd')").error["ename"] == "Error"
    assert k.fails("%check off\nthrow Object.assign(new Error('x'), { name: Symbol('n') })").error["evalue"] == "x"


def item_a_recursion_is_counted(k):
    text = trace(k.fails("function again(): number { return again() + 1 }\nagain()"))
    assert "the same" in text and text.count("again (In[") <= 3, text


def item_proxies_show_their_target(k):
    k.ok("const rpc: any = new Proxy({}, { get: () => () => 1 })")
    assert k.value("rpc") == "{}" and k.ok("display(rpc)").contents("display_data")[0]["data"] == {"text/plain": "{}"}
    assert k.value("const every: any = new Proxy(function () {}, { get: () => every, apply: () => every, has: () => true }); every") == "[Function (anonymous)]"
    shown = k.ok("new Proxy({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<i>frame</i>' }) }, {})").contents("execute_result")[0]["data"]
    assert shown["text/html"] == "<i>frame</i>", shown


def item_only_real_figures_and_images_are_drawn(k):
    for code in [
        "({ data: [], layout: { header: 'x' } })",
        "({ data: [{ x: 1, y: 2 }], layout: { rows: 2 } })",
        "({ data: [{ type: 'order', x: [1] }], layout: {} })",
        "({ width: 2, height: 2, data: Uint8Array.from([1, 2, 3, 4]) })",
        "({ shape: [2], dtype: 'f', dataId: {}, dataSync: () => [1, 2] })",
        "Uint8Array.from([0x42, 0x4d, 1, 2, 3])",
        "Buffer.from('BM is how this text begins')",
        "Buffer.from('GIF89a is how this text begins')",
        "Uint8Array.from([255, 216, 255, 0])",
    ]:
        assert list(k.ok(f"%check off\n{code}").contents("execute_result")[0]["data"]) == ["text/plain"], code
    for code in ["({ data: [], layout: { xaxis: {} } })", "({ data: [{ y: [1, 2] }], layout: {} })", "({ data: [{ type: 'indicator', value: 3 }], layout: {} })"]:
        assert "application/vnd.plotly.v1+json" in k.ok(f"%check off\n{code}").contents("execute_result")[0]["data"], code


def item_code_frames_show_the_place(k):
    text = trace(k.fails("const 名前 = '日本'; const 数: number = '日本語'"))
    # Four wide characters before the place, and a wide name.
    assert text.split("\n")[-1] == "    | " + " " * 27 + "^^", text
    text = trace(k.fails("const s = '👩‍👩‍👧 é'; const n: number = s"))
    assert text.split("\n")[-1] == "    | " + " " * 24 + "^", text
    text = trace(k.fails("const long = [" + "'0000', " * 60 + "]; const far: number = 'x'"))
    line, marker = text.split("\n")[-2:]
    assert "…" in line and line[marker.index("^") :].startswith("far: number"), text
