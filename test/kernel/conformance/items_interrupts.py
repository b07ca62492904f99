"""Interrupts: whatever runs stops within a second, and the state stays."""
import os
import re
import signal
import time

from client import Kernel


def interrupted(k, code, before=0.4, limit=1.5, send=None):
    """Runs code, interrupts it, and expects a KeyboardInterrupt soon."""
    running = code.startswith("%%")
    if not running:
        check, _, rest = code.partition("\n") if code.startswith("%") else ("", "", code)
        code = f"{check}\nconsole.log('running'); {rest}"
    msg_id = k.send(code)
    # The first cell waits for TypeScript: what runs is interrupted, not what is compiled.
    kept = [] if running else k.iopub(20, lambda m: m["msg_type"] in ("stream", "error"))
    assert running or kept[-1]["msg_type"] == "stream", kept
    time.sleep(before)
    start = time.time()
    (send or k.interrupt)()
    r = k.collect(msg_id, 10)
    took = time.time() - start
    assert r.status == "error" and r.reply["ename"] == "KeyboardInterrupt", r.reply
    assert took < limit, f"took {took:.2f} s"
    return r


def item_an_endless_loop(k):
    k.ok("let state = 1")
    interrupted(k, "state = 2; while (true) {}")
    assert k.value("state") == "2"


def item_an_awaited_promise(k):
    k.ok("let waited = 1")
    interrupted(k, "waited = 3; await new Promise(() => {})")
    assert k.value("waited") == "3"


def item_an_awaited_promise_that_is_garbage(k):
    interrupted(k, "await new Promise(() => {})")
    # V8 collects what the cell awaited, unless the kernel holds it: Node 22 and 24 then abort.
    k.ok("let junk: object[] = []; for (let i = 0; i < 200; i++) junk = Array.from({ length: 20_000 }, () => ({}))")
    assert k.value("junk.length") == "20000"


def item_a_loop_of_microtasks(k):
    for number in range(12):
        interrupted(k, "async function spin() { while (true) await null }\nawait spin()", before=0.05 + 0.011 * number)
    assert k.value("1 + 1") == "2"


def item_a_loop_in_an_async_function_stops_for_good(k):
    k.ok("let ticks = 0; async function tick() { while (true) { await new Promise(r => setTimeout(r, 10)); ticks++ } }")
    interrupted(k, "await tick()")
    first = k.value("ticks")
    time.sleep(0.3)
    assert k.value("ticks") == first and int(first) > 5, first


def item_a_loop_over_timers_promises_stops_for_good(k):
    k.ok("import { setTimeout as sleep } from 'node:timers/promises'\nlet naps = 0; async function nap() { for (;;) { await sleep(10); naps++ } }")
    interrupted(k, "await nap()")
    first = k.value("naps")
    time.sleep(0.3)
    assert k.value("naps") == first and int(first) > 5, first


def item_a_loop_in_a_timer_callback(k):
    interrupted(k, "await new Promise(() => setTimeout(() => { while (true) {} }, 50))")
    assert k.value("2 + 2") == "4"


def item_a_loop_in_a_timer_callback_after_its_cell(k):
    k.ok("let late = 0; setTimeout(() => { late = 99; while (true) {} }, 50)", allow_stdin=True)
    time.sleep(0.3)
    k.interrupt()
    assert k.value("late", timeout=5) == "99"


def item_a_loop_in_a_rejected_promise_handler(k):
    interrupted(k, "await Promise.reject(1).catch(() => { while (true) {} })")
    assert k.value("3 + 3") == "6"


def item_a_synchronous_child_process(k):
    interrupted(k, "require('node:child_process').execSync('sleep 20')", limit=2)
    assert k.value("4 + 4") == "8"


def item_a_shell_cell(k):
    interrupted(k, "%%sh\nsleep 20")


def item_a_question_to_the_user(k):
    msg_id = k.send("input('waiting')", allow_stdin=True)
    k.client.get_stdin_msg(timeout=10)
    k.interrupt()
    r = k.collect(msg_id, 10)
    assert r.reply["ename"] == "KeyboardInterrupt", r.reply


