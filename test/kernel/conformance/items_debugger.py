"""The Jupyter debug protocol: DAP over the control channel."""
import json
import os
import time

from ipykernel.compiler import murmur2_x86

from client import Kernel
from debug_client import Debugger

FUNCTION = """function area(w: number, h: number) {
  const a = w * h;
  const b = a + 1;
  return b;
}
let total = 0;
for (const side of [1, 2, 3]) {
  total += area(side, side);
}
total"""


def item_debuginfo_names_cells_as_ipykernel_does(k):
    d = Debugger(k)
    info = d.ask("debugInfo")
    assert info["isStarted"] is False and info["stoppedThreads"] == [] and info["breakpoints"] == [], info
    assert info["hashMethod"] == "Murmur2" and info["richRendering"] and info["copyToGlobals"], info
    with d:
        assert d.ask("debugInfo")["isStarted"] is True
        for code in ["1", "let a = 1", "12345", "const s = 'é🎉'\n// end\n", ""]:
            path = d.ask("dumpCell", code=code)["sourcePath"]
            expected = str(murmur2_x86(code, info["hashSeed"]))
            assert path == info["tmpFilePrefix"] + expected + info["tmpFileSuffix"], (code, path)
            assert d.ask("source", source={"path": path})["content"] == code
    assert d.ask("debugInfo")["isStarted"] is False


def item_requests_without_a_session_are_refused(k):
    d = Debugger(k)
    assert "initialize" in d.refused("setBreakpoints", source={"path": "x"}, breakpoints=[])
    with d:
        assert "not stopped" in d.refused("stackTrace", threadId=1)
        assert "not supported" in d.refused("nonsense")
        assert "not supported" in d.refused("constructor")
        assert "no source" in d.refused("source", source={"path": "/no/such/file.ts"})
        assert "must be a string" in d.refused("dumpCell")
        assert "gone on" in d.refused("variables", variablesReference=77)
        assert "JSON" in d.refused("evaluate", expression="JSON.parse('{')")


def item_initialize_says_what_works_and_then_initialized(k):
    d = Debugger(k)
    body = d.ask("initialize", clientID="test", adapterID="")
    assert body["supportsConditionalBreakpoints"] and body["supportsSetVariable"], body
    assert [f["filter"] for f in body["exceptionBreakpointFilters"]] == ["all", "uncaught"]
    d.event("initialized")
    d.ask("attach")
    assert d.ask("threads")["threads"] == [{"id": 1, "name": "main"}]
    d.ask("configurationDone")
    d.ask("disconnect")


def item_a_breakpoint_stops_and_shows_stack_scopes_and_variables(k):
    with Debugger(k) as d:
        path, places = d.cell(FUNCTION, 3)
        assert [(p["verified"], p["line"]) for p in places] == [(True, 3)], places
        d.start(FUNCTION)
        body = d.stopped("breakpoint")
        assert body["hitBreakpointIds"] == [places[0]["id"]], (body, places)
        frames = d.stack()
        assert [(f["name"], f["line"], f["source"]["path"]) for f in frames[:2]] == [("area", 3, path), (frames[1]["name"], 8, path)], frames
        assert frames[1]["name"].startswith("In[") and len(frames) == 2, frames
        assert d.ask("stackTrace", threadId=1, startFrame=1, levels=1)["stackFrames"] == frames[1:]
        local = d.values(d.scope("Local"))
        assert (local["w"], local["h"], local["a"]) == ("1", "1", "1"), local
        # What V8 says of a variable before its declaration is Node's.
        assert local["b"] in ("undefined", "<not initialized>"), local
        assert d.values(d.scope("Notebook"))["total"] == "0"
        assert d.values(d.scope("Block", frame=1))["side"] == "1"
        assert d.ask("debugInfo")["stoppedThreads"] == [1]
        # Pure questions are answered while it stands.
        assert k.control("kernel_info_request")["content"]["status"] == "ok"
        assert d.go() == ("area", 3)
        assert d.values(d.scope("Local"))["w"] == "2"
        d.set(path)
        assert d.end().plain == "17"
        # Breakpoints that are gone stop nothing.
        assert k.value(FUNCTION) == "17"


