"""Puts the outputs of executed notebooks into their sources: `python in_place.py NOTEBOOK EXECUTED …`. One JSON line for each.

Outputs, execution counts and the language that the kernel told are taken over; all else of the file stays as it is.
"""

import json
import sys

from same_form import NoNotebook, read, write


def sources(notebook):
    return ["".join(cell.get("source", "")) for cell in notebook["cells"]]


def with_outputs(notebook, executed):
    if sources(notebook) != sources(executed):
        raise NoNotebook("it was changed while it ran; nothing was written")
    for cell, ran in zip(notebook["cells"], executed["cells"]):
        if cell.get("cell_type") == "code":
            cell["outputs"], cell["execution_count"] = ran.get("outputs", []), ran.get("execution_count")
    language = executed.get("metadata", {}).get("language_info")
    if language is not None:
        notebook.setdefault("metadata", {})["language_info"] = language


def main(arguments):
    for path, executed in zip(arguments[::2], arguments[1::2]):
        try:
            notebook, text = read(path)
            with_outputs(notebook, read(executed)[0])
            write(path, notebook, text)
            print(json.dumps({"notebook": path}))
        except (NoNotebook, OSError, UnicodeDecodeError) as error:
            print(json.dumps({"notebook": path, "error": f"{path}: {error}"}))


main(sys.argv[1:])
