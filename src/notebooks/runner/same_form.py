"""Notebook files that are changed and otherwise stay as they are: order of keys, indentation, ends of lines, mode, links."""

import json
import os
import tempfile
from pathlib import Path

MARK = b"\xef\xbb\xbf"


class NoNotebook(Exception):
    pass


def parse(text):
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NoNotebook(str(error)) from error
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list) or notebook.get("nbformat") != 4:
        raise NoNotebook("it is not a notebook of format 4")
    return notebook


def read(path):
    """The notebook of a file, and the file's text."""
    content = Path(path).read_bytes()
    text = content[len(MARK) :] if content.startswith(MARK) else content
    text = text.decode("utf-8")
    return parse(text), text


def write(path, notebook, text):
    """Writes a notebook back in the form that the text of its file had."""
    result = laid_out(notebook, text)
    if "\r\n" in text:
        result = result.replace("\n", "\r\n")
    marked = Path(path).read_bytes().startswith(MARK)
    replace(path, (MARK if marked else b"") + result.encode("utf-8"))


def laid_out(notebook, text):
    """The notebook as text, laid out as it was."""
    second = text.split("\n", 2)[1] if text.count("\n") > 1 else ""
    indent = second[: len(second) - len(second.lstrip())].replace("\r", "")
    style = {"indent": indent or 1} if second else {"separators": (", ", ": ") if '": ' in text[:200] else (",", ":")}
    escaped = text.isascii() and "\\u" in text
    result = json.dumps(notebook, ensure_ascii=escaped, **style)
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