def item_lines_are_those_of_the_cell_where_types_and_enums_move_code(k):
    code = "interface P { x: number;\n  y: number }\nenum Colour { Red,\n  Green }\nnamespace N {\n  export const one = 1;\n}\nimport { sep } from 'node:path'\nconst p: P = { x: 1, y: 2 };\nconst q = p.x +\n  Colour.Green + N.one;\nq + sep.length"
    with Debugger(k) as d:
        _, places = d.cell(code, 9, 10, 11, 12)
        # The second line of an expression is no place to stop at.
        assert [(p["line"], p["verified"]) for p in places] == [(9, True), (10, True), (12, True), (12, True)], places
        d.start(code)
        lines = []
        d.stopped("breakpoint")
        lines.append(d.place()[1])
        while lines[-1] != 12:
            lines.append(d.go()[1])
        assert lines[-3:] == [9, 10, 12], lines
        assert d.end().plain == "4"


def item_a_line_without_code_moves_to_the_next(k):
    code = "// a comment\n\ninterface Nothing {}\nconst after = 1;\nafter"
    with Debugger(k) as d:
        _, places = d.cell(code, 1)
        assert places[0]["line"] == 4 and places[0]["verified"], places
        _, places = d.cell("1\n// nothing", 2)
        assert places[0]["verified"] is False and "no code" in places[0]["message"], places
        d.start(code)
        d.stopped("breakpoint")
        assert d.place()[1] == 4
        assert d.end().plain == "1"


def item_breakpoints_outlive_a_re_run(k):
    code = "let again = 1;\nagain += 1;\nagain"
    with Debugger(k) as d:
        path, _ = d.cell(code, 2)
        for _ in range(3):
            d.start(code)
            d.stopped("breakpoint")
            assert d.place()[1] == 2
            assert d.end().plain == "2"
        info = d.ask("debugInfo")["breakpoints"]
        assert [(b["source"], [x["line"] for x in b["breakpoints"]]) for b in info] == [(path, [2])], info


def item_a_cell_that_ran_before_the_debugger_came_can_be_stopped(k):
    code = "function early(n: number) {\n  const twice = 2 * n;\n  return twice;\n}"
    k.ok(code)
    with Debugger(k) as d:
        _, places = d.cell(code, 3)
        assert places[0]["verified"], places
        d.start("early(4)")
        d.stopped("breakpoint")
        assert d.place() == ("early", 3)
        assert d.values(d.scope("Local"))["twice"] == "8"
        assert d.end().plain == "8"


def item_stepping_over_into_out(k):
    code = "function inner(n: number) {\n  const m = n + 1;\n  return m;\n}\nconst one = inner(1);\nconst two = inner(one);\none + two"
    with Debugger(k) as d:
        d.cell(code, 5)
        d.start(code)
        d.stopped("breakpoint")
        assert d.place()[1] == 5
        assert d.go("stepIn", "step") == ("inner", 2)
        assert d.go("next", "step") == ("inner", 3)
        # V8 stops at the next place behind the call.
        assert d.go("stepOut", "step")[1] == 6
        assert d.go("next", "step")[1] == 7
        # A step over the end ends the cell, and the next one runs through.
        d.ask("next", threadId=1)
        assert d.finish().plain == "5"
        assert k.value("inner(1)\n+ inner(2)") == "5"


def item_a_step_over_await_stops_behind_it(k):
    code = "const pause = (ms: number) => new Promise(r => setTimeout(r, ms));\nlet w = 1;\nawait pause(20);\nw = 2;\nw"
    with Debugger(k) as d:
        d.cell(code, 3)
        d.start(code)
        d.stopped("breakpoint")
        assert d.place()[1] == 3
        assert d.go("next")[1] == 4
        assert d.end().plain == "2"


def item_stepping_does_not_enter_packages_and_the_kernel(k):
    code = "import { basename } from 'node:path'\nconst name = basename('/a/b');\nconsole.log(name);\nname"
    with Debugger(k) as d:
        d.cell(code, 2)
        d.start(code)
        d.stopped("breakpoint")
        assert d.go("stepIn")[1] == 3
        assert d.go("stepIn")[1] == 4
        assert d.end().plain == "'b'"


