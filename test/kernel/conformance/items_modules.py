"""Imports: live, hoisted, of any kind of module, from anywhere."""
from items_names import own_kernel
from items_semantics import package, write


def esm_packages(k):
    package(k, "esm-default", {"package.json": '{"name":"esm-default","type":"module","exports":"./i.js"}', "i.js": "export const one = 1", "i.d.ts": "export const one: number"})
    package(k, "esm-import", {"package.json": '{"name":"esm-import","type":"module","exports":{".":{"types":"./i.d.ts","import":"./i.js"}}}', "i.js": "export const two = 2\nexport default class Named {}", "i.d.ts": "export const two: number\nexport default class Named {}"})
    package(k, "esm-tla", {"package.json": '{"name":"esm-tla","type":"module","exports":{".":{"types":"./i.d.ts","default":"./i.js"}}}', "i.js": "export const three = await Promise.resolve(3)\nexport let calls = 0\nexport function call() { calls++ }", "i.d.ts": "export const three: number\nexport let calls: number\nexport function call(): void"})


def item_i_esm_from_ts():
    with own_kernel() as k:
        esm_packages(k)
        write(k, "uses1.ts", "import { one as o } from 'esm-default'\nexport const one = o")
        write(k, "uses2.ts", "import Named, { two as o } from 'esm-import'\nimport * as all from 'esm-import'\nexport const two = [o, Named.name, Object.keys(all).join()]\nexport * from 'esm-import'")
        write(k, "uses3.ts", "import { three as o, calls, call } from 'esm-tla'\nexport const three = o\nexport function counted() { call(); return calls }")
        assert k.value("import { one } from './uses1'\none") == "1"
        assert k.value("import { two } from './uses2'\ntwo") == "[ 2, 'Named', 'default,two' ]"
        assert k.value("import { three, counted } from './uses3'\n[three, counted(), counted()]") == "[ 3, 1, 2 ]"
        assert k.value("import { three as again } from 'esm-tla'\nagain") == "3"


def item_i_esmwarn():
    with own_kernel() as k:
        esm_packages(k)
        for code in ["import { one } from 'esm-default'\none", "(await import('esm-import')).two", "require('esm-default').one"]:
            r = k.ok(code, allow_stdin=False)
            assert r.text("stderr") == "", r.text("stderr")


def item_i_live():
    with own_kernel() as k:
        esm_packages(k)
        write(k, "counter.ts", "export let count = 0\nexport function inc() { count++ }\nexport default { kept: 1 }")
        write(k, "module.mjs", "export let n = 0\nexport const add = () => { n += 10 }")
        package(k, "cjs-count", {"package.json": '{"name":"cjs-count","main":"i.js"}', "i.js": "exports.total = 0\nexports.grow = () => { exports.total++ }", "i.d.ts": "export let total: number\nexport function grow(): void"})
        assert k.value("import { count, inc } from './counter'\ninc()\ncount") == "1"
        assert k.value("inc(); inc()\ncount") == "3"
        assert k.value("const read = () => count; inc(); [read(), { count }, `${count}`]") == "[ 4, { count: 4 }, '4' ]"
        assert k.value("%check off\nimport { n, add } from './module.mjs'\nadd()\nn") == "10"
        assert k.value("import { calls, call } from 'esm-tla'\ncall()\ncalls") == "1"
        assert k.value("import { total as t, grow } from 'cjs-count'\ngrow()\nt") == "1"


def item_an_import_cannot_be_assigned_and_may_be_declared_again():
    with own_kernel() as k:
        write(k, "counter.ts", "export let count = 0\nexport function inc() { return ++count }")
        k.ok("import { count, inc } from './counter'")
        for code in ["count = 5", "count++", "[count] = [5]", "({ a: count } = { a: 5 })", "for (count of [5]);"]:
            assert "TS2632" in k.fails(code).error["evalue"], code
            assert k.fails(f"%check off\n{code}").error["ename"] == "TypeError", code
        assert k.value("inc()\ncount") == "1"
        assert k.value("let count = 'own'\ncount") == "'own'"
        assert k.value("import { inc as count } from './counter'\ncount()") == "2"
        assert k.value("function count() { return 'mine' }\ncount()") == "'mine'"


