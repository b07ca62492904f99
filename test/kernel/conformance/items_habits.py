"""What people of Node, Deno and IPython do in cells without a thought."""
from client import Kernel
from items_semantics import package, write
from items_shown import trace


def item_calls_of_imported_names_are_told_as_written(k):
    write(k, "halves.ts", "export const half: any = undefined\nexport const fail = (): never => { throw new Error('inside') }")
    r = k.fails("import { half, fail } from './halves'\nhalf(2)")
    assert r.error["evalue"] == "half is not a function" and ":2:1\n" in trace(r), trace(r)
    assert k.fails("new half()").error["evalue"] == "half is not a constructor"
    assert ":1:12" in trace(k.fails("const at = fail (), after = 1")).split("\n")[-1]
    printed = k.ok("try { half(2) } catch (e) { console.error(e) }").text("stderr")
    assert printed.startswith("TypeError: half is not a function\n"), printed
    assert k.fails("const performance: any = 5\nperformance()").error["evalue"] == "performance is not a function"


def item_an_error_while_a_module_loads_is_placed_at_its_import(k):
    write(k, "unreadable.ts", "export const b = = 2")
    text = trace(k.fails("const before = 1\nimport { b } from './unreadable'\nb"))
    assert "unreadable.ts:1:18" in text and ":2:1\n" in text, text


def item_code_that_v8_cannot_read_is_placed(k):
    text = trace(k.fails("%check off\nlet twice = 1\n  let twice = 2"))
    assert ":3:7\n" in text and "node:" not in text, text


def item_code_made_at_run_time_shows_who_made_it(k):
    text = trace(k.fails("const made = new Function('throw new Error(\"made\")')\nmade()"))
    assert ":2:1\n" in text and "eval at" not in text, text


def item_causes_and_parts_that_are_no_errors(k):
    text = trace(k.fails("await Promise.any([1, 2, 3, 4, 5, 6, 7].map((n) => Promise.reject(n)))"))
    assert "error 5 of 7\n5\n" in text and "2 more errors" in text and "not an Error" not in text, text


def item_jsx_calls_a_runtime_that_no_cell_imports(k):
    package(k, "tags", {
        "package.json": '{ "name": "tags" }',
        "jsx-runtime.js": "exports.jsx = (tag, props) => ({ tag, props }); exports.jsxs = exports.jsx; exports.Fragment = 'all'",
        "jsx-runtime.d.ts": "export namespace JSX { interface IntrinsicElements { [n: string]: any } }\nexport const jsx: any; export const jsxs: any; export const Fragment: any"})
    assert k.value("/** @jsxImportSource tags */\nconst bold = <b>x</b>\nbold") == "{ tag: 'b', props: { children: 'x' } }"
    assert k.value("/** @jsxImportSource tags */\nconst all = <><i /></>\nall.tag") == "'all'"


def item_the_first_line_of_a_script(k):
    assert k.value("#!/usr/bin/env node\nconst script = 2; script") == "2"


def item_modules_in_their_own_name(k):
    assert k.value("import five from 'data:text/javascript,export default 5'\nfive") == "5"
    message = k.fails("import x from 'https://example.org/x.js'").error["evalue"]
    assert "no modules from the network" in message and "install example" not in message, message


def item_web_assembly_has_types(k):
    # The smallest module.
    assert k.value("const wasm: WebAssembly.Module = new WebAssembly.Module(Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0]))\nWebAssembly.Module.exports(wasm)") == "[]"
    assert "TS" in k.fails("WebAssembly.nope").error["evalue"]


def item_streams_and_consoles_refuse_and_take_what_nodes_do(k):
    assert k.ok("new console.Console(process.stdout).log('own')").text() == "own\n"
    assert "Received 5" in k.fails("%check off\nprocess.stdout.write(5)").error["evalue"]
    assert "ERR_STREAM_NULL_VALUES" in trace(k.fails("%check off\nprocess.stdout.write(null)"))
    assert k.ok("%check off\nprocess.stdout.write(new DataView(Uint8Array.from([65, 10]).buffer)); 1").text() == "A\n"


def item_options_of_inspect_hold_for_values():
    k = Kernel()
    try:
        k.ok("import util from 'node:util'\nutil.inspect.defaultOptions.depth = 0")
        assert k.value("({ a: { b: 1 } })") == "{ a: [Object] }"
    finally:
        k.stop()


def item_a_text_of_any_length_as_a_value(k):
    # Of two bytes a character, and near the longest that V8 has: its inspector would copy it as JSON.
    assert "more characters" in k.ok("'é'.repeat(2 ** 29 - 30)").contents("execute_result")[0]["data"]["text/plain"]
    assert k.value("_.length") == str(2**29 - 30)
    assert k.value("await Promise.resolve('z'.repeat(50_000))").startswith("'zzz")
    reply = k.ok("1", user_expressions={"long": "'x'.repeat(60_000)"}).reply
    assert reply["user_expressions"]["long"]["status"] == "ok"


def item_output_of_an_interrupted_cell_is_cut_once(k):
    sent = k.send("while (true) console.log('flood '.repeat(100))")
    k.iopub(20, lambda m: m["msg_type"] == "stream")
    k.interrupt()
    r = k.collect(sent)
    assert r.error["ename"] == "KeyboardInterrupt"
    assert r.text("stderr").count("were not shown") <= 1, r.text("stderr")


def item_magics_and_types_are_completed_and_inspected(k):
    reply = k.client.complete("%ti", reply=True, timeout=20)["content"]
    assert reply["matches"] == ["%time", "%timeit"] and (reply["cursor_start"], reply["cursor_end"]) == (0, 3), reply
    assert k.client.complete("1 + 1\n%%ht", reply=True, timeout=20)["content"]["matches"] == ["%%html"]
    k.ok("type Choice = 'one' | 'two'")
    text = k.client.inspect("Choice", 3, reply=True, timeout=20)["content"]["data"]["text/plain"]
    assert '"one" | "two"' in text, text
    assert k.client.inspect("nothingSoCalled", 3, reply=True, timeout=20)["content"]["found"] is False