def item_conditions_hit_counts_and_log_points(k):
    code = "let sum = 0;\nfor (let i = 0; i < 20; i++) {\n  sum += i;\n}\nsum"
    with Debugger(k) as d:
        d.cell(code, {"line": 3, "condition": "i === 7"})
        d.start(code)
        d.stopped("breakpoint")
        assert d.values(d.scope("Block"))["i"] == "7"
        assert d.end().plain == "190"
        d.cell(code, {"line": 3, "condition": "(i as number) > 3", "hitCondition": ">= 15"})
        d.start(code)
        d.stopped("breakpoint")
        assert d.values(d.scope("Block"))["i"] == "18"
        d.set(d.ask("dumpCell", code=code)["sourcePath"])
        d.end()
        d.cell(code, {"line": 3, "logMessage": "i is {i}, {[i, sum]}", "condition": "i < 2"})
        d.start(code)
        result = d.finish()
        assert result.plain == "190" and result.text() == "i is 0, (2) [0, 0]\ni is 1, (2) [1, 0]\n", result.text()
        _, places = d.cell(code, {"line": 3, "condition": "i ==="}, {"line": 5, "hitCondition": "often"})
        assert [p["verified"] for p in places] == [False, False], places
        assert "SyntaxError" in places[0]["message"] and "hit count" in places[1]["message"], places
        assert k.value(code) == "190"


def item_a_condition_means_the_functions_own_names(k):
    k.ok("const performance = 5; const hidden = 1")
    code = "function own(performance: number) {\n  return performance;\n}\nown(1) + own(2)"
    with Debugger(k) as d:
        d.cell(code, {"line": 2, "condition": "performance === 2 && hidden === 1"})
        d.start(code)
        d.stopped("breakpoint")
        frame = d.stack()[0]["id"]
        assert d.ask("evaluate", expression="performance", frameId=frame)["result"] == "2"
        assert d.ask("evaluate", expression="performance", frameId=d.stack()[1]["id"])["result"] == "5"
        assert d.values(d.scope("Notebook"))["performance"] == "5"
        assert d.end().plain == "3"


def item_exceptions_stop_by_filter(k):
    caught = "try {\n  JSON.parse('{');\n} catch {}\n1"
    thrown = "function fail(): never {\n  throw new RangeError('too far');\n}\nfail();"
    with Debugger(k) as d:
        d.ask("setExceptionBreakpoints", filters=["all"])
        d.start(caught)
        d.stopped("exception")
        assert d.place()[1] == 2
        assert d.end().plain == "1"
        d.ask("setExceptionBreakpoints", filters=["uncaught"])
        assert k.value(caught) == "1"
        d.start(thrown)
        assert d.stopped("exception")["text"] == "RangeError: too far"
        assert d.place() == ("fail", 2)
        info = d.ask("exceptionInfo")
        assert info["exceptionId"] == "RangeError" and info["details"]["message"] == "RangeError: too far", info
        assert d.end().error["ename"] == "RangeError"
        d.ask("setExceptionBreakpoints", filters=[])
        assert k.fails(thrown).reply["evalue"] == "too far"


def item_debugger_statements_stop_while_the_debugger_is_there(k):
    code = "let here = 1;\ndebugger;\nhere"
    with Debugger(k) as d:
        d.start(code)
        d.stopped("debugger statement")
        assert d.place()[1] == 2
        assert d.end().plain == "1"
    assert k.value(code) == "1"


def item_pause_stops_an_endless_loop(k):
    with Debugger(k) as d:
        d.start("let spins = 0, on = true;\nwhile (on) {\n  spins += 1;\n}\nspins > 0")
        time.sleep(0.5)
        d.ask("pause", threadId=1)
        d.stopped("pause")
        frame = d.stack()[0]["id"]
        assert d.place()[1] in (2, 3), d.stack()
        d.ask("evaluate", expression="on = false", frameId=frame)
        assert d.end().plain == "true"


