"""PyPI's jupyter_kernel_test with this kernel's samples; prints one JSON line for each test.

usage: official.py --list | official.py
"""
import json
import sys
import unittest

import jupyter_kernel_test


class TypeScriptKernelTests(jupyter_kernel_test.KernelTests):
    kernel_name = "tslab"
    language_name = "typescript"
    file_extension = ".ts"
    code_hello_world = "console.log('hello, world')"
    code_stderr = "console.error('to stderr')"
    completion_samples = [
        {"text": "Math.hyp", "matches": {"hypot"}},
        {"text": "'x'.charCode", "matches": {"charCodeAt"}},
    ]
    complete_code_samples = ["1", "const a: number = 1", "function f() { return 1 }", "await Promise.resolve(1)", "enum E { A }"]
    incomplete_code_samples = ["function f() {", "const a = [1,", "`unfinished", "/* comment", "class C {"]
    invalid_code_samples = ["let = = 1", "1 +* 2", "}", "const a = ]"]
    code_page_something = "%help"
    code_generate_error = "throw new TypeError('wrong')"
    code_execute_result = [
        {"code": "1 + 2 + 3", "result": "6"},
        {"code": "[1, 2, 3].map(n => n * 111)", "result": "[ 111, 222, 333 ]"},
        {"code": "'a' + 'b'", "result": "'ab'"},
        {"code": "html`<b>bold</b>`", "result": "<b>bold</b>", "mime": "text/html"},
    ]
    code_display_data = [
        {"code": "display(html`<b>bold</b>`)", "mime": "text/html"},
        {"code": "display(md('# title'))", "mime": "text/markdown"},
        {"code": "display(svg('<svg></svg>'))", "mime": "image/svg+xml"},
        {"code": "display({ width: 1, height: 1, data: new Uint8ClampedArray([7]) })", "mime": "image/png"},
    ]
    code_history_pattern = "1 ? 2*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "Math.cos"
    code_clear_output = "clearOutput()"


class Lines(unittest.TextTestResult):
    """Subtests count as failures of their test; a skip is told as one."""

    outcomes = {}

    def note(self, test, error):
        name = test.id().split(".")[-1].split(" ")[0]
        self.outcomes.setdefault(name, [])
        if error:
            self.outcomes[name].append(error)

    def addSuccess(self, test):
        self.note(test, None)

    def addFailure(self, test, err):
        self.note(test, self._exc_info_to_string(err, test))

    addError = addFailure

    def addSkip(self, test, reason):
        self.note(test, f"skipped: {reason}")

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.note(test, f"{subtest}: {self._exc_info_to_string(err, test)}")


def main():
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(TypeScriptKernelTests)
    if "--list" in sys.argv:
        print(json.dumps([test.id().split(".")[-1] for test in suite]))
        return
    unittest.TextTestRunner(stream=sys.stderr, resultclass=Lines).run(suite)
    for name, errors in Lines.outcomes.items():
        print(json.dumps({"name": name, "ok": not errors, "error": "\n".join(errors) or None}))


main()