def item_a_called_import_has_no_this_and_ends_no_line():
    with own_kernel() as k:
        write(k, "lib.ts", "export function self(this: unknown) { return this === undefined }\nexport const tag = (s: TemplateStringsArray) => s[0]")
        assert k.value("import { self, tag } from './lib'\nconst a = 1\nself()") == "true"
        assert k.value("const b = [a]\nself()\nif (a) self()\nelse self()\nconst c = a\ntag`x`") == "'x'"
        assert k.value("switch (a) { case 1: self(); default: self() }\nfor (const _ of b) self()\nlet d = a\nself?.()") == "true"


def item_i_hoist():
    with own_kernel() as k:
        write(k, "order.ts", "console.log('first')\nexport const second = 'second'")
        assert k.ok("console.log(join('a', 'b'))\nimport { join } from 'node:path'").text() == "a/b\n"
        assert k.ok("console.log(second)\nimport { second } from './order'").text() == "first\nsecond\n"
        r = k.fails("const before = 1\nimport { sep } from 'node:path'\n\n  throw new Error(sep + before)")
        assert ":4:9" in "\n".join(r.error["traceback"]), r.error["traceback"]


def item_i_proto():
    with own_kernel() as k:
        package(k, "inst", {"package.json": '{"name":"inst","main":"i.js"}', "i.js": 'class I { constructor() { this.name = "n" } greet() { return "hi " + this.name } }\nmodule.exports = new I()'})
        assert k.value("%check off\nimport { greet, name } from 'inst'\n[name, greet.call({ name: 'x' })]") == "[ 'n', 'hi x' ]"


def item_a_name_that_a_module_lacks_is_an_error_when_it_is_used():
    with own_kernel() as k:
        write(k, "lib.ts", "export interface Shape { sides: number }\nexport const one = 1")
        assert "TS2305" in k.fails("import { nothing } from './lib'").error["evalue"]
        k.ok("%check off\nimport { nothing, Shape, one } from './lib'")
        assert k.value("one") == "1"
        error = k.fails("%check off\nnothing + 1").error
        assert "'./lib' has no export named 'nothing'" in error["evalue"], error


def item_i_typeonly():
    with own_kernel() as k:
        package(k, "@types/geojson", {"package.json": '{"name":"@types/geojson","version":"1.0.0","types":"index.d.ts"}', "index.d.ts": 'export interface Point { type: "Point"; coordinates: number[] }'})
        write(k, "types.d.ts", "export interface Shape { sides: number }")
        write(k, "loud.ts", "console.log('loaded')\nexport interface Loud { n: number }\nexport type Quiet = Loud\nexport const value = 1")
        write(k, "again.ts", "export { Shape } from './types'\nexport * from './types'\nimport { Point } from 'geojson'\nimport { Loud } from './loud'\nexport const p: Point & { l?: Loud } = { type: 'Point', coordinates: [3] }")
        assert k.value("import { Point } from 'geojson'\nconst p: Point = { type: 'Point', coordinates: [1, 2] }\np.coordinates") == "[ 1, 2 ]"
        assert k.value("import { Shape } from './types'\nconst s: Shape = { sides: 3 }\ns") == "{ sides: 3 }"
        assert k.ok("import { Loud, Quiet } from './loud'").text() == ""
        assert k.value("const l: Loud = { n: 1 }\nl.n") == "1"
        assert k.ok("%check off\nimport { Loud as L } from './loud'\nlet m: L = { n: 2 }").text() == ""
        assert k.ok("%check off\nimport { Point as Unused } from 'geojson'\nimport { Shape as S } from './types'").text("stderr") == ""
        assert k.value("import { p as q } from './again'\nq.coordinates[0]") == "3"
        assert k.ok("import { value, Loud as Both } from './loud'\nvalue").text() == "loaded\n"


def item_local_files_may_await_at_their_top_level():
    with own_kernel() as k:
        write(k, "inner.ts", "console.log('inner begins')\nexport const data: number[] = await new Promise((resolve) => setTimeout(resolve, 5, [1, 2]))\nconsole.log('inner ends')")
        write(k, "outer.ts", "import { data } from './inner'\nconsole.log('outer')\nexport const sum = data.reduce((a, b) => a + b)")
        r = k.ok("import { sum } from './outer'\nsum")
        assert r.plain == "3" and r.text() == "inner begins\ninner ends\nouter\n", r.text()
        write(k, "inner.ts", "export const data: number[] = []\nfor await (const n of [Promise.resolve(5)]) data.push(n)")
        assert k.value("import { sum } from './outer'\nsum") == "5"
        write(k, "fails.ts", "interface A { a: 1 }\nawait null\nthrow new Error('after awaiting')")
        trace = "\n".join(k.fails("import './fails'").error["traceback"])
        assert "fails.ts:3:7" in trace, trace
        assert "after awaiting" in k.fails("await import('./fails')").error["evalue"]
        both = "const [one, two] = await Promise.all([import('./outer'), import('./outer')])\none === two"
        write(k, "inner.ts", "await 1\nexport const data = [9]")
        assert k.value(both) == "true"
        write(k, "inner.ts", "await 1\nexport const data = [8]")
        assert "use import" in k.fails("require('./inner')").error["evalue"]


