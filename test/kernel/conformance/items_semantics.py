"""What TypeScript means in a notebook: redeclaration, closures, modules, types, magics."""
import os
import shutil
import tempfile
import time

from client import Kernel


def write(k, name, text):
    path = os.path.join(k.folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)
    # A change within one tick of the file system's clock would not be seen.
    now = time.time()
    write.tick = getattr(write, "tick", 0) + 1
    os.utime(path, (now + write.tick, now + write.tick))
    return path


def item_anything_can_be_redeclared(k):
    for code in ["let re = 1", "const re = 'two'", "var re = [3]", "function re() { return 4 }", "class re { five = 5 }", "enum re { six = 6 }", "let re: number = 7"]:
        k.ok(code)
    assert k.value("re") == "7"


def item_closures_see_later_writes(k):
    k.ok("let seen = 0; function getSeen() { return seen }")
    k.ok("seen = 5")
    assert k.value("getSeen()") == "5"


def item_names_before_a_throw_stay(k):
    k.fails("let kept = 12\nthrow new Error('after')\nlet notReached = 1")
    assert k.value("kept") == "12"


def item_functions_are_hoisted_and_generic(k):
    assert k.value("const early = hoisted([3, 4])\nfunction hoisted<T>(items: T[]): T { return items[1]! }\nearly") == "4"


def item_enums_namespaces_and_interfaces(k):
    k.ok("enum Colour { Red, Green = 5 }\nnamespace Shapes { export const sides = 4; export function area(a: number) { return a * a } }\ninterface Named { name: string }")
    assert k.value("[Colour.Green, Colour[0], Shapes.sides, Shapes.area(3)]") == "[ 5, 'Red', 4, 9 ]"
    assert k.value("const named: Named = { name: 'x' }; named.name") == "'x'"


def item_decorators(k):
    code = """
function logged(value: Function, context: ClassMethodDecoratorContext) {
  return function (this: unknown, ...args: unknown[]) { return `<${String(context.name)}:${value.apply(this, args)}>` }
}
class Decorated { @logged greet(who: string) { return who } }
new Decorated().greet('you')"""
    assert k.value(code) == "'<greet:you>'"


def item_using_disposes_at_the_end_of_its_block(k):
    code = """
const order: string[] = []
{ using resource = { [Symbol.dispose]() { order.push('disposed') } }; order.push('used') }
order"""
    assert k.value(code) == "[ 'used', 'disposed' ]"


def item_for_await_and_top_level_await(k):
    code = """
async function* numbers() { yield 1; yield 2 }
let total = 0
for await (const n of numbers()) total += n
await Promise.resolve(total)"""
    assert k.value(code) == "3"


def item_destructuring_and_later_cells(k):
    k.ok("const { d1, d2: [d3, ...d4] } = { d1: 1, d2: [2, 3, 4] }")
    assert k.value("[d1, d3, d4]") == "[ 1, 2, [ 3, 4 ] ]"


def item_a_hot_top_level_loop_runs_at_full_speed(k):
    r = k.ok("let sum = 0\nconst began = performance.now()\nfor (let i = 0; i < 2e7; i++) { sum += i % 7 }\n[sum, performance.now() - began < 2000]")
    assert r.plain == "[ 59999997, true ]", r.plain


def item_imports_of_node_modules(k):
    assert k.value("import { join } from 'node:path'\nimport * as os from 'os'\nimport fs from 'fs'\n[join('a', 'b'), typeof os.cpus, typeof fs.readFileSync]") == "[ 'a/b', 'function', 'function' ]"
    assert k.value("const { basename } = await import('node:path'); basename('/a/b.c')") == "'b.c'"
    assert k.value("require('node:path').extname('x.ts')") == "'.ts'"


def package(k, name, files):
    for file, text in files.items():
        write(k, f"node_modules/{name}/{file}", text)


def item_imports_of_commonjs_and_esm_only_packages(k):
    package(k, "cjs-one", {"package.json": '{"name":"cjs-one","main":"i.js"}', "i.js": "module.exports = { a: 1, f() { return 'cjs' } }"})
    package(k, "esm-one", {"package.json": '{"name":"esm-one","type":"module","exports":"./i.js"}', "i.js": "export const b = await Promise.resolve(2); export default 'esm'"})
    k.ok("%check off")
    try:
        assert k.value("import one, { a, f } from 'cjs-one'\n[one.a, a, f()]") == "[ 1, 1, 'cjs' ]"
        assert k.value("import deflt, { b } from 'esm-one'\n[deflt, b]") == "[ 'esm', 2 ]"
        assert k.value("const m = await import('esm-one'); m.b") == "2"
    finally:
        k.ok("%check error")