def item_evaluate_and_set_variables(k):
    code = "const list: number[] = [1, 2, 3];\nfunction scale(by: number) {\n  let kept = { by, deep: { text: 'a' } };\n  return list.map(n => n * kept.by);\n}\nscale(2)"
    with Debugger(k) as d:
        d.cell(code, 4)
        d.start(code)
        d.stopped("breakpoint")
        frame = d.stack()[0]["id"]

        def value(expression):
            return d.ask("evaluate", expression=expression, frameId=frame)["result"]

        assert value("by * 10 as number") == "20" and value("list.length") == "3"
        assert value("kept") == "{by: 2, deep: {…}}", value("kept")
        assert "not defined" in d.refused("evaluate", expression="nowhere", frameId=frame)
        local = d.scope("Local")
        kept = d.variables(local)["kept"]
        assert d.ask("setVariable", variablesReference=kept["variablesReference"], name="by", value="by + 5")["value"] == "7"
        assert d.ask("setVariable", variablesReference=local, name="by", value="100")["value"] == "100"
        deep = d.variables(kept["variablesReference"])["deep"]
        d.ask("setVariable", variablesReference=deep["variablesReference"], name="text", value="`b${by}`")
        assert d.ask("evaluate", expression="kept.deep.text", frameId=frame, context="clipboard")["result"] == "b100"
        assert d.ask("evaluate", expression="1 + list[2]")["result"] == "4"
        assert d.end().plain == "[ 7, 14, 21 ]"
        # Without a frame, as a cell would have it.
        k.ok("let settable = 1")
        notebook = {v["name"]: v for v in d.ask("inspectVariables")["variables"]}
        assert notebook["settable"]["value"] == "1", notebook["settable"]


def item_a_variable_of_the_notebook_is_set(k):
    k.ok("let URL = 'mine'; let count = 3")
    with Debugger(k) as d:
        d.start("debugger;\ncount + URL")
        d.stopped()
        notebook = d.scope("Notebook")
        assert d.ask("setVariable", variablesReference=notebook, name="count", value="count * 2")["value"] == "6"
        d.ask("setVariable", variablesReference=notebook, name="URL", value="'yours'")
        assert d.end().plain == "'6yours'"
        assert k.value("new (globalThis.URL)('http://a.b').host") == "'a.b'"


def item_long_lists_come_in_pieces(k):
    k.ok("const long = Array.from({ length: 25_000 }, (_, i) => i); const floats = new Float32Array(250); const few = [1, 2]")
    with Debugger(k) as d:
        found = {v["name"]: v for v in d.ask("inspectVariables")["variables"]}
        assert found["long"]["indexedVariables"] == 25000 and found["few"].get("indexedVariables") is None, found
        assert found["long"]["value"].startswith("(25000) [0, 1, 2"), found["long"]
        page = d.values(found["long"]["variablesReference"], filter="indexed", start=24_990, count=5)
        assert page == {str(n): str(n) for n in range(24_990, 24_995)}, page
        pieces = d.variables(found["long"]["variablesReference"])
        assert [n for n in pieces if "…" in n] == ["[0 … 9999]", "[10000 … 19999]", "[20000 … 24999]"], list(pieces)
        inner = d.variables(pieces["[20000 … 24999]"]["variablesReference"])
        assert list(inner)[-1] == "[24900 … 24999]" and len(inner) == 50, list(inner)
        last = d.variables(inner["[24900 … 24999]"]["variablesReference"])
        assert last["24999"]["value"] == "24999" and last["24999"]["evaluateName"] == "long[24999]", last["24999"]
        floats = d.variables(found["floats"]["variablesReference"])
        assert [n for n in floats if "…" in n] == ["[0 … 99]", "[100 … 199]", "[200 … 249]"], list(floats)
        assert d.values(found["few"]["variablesReference"])["1"] == "2"


def item_variables_call_no_getters(k):
    k.ok("let calls = 0\nconst lazy = { get costly() { calls++; return 'made' }, plain: 1, [Symbol('s')]: 2 }\nconst proxied = new Proxy({ a: 1 }, { get() { calls++; return 1 }, ownKeys() { calls++; return [] } })")
    with Debugger(k) as d:
        found = {v["name"]: v for v in d.ask("inspectVariables")["variables"]}
        inside = d.variables(found["lazy"]["variablesReference"])
        assert inside["costly"]["value"] == "(…)" and inside["costly"]["presentationHint"]["lazy"], inside
        assert inside["plain"]["value"] == "1" and inside["Symbol(s)"]["value"] == "2", inside
        d.variables(found["proxied"]["variablesReference"])
        assert k.value("calls") == "0"
        assert d.values(inside["costly"]["variablesReference"]) == {"costly": "'made'"}
        assert k.value("calls") == "1"


