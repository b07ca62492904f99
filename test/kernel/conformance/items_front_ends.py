"""Tools that run notebooks judge good and bad ones rightly."""
import importlib.util
import os
import subprocess
import sys
import tempfile

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError


def notebook(*cells):
    metadata = {"kernelspec": {"name": "tslab", "display_name": "TypeScript", "language": "typescript"}}
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells], metadata=metadata)


GOOD = ["const n: number = 20", "console.log('n is', n)\nn * 2", "html`<b>${n}</b>`", "setTimeout(() => console.log('late'), 100); undefined"]
BAD = {
    "a throw": ["1", "throw new Error('bad cell')"],
    "a type error": ["const a: number = 'text'"],
    "a floating rejection": ["Promise.reject(new Error('float'))", "1"],
    "a timer that throws": ["setTimeout(() => { throw new Error('timer') }, 100)"],
    "process exit": ["process.exit(1)"],
}


def item_nbclient_runs_a_good_notebook():
    nb = notebook(*GOOD)
    NotebookClient(nb, kernel_name="tslab", timeout=60).execute()
    assert nb.cells[1].outputs[0].text == "n is 20\n"
    assert nb.cells[1].outputs[1].data["text/plain"] == "40"
    assert nb.cells[2].outputs[0].data["text/html"] == "<b>20</b>"
    assert nb.cells[3].outputs[0].text == "late\n"
    assert [c.execution_count for c in nb.cells] == [1, 2, 3, 4]


def item_nbclient_refuses_bad_notebooks():
    for what, cells in BAD.items():
        nb = notebook(*cells)
        try:
            NotebookClient(nb, kernel_name="tslab", timeout=60).execute()
        except (CellExecutionError, RuntimeError):
            continue
        raise AssertionError(f"nbclient took {what} for success")


def item_nbclient_updates_displays_in_place():
    nb = notebook("const h = display('a'); h.update('b')", "h.update('c'); undefined")
    NotebookClient(nb, kernel_name="tslab", timeout=60).execute()
    assert nb.cells[0].outputs[0].data["text/plain"] == "'c'", nb.cells[0].outputs


def nbconvert(cells):
    folder = tempfile.mkdtemp()
    path = os.path.join(folder, "n.ipynb")
    nbformat.write(notebook(*cells), path)
    return subprocess.run([sys.executable, "-m", "nbconvert", "--to", "html", "--execute", path], capture_output=True, text=True), folder


def item_nbconvert_exports_a_good_notebook():
    run, folder = nbconvert(GOOD)
    assert run.returncode == 0, run.stderr
    page = open(os.path.join(folder, "n.html")).read()
    assert "n is 20" in page and "<b>20</b>" in page


def item_nbconvert_fails_on_bad_notebooks():
    for what in ("a throw", "a floating rejection"):
        run, _ = nbconvert(BAD[what])
        assert run.returncode != 0, what


def needs(package):
    """The item is listed only where the package is installed: an item that passes has run."""

    def mark(function):
        function.available = importlib.util.find_spec(package) is not None
        return function

    return mark


def tool(module, *arguments):
    return subprocess.run([sys.executable, "-m", module, *arguments], capture_output=True, text=True)


def written(cells, run=False):
    path = os.path.join(tempfile.mkdtemp(), "n.ipynb")
    nb = notebook(*cells)
    if run:
        NotebookClient(nb, kernel_name="tslab", timeout=60).execute()
    nbformat.write(nb, path)
    return path


@needs("papermill")
def item_papermill_judges_rightly():
    good = tool("papermill", written(GOOD), os.devnull, "--log-output")
    assert good.returncode == 0, good.stderr
    assert tool("papermill", written(BAD["a throw"]), os.devnull).returncode != 0


@needs("nbmake")
def item_nbmake_judges_rightly():
    good = tool("pytest", "--nbmake", "-q", written(GOOD))
    assert good.returncode == 0, good.stdout
    assert tool("pytest", "--nbmake", "-q", written(BAD["a type error"])).returncode != 0


@needs("nbval")
def item_nbval_judges_rightly():
    good = tool("pytest", "--nbval", "-q", written(GOOD, run=True))
    assert good.returncode == 0, good.stdout
    assert tool("pytest", "--nbval", "-q", written(BAD["a throw"])).returncode != 0
