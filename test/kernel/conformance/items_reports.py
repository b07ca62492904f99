"""Cells after public reports of users of other kernels; each item names its report."""
import time

from items_interrupts import interrupted


def item_values_assigned_beside_an_await_last(k):
    # can1357/oh-my-pi#10987: the next cell saw the value of the declaration.
    assert k.value("var assigned = 0; assigned = 1; await 0; assigned") == "1"
    assert k.value("assigned") == "1"
    k.ok("let counted = 0\nfor (const n of [1, 2]) { counted += n; await null }\nfunction more() { counted += 10 }\nmore()")
    assert k.value("counted") == "13"


def item_a_pattern_that_declares_a_global(k):
    # code-yeongyu/senpi#1784: packages lost `fetch` for the rest of the session.
    k.ok("const [which, fetch] = await Promise.all([1, 'fetched'])")
    assert k.value("fetch") == "'fetched'" and k.value("typeof globalThis.fetch") == "'function'"
    k.ok("const { URL, ...others } = { URL: 'address', a: 1 }")
    assert k.value("[URL, others.a]") == "[ 'address', 1 ]"
    assert k.value("new (await import('node:url')).URL('http://a.b/c').pathname") == "'/c'"


def item_all_lines_of_a_loop(k):
    # microsoft/vscode-jupyter#15737: only the last line was shown.
    assert k.ok("for (let i = 0; i < 500; i++) { console.log(i) }").text() == "".join(f"{i}\n" for i in range(500))


def item_thrown_values_that_are_no_errors(k):
    # denoland/deno#20553, #35356: nothing was shown of them.
    for code, shown in (("throw 'hi'", "hi"), ("throw undefined", "undefined"), ("throw null", "null"), ("throw { a: 1 }", "a: 1")):
        error = k.fails(code).error
        assert shown in "\n".join(error["traceback"]) and error["ename"], error


def item_several_displays_in_one_expression(k):
    # denoland/deno#28505: the first of two was lost.
    r = k.ok("display('a'), display('b')")
    assert [c["data"]["text/plain"] for c in r.contents("display_data")] == ["'a'", "'b'"], r.contents("display_data")


def item_a_statement_without_a_value_has_no_result(k):
    # denoland/deno#20642: an empty result stayed beside the next run's output.
    assert "execute_result" not in k.ok("console.log('hello')").types()
    assert "execute_result" not in k.ok("const nothing = 1").types()


def item_programs_that_fill_both_streams(k):
    # ipython/ipykernel#847: the kernel hung once one of the pipes was full.
    program = "const line = 'x'.repeat(1023) + '\\\\n'; for (let i = 0; i < 4000; i++) { process.stdout.write(line); process.stderr.write(line) }"
    r = k.ok(f"import {{ spawnSync }} from 'node:child_process'\nspawnSync(process.execPath, ['-e', \"{program}\"], {{ stdio: 'inherit' }}).status", timeout=60)
    assert r.plain == "0" and "xxx" in r.text("stdout") and "xxx" in r.text("stderr"), r.types()
    assert k.value("1 + 1") == "2"


def item_a_program_that_waits_for_input(k):
    # ipython/ipython#3400: only a restart helped.
    # There is nothing to read: it ends at once.
    assert k.ok("%%bash\nread line; cat; echo end").text() == "end\n"
    interrupted(k, "import { spawnSync } from 'node:child_process'\nspawnSync('sleep', ['60'], { stdio: 'inherit' })", limit=3)
    assert k.value("2 + 1") == "3"


def item_warnings_made_into_errors(k):
    # jupyter/notebook#5757: every later cell hung.
    k.run("process.on('warning', (warning) => { throw warning })\nprocess.emitWarning('first')")
    time.sleep(0.2)
    assert k.value("1 + 2") == "3"
    k.ok("process.removeAllListeners('warning')")


def item_late_output_belongs_to_its_own_cell(k):
    # denoland/deno#20337: output of all cells gathered in the last one.
    first = k.send("setTimeout(() => console.log('late'), 300); console.log('at once')")
    k.collect(first)
    second = k.send("console.log('second'); await new Promise((r) => setTimeout(r, 800)); console.log('end')")
    r = k.collect(second)
    assert r.text() == "second\nend\n", r.text()
    late = [m for m in r.others if m["msg_type"] == "stream"]
    assert [m["parent_header"]["msg_id"] for m in late] == [first], late


def item_a_timer_and_a_name_declared_anew(k):
    # n-riesco/nel#9: which of two `x` does the timer of the first cell see? The one there is now, as functions do.
    k.ok("let shown: number = 0\nconst seen: number[] = []\nconst timer = setInterval(() => seen.push(shown), 20)")
    k.ok("let shown: number = 2\nawait new Promise((r) => setTimeout(r, 200)); clearInterval(timer)")
    assert k.value("seen.at(-1)") == "2"


def item_a_promise_as_the_last_value(k):
    # n-riesco/ijavascript#73: two outputs, and the session hung.
    assert k.value("new Promise((resolve) => setTimeout(() => resolve('done'), 50))") == "Promise { <pending> }"
    assert k.value("await _") == "'done'"
    r = k.run("Promise.reject(new Error('no'))")
    assert r.error["evalue"] == "no", r.reply


def item_classes_edited_and_run_again(k):
    # nteract/archived-desktop-app#1864: a name that exists could not be declared again.
    k.ok("class Net { width = 1 }\nconst net = new Net()")
    k.ok("class Net { width = 2; depth = 3 }")
    assert k.value("[net.width, new Net().depth]") == "[ 1, 3 ]"
