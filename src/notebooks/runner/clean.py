"""Normalizes notebooks for commits: `python clean.py [--check] [--keep-outputs] NOTEBOOK…`. One JSON line for each.

Taken out: outputs and execution counts (unless kept), the collapsed, scrolled and execution state of cells, what papermill,
widgets and our own runs leave in the metadata, and the kernel's version. nbformat writes: sorted keys, one space of indentation.
"""

import json
import sys
from pathlib import Path

import nbformat
from files import read, write_atomically
from protocol import Failure

PASSING_CELL = ("collapsed", "scrolled", "execution", "ExecuteTime", "papermill", "trusted", "outputId", "jupyter")
PASSING_NOTEBOOK = ("papermill", "widgets", "toc", "varInspector", "signature", "vscode")


def clean(notebook, keep_outputs):
    for name in PASSING_NOTEBOOK:
        notebook.metadata.pop(name, None)
    own = notebook.metadata.get("dnn_lab")
    if own is not None:
        own.pop("provenance", None)
        if not own:
            del notebook.metadata["dnn_lab"]
    notebook.metadata.get("language_info", {}).pop("version", None)
    for cell in notebook.cells:
        for name in PASSING_CELL:
            cell.metadata.pop(name, None)
        if cell.cell_type == "code" and not keep_outputs:
            cell["outputs"], cell["execution_count"] = [], None
        cell["source"] = "\n".join(line.rstrip() if cell.cell_type == "code" else line for line in cell.source.split("\n")).rstrip("\n")
    return notebook


def main(arguments):
    flags = {each for each in arguments if each.startswith("--")}
    for path in (Path(each) for each in arguments if not each.startswith("--")):
        try:
            notebook = clean(read(path, clear=False), "--keep-outputs" in flags)
            changed = nbformat.writes(notebook).rstrip("\n") != path.read_text(encoding="utf-8").rstrip("\n")
            if changed and "--check" not in flags:
                write_atomically(notebook, path)
            print(json.dumps({"notebook": str(path), "changed": changed}))
        except Failure as failure:
            print(json.dumps({"notebook": str(path), "error": str(failure)}))


main(sys.argv[1:])
