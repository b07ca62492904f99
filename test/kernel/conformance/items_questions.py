"""`process.stdin` and `readline` ask the user through the front end, and say so where they cannot."""
from queue import Empty

READLINE = "import readline from 'node:readline/promises'\nimport lines from 'node:readline'\n"


def asked(k, code, answers):
    """Runs code that asks; returns the result and the prompts."""
    msg_id, prompts = k.send(READLINE + code, allow_stdin=True), []
    for answer in answers:
        prompts.append(k.client.get_stdin_msg(timeout=10)["content"]["prompt"])
        k.client.input(answer)
    r = k.collect(msg_id, 10)
    assert r.status == "ok", r.reply
    try:
        raise AssertionError(f"asked once more: {k.client.get_stdin_msg(timeout=0.3)['content']}")
    except Empty:
        return r, prompts


def item_readline_questions(k):
    r, prompts = asked(k, "const rl = readline.createInterface({ input: process.stdin, output: process.stdout })\nconst given = await rl.question('name? ')\ngiven", ["Ada"])
    assert r.plain == "'Ada'" and prompts == ["name? "] and r.text() == "", (prompts, r.text())
    r, prompts = asked(k, "const both = [await rl.question('1? '), await rl.question('2? ')]; rl.close(); both", ["x", "y"])
    assert r.plain == "[ 'x', 'y' ]" and prompts == ["1? ", "2? "]
    r, _ = asked(k, "const old = lines.createInterface({ input: process.stdin, output: process.stdout })\nold.question('cb? ', text => { console.log('got', text); old.close() })", ["z"])
    assert r.text() == "got z\n"


def item_lines_until_the_program_has_enough(k):
    r, _ = asked(k, "const some: string[] = []\nfor await (const line of lines.createInterface({ input: process.stdin })) { some.push(line); if (some.length === 2) break }\nsome", ["a", "b"])
    assert r.plain == "[ 'a', 'b' ]"
    r, _ = asked(k, "const ears = lines.createInterface({ input: process.stdin })\nears.on('line', line => { console.log(line); if (line === 'end') ears.close() })\nundefined", ["c", "end"])
    assert r.text() == "c\nend\n"


def item_the_stream_itself(k):
    r, _ = asked(k, "for await (const chunk of process.stdin) { console.log(JSON.stringify(chunk)); break }", ["text"])
    assert r.text() == '"text\\n"\n'


def item_without_a_user_it_is_an_error_at_once(k):
    for code in [
        "await readline.createInterface({ input: process.stdin, output: process.stdout }).question('name? ')",
        "for await (const line of lines.createInterface({ input: process.stdin })) console.log(line)",
        "for await (const chunk of process.stdin) console.log(chunk)",
        "process.stdin.on('data', console.log)",
        "await new Promise(r => lines.createInterface({ input: process.stdin }).on('line', r))",
    ]:
        r = k.run(READLINE + code, allow_stdin=False, timeout=10)
        assert r.status == "error" and "cannot ask the user" in r.reply["evalue"], (code, r.reply)
    assert k.value("'on'") == "'on'"


def item_a_question_of_readline_can_be_interrupted(k):
    msg_id = k.send(READLINE + "await readline.createInterface({ input: process.stdin }).question('stop? ')", allow_stdin=True)
    k.client.get_stdin_msg(timeout=10)
    k.interrupt()
    assert k.collect(msg_id, 10).reply["ename"] == "KeyboardInterrupt"
    r, _ = asked(k, "await readline.createInterface({ input: process.stdin, output: process.stdout }).question('again? ')", ["yes"])
    assert r.plain == "'yes'"
