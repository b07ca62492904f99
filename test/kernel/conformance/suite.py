"""Runs conformance items and prints one JSON line for each: {"name", "ok", "error", "seconds"}.

usage: suite.py --list | suite.py [--group GROUP] [name ...]
"""
import argparse
import importlib
import json
import sys
import tempfile
import time
import traceback

from client import Kernel

GROUPS = ["protocol", "semantics", "names", "modules", "output", "interrupts", "front_ends", "publishing", "shown", "questions", "habits", "hostile", "debugger", "widgets", "completion", "stale", "subshells", "reports", "workbench"]


def items():
    for group in GROUPS:
        module = importlib.import_module(f"items_{group}")
        for name, function in list(vars(module).items()):
            if name.startswith("item_") and getattr(function, "available", True):
                yield group, name[5:].replace("_", " "), function


class Shared:
    """A kernel that items share; one that ends or hangs is replaced."""

    def __init__(self):
        self.kernel = None
        self.folder = tempfile.mkdtemp(prefix="dnn-lab-cwd-")

    def get(self):
        if self.kernel is None:
            self.kernel = Kernel(cwd=self.folder)
            self.kernel.folder = self.folder
        return self.kernel

    def drop(self):
        if self.kernel is not None:
            self.kernel.stop()
        self.kernel = None


def run(function, shared):
    if function.__code__.co_argcount == 0:
        function()
    else:
        function(shared.get())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--group")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    if options.list:
        print(json.dumps([[group, name] for group, name, _ in items()]))
        return
    shared = Shared()
    for group, name, function in items():
        if (options.group and group != options.group) or (options.names and name not in options.names):
            continue
        start, error = time.time(), None
        try:
            run(function, shared)
        except Exception as failure:
            error = f"{type(failure).__name__}: {failure}\n{traceback.format_exc(limit=-3)}"
            shared.drop()
        print(json.dumps({"name": name, "ok": error is None, "error": error, "seconds": round(time.time() - start, 2)}))
        sys.stdout.flush()
    shared.drop()


main()