def item_files_that_await_and_import_each_other():
    with own_kernel() as k:
        write(k, "a.ts", "import { b } from './b'\nawait null\nexport const a = 'a'\nexport const both = () => a + b()")
        write(k, "b.ts", "import { a } from './a'\nexport const b = () => 'b' + a")
        assert k.value("import { both } from './a'\nboth()") == "'aba'"


def item_files_that_import_each_other():
    with own_kernel() as k:
        write(k, "odd.ts", "import { even } from './even'\nexport const odd = (n: number): boolean => n > 0 && even(n - 1)\nexport const atOnce = even(0)")
        write(k, "even.ts", "import { odd } from './odd'\nexport const even = (n: number): boolean => n === 0 || odd(n - 1)")
        assert k.value("import { odd, atOnce } from './odd'\n[odd(7), odd(8), atOnce]") == "[ true, false, true ]"


def item_i_worker_ts():
    with own_kernel() as k:
        write(k, "shared.ts", "export const factor: number = 2")
        write(k, "w.ts", "import { parentPort, workerData } from 'node:worker_threads'\nimport { factor } from './shared'\nconst n: number = await Promise.resolve(workerData ?? 1)\nparentPort!.postMessage(n * factor)")
        k.ok("import { Worker } from 'node:worker_threads'\nconst answer = (w: Worker) => new Promise((r, j) => { w.on('message', r); w.on('error', j) })")
        assert k.value("await answer(new Worker(new URL('./w.ts', import.meta.url)))") == "2"
        r = k.ok("await answer(new Worker('./w.ts', { workerData: 21 }))")
        assert r.plain == "42" and r.text("stderr") == "", r.text("stderr")
        write(k, "bad.ts", "throw new Error('in the worker' as string)")
        assert "in the worker" in k.fails("await answer(new Worker('./bad.ts'))").error["evalue"]
        assert k.value("await answer(new Worker(\"require('node:worker_threads').parentPort.postMessage('js')\", { eval: true }))") == "'js'"
        write(k, "starts.ts", "import { Worker } from 'node:worker_threads'\nexport const start = () => new Worker(new URL('./w.ts', import.meta.url), { workerData: 4 })")
        assert k.value("import { start } from './starts'\nawait answer(start())") == "8"


def item_i_evalimport():
    with own_kernel() as k:
        write(k, "local.ts", "export const local: string = 'local'")
        assert k.value("const load = new Function('s', 'return import(s)') as (s: string) => Promise<any>\n(await load('node:path')).join('a', 'b')") == "'a/b'"
        assert k.value("(await eval('import(\"node:path\")')).sep") == "'/'"
        assert k.value("(await load('./local')).local") == "'local'"
        assert k.value("(await (0, eval)(\"import('./local')\")).local") == "'local'"


def item_i_module():
    with own_kernel() as k:
        assert k.value("module.exports = { a: 1 }") == "{ a: 1 }"
        assert k.value("exports.a = 1") == "1"
        assert k.value("require.main === module") == "false"
        assert k.value("const module = 'mine'\nmodule") == "'mine'"
        package(k, "sees", {"package.json": '{"name":"sees","type":"module","exports":"./i.js"}', "i.js": "export const seen = typeof module + typeof exports", "i.d.ts": "export const seen: string"})
        assert k.value("import { seen } from 'sees'\nseen") == "'undefinedundefined'"


