"""Whatever a program publishes: an error in its cell or a fallback, never the end of the kernel; and output of any size."""
import os
import re
import time

from client import Kernel


def refused(k, code, text):
    """The cell fails with a message, and the kernel and its names live on."""
    k.ok("const kept = 'kept'")
    r = k.fails(code)
    assert text in r.error["evalue"], (code, r.error["evalue"])
    assert k.value("kept") == "'kept'"


def item_a_bigint_in_a_display(k):
    refused(k, "display({ 'application/json': { rows: 10n } }, { raw: true }); 1", "BigInt")


def item_a_bigint_in_what_a_value_shows_of_itself(k):
    refused(k, "({ [Symbol.for('Jupyter.display')]: () => ({ 'application/vnd.x+json': { values: [{ n: 3n }] } }) })", "BigInt")


def item_a_bigint_in_a_comm(k):
    refused(k, "comms.open('x', { n: 10n } as any)", "BigInt")
    refused(k, "comms.open('y').send({ n: 10n } as any)", "BigInt")
    refused(k, "comms.open('z', {}, { metadata: { n: 1n } as any })", "BigInt")


def item_circles_depth_and_hostile_methods(k):
    refused(k, "const ring: any = {}; ring.self = ring; display({ 'application/json': ring }, { raw: true })", "refers to itself")
    refused(k, "let deep: any = 1; for (let i = 0; i < 1500; i++) deep = [deep]; display({ 'application/json': deep }, { raw: true })", "250 levels")
    refused(k, "let deeper: any = 1; for (let i = 0; i < 1e5; i++) deeper = { a: deeper }; comms.open('d', { deeper })", "250 levels")
    refused(k, "display({ 'application/json': { toJSON() { throw new Error('own reason') } } }, { raw: true })", "own reason")
    refused(k, "display({ 'application/json': { get x() { throw new Error('own getter') } } }, { raw: true })", "own getter")
    refused(k, "display(1, { metadata: 5 as any })", "metadata must be an object")
    refused(k, "display(1, { displayId: 5 as any })", "displayId must be a string")
    refused(k, "comms.open(5 as any)", "target must be a string")
    refused(k, "comms.open('b', {}, { buffers: ['text' as any] })", "buffers must be typed arrays")


def item_content_that_no_notebook_may_hold(k):
    refused(k, "display({ 'text/html': { a: 1 } }, { raw: true })", "text/html must be text or bytes")
    data = k.ok("display({ 'text/html': new TextEncoder().encode('<b>é</b>'), 'image/png': Uint8Array.of(1), 'text/plain': undefined }, { raw: true })").contents("display_data")[0]["data"]
    assert data == {"text/html": "<b>é</b>", "image/png": "AQ=="}, data


def item_half_an_emoji_can_be_saved(k):
    half = "'👍'[0]"
    r = k.ok(f"console.log({half}); display({{ 'text/plain': {half}, 'application/json': {{ [{half}]: {half} + '\\\\ud83d' }} }}, {{ raw: true }})")
    shown = r.contents("display_data")[0]["data"]
    assert shown["application/json"] == {"�": "�\\ud83d"} and shown["text/plain"] == "�", shown
    assert r.text() == "�\n"
    (r.text() + str(shown)).encode("utf8")


def item_user_expressions_fail_one_by_one(k):
    r = k.ok("const big = 1n", user_expressions={"a": "big", "b": "({ [Symbol.for('Jupyter.display')]: () => ({ 'application/json': { big } }) })", "c": "2"})
    a, b, c = (r.reply["user_expressions"][name] for name in "abc")
    assert a["data"]["text/plain"] == "1n" and b["status"] == "error" and "BigInt" in b["evalue"] and c["data"]["text/plain"] == "2"


def item_a_failed_late_display_is_an_error(k):
    r = k.fails("void display({ async [Symbol.for('Jupyter.display')]() { return { 'application/json': { n: 1n } } } })")
    assert "BigInt" in r.error["evalue"]


def item_a_closed_comm_stays_open_when_its_farewell_fails(k):
    k.ok("const farewell = comms.open('f')")
    k.fails("farewell.close({ n: 1n } as any)")
    assert len(k.ok("farewell.close()").contents("comm_close")) == 1