def item_by_the_signal(k):
    interrupted(k, "while (true) {}", send=lambda: os.kill(k.manager.provisioner.pid, signal.SIGINT))
    interrupted(k, "await new Promise(() => {})", send=lambda: os.kill(k.manager.provisioner.pid, signal.SIGINT))
    assert k.value("5 + 5") == "10"


def item_the_kernel_lives_through_an_interrupt_while_idle(k):
    k.control("interrupt_request")
    time.sleep(0.5)
    assert k.value("'idle'") == "'idle'"


def item_many_interrupts_in_a_row(k):
    k.ok("let round = -1")
    for number in range(8):
        interrupted(k, f"round = {number}; while (true) {{}}", before=0.1)
    assert k.value("round") == "7"


def item_interrupts_at_any_moment():
    import random

    rng = random.Random(7)
    k = Kernel()
    try:
        for number in range(30):
            msg_id = k.send(f"console.log('x'.repeat(100)); await new Promise(r => setTimeout(r, 5)); for (let i = 0; i < 1e7; i++) {{}}; [{number}]")
            time.sleep(rng.random() * 0.12)
            k.interrupt()
            assert k.collect(msg_id, 15).status in ("ok", "error")
        assert k.value("'alive'", timeout=15) == "'alive'"
    finally:
        k.stop()


def item_the_queue_is_aborted(k):
    ids = [k.send("while (true) {}"), k.send("'never'")]
    time.sleep(0.3)
    k.interrupt()
    assert [k.collect(i, 10).status for i in ids] == ["error", "aborted"]


FIT = """%check off
const flag = globalThis[Symbol.for('dnn-lab.interrupt')]
let steps = 0
async function fit(stepMs) {
  Atomics.add(flag, 1, 1)
  try {
    for (;;) {
      const until = performance.now() + stepMs
      while (performance.now() < until) {}
      steps++
      if (Atomics.load(flag, 0) !== 0) return `stopped after ${steps} steps`
      await new Promise(r => setImmediate(r))
    }
  } finally { Atomics.sub(flag, 1, 1) }
}"""


def item_a_library_that_listens_stops_at_a_step(k):
    k.ok(FIT)
    msg_id = k.send("await fit(600)")
    time.sleep(0.9)
    k.interrupt()
    r = k.collect(msg_id, 10)
    assert r.status == "ok" and re.fullmatch(r"'stopped after \d steps'", r.plain), r.reply
    assert k.value("[flag[0], flag[1]]") == "[ 0, 0 ]"


def item_a_second_interrupt_forces(k):
    k.ok(FIT)
    msg_id = k.send("await fit(60000)")
    time.sleep(0.4)
    k.interrupt()
    time.sleep(0.4)
    start = time.time()
    k.interrupt()
    r = k.collect(msg_id, 10)
    assert r.reply["ename"] == "KeyboardInterrupt" and time.time() - start < 1.5, (r.reply, time.time() - start)


def item_tfjs_is_repaired(k):
    fake = """%check off
globalThis._tfengine = { state: { scopeStack: [], gradientDepth: 0, kernelDepth: 0, activeTape: null }, ended: 0, endScope() { this.state.scopeStack.pop(); this.ended++ } }
const model = { model: { isTraining: true, fit() {} } }"""
    k.ok(fake)
    interrupted(k, "%check off\n_tfengine.state.scopeStack.push({}, {}); _tfengine.state.gradientDepth = 2; while (true) {}")
    assert k.value("%check off\n[_tfengine.ended, _tfengine.state.gradientDepth, model.model.isTraining]") == "[ 2, 0, false ]"
    k.ok("%check off\ndelete globalThis._tfengine")


def item_before_the_cell_has_been_compiled():
    k = Kernel()
    try:
        msg_id = k.send("async function spin() { while (true) await null }\nawait spin()")
        k.interrupt()
        r = k.collect(msg_id, 10)
        assert r.reply["ename"] == "KeyboardInterrupt", r.reply
        assert k.value("1 + 1") == "2"
    finally:
        k.stop()
