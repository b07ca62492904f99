"""Turns notebooks and Markdown pages into HTML bodies, with nbconvert.

Reads the paths from standard input, one a line; answers with one JSON object a line, in the same order: `body`, `figures`
(plotly's JSON, the static image and the description of each place `<figure data-figure="n">` in the body) and `outputs`, the
plain text of all outputs. A last line holds the colours of the code, for light and for dark.
"""

import json
import sys

import nbformat
from nbconvert import HTMLExporter
from nbformat.v4 import new_markdown_cell, new_notebook
from pygments.formatters import HtmlFormatter

PLOTLY = "application/vnd.plotly.v1+json"


def read(path):
    if path.endswith(".ipynb"):
        return nbformat.read(path, 4)
    with open(path, encoding="utf-8") as file:
        return new_notebook(cells=[new_markdown_cell(file.read())])


def take_figures(notebook):
    figures = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if PLOTLY not in data:
                continue
            figures.append({"plotly": data[PLOTLY], "png": data["image/png"], "text": data.get("text/plain", "")})
            output["data"] = {"text/html": f'<figure data-figure="{len(figures) - 1}"></figure>'}
    return figures


def printed(notebook):
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return "\n".join(output.get("text", "") or output.get("data", {}).get("text/plain", "") for output in outputs)


def main():
    exporter = HTMLExporter(template_name="basic")
    for path in sys.stdin.read().splitlines():
        notebook = read(path)
        outputs = printed(notebook)
        figures = take_figures(notebook)
        body, _ = exporter.from_notebook_node(notebook)
        print(json.dumps({"body": body, "figures": figures, "outputs": outputs}), flush=True)
    light = HtmlFormatter(style="default").get_style_defs(".highlight")
    dark = HtmlFormatter(style="github-dark").get_style_defs(".highlight")
    print(json.dumps({"light": light, "dark": dark}))


main()
