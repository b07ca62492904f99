"""A cell may call things as it likes; globals, packages and the kernel go on with their own."""
import contextlib
import json
import shutil
import tempfile

from client import Kernel
from items_semantics import package, write

# How a name is declared; each has a value that `read` gives.
WAYS = [
    "const {n} = 'own'",
    "let {n} = 'own'",
    "var {n} = 'own'",
    "function {n}() {{ return 'own' }}",
    "class {n} {{ static own = 'own' }}",
    "enum {n} {{ own = 'own' }}",
    "const {{ n: {n} }} = {{ n: 'own' }}",
    "import {{ own as {n} }} from './own-value'",
    "import * as {n} from './own-value'",
    "namespace {n} {{ export const own = 'own' }}",
]
READ = "((x: any) => typeof x === 'string' ? x : x.own ?? x())"

# Ten cells that work whatever the notebook calls its own things, with what each shows.
TEN = [
    ("1 + 1", "2"),
    ("[1, { a: 'b' }]", "[ 1, { a: 'b' } ]"),
    ("await (await import('node:timers/promises')).setTimeout(1, 'slept')", "'slept'"),
    ("import { usesGlobals } from './uses-globals'\nawait usesGlobals()", "'all there'"),
    ("import { kind } from 'looks-around'\nkind", "'node'"),
    ("import { tmpdir } from 'node:os'\ntypeof tmpdir()", "'string'"),
    ("(() => { try { (null as any).x } catch (e: any) { return e.message } })()", "\"Cannot read properties of null (reading 'x')\""),
    ("async function* two() { yield 1; yield 2 }\nlet sum = 0\nfor await (const n of two()) sum += n\nsum", "3"),
    ("%time `${1n << 64n}`", "'18446744073709551616'"),
    ("%%html\n<b>x</b>", None),
]


@contextlib.contextmanager
def own_kernel():
    """A kernel whose names no other item uses."""
    folder = tempfile.mkdtemp(prefix="dnn-lab-names-")
    k = Kernel(cwd=folder)
    k.folder = folder
    try:
        yield k
    finally:
        k.stop()
        shutil.rmtree(folder)


def prepare(k):
    write(k, "own-value.ts", "export const own = 'own'")
    write(k, "uses-globals.ts", """
export async function usesGlobals(): Promise<string> {
  await new Promise((resolve) => setTimeout(resolve, 1));
  const text = Buffer.from(JSON.stringify({ a: new Map([[1, new URL('http://x/y').pathname]]).get(1) })).toString();
  const facts = [performance.now() > 0, process.pid > 0, text === '{"a":"/y"}', typeof Symbol.iterator === 'symbol', Object.keys([1]).length === 1, new Error('e') instanceof Error, typeof fetch === 'function', structuredClone([NaN, undefined]).length === 2, globalThis === global, Array.isArray(new Array(Number(1)))];
  return facts.every(Boolean) ? 'all there' : facts.join();
}""")
    package(k, "looks-around", {
        "package.json": '{ "name": "looks-around", "main": "i.js" }',
        "i.js": "exports.kind = typeof window !== 'undefined' || typeof document !== 'undefined' || typeof self !== 'undefined' || typeof Deno !== 'undefined' || typeof define !== 'undefined' ? 'something else' : typeof process === 'object' && typeof performance.now === 'function' ? 'node' : 'nothing'",
        "i.d.ts": "export const kind: string"})


def ten_cells(k, name):
    for code, shown in TEN:
        r = k.ok(code)
        if shown is not None:
            assert r.plain == shown, f"after declaring {name}: {code!r} shows {r.plain}"


def declares(k, way, name):
    """Declares a name; what the check refuses (with a reason) is declared without it."""
    code = way.format(n=name)
    r = k.run(code)
    if r.status == "error":
        assert r.reply["ename"] == "TypeScriptError" and name in r.reply["evalue"], (code, r.reply)
        k.ok(f"%check off\n{code}")
    read = f"{READ}({name})"
    r = k.run(f"%check off\n{read}")
    assert r.status == "ok" and r.plain == "'own'", (code, r.reply)


