"""Puts this distribution into the Python that runs this file, as pip would, but without network and build tools.

usage: python place.py [--remove] [--target FOLDER]. Prints the folder; ends with 3 when that Python has no papermill.
"""
import base64
import hashlib
import importlib.util
import pathlib
import re
import shutil
import site
import sys
import sysconfig

HERE = pathlib.Path(__file__).resolve().parent
PROJECT = (HERE / "pyproject.toml").read_text(encoding="utf8")
VERSION = re.search(r'^version = "(.+)"', PROJECT, re.M).group(1)


def entry_points():
    """The tables of the entry points, in the form that installed packages have."""
    tables = re.findall(r'^\[project\.entry-points\."(.+?)"\]\n((?:[\w-]+ = ".+"\n)+)', PROJECT, re.M)
    return "\n".join(f"[{group}]\n" + lines.replace('"', "") for group, lines in tables)


def folder():
    """The folder that was asked for, or site-packages of this Python; the user's own where those cannot be written."""
    if "--target" in sys.argv:
        return pathlib.Path(sys.argv[sys.argv.index("--target") + 1])
    place = pathlib.Path(sysconfig.get_paths()["purelib"])
    try:
        probe = place / ".dnn-lab-probe"
        probe.touch()
        probe.unlink()
        return place
    except OSError:
        return pathlib.Path(site.getusersitepackages())


def remove(place):
    for old in [*place.glob("dnn_lab_papermill-*.dist-info"), place / "dnn_lab_papermill.py"]:
        shutil.rmtree(old) if old.is_dir() else old.unlink(missing_ok=True)


def record(path, name):
    digest = base64.urlsafe_b64encode(hashlib.sha256(path.read_bytes()).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{path.stat().st_size}"


def place_files(place):
    info = place / f"dnn_lab_papermill-{VERSION}.dist-info"
    info.mkdir(parents=True)
    shutil.copyfile(HERE / "dnn_lab_papermill.py", place / "dnn_lab_papermill.py")
    metadata = f"Metadata-Version: 2.1\nName: dnn-lab-papermill\nVersion: {VERSION}\nSummary: TypeScript parameters for papermill\n"
    wheel = "Wheel-Version: 1.0\nGenerator: dnn-lab-kernel\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    for name, text in {"METADATA": metadata, "WHEEL": wheel, "INSTALLER": "dnn-lab-kernel\n", "entry_points.txt": entry_points()}.items():
        (info / name).write_text(text, encoding="utf8")
    rows = [record(place / "dnn_lab_papermill.py", "dnn_lab_papermill.py")]
    rows += [record(file, f"{info.name}/{file.name}") for file in sorted(info.iterdir())]
    (info / "RECORD").write_text("\n".join([*rows, f"{info.name}/RECORD,,"]) + "\n", encoding="utf8")


def main():
    place = folder()
    remove(place)
    if "--remove" not in sys.argv:
        if importlib.util.find_spec("papermill") is None:
            sys.exit(3)
        place_files(place)
    print(place)


main()