def item_values_are_shown_on_one_line(k):
    k.ok("""const shown = { text: "a'b\\n", map: new Map([["k", { v: 1 }]]), set: new Set([1]), date: new Date(0), re: /a+/g, nothing: null,
  none: undefined, big: 12n, minus: -0, fn: (a: number) => a, error: new TypeError("bad"), bytes: new Uint8Array(3), Class: class Point {}, symbol: Symbol("x") }""")
    with Debugger(k) as d:
        found = {v["name"]: v for v in d.ask("inspectVariables")["variables"]}
        inside = d.variables(found["shown"]["variablesReference"])
        values = {name: v["value"] for name, v in inside.items()}
        expected = {"text": "'a\\'b\\n'", "nothing": "null", "none": "undefined", "big": "12n", "minus": "-0", "re": "/a+/g", "error": "TypeError: bad", "Class": "class Point", "symbol": "Symbol(x)", "bytes": "Uint8Array(3) [0, 0, 0]", "set": "Set(1) {1}"}
        assert {name: values[name] for name in expected} == expected, values
        assert values["map"].startswith("Map(1) {'k' => ") and values["date"].startswith("Thu Jan 01 1970"), values
        assert inside["map"]["type"] == "Map" and inside["text"]["type"] == "string" and inside["bytes"]["type"] == "Uint8Array"


def item_rich_variables_are_shown_as_a_cell_would(k):
    k.ok("const page = html`<b>bold</b>`; const plainValue = { a: 1 }; interface OnlyAType { a: 1 }")
    with Debugger(k) as d:
        rich = d.ask("richInspectVariables", variableName="page")
        assert rich["data"]["text/html"] == "<b>bold</b>", rich
        assert d.ask("richInspectVariables", variableName="plainValue")["data"]["text/plain"] == "{ a: 1 }"
        assert "OnlyAType" not in [v["name"] for v in d.ask("inspectVariables")["variables"]]
        d.start("function f(inner: string) {\n  debugger;\n  return inner }\nf('x')")
        d.stopped()
        rich = d.ask("richInspectVariables", variableName="inner", frameId=d.stack()[0]["id"])
        assert rich["data"] == {"text/plain": "'x'"}, rich
        d.end()


def item_copy_to_globals(k):
    code = "function work(secret: number[], location: string) {\n  debugger;\n  return secret.length;\n}\nwork([1, 2, 3], 'here')"
    with Debugger(k) as d:
        d.start(code)
        d.stopped()
        frame = d.stack()[0]["id"]
        d.ask("copyToGlobals", srcVariableName="secret", dstVariableName="secret", srcFrameId=frame)
        d.ask("copyToGlobals", srcVariableName="location", dstVariableName="location", srcFrameId=frame)
        assert "no name" in d.refused("copyToGlobals", srcVariableName="secret", dstVariableName="a b", srcFrameId=frame)
        d.end()
        assert k.value("secret.concat(4).length + location") == "'4here'"
        assert "secret" in k.ok("%who").text()


def item_local_files_stop_at_their_lines(k):
    file = os.path.join(k.folder, "steps.ts")
    with open(file, "w") as out:
        out.write("interface A { a: number }\nenum Kind { One,\n  Two }\nexport function twice(n: number): number {\n  const kind = Kind.Two;\n  return n * 2 * kind;\n}\nexport const ready = twice(1);\n")
    code = "import { twice } from './steps'\ntwice(21)"
    with Debugger(k) as d:
        places = d.set(file, 6, 8)
        assert [p["line"] for p in places] == [6, 8] and "loaded" in places[0]["message"], places
        d.start(code)
        d.stopped("breakpoint")
        # At the top level of the file, before any of it ran.
        assert d.place()[1] == 8 and d.stack()[0]["source"]["path"] == file, d.stack()
        assert d.go() == ("twice", 6)
        assert d.values(d.scope("Local"))["kind"] == "1"
        assert d.go() == ("twice", 6)
        assert d.ask("source", source={"path": file})["content"].startswith("interface A")
        assert {"name": "steps.ts", "path": file} in [{"name": m["name"], "path": m["path"]} for m in d.ask("modules")["modules"]]
        assert d.end().plain == "42"
        # The file changes: it is read again, and so are its breakpoints.
        time.sleep(0.02)
        with open(file, "w") as out:
            out.write("// moved\n\n\nexport function twice(n: number): number {\n  const kind = 1;\n  return n * 3 * kind;\n}\nexport const ready = 0;\n")
        d.set(file, 6)
        d.start(code)
        d.stopped("breakpoint")
        assert d.place() == ("twice", 6), d.stack()
        assert d.end().plain == "63"