def item_every_global_may_be_declared_and_ten_cells_work_after_each():
    with own_kernel() as k:
        prepare(k)
        listed = k.value("%check off\nlet at = globalThis, all = []; for (; at; at = Object.getPrototypeOf(at)) all.push(...Object.getOwnPropertyNames(at)); JSON.stringify([...new Set(all)].filter((n) => /^[A-Za-z$_][\\w$]*$/.test(n) && !n.startsWith('__dnn')))")
        names = json.loads(listed[1:-1])
        assert len(names) > 80 and {"performance", "Promise", "undefined", "constructor"} <= set(names), names
        for index, name in enumerate(names + ["window", "document", "self", "Deno", "define", "module", "exports"]):
            if name == "eval":
                assert "eval" in k.fails("const eval = 1").error["evalue"]
                continue
            declares(k, WAYS[index % len(WAYS)], name)
            ten_cells(k, name)
        k.ok("%reset")
        assert k.value("[typeof performance.now, typeof Promise.resolve, NaN, typeof process.pid]") == "[ 'function', 'function', NaN, 'number' ]"


def item_each_kind_of_declaration_of_a_global():
    with own_kernel() as k:
        prepare(k)
        for name in ["Map", "setTimeout"]:
            for way in WAYS:
                declares(k, way, name)
                ten_cells(k, name)


def item_g_Buffer():
    with own_kernel() as k:
        assert k.value("const Buffer = [1, 2, 3]\nBuffer") == "[ 1, 2, 3 ]"
        assert k.ok("process.stdout.write('hi\\n'); 1").text() == "hi\n"
        shown = k.ok("({ [Symbol.for('Jupyter.display')]: () => ({ 'image/png': new Uint8Array([1]) }) })")
        assert shown.contents("execute_result")[0]["data"]["image/png"] == "AQ=="
        assert k.ok("%%sh\necho hi").text() == "hi\n"


def item_g_Promise():
    with own_kernel() as k:
        k.ok("class Promise { constructor(public f: () => void) { f() } }\nnew Promise(() => {})")
        assert k.value("1 + 1") == "2"
        assert k.ok("display({ a: 1 })").contents("display_data")[0]["data"]["text/plain"] == "{ a: 1 }"
        assert k.value("new Promise(() => {}).constructor.name") == "'Promise'"


def item_g_Symbol():
    with own_kernel() as k:
        assert k.value("const Symbol = 'AAPL'\nSymbol") == "'AAPL'"
        assert k.value("[1, 2]") == "[ 1, 2 ]"
        r = k.ok("%check off\n{ using held = { [globalThis.Symbol.dispose]() { console.log('disposed') } } }")
        assert r.text() == "disposed\n", r.text()


def item_g_URL():
    with own_kernel() as k:
        k.ok("import http from 'node:http'\nconst server = http.createServer((q, r) => r.end('a,b')).listen(0)\nconst port = (server.address() as any).port")
        assert k.value("const URL = `http://127.0.0.1:${port}/iris.csv`\nconst response = await fetch(URL)\nawait response.text()") == "'a,b'"
        assert "ENOENT" in k.fails("image('./nothing.png')").error["evalue"]
        assert k.value("const { URL: found = 1, ...rest } = { URL, other: 2 }\n[found === URL, rest]") == "[ true, { other: 2 } ]"
        k.ok("server.close(); server.closeAllConnections()")


def item_g_performance():
    with own_kernel() as k:
        assert k.value("const performance = 0.93\nperformance", allow_stdin=False) == "0.93"
        assert k.value("await new Promise(r => setTimeout(r, 10)); 'slept'", allow_stdin=False) == "'slept'"
        assert k.value("1 + 1", allow_stdin=False) == "2"
        assert "Wall time" in k.ok("%time 1 + 1").text()
        assert k.value("performance.toFixed(1)") == "'0.9'"


def item_g_process_let():
    with own_kernel() as k:
        assert k.value("const process = (x: number) => x * 2\nprocess(2)") == "4"
        assert k.ok("console.log('x')").text() == "x\n"
        assert k.value("process.name") == "'process'"


def item_names_of_its_own_are_completed_inspected_and_checked_as_written():
    with own_kernel() as k:
        k.ok("/** How well it went. */\nconst performance = { accuracy: 0.93 }")
        assert "TS2339" in k.fails("performance.now()").error["evalue"]
        reply = k.client.complete("performance.", reply=True, timeout=20)["content"]
        assert reply["matches"] == ["accuracy"], reply
        reply = k.client.inspect("performance", reply=True, timeout=20)["content"]
        text = reply["data"]["text/plain"]
        assert "How well it went" in text and "0.93" in text and "__dnn" not in text, text


