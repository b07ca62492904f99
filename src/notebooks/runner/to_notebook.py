"""A notebook that is written as text, as nbformat 4: `python to_notebook.py FILE` prints JSON. jupytext reads it.

The cells get no ids: those of jupytext are new each time, and cells are then told apart by their sources.
"""

import json
import sys
from pathlib import Path

import jupytext

# The file's ending, and the kernel of notebooks that name none.
KERNELS = {".ts": "tslab", ".js": "tslab", ".py": "python3"}


def converted(path):
    notebook = jupytext.reads(path.read_text("utf-8"), fmt=path.suffix[1:])
    notebook.setdefault("metadata", {}).setdefault("kernelspec", {"name": KERNELS.get(path.suffix, "tslab"), "display_name": ""})
    for cell in notebook["cells"]:
        cell.pop("id", None)
    notebook["nbformat_minor"] = 4
    return notebook


def main(path):
    try:
        print(json.dumps(converted(Path(path))))
    except Exception as error:  # jupytext raises errors of many kinds
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}))


main(sys.argv[1])
