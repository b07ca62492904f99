"""Notebook files: read and checked by nbformat, written in one piece."""

import os
import tempfile

import nbformat
from protocol import Failure


def read(path, clear=True):
    """The notebook in a file, with or without its outputs. Raises Failure (kind "notebook") when it is none."""
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except Exception as error:
        raise Failure("notebook", f"{path}: {str(error).splitlines()[0] if str(error) else type(error).__name__}") from error
    for cell in notebook.cells:
        if clear and cell.cell_type == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return notebook


def write_atomically(notebook, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            nbformat.write(notebook, file)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)
