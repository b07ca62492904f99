"""Notebook files: read and checked by nbformat, written in one piece."""

import codecs
import json
import os
import tempfile

import nbformat
from nbformat.v4 import rwbase
from protocol import Failure

# Half an emoji, as a cut text ends with it, is no UTF-8: it is shown as what it is, a letter that is broken.
WHOLE = "whole-letters"
BROKEN = "\ufffd".encode()
codecs.register_error(WHOLE, lambda error: (BROKEN * (error.end - error.start), error.end))


def read(path, clear=True):
    """The notebook in a file, with or without its outputs. Raises Failure (kind "notebook") when the file is not a notebook."""
    try:
        notebook = upgraded(json.loads(path.read_text(encoding="utf-8-sig")))
        nbformat.validate(notebook)
    except Exception as error:
        raise Failure("notebook", f"{path}: {str(error).splitlines()[0] if str(error) else type(error).__name__}") from error
    for cell in notebook.cells:
        if clear and cell.cell_type == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return notebook


def upgraded(content):
    """A notebook as nbformat wants it, from one as tools write it: ids of cells in 4.4, fields that are left away."""
    if not isinstance(content, dict) or not isinstance(content.get("cells", content.get("worksheets")), list):
        raise ValueError("it is not a notebook: it has no list of cells")
    if content.get("nbformat") != 4:
        return nbformat.reads(json.dumps(content), as_version=4)
    cells = content["cells"]
    if content.get("nbformat_minor", 0) < 5 and any(isinstance(cell, dict) and "id" in cell for cell in cells):
        content["nbformat_minor"] = 5
    content.setdefault("metadata", {})
    for number, cell in enumerate(cells, 1):
        if not isinstance(cell, dict) or "cell_type" not in cell:
            raise ValueError(f"cell {number} has no cell_type")
        cell["source"] = "".join(cell.get("source", ""))
        cell.setdefault("metadata", {})
        if content.get("nbformat_minor", 0) >= 5:
            cell.setdefault("id", f"cell-{number}")
        if cell["cell_type"] == "code":
            cell.setdefault("outputs", [])
            cell.setdefault("execution_count", None)
    return rwbase.rejoin_lines(rwbase.strip_transient(nbformat.from_dict(content)))


def write_atomically(notebook, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    # A name of its own: that of the notebook may be as long as names can be.
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".notebook-", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors=WHOLE) as file:
            nbformat.write(notebook, file)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)