def item_es_modules_are_read_again_when_they_or_what_they_import_change():
    with own_kernel() as k:
        write(k, "esm/package.json", '{"type":"module"}')
        write(k, "esm/deep.js", "export const deep = 'one'")
        write(k, "esm/lib.js", "import { deep } from './deep.js'\nexport const lib = () => `lib ${deep} ${import.meta.url.endsWith('lib.js')}`")
        write(k, "plain.mjs", "import fs, { readFileSync } from 'node:fs'\nimport './esm/deep.js'\nexport default 'first'\nexport const same = fs.readFileSync === readFileSync")
        write(k, "guess.js", "export const guess = 1")
        write(k, "typed.mts", "export const typed: number = 1")
        off = "%check off\n"
        assert k.value(off + "import { lib } from './esm/lib.js'\nlib()") == "'lib one true'"
        write(k, "esm/deep.js", "export const deep = 'two'")
        assert k.value(off + "import { lib } from './esm/lib.js'\nlib()") == "'lib two true'"
        assert k.value(off + "import d, { same } from './plain.mjs'\n[d, same]") == "[ 'first', true ]"
        write(k, "plain.mjs", "export default 'second'")
        assert k.value(off + "(await import('./plain.mjs')).default") == "'second'"
        assert k.value("import { typed } from './typed.mjs'\ntyped") == "1"
        assert k.value(off + "import { guess } from './guess.js'\nguess") == "1"
        write(k, "guess.js", "export const guess = await Promise.resolve(2)")
        assert k.value(off + "import { guess } from './guess.js'\nguess") == "2"


def item_a_script_beside_the_notebook_stays_a_script(k):
    write(k, "script.js", "var undeclared\nassigned = this === module.exports\nexports.found = assigned && typeof require")
    assert k.value("%check off\nrequire('./script.js').found") == "'function'"
    assert k.value("%check off\nimport { found } from './script.js'\nfound") == "'function'"


def item_t_solution_paths_hold_at_run_time():
    with own_kernel() as k:
        write(k, "tsconfig.json", '{ "files": [], "references": [{ "path": "./tsconfig.app.json" }, { "path": "./part" }] }')
        write(k, "tsconfig.app.json", '{ "compilerOptions": { "composite": true, "paths": { "@app/*": ["./app/*"] } }, "include": ["app"] }')
        write(k, "part/tsconfig.json", '{ "compilerOptions": { "composite": true, "paths": { "#part": ["./inside.ts"] } }, "include": ["."] }')
        write(k, "app/a.ts", "export const a = 'app'")
        write(k, "part/inside.ts", "export const part = 'part'")
        assert k.value("%check off\nimport { a } from '@app/a'\na") == "'app'"
        assert k.value("%check off\n(await import('#part')).part") == "'part'"


def item_what_a_project_was_built_to_has_packages_not_sources():
    # The mapping is for sources: a `dist` that got them would have every package twice, and wait for the compiler.
    with own_kernel() as k:
        write(k, "tsconfig.json", '{ "compilerOptions": { "paths": { "mapped": ["./mapped.ts"] } }, "exclude": ["dist"] }')
        write(k, "mapped.ts", "export const from = 'source'")
        write(k, "node_modules/mapped/index.js", "exports.from = 'package'")
        write(k, "node_modules/mapped/package.json", '{ "name": "mapped", "main": "index.js" }')
        write(k, "dist/built.js", "exports.from = require('mapped').from")
        write(k, "own.ts", "export { from } from 'mapped'")
        code = "%check off\nimport * as own from './own'\nimport * as built from './dist/built.js'\nimport { from } from 'mapped';\n[from, own.from, built.from].join()"
        assert k.value(code) == "'source,source,package'"


def item_no_setting_of_a_tsconfig_breaks_running():
    for settings in ['"target": "es5", "erasableSyntaxOnly": true, "noEmit": true', '"target": "es2016", "module": "commonjs", "verbatimModuleSyntax": true, "isolatedModules": true', '"module": "esnext", "moduleResolution": "bundler", "emitDeclarationOnly": true, "declaration": true, "outFile": "all.js"']:
        with own_kernel() as k:
            write(k, "tsconfig.json", '{ "compilerOptions": { %s } }' % settings)
            write(k, "lib.ts", "import { type Box } from './types'\nimport { sep } from 'node:path'\nexport enum Level { low = 1 }\nexport async function* steps(): AsyncGenerator<Box> { yield { at: await Promise.resolve(Level.low) } }\nexport default class Held { #n = 2n ** 70n; get n() { return this.#n } static { void sep } }")
            write(k, "types.ts", "export interface Box { at: number }")
            code = "%check off\nimport Held, { steps } from './lib'\nimport type { Box } from './types'\nlet last: Box | undefined\nfor await (const step of steps()) last = step;\n[last?.at, new Held().n, [...new Set([1])], /(?<a>.)/s.test('a')]"
            assert k.value(code) == "[ 1, 1180591620717411303424n, [ 1 ], true ]", settings