def item_a_cell_and_a_local_file_share_one_instance_of_a_package(k):
    package(k, "dual", {"package.json": '{"name":"dual","exports":{"import":"./i.mjs","require":"./i.cjs"}}', "i.mjs": "export const id = {}", "i.cjs": "exports.id = {}"})
    write(k, "usesDual.ts", "import { id } from 'dual'\nexport const seen: object = id")
    assert k.value("%check off\nimport { id } from 'dual'\nimport { seen } from './usesDual'\nid === seen") == "true"


def item_json_with_and_without_attributes(k):
    write(k, "data.json", '{"answer": 42}')
    assert k.value("import data from './data.json' with { type: 'json' }\ndata.answer") == "42"
    assert k.value("import data2 from './data.json'\ndata2.answer") == "42"
    assert k.value("(await import('./data.json', { with: { type: 'json' } })).default.answer") == "42"


def item_local_ts_files_are_read_again_when_they_change(k):
    write(k, "lib.ts", "export const version: number = 1")
    assert k.value("import { version } from './lib'\nversion") == "1"
    write(k, "lib.ts", "export const version: number = 2")
    assert k.value("import { version } from './lib.ts'\nversion") == "2"


def item_local_ts_files_are_read_again_when_their_imports_change(k):
    write(k, "deep/inner.ts", "export const depth: string = 'one'")
    write(k, "outer.ts", "import { depth } from './deep/inner.js'\nexport const outer = () => `outer ${depth}`")
    assert k.value("import { outer } from './outer'\nouter()") == "'outer one'"
    write(k, "deep/inner.ts", "export const depth: string = 'two'")
    assert k.value("import { outer } from './outer'\nouter()") == "'outer two'"
    assert k.value("require('./outer').outer()") == "'outer two'"


def item_local_ts_files_may_import_dynamically(k):
    write(k, "lazy.ts", "export async function load() { const { late } = await import('./late'); return [late, import.meta.dirname === __dirname] }")
    write(k, "late.ts", "export const late = 'late'")
    assert k.value("%check off\nimport { load } from './lazy'\nawait load()") == "[ 'late', true ]"


def item_local_files_from_a_folder_above(k):
    other = Kernel(cwd=os.path.dirname(write(k, "below/x.txt", "")))
    try:
        write(k, "above.ts", "export const above = 'seen'")
        assert other.value("import { above } from '../above'\nabove") == "'seen'"
    finally:
        other.stop()


def item_a_source_file_comes_before_what_lies_beside_it(k):
    write(k, "beside.json", '{ "kind": "json" }')
    write(k, "beside.js", "exports.kind = 'js'")
    write(k, "beside.ts", "export const kind = 'ts'")
    write(k, "beside/index.ts", "export const kind = 'folder'")
    assert k.value("import { kind } from './beside'\nkind") == "'ts'"
    write(k, "uses-beside.ts", "export { kind as again } from './beside'")
    assert k.value("import { again } from './uses-beside'\nagain") == "'ts'"
    assert k.value("import { kind as inside } from './beside/'\ninside") == "'folder'"


def item_tsconfig_paths_and_options_hold():
    folder = tempfile.mkdtemp(prefix="dnn-lab-tsconfig-")
    shared = type("Folder", (), {"folder": folder})
    write(shared, "tsconfig.base.json", '{ // with a comment\n "compilerOptions": { "paths": { "@lib/*": ["./lib/*"], "settings": ["./lib/settings.json"] } } }')
    write(shared, "tsconfig.json", '{ "extends": "./tsconfig.base.json", "compilerOptions": { "strict": true, "noImplicitReturns": true, "resolveJsonModule": true } }')
    write(shared, "lib/inner.ts", "export const inner = 'inner'")
    write(shared, "lib/outer.ts", "import { inner } from '@lib/inner'\nexport const outer = `outer ${inner}`")
    write(shared, "lib/settings.json", '{ "rate": 0.1 }')
    k = Kernel(cwd=folder)
    try:
        assert k.value("import { outer } from '@lib/outer'\nouter") == "'outer inner'"
        assert k.value("const { inner } = await import('@lib/inner')\ninner") == "'inner'"
        assert k.value("import settings from 'settings'\nsettings.rate") == "0.1"
        assert "@lib/none" in k.fails("%check off\nimport '@lib/none'").error["evalue"]
        assert "TS7030" in k.fails("function partly(x: number) { if (x > 0) return 1 }").error["evalue"]
        assert "TS7006" in k.fails("function untyped(x) { return x }").error["evalue"]
    finally:
        k.stop()
    os.remove(os.path.join(folder, "tsconfig.json"))
    other = Kernel(cwd=folder)
    try:
        assert other.value("function untyped(x) { return x }\nuntyped(1)") == "1"
    finally:
        other.stop()
        shutil.rmtree(folder)


