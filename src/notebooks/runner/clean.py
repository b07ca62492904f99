"""Normalizes notebooks for commits: `python clean.py [--check] [--keep-outputs] NOTEBOOK…`. One JSON line for each.

Taken out: outputs and execution counts (unless kept, for all or by a cell's tag `keep_output`), the collapsed, scrolled and
execution state of cells, what papermill, widgets and our own runs leave in the metadata, and the kernel's version. All else
stays as it is: sources to the letter, order of keys, indentation, ends of lines, the file's mode, and links as links.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

PASSING_CELL = ("collapsed", "scrolled", "execution", "ExecuteTime", "papermill", "trusted", "outputId")
PASSING_NOTEBOOK = ("papermill", "widgets", "toc", "varInspector", "signature", "vscode")
KEEP = "keep_output"


class NoNotebook(Exception):
    pass


def parse(text):
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NoNotebook(str(error)) from error
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list) or notebook.get("nbformat") != 4:
        raise NoNotebook("it is no notebook of format 4")
    return notebook


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


def laid_out(notebook, text):
    """The notebook as text, laid out as it was."""
    second = text.split("\n", 2)[1] if text.count("\n") > 1 else ""
    indent = second[: len(second) - len(second.lstrip())].replace("\r", "")
    style = {"indent": indent or 1} if second else {"separators": (", ", ": ") if '": ' in text[:200] else (",", ":")}
    result = json.dumps(notebook, ensure_ascii=text.isascii(), **style)
    if any("\ud800" <= character <= "\udfff" for character in result):
        result = json.dumps(notebook, ensure_ascii=True, **style)
    return result + text[len(text.rstrip()) :].replace("\r\n", "\n")


def replace(path, content):
    """Writes in one piece to where the path leads; mode and links stay."""
    place = Path(os.path.realpath(path))
    handle, temporary = tempfile.mkstemp(dir=place.parent, prefix=".notebook-", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(temporary, place.stat().st_mode & 0o7777)
        os.replace(temporary, place)
    finally:
        if os.path.exists(temporary):
            os.unlink(temporary)


def work(path, check_only, keep_outputs):
    """Cleans one file; tells whether it was, or would be, changed."""
    content = path.read_bytes()
    mark = b"\xef\xbb\xbf" if content.startswith(b"\xef\xbb\xbf") else b""
    text = content[len(mark) :].decode("utf-8")
    notebook = parse(text)
    if not clean(notebook, keep_outputs):
        return False
    if not check_only:
        result = laid_out(notebook, text)
        if "\r\n" in text:
            result = result.replace("\n", "\r\n")
        replace(path, mark + result.encode("utf-8"))
    return True


def main(arguments):
    flags = {each for each in arguments if each.startswith("--")}
    for path in (Path(each) for each in arguments if not each.startswith("--")):
        try:
            print(json.dumps({"notebook": str(path), "changed": work(path, "--check" in flags, "--keep-outputs" in flags)}))
        except (NoNotebook, OSError, UnicodeDecodeError) as error:
            print(json.dumps({"notebook": str(path), "error": f"{path}: {error}"}))


main(sys.argv[1:])