def item_comm_messages_carry_metadata_and_buffers(k):
    r = k.ok("comms.open('jupyter.widget', { state: {} }, { metadata: { version: '2.1.0' }, buffers: [Uint8Array.of(7, 8), new Float32Array([1]).buffer] })")
    opened = [m for m in r.messages if m["msg_type"] == "comm_open"][0]
    assert opened["metadata"] == {"version": "2.1.0"}, opened["metadata"]
    assert [bytes(b) for b in opened["buffers"]] == [b"\x07\x08", b"\x00\x00\x80?"], opened["buffers"]
    assert opened["content"]["target_name"] == "jupyter.widget" and opened["content"]["data"] == {"state": {}}


def item_one_write_above_eight_million_characters(k):
    r = k.ok("const text = 'ab👍'.repeat(2_500_000); console.log(text)")
    assert r.text() == "ab👍" * 2_500_000 + "\n"


def item_two_hundred_megabytes_at_once_in_many_and_from_a_child():
    k = Kernel()
    try:
        for code, name in [
            ("process.stdout.write('z'.repeat(2e8)); undefined", "stdout"),
            ("process.stderr.write(Buffer.alloc(2e8, 'z')); undefined", "stderr"),
            ("for (let i = 0; i < 200; i++) process.stdout.write('z'.repeat(1e6))", "stdout"),
            ("void require('node:child_process').execSync('head -c 200000000 /dev/zero', { stdio: 'inherit' })", "stdout"),
        ]:
            assert len(k.ok(code, timeout=120).text(name)) == 200_000_000, code
        with open(f"/proc/{k.manager.provisioner.pid}/status") as status:
            peak = int(re.search(r"VmHWM:\s+(\d+)", status.read()).group(1)) // 1024
        assert peak < 1500, f"{peak} MB"
    finally:
        k.stop()


def item_a_flood_can_be_interrupted_and_says_what_was_cut(k):
    for code in ["process.stdout.write('q'.repeat(30_000_000))", "console.log('q'.repeat(1000))", "display({ 'text/html': 'q'.repeat(1e6) }, { raw: true })"]:
        msg_id = k.send(f"for (;;) {code}")
        # Nobody reads meanwhile.
        time.sleep(2)
        k.interrupt()
        r = k.collect(msg_id, 60)
        assert r.reply["ename"] == "KeyboardInterrupt", r.reply
        if "30_000_000" in code:
            assert "more characters of its output were not shown" in r.text("stderr"), r.text("stderr")
    assert k.value("'lives'") == "'lives'"


def item_replaced_builtins_do_not_reach_the_kernel(k):
    own = Kernel()
    try:
        own.ok("%check off\nglobalThis.Promise = null; globalThis.Array = 5; globalThis.Error = class {}; globalThis.Buffer = undefined; globalThis.performance = 0")
        own.ok("%check off\nJSON.stringify = () => 'no JSON'; Object.entries = Object.keys = () => ['wrong']; process.stdout.write('x')")
        assert own.value("({ a: [1, 2n] })") == "{ a: [ 1, 2n ] }"
        assert own.ok("display({ a: 1 })").contents("display_data")[0]["data"] == {"text/plain": "{ a: 1 }"}
        assert own.ok("%time 1 + 1").plain == "2"
        assert own.fails("throw new RangeError('still told')").error["evalue"] == "still told"
    finally:
        own.stop()


def item_names_of_builtins_may_be_declared(k):
    own = Kernel()
    try:
        for name in ["performance", "Promise", "Symbol", "Buffer", "JSON", "Map", "Object", "Error", "process", "globalThis", "setTimeout", "Atomics", "Reflect"]:
            own.ok(f"%check off\nconst {name} = 'mine'")
            assert own.value(f"{name}") == "'mine'" and own.value("[1, 2]") == "[ 1, 2 ]"
        assert own.ok("%check off\nconsole.log(1n)").text() == "1n\n"
        msg_id = own.send("%check off\nfor (;;) {}")
        time.sleep(1)
        own.interrupt()
        assert own.collect(msg_id, 20).reply["ename"] == "KeyboardInterrupt"
    finally:
        own.stop()


item_two_hundred_megabytes_at_once_in_many_and_from_a_child.available = os.path.exists("/proc/self/status")