def item_an_error_in_a_local_file_shows_its_own_line(k):
    write(k, "fails.ts", "type A = number\ninterface B { a: A }\nexport function fail(b: B): never {\n  throw new Error('inside')\n}")
    r = k.fails("import { fail } from './fails'\nfail({ a: 1 })")
    trace = "\n".join(r.error["traceback"])
    assert "fails.ts:4:9" in trace and "throw new Error('inside')" in trace, trace


def item_a_missing_module_is_a_clear_error(k):
    r = k.fails("%check off\nimport nothing from 'no-such-package-at-all'")
    assert "no-such-package-at-all" in r.error["evalue"], r.error


def item_import_meta(k):
    assert k.value("%check off\n[import.meta.dirname === process.cwd(), import.meta.url.startsWith('file:')]") == "[ true, true ]"
    assert k.value("[__dirname === process.cwd(), __filename.startsWith(__dirname)]") == "[ true, true ]"


def item_using_at_the_top_level_disposes_at_the_end_of_its_cell(k):
    r = k.ok("class Held { constructor(public n: string) {} [Symbol.dispose]() { console.log('disposed', this.n) } }\nusing held = new Held('top')\nconsole.log('body')\nheld.n")
    assert r.plain == "'top'" and r.text() == "body\ndisposed top\n", r.text()
    r = k.ok("await using later = { async [Symbol.asyncDispose]() { console.log('async disposed') } }\nconsole.log('body')")
    assert r.text() == "body\nasync disposed\n", r.text()


def item_a_type_error_stops_the_cell_before_it_runs(k):
    k.ok("let ran = 0")
    r = k.fails("ran = 1\nconst wrong: number = 'text'")
    trace = "\n".join(r.error["traceback"])
    assert "TS2322" in r.error["evalue"] and "2 |" in trace and "^" in trace, r.error
    assert k.value("ran") == "0"


def item_types_of_earlier_cells_are_known(k):
    k.ok("interface Point { x: number; y: number }\nfunction norm(p: Point) { return Math.hypot(p.x, p.y) }")
    assert "TS" in k.fails("norm({ x: 1 })").error["evalue"]
    assert k.value("norm({ x: 3, y: 4 })") == "5"


def item_check_off_and_warn_for_a_cell(k):
    assert k.value("%check off\nconst loose: number = 'text'; loose") == "'text'"
    r = k.ok("%check warn\nconst warned: number = 'text'; warned")
    assert r.plain == "'text'" and "TS2322" in r.text("stderr")
    k.fails("const strict: number = 'text'")


def item_check_for_the_notebook(k):
    k.ok("%check off")
    assert k.value("const off: number = 'a'; off") == "'a'"
    k.ok("%check error")
    k.fails("const on: number = 'a'; on")
    assert "expects off, warn or error" in k.fails("%check maybe").error["evalue"]


def item_a_syntax_error_has_a_code_frame(k):
    r = k.fails("let fine = 1\nlet broken = (1 +")
    assert r.error["ename"] == "SyntaxError" and "2 |" in "\n".join(r.error["traceback"]), r.error


def item_lines_in_errors_are_those_of_the_cell_with_enums_and_decorators(k):
    r = k.fails("enum Shift { A, B }\nnamespace N { export const x = 1 }\ninterface Gone { a: number }\nfunction late(): never {\n  throw new Error('line 5')\n}\nlate()")
    assert ":5:9" in "\n".join(r.error["traceback"]), r.error["traceback"]


def item_magic_time(k):
    r = k.ok("%time 6 * 7")
    assert r.plain == "42" and "Wall time:" in r.text(), r.text()
    assert "Wall time:" in k.ok("%%time\nlet timed = 1\ntimed + 1").text()


