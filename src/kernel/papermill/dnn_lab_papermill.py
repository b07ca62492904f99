"""TypeScript parameters for papermill: `papermill -p epochs 5 notebook.ipynb result.ipynb`.

papermill 2 has no way to add a language, but loads engines of other packages when it is imported. This module is such an
engine, papermill's own, and registers the language on the way.
"""
import json
import math
import re

from papermill.engines import NBClientEngine as engine  # noqa: F401, N813: what the entry point names
from papermill.models import Parameter
from papermill.translators import Translator, papermill_translators

LARGEST_SAFE = 2**53 - 1
IDENTIFIER = re.compile(r"^[A-Za-z_$][\w$]*$")
DECLARED = re.compile(
    r"^\s*(?:export\s+)?(?:let|const|var)\s+(?P<name>[A-Za-z_$][\w$]*)\s*(?::\s*(?P<type>[^=]+?))?\s*=\s*(?P<value>.*?);?\s*(?://\s*(?P<help>.*))?$"
)


class TypeScriptTranslator(Translator):
    """Writes parameters as a cell of declarations; names of the parameters cell are declared again."""

    @classmethod
    def translate_none(cls, val):
        return "null"

    @classmethod
    def translate_str(cls, val):
        return json.dumps(val, ensure_ascii=False)

    translate_escaped_str = translate_str

    @classmethod
    def translate_int(cls, val):
        if abs(val) > LARGEST_SAFE:
            raise ValueError(f"{val} is larger than JavaScript's numbers can hold exactly: give it as a text (-r)")
        return str(val)

    @classmethod
    def translate_float(cls, val):
        if math.isnan(val):
            return "NaN"
        return str(val) if math.isfinite(val) else ("Infinity" if val > 0 else "-Infinity")

    @classmethod
    def translate_dict(cls, val):
        return "{ " + ", ".join(f"{cls.translate_str(str(k))}: {cls.translate(v)}" for k, v in val.items()) + " }"

    @classmethod
    def translate_list(cls, val):
        return "[" + ", ".join(cls.translate(v) for v in val) + "]"

    @classmethod
    def comment(cls, cmt_str):
        return f"// {cmt_str}".strip()

    @classmethod
    def codify(cls, parameters, comment="Parameters"):
        lines = [cls.comment(comment)]
        for name, value in parameters.items():
            if not IDENTIFIER.match(name):
                raise ValueError(f"'{name}' is no name of a TypeScript variable: use letters, digits, _ and $")
            # Other values than numbers and booleans may be meant for narrower types, such as unions of texts.
            kind = "" if isinstance(value, (bool, int, float)) else ": any"
            lines.append(f"let {name}{kind} = {cls.translate(value)}")
        return "\n".join(lines) + "\n"

    @classmethod
    def inspect(cls, parameters_cell):
        found = []
        for line in parameters_cell.source.splitlines():
            match = DECLARED.match(line)
            if match:
                name, kind, value, text = match.group("name", "type", "value", "help")
                found.append(Parameter(name, (kind or "None").strip(), value, (text or "").strip()))
        return found


# By the language of our kernelspec, and by the name of the kernel for notebooks that name no language.
for key in ("typescript", "tslab"):
    papermill_translators.register(key, TypeScriptTranslator)