def item_stacks_and_errors_show_the_names_of_the_cell():
    with own_kernel() as k:
        r = k.fails("function fetch(): never {\n  throw new Error('own')\n}\nfetch()")
        trace = "\n".join(r.error["traceback"])
        assert "at fetch (" in trace and ":2:9" in trace and "__dnn" not in trace, trace


def item_shadowing_inside_functions_classes_enums_and_namespaces_stays_local():
    with own_kernel() as k:
        k.ok("const Map = 'mine', URL = 'own'")
        code = """
function f(Map: number) { { let URL = Map; URL++; return URL } }
class A { Map = 1; URL() { return this.Map + (Map as string) } static { const Map = 3; void Map } }
enum E { Map = 5, B = Map }
namespace N { export const URL = 7; export const twice = URL * 2 }
const o = { Map, URL: 1, get Object() { return 2 } }
label: for (const Map of [1]) { continue label }
try { throw 1 } catch (URL) { void URL }
[f(1), new A().URL(), E.B, N.twice, o.Map, o.URL, (class Map { static v = 9 }).v, ((URL = 4) => URL)(), `${Map}`]"""
        assert k.value(code) == "[ 2, '1mine', 5, 14, 'mine', 1, 9, 4, 'mine' ]"


def item_values_for_graders_are_read_by_the_names_of_the_cell():
    with own_kernel() as k:
        prepare(k)
        k.ok("const performance = 0.9\nimport { own as o } from './own-value'\nconst both = () => [performance, o]")
        expressions = {"a": "performance", "b": "o", "c": "both()", "d": "Promise.resolve({ o })", "e": "1 +", "f": "nothing"}
        reply = k.reply(k.shell("read_values_request", {"expressions": expressions}))["content"]
        values = reply["values"]
        assert [values[key].get("value") for key in "abcd"] == [0.9, "own", [0.9, "own"], {"o": "own"}], values
        assert "SyntaxError" in values["e"]["error"] and "nothing is not defined" in values["f"]["error"], values


def item_packages_look_for_a_browser_and_find_none():
    with own_kernel() as k:
        package(k, "browsing", {"package.json": '{"name":"browsing","type":"module","exports":"./i.js"}', "i.js": "export const where = typeof document === 'undefined' && typeof window === 'undefined' ? 'node' : 'browser'", "i.d.ts": "export const where: string"})
        # The package is loaded before the cell's own names have a value.
        assert k.value("import { where } from 'browsing'\nconst document = { title: 'mine' }, window = 7;\n[where, document.title, window]") == "[ 'node', 'mine', 7 ]"


def item_s_blockfn_s_frozen_s_this(k):
    assert k.ok("for (const n of [1, 2]) {\n  function squared(x: number) { return x * x }\n  console.log(squared(n))\n}").text() == "1\n4\n"
    assert k.value("const squared = (x: number) => x * x\nsquared(3)") == "9"
    error = k.fails("const frozen = Object.freeze({ lr: 0.1 }) as { lr: number }\nfrozen.lr = 0.2").error
    assert error["ename"] == "TypeError" and ":2:" in "\n".join(error["traceback"]), error
    assert k.value("%check off\ntypeof this") == "'undefined'"
    assert k.value("const holder = { n: 1, f() { return this } }\nconst loose = holder.f\nloose() === globalThis as any") == "false"


def item_x_nsmerge_x_objlit_y_enumval_y_exportdefault(k):
    k.ok("namespace Merged { export const a = 1 }")
    assert k.value("namespace Merged { export const b = 2 }\nMerged.b") == "2"
    assert k.value("Merged.a") == "1"
    assert k.value("{ a: 1, b: 2 }") == "{ a: 1, b: 2 }" and k.value("{ ...{ a: 1 } }") == "{ a: 1 }"
    k.ok("enum First { x = 1, y = 2 }\nconst enum One { one = 1 }\nconst tens = 10")
    assert k.value("enum Second { p = First.x, q, r }\nenum Third { p = One.one, q }\nenum Fourth { p = tens, q = tens + 1 }\n[Second.p, Second.q, Second.r, Third.q, Fourth.q]") == "[ 1, 2, 3, 2, 11 ]"
    k.ok("const before = 1\nexport default class { x = 1 }")
    k.ok("const list = [1]\nexport default function () { return 1 }")