def item_magic_timeit(k):
    r = k.ok("%timeit Math.sqrt(2)")
    assert "a run" in r.text() and "±" in r.text(), r.text()
    assert "a run" in k.ok("%timeit await Promise.resolve(1)").text()


def item_magic_sh(k):
    r = k.ok("%%sh\necho out\necho err >&2\necho $((6 * 7))")
    assert r.text() == "out\n42\n" and r.text("stderr") == "err\n", (r.text(), r.text("stderr"))
    assert "exit code 3" in k.fails("%%sh\nexit 3").error["evalue"]


def item_magic_html_and_md(k):
    assert k.ok("%%html\n<b>x</b>").contents("display_data")[0]["data"]["text/html"] == "<b>x</b>"
    assert k.ok("%%md\n# T").contents("display_data")[0]["data"]["text/markdown"] == "# T"


def item_magic_reset_forgets_names_and_types():
    k = Kernel()
    try:
        k.ok("let resetMe = 1; function resetF() {}; class ResetC {}; var resetV = 2")
        k.ok("%reset")
        k.fails("resetMe")
        assert k.value("%check off\n[typeof resetMe, typeof resetF, typeof ResetC, typeof resetV]") == "[ 'undefined', 'undefined', 'undefined', 'undefined' ]"
        assert k.value("let resetMe = 'new'; resetMe") == "'new'"
    finally:
        k.stop()


def item_magic_help_pages(k):
    payload = k.ok("%help").reply["payload"]
    assert payload[0]["source"] == "page" and "%timeit" in payload[0]["data"]["text/plain"], payload
    assert "cos" in k.ok("%help Math.cos").reply["payload"][0]["data"]["text/plain"]


def item_an_unknown_magic_is_refused(k):
    r = k.fails("%nonsense 1")
    assert "%nonsense" in r.error["evalue"] and "%time" in r.error["evalue"], r.error


def item_tslab_metadata_is_refused_with_a_way_out(k):
    r = k.fails("/** @module hello */\nexport const a = 1")
    assert "@module" in r.error["evalue"] and ".ts" in r.error["evalue"], r.error


def item_require_resolve_and_cache(k):
    assert k.value("typeof require.resolve('node:fs')") == "'string'"


def item_names_of_the_kernel_may_be_redeclared():
    k = Kernel()
    try:
        assert k.value("const display = 5; const html = 6; let input = 7; [display, html, input]") == "[ 5, 6, 7 ]"
        assert k.value("display + 1") == "6"
    finally:
        k.stop()


def item_strings_with_source_url_and_line_ends(k):
    assert k.value("'//# sourceURL=x'\r\n+ `\r\n`.length") == "'//# sourceURL=x1'"
    assert k.value("1 // last comment") == "1"


def item_an_interactive_first_cell_with_a_type_error_does_not_run():
    k = Kernel(wait_for_types=False)
    try:
        assert "TS2322" in k.fails("const early: number = 'text'; early", allow_stdin=True).error["evalue"]
    finally:
        k.stop()


def item_an_interactive_first_cell_may_need_all_types():
    k = Kernel(wait_for_types=False)
    try:
        assert "TS2339" in k.fails("import fs from 'node:fs'; fs.nope", allow_stdin=True).error["evalue"]
        assert k.value("process.version.length > 0", allow_stdin=True) == "true"
    finally:
        k.stop()


def item_x_underscore_last_results_and_numbered_ones():
    k = Kernel()
    try:
        r = k.ok("40 + 2")
        number = r.reply["execution_count"]
        assert k.value("_ + 1") == "43"
        assert k.value(f"[Out[{number}], In[{number}]]") == "[ 42, '40 + 2' ]"
        assert k.value("const _ = 'own'; _") == "'own'"
        k.ok("7")
        assert k.value("_") == "'own'"
    finally:
        k.stop()


