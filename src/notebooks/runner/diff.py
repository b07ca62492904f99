"""Differences of the sources of two notebooks, by nbdime: `python diff.py A B`. A JSON object with the diff and its text."""

import io
import json
import sys
from pathlib import Path

from files import read
from nbdime import diff_notebooks
from nbdime.prettyprint import PrettyPrintConfig, pretty_print_notebook_diff
from protocol import Failure


def main(a, b):
    try:
        before, after = read(Path(a)), read(Path(b))  # without outputs: those are compared by their meaning elsewhere
    except Failure as failure:
        print(json.dumps({"error": str(failure)}))
        return
    for notebook in (before, after):
        notebook.metadata.get("dnn_lab", {}).pop("provenance", None)
    difference = diff_notebooks(before, after)
    text = io.StringIO()
    if difference:
        pretty_print_notebook_diff(a, b, before, difference, PrettyPrintConfig(out=text, use_color=False, use_git=False, use_diff=False))
    print(json.dumps({"diff": difference, "text": text.getvalue()}))


main(*sys.argv[1:])
