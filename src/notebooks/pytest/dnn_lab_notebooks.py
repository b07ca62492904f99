"""pytest shows one test a notebook: `pytest --dnn-lab-notebooks`, after this in the project.

    # conftest.py
    pytest_plugins = ["dnn_lab_notebooks"]

    # pytest.ini
    [pytest]
    pythonpath = node_modules/dnn-lab-notebooks/pytest
    addopts = --dnn-lab-notebooks
    dnn_lab_arguments = --parallel 2

Notebooks are executed and compared as `dnn-lab-notebooks check` does, all that were selected in one batch. Under pytest-xdist
each worker runs its own.
"""

import json
import shlex
import subprocess
import tempfile
from pathlib import Path

import pytest

COMMAND = Path(__file__).resolve().parent.parent / "bin" / "dnn-lab-notebooks.mjs"
APART = {"node_modules", "references", "results", "__pycache__", "dist", "build"}


def pytest_addoption(parser):
    group = parser.getgroup("dnn-lab-notebooks")
    group.addoption("--dnn-lab-notebooks", action="store_true", help="execute notebooks and compare them, one test each")
    parser.addini("dnn_lab_arguments", "options of `dnn-lab-notebooks check`, such as --parallel 2", default="")


def pytest_collect_file(file_path, parent):
    if parent.config.getoption("dnn_lab_notebooks") and is_notebook(file_path, parent.config.rootpath):
        return NotebookFile.from_parent(parent, path=file_path)
    return None


def is_notebook(path, root):
    folders = path.relative_to(root).parts[:-1] if path.is_relative_to(root) else ()
    left = path.name.endswith((".failed.ipynb", ".prepared.ipynb"))
    return path.suffix == ".ipynb" and not left and not any(name in APART or name.startswith(".") for name in folders)


class NotebookFile(pytest.File):
    def collect(self):
        yield NotebookItem.from_parent(self, name="notebook")


class NotebookFailure(Exception):
    pass


class NotebookItem(pytest.Item):
    def runtest(self):
        result = results_of(self)[str(self.path)]
        if result["status"] == "skipped":
            pytest.skip(result.get("skipped", ""))
        if result["status"] != "passed":
            raise NotebookFailure(text_of(result))

    def repr_failure(self, excinfo, style=None):
        return str(excinfo.value) if isinstance(excinfo.value, NotebookFailure) else super().repr_failure(excinfo, style)

    def reportinfo(self):
        return self.path, None, str(self.path.relative_to(self.config.rootpath))


def results_of(item):
    """Path → result; runs what has not been run yet."""
    known = item.session.__dict__.setdefault("dnn_lab_results", {})
    if str(item.path) not in known:
        alone = hasattr(item.config, "workerinput")
        items = [item] if alone else [each for each in item.session.items if isinstance(each, NotebookItem)]
        known.update(run(item.config, [str(each.path) for each in items]))
    return known


def run(config, paths):
    arguments = shlex.split(config.getini("dnn_lab_arguments"))
    capture = config.pluginmanager.getplugin("capturemanager")
    with tempfile.TemporaryDirectory(prefix="dnn-lab-") as folder:
        stored = Path(folder) / "results.json"
        command = ["node", str(COMMAND), "check", *arguments, "--json", str(stored), *paths]
        # Its progress is for whoever waits.
        with capture.global_and_fixture_disabled():
            ended = subprocess.run(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, check=False)
        if not stored.exists():
            raise NotebookFailure(f"{shlex.join(command)} ended with {ended.returncode}:\n{ended.stdout}")
        results = json.loads(stored.read_text("utf-8"))["results"]
    return {str(Path(each["notebook"])): each for each in results}


def text_of(result):
    lines = [f"{result['notebook']}: {result['status']}"]
    for problem in result["problems"]:
        place = f"cell {problem['cell']}: " if "cell" in problem else ""
        lines.append(f"  {place}{problem['kind']}: {problem['message']}")
        if problem.get("details"):
            lines.append(problem["details"])
    return "\n".join(lines)


