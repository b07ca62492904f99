"""A cell may change what all JavaScript works with: the kernel goes on with its own."""
from client import Kernel

# Everything that programs call without a thought, by the object that has it.
ROOTS = [
    *(f"{name}.prototype" for name in ["Array", "Boolean", "BigInt", "Date", "Error", "Map", "Number", "Promise", "Set", "String", "Symbol", "TypeError", "URL", "WeakMap", "AbortController", "TextDecoder"]),
    *["Array", "BigInt", "Buffer", "Date", "Error", "Map", "Number", "Object", "Promise", "Set", "String", "URL", "Symbol"],
    *["Atomics", "Intl", "JSON", "Math", "Reflect", "performance"],
    "RegExp.prototype",
    *(f"Object.getPrototypeOf({made}[Symbol.iterator]())" for made in ["[]", "''", "new Map()", "new Set()"]),
    "Object.getPrototypeOf('a'.matchAll(/a/g))",
    "Object.getPrototypeOf(function* () {}).prototype",
]
# What Node itself, or a value's own text, cannot do without.
NEEDED = ["constructor", "toString", "Symbol(Symbol.species)", "Symbol(nodejs.util.inspect.custom)"]

SPOIL = """(() => {
  const { defineProperty, ownKeys, getOwnPropertyDescriptor } = Reflect, { String } = globalThis, needed = new Set(NEEDED), target = ROOT
  const spoilt = []
  for (const key of ownKeys(target)) {
    const own = getOwnPropertyDescriptor(target, key)
    if (own.configurable && typeof own.value === 'function' && !needed.has(String(key))) spoilt[spoilt.length] = [key, own]
  }
  globalThis.restore = () => { for (let at = 0; at < spoilt.length; at++) defineProperty(target, spoilt[at][0], spoilt[at][1]) }
  for (let at = 0; at < spoilt.length; at++)
    defineProperty(target, spoilt[at][0], { __proto__: null, value: () => { throw new RangeError('spoilt') }, configurable: true, writable: true })
})()"""

# Cells whose own code needs nothing but syntax, with what they show.
CELLS = [
    ("1 + 1", "2"),
    ("({ a: { b: 'x' } })", "{ a: { b: 'x' } }"),
    ("%time 5", "5"),
    ("await null; 'awaited'", "'awaited'"),
    ("_", "'awaited'"),
    ("let again = 5; again", "5"),
    ("import { sep } from 'node:path'\nsep", "'/'"),
    ("(await import('node:path')).sep", "'/'"),
    ("'x'.length", "1"),
]


# Node's own `inspect` and child processes call these as methods: a value then has no text, and %%sh is an error.
NODES = {"Array.prototype", "Buffer", "Object.getPrototypeOf([][Symbol.iterator]())"}


def still_works(k, what):
    for code, shown in CELLS:
        r = k.run(code)
        if what in NODES and code.startswith("({"):
            assert r.status == "ok", (what, r.reply)
            continue
        assert r.status == "ok" and r.plain == shown, (what, code, r.reply)
    error = k.fails("throw { thrown: 1 }").error
    assert "thrown" in error["evalue"] or what in NODES, (what, error)
    assert "null" in k.fails("null.x").error["evalue"], what
    assert k.ok("display({ 'text/html': '<b>' }, { raw: true })").contents("display_data")[0]["data"] == {"text/html": "<b>"}, what
    if what not in NODES:
        assert k.ok("%%sh\necho hi").text() == "hi\n", what


def item_methods_of_all_objects_may_be_replaced():
    k = Kernel()
    try:
        k.ok("%check off")
        for root in ROOTS:
            k.ok(SPOIL.replace("ROOT", root).replace("NEEDED", repr(NEEDED)))
            still_works(k, root)
            k.ok("restore()")
            assert k.value("[1, 2].map((x) => x + 1)") == "[ 2, 3 ]", root
    finally:
        k.stop()


def item_all_objects_may_have_more_properties():
    k = Kernel()
    try:
        k.ok("%check off")
        names = ["x", "then", "toJSON", "value", "objectId", "exceptionDetails", "type", "cell", "length", "0", "code", "stack", "name", "raw", "displayId", "metadata", "buffers", "hidden"]
        for name in names:
            k.ok(f"Object.defineProperty(Object.prototype, '{name}', {{ value: 'more', configurable: true, writable: true, enumerable: true }}); void 0")
            still_works(k, name)
            k.ok(f"delete Object.prototype['{name}']")
    finally:
        k.stop()


def item_what_cells_are_given_is_of_their_realm(k):
    assert k.value("%check off\n[setTimeout, setInterval, display, html, require].every((f) => f instanceof Function)") == "true"
    assert k.value("[In instanceof Array, Out instanceof Object, module.exports instanceof Object]") == "[ true, true, true ]"
    caught = "(() => { try { display(1, { metadata: 5 as any }) } catch (e) { return [e instanceof TypeError, e instanceof Error] } })()"
    assert k.value(caught) == "[ true, true ]"
    assert k.value("await import('node:path').then((m) => m.sep)") == "'/'"


def item_what_a_cell_broke_for_itself_is_an_error_in_its_cells():
    k = Kernel()
    try:
        k.ok("%check off\nconst { call } = Function.prototype; Function.prototype.call = () => { throw new RangeError('spoilt') }; void 0")
        assert "spoilt" in k.fails("%%sh\necho hi").error["evalue"]
        k.ok("Function.prototype.call = call; void 0")
        assert k.ok("%%sh\necho hi").text() == "hi\n"
    finally:
        k.stop()
