"""Completion from what is there at run time, where types say nothing."""
import os
import time


def complete(k, code, cursor=None):
    k.client.complete(code, len(code) if cursor is None else cursor)
    while True:
        reply = k.client.get_shell_msg(timeout=30)
        if reply["msg_type"] == "complete_reply":
            return reply["content"]


def matches(k, code):
    content = complete(k, code)
    # What the front end makes of the first match.
    text = code[: content["cursor_start"]]
    return [text + match for match in content["matches"]]


def item_members_of_any_values(k):
    k.ok("""const fetched = JSON.parse('{"name": "a", "layers": [{"units": 3, "use bias": true}], "längen": 1}')
let calls = 0
const lazy: any = { get costly() { calls++; return { deep: 1 } }, plain: { x: 1 } }
const odd: any = new Proxy({ a: 1 }, { get() { calls++; return 1 }, ownKeys() { calls++; return ['b'] }, getOwnPropertyDescriptor() { calls++; return undefined } })
class Model { units = 1; fit() {} get size() { calls++; return 1 } }
const model: any = new Model(); const list: any = [1, 2]; const nothing: any = null; const performance: any = { speed: 5 }""")
    assert matches(k, "fetched.") == ["fetched.name", "fetched.layers", "fetched.längen"], matches(k, "fetched.")
    assert matches(k, "1 + fetched.na") == ["1 + fetched.name"]
    assert matches(k, "fetched.layers[0].") == ["fetched.layers[0].units"]
    assert matches(k, "fetched['layers'][0].un") == ["fetched['layers'][0].units"]
    assert {"model.units", "model.fit", "model.size"} <= set(matches(k, "model."))
    assert "list.map" in matches(k, "list.m") and "list.0" not in matches(k, "list.")
    assert matches(k, "performance.") == ["performance.speed"]
    assert matches(k, "lazy.") == ["lazy.costly", "lazy.plain"] and matches(k, "lazy.costly.") == []
    assert matches(k, "nothing.") == [] and matches(k, "unheardOf.") == []
    matches(k, "odd."), matches(k, "odd['")
    assert k.value("calls") == "0"
    content = complete(k, "model.")
    kinds = {t["text"]: t["type"] for t in content["metadata"]["_jupyter_types_experimental"]}
    assert kinds["fit"] == "method" and kinds["units"] == "property", kinds


def item_keys_of_records_and_columns_of_frames(k):
    k.ok("""const rates: Record<string, number> = { 'adam w': 0.1, sgd: 1 }
class DataFrame { $columns = ['age', 'fare paid']; print() {} }
const table = new DataFrame()""")
    assert matches(k, "rates['") == ["rates['adam w", "rates['sgd"], matches(k, "rates['")
    assert matches(k, 'rates["s') == ['rates["sgd']
    assert matches(k, "rates.") == ["rates.sgd"]
    assert matches(k, "table['")[:2] == ["table['age", "table['fare paid"]
    # Types go first for members.
    assert "table.print" in matches(k, "table.") and "table.age" not in matches(k, "table.")


def item_file_names_in_strings(k):
    os.makedirs(os.path.join(k.folder, "data", "deep"), exist_ok=True)
    for name in ["train.csv", "test.csv", ".hidden"]:
        open(os.path.join(k.folder, "data", name), "w").close()
    assert matches(k, "fs.readFileSync('data/t") == ["fs.readFileSync('data/test.csv", "fs.readFileSync('data/train.csv"]
    assert matches(k, 'load("./data/') == ['load("./data/deep/', 'load("./data/test.csv', 'load("./data/train.csv']
    assert matches(k, 'load("./data/.h') == ['load("./data/.hidden']
    assert matches(k, "// it's data/t") == [] and matches(k, "load('no/such/") == []
    # Words that types know go first.
    k.ok("function compile(loss: 'mse' | 'mae') {}")
    assert set(matches(k, "compile('m")) == {"compile('mse", "compile('mae"}


def item_while_a_cell_runs(k):
    k.ok("const busy: any = { inside: 1 }; let going = true")
    running = k.send("const until = Date.now() + 1500; while (Date.now() < until) {}; going")
    time.sleep(0.4)
    assert matches(k, "busy.in") == ["busy.inside"]
    assert k.collect(running).plain == "true"


def item_names_to_import_magics_and_unions(k):
    os.makedirs(os.path.join(k.folder, "node_modules", "layers-kit"), exist_ok=True)
    with open(os.path.join(k.folder, "package.json"), "w") as f:
        f.write('{ "dependencies": { "layers-kit": "1" } }')
    with open(os.path.join(k.folder, "node_modules", "layers-kit", "package.json"), "w") as f:
        f.write('{ "name": "layers-kit", "types": "i.d.ts", "main": "i.js" }')
    with open(os.path.join(k.folder, "node_modules", "layers-kit", "i.d.ts"), "w") as f:
        f.write("/** Stacks. */\nexport declare function stackLayers(options: { loss?: 'mse' | 'mae'; units: number }): void;")
    with open(os.path.join(k.folder, "node_modules", "layers-kit", "i.js"), "w") as f:
        f.write("globalThis.kitWasLoaded = true; exports.stackLayers = () => {}")
    content = complete(k, "const s = stackL")
    assert content["matches"] == ["stackLayers"] and content["cursor_start"] == 10, content
    line = 'import { stackLayers } from "layers-kit";'
    assert content["metadata"]["_jupyter_types_experimental"] == [{"text": "stackLayers", "type": "import", "start": 10, "end": 16, "import": line}], content
    # What JupyterLab asks for to document the proposal.
    k.client.inspect("const s = stackLayers", 21)
    reply = k.client.get_shell_msg(timeout=30)
    assert line in reply["content"]["data"]["text/plain"] and "Stacks." in reply["content"]["data"]["text/plain"], reply
    assert line[:-1] in k.fails("stackLayers({ units: 1 })").error["evalue"]
    # Nothing of the package has run.
    assert k.value("(globalThis as any).kitWasLoaded ?? 'not loaded'") == "'not loaded'"
    k.ok(line)
    assert matches(k, 'stackLayers({ units: 1, loss: "') == ['stackLayers({ units: 1, loss: "mae', 'stackLayers({ units: 1, loss: "mse'], matches(k, 'stackLayers({ units: 1, loss: "')
    assert "stackLayers({ loss" in [m.rstrip("?") for m in matches(k, "stackLayers({ lo")]
    assert {"%stale", "%sta"} & set(matches(k, "%sta")) == {"%stale"} and "%%bash" in matches(k, "%%b")