def item_a_local_file_that_awaits(k):
    file = os.path.join(k.folder, "slow.ts")
    with open(file, "w") as out:
        out.write("const first: number = 1; await new Promise(r => setTimeout(r, 10));\nexport const second = first + 1;\n")
    with Debugger(k) as d:
        d.set(file, 1, 2)
        d.start("import { second } from './slow'\nsecond")
        d.stopped("breakpoint")
        assert (d.stack()[0]["line"], d.stack()[0]["column"]) == (1, 23), d.stack()
        assert d.go()[1] == 2
        assert d.end().plain == "2"


def item_an_interrupt_ends_a_stopped_cell(k):
    k.ok("let reached = 0")
    with Debugger(k) as d:
        for _ in range(3):
            d.start("reached = 1;\ndebugger;\nreached = 2; while (true) {}")
            d.stopped()
            start = time.time()
            k.interrupt()
            result = d.finish()
            assert result.reply["ename"] == "KeyboardInterrupt", result.reply
            assert time.time() - start < 10
            assert k.value("reached") == "1"
        # And the debugger still works.
        d.start("debugger;\nreached + 1")
        d.stopped()
        assert d.end().plain == "2"


def item_disconnecting_lets_a_stopped_cell_go_on(k):
    d = Debugger(k)
    with d:
        d.start("let gone = 1;\ndebugger;\ngone + 1")
        d.stopped()
    # __exit__ has disconnected and waited for the cell.
    assert k.value("gone") == "1"


def item_completion_and_inspection_while_stopped(k):
    k.ok("const model = { layers: 3 }")
    with Debugger(k) as d:
        d.start("debugger;\n1")
        d.stopped()
        k.client.complete("model.la", 8)
        reply = k.client.get_shell_msg(timeout=30)
        assert "layers" in reply["content"]["matches"], reply["content"]
        assert d.end().plain == "1"


def item_restart_while_stopped():
    k = Kernel()
    try:
        d = Debugger(k)
        d.__enter__()
        d.start("debugger;\n1")
        d.stopped()
        reply = k.control("shutdown_request", {"restart": False}, timeout=15)
        assert reply["content"]["status"] == "ok"
        deadline = time.time() + 15
        while k.manager.is_alive() and time.time() < deadline:
            time.sleep(0.1)
        assert not k.manager.is_alive()
    finally:
        k.stop()


def item_numbers_in_a_message_are_json(k):
    # What has no JSON of its own must not break the reply.
    k.ok("const odd = [NaN, Infinity, -0, 10n]")
    with Debugger(k) as d:
        found = {v["name"]: v for v in d.ask("inspectVariables")["variables"]}
        assert found["odd"]["value"] == "(4) [NaN, Infinity, -0, 10n]", found["odd"]
        json.dumps(found["odd"])


def item_jupyterlab_gets_values_in_place_of_types(k):
    # Its tree shows the type of a variable and not the value, unless the type is one of Python's or absent.
    k.ok("let learningRate = 0.5")
    with Debugger(k) as d:
        assert "type" in d.ask("inspectVariables")["variables"][0]
        d.ask("initialize", clientID="jupyterlab", adapterID="")
        variables = d.ask("inspectVariables")["variables"]
        assert not [v for v in variables if "type" in v] and [v for v in variables if v["value"] == "0.5"], variables


def item_whos_shows_values_and_the_size_of_tensors(k):
    k.ok("""class Tensor { shape = [60_000, 784]; dtype = 'float32'; isDisposedInternal = false }
class DataFrame { $rows = [[1, 2]]; get shape(): number[] { return [this.$rows.length, 2] } }
class TensorList { reads = 0; get shape(): number[] { this.reads++; return [1] } }
const pixels = new Tensor(); const table = new DataFrame(); const listed = new TensorList(); let step = 0.5; interface Shape { a: number }""")
    lines = {line.split("  ")[0].strip(): line for line in k.ok("%whos").text().split("\n")}
    assert "[60000 × 784] float32, 188 MB" in lines["pixels"], lines["pixels"]
    assert "[1 × 2]" in lines["table"], lines["table"]
    assert lines["step"].startswith("step") and lines["step"].endswith("0.5") and "number" in lines["step"], lines["step"]
    # A getter that changes something is not called.
    assert k.value("listed.reads") == "0"
    assert "pixels" in k.ok("%who").text()
