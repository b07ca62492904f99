"""Streams of a cell, joined in time that grows with their length; nbclient's own joining takes its square."""


class Streams:
    """Collects the pieces of streams; `join` writes them into their outputs."""

    def __init__(self):
        self.pieces = {}  # id of the output → (the output, its pieces)

    def add(self, outputs, content):
        """Adds a message to the last output if that is the same stream; tells whether it was."""
        last = outputs[-1] if outputs else None
        if last is None or last.output_type != "stream" or last.name != content.get("name"):
            return False
        self.pieces.setdefault(id(last), (last, [last.text]))[1].append(content.get("text", ""))
        return True

    def join(self, cell=None):
        for output, pieces in self.pieces.values():
            output["text"] = "".join(pieces)
        self.pieces.clear()
        for output in (cell or {}).get("outputs", []):
            if output.output_type == "stream":
                output["text"] = shown(output.text)


def shown(text):
    """What a terminal would show: a carriage return goes back to the begin of the line, a backspace by one."""
    if "\r" not in text and "\b" not in text:
        return text
    return "\n".join(overwritten(line) if "\r" in line or "\b" in line else line for line in text.split("\n"))


def overwritten(line):
    ending = "\r" if line.endswith("\r") else ""
    result = ""
    for part in line[: len(line) - len(ending)].split("\r"):
        part = without_backspaces(part)
        result = part + result[len(part) :]
    return result + ending


def without_backspaces(text):
    if "\b" not in text:
        return text
    kept = []
    for character in text:
        if character != "\b":
            kept.append(character)
        elif kept:
            kept.pop()
    return "".join(kept)