def item_x_bang_habits_of_ipykernel():
    folder = tempfile.mkdtemp()
    k = Kernel(cwd=folder)
    try:
        assert k.ok("%%writefile a.txt\nline").text() == "Writing a.txt\n"
        assert k.ok("%%writefile -a a.txt\nmore").text() == "Appending to a.txt\n"
        assert k.ok("!cat a.txt").text() == "line\nmore\n"
        assert k.ok("%%bash\n[[ 1 == 1 ]] && echo \"it's bash\"").text() == "it's bash\n"
        k.ok("%env GREETING=good day\nlet greeted: string = process.env.GREETING!")
        assert k.value("greeted") == "'good day'"
        k.ok("const done = true")
        assert k.value("!done") == "false"
        assert "done" in k.ok("%who").text()
        assert "const done: true" in k.ok("%whos").text()
        assert "%%writefile" in k.ok("%lsmagic").text()
        assert "cos" in k.ok("Math.cos?").reply["payload"][0]["data"]["text/plain"]
        assert os.path.realpath(k.ok("%cd ..\n").text().strip()) == os.path.realpath(os.path.dirname(folder))
        assert k.ok("%%latex\n$x$").contents("display_data")[0]["data"]["text/latex"] == "$x$"
        assert "read again" in k.ok("%autoreload 2").text()
        assert "%npm install" in k.fails("%pip install x").error["evalue"]
        assert "Did you mean %time?" in k.fails("%tiem f()").error["evalue"]
    finally:
        k.stop()
        shutil.rmtree(folder)


def item_x_magic_comment_above_magics(k):
    r = k.ok("// how long?\n%time 1 + 1")
    assert r.plain == "2" and "Wall time" in r.text()
    assert k.ok("// shell\n%%sh\necho hi").text() == "hi\n"
    assert "Wall time" in k.ok("%%time\n// comment\n1 + 1").text()


def item_x_jsdoc_module_is_a_doc_comment(k):
    assert k.value("/** Adds. */\nfunction adds(a: number, b: number) { return a + b }\nconst mail = 'dev@module.org' /* of us */\nadds(1, 2)") == "3"
    assert k.value("/**\n * Mean.\n * @browser only an example\n */\nfunction meanOf(x: number[]) { return x[0] }\nmeanOf([1])") == "1"


def item_what_a_failed_cell_did_not_find_out_is_not_known():
    folder = tempfile.mkdtemp()
    with open(os.path.join(folder, "tsconfig.json"), "w") as file:
        file.write('{ "compilerOptions": { "strict": true } }')
    k = Kernel(cwd=folder)
    try:
        k.ok("const first = [{ n: 1 }].find(({ n }) => n === 1); if (!first) throw new Error('none')")
        assert k.value("first.n") == "1"
        k.fails("const second = [{ n: 1 }].find(({ n }) => n === 2); if (!second) throw new Error('none')")
        assert "TS18048" in k.fails("second.n").error["evalue"]
    finally:
        k.stop()
        shutil.rmtree(folder)


def item_w_broken_local_is_a_warning_with_its_place():
    folder = tempfile.mkdtemp()
    k = Kernel(cwd=folder)
    try:
        with open(os.path.join(folder, "f.ts"), "w") as file:
            file.write("export function f(x: number): string { return x }")
        r = k.ok("import { f } from './f'\nf(1)")
        assert r.plain == "1" and "f.ts:1:40" in r.text("stderr") and "TS2322" in r.text("stderr"), r.text("stderr")
    finally:
        k.stop()
        shutil.rmtree(folder)


def item_a_headless_run_waits_for_types():
    k = Kernel(wait_for_types=False)
    try:
        assert "TS2322" in k.fails("const strictly: number = 'text'", allow_stdin=False).error["evalue"]
    finally:
        k.stop()


def item_memory_and_latency_stay_flat_over_a_thousand_cells():
    k = Kernel()
    pid = k.manager.provisioner.pid

    def resident():
        return int([line for line in open(f"/proc/{pid}/status") if line.startswith("VmRSS")][0].split()[1]) / 1024

    def block(first, count):
        start = time.time()
        for i in range(first, first + count):
            # Names that are new, as in a day's work, and names that are declared again.
            k.ok(f"interface Row{i} {{ id: number }}\nconst row{i}: Row{i} = {{ id: {i} }}\nfunction f{i % 50}(x: number) {{ return x + row{i}.id }}\nf{i % 50}({i})")
        return (time.time() - start) / count

    try:
        block(0, 200)
        early, before = block(200, 100), resident()
        block(300, 600)
        late, after = block(900, 100), resident()
        print(f"soak: {early * 1000:.1f} -> {late * 1000:.1f} ms a cell, {before:.0f} -> {after:.0f} MB", file=__import__("sys").stderr)
        assert late < 3 * early + 0.02, (early, late)
        assert after < before + 150, (before, after)
    finally:
        k.stop()
