"""Normalizes notebooks for commits: `python clean.py [--check] [--keep-outputs] NOTEBOOK…`. One JSON line for each.

Taken out: outputs and execution counts (unless kept, for all or by a cell's tag `keep_output`), the collapsed, scrolled and
execution state of cells, what papermill, widgets and our own runs leave in the metadata, and the kernel's version. All else
stays as it is: sources to the letter, order of keys, indentation, ends of lines, the file's mode, and links as links.
"""

import json
import sys
from pathlib import Path

from same_form import NoNotebook, read, write

PASSING_CELL = ("collapsed", "scrolled", "execution", "ExecuteTime", "papermill", "trusted", "outputId")
PASSING_NOTEBOOK = ("papermill", "widgets", "toc", "varInspector", "signature", "vscode")
KEEP = "keep_output"


def drop(record, names):
    """Takes keys out; tells whether there were any."""
    found = [name for name in names if isinstance(record, dict) and name in record]
    for name in found:
        del record[name]
    return bool(found)


def clean(notebook, keep_outputs):
    """Cleans in place; tells whether anything was taken out."""
    metadata = notebook.get("metadata", {})
    changed = drop(metadata, PASSING_NOTEBOOK)
    changed |= drop(metadata.get("language_info"), ("version",))
    if drop(metadata.get("dnn_lab"), ("provenance",)):
        changed = True
        if not metadata["dnn_lab"]:
            del metadata["dnn_lab"]
    for cell in notebook["cells"]:
        changed |= drop(cell.get("metadata"), PASSING_CELL)
        if cell.get("cell_type") == "code" and not (keep_outputs or kept(cell)):
            if cell.get("outputs") or cell.get("execution_count") is not None:
                cell["outputs"], cell["execution_count"], changed = [], None, True
    return changed


def kept(cell):
    metadata = cell.get("metadata", {})
    return KEEP in metadata.get("tags", []) or metadata.get(KEEP) is True


def work(path, check_only, keep_outputs):
    """Cleans one file; tells whether it was, or would be, changed."""
    notebook, text = read(path)
    if not clean(notebook, keep_outputs):
        return False
    if not check_only:
        write(path, notebook, text)
    return True


def main(arguments):
    flags = {each for each in arguments if each.startswith("--")}
    for path in (Path(each) for each in arguments if not each.startswith("--")):
        try:
            print(json.dumps({"notebook": str(path), "changed": work(path, "--check" in flags, "--keep-outputs" in flags)}))
        except (NoNotebook, OSError, UnicodeDecodeError) as error:
            print(json.dumps({"notebook": str(path), "error": f"{path}: {error}"}))


main(sys.argv[1:])
