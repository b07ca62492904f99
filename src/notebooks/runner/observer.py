"""Runs within ipykernel, before the first cell: sees what results rest on, and threads and tasks that die.

`begin(file)` gives two functions: the first answers {"alive": […], "died": […], "exitCode": null}, the second writes the file, JSON
as our own kernel does (files, absent, folders, environment, unobserved).
"""

import json
import os
import sys
import threading

seen = {"files": set(), "folders": set(), "environment": set(), "unobserved": set()}
written = set()
died = []
own = set(threading.enumerate())

ELSEWHERE = {
    "subprocess.Popen": "a child process",
    "os.system": "a child process",
    "os.exec": "a child process",
    "os.posix_spawn": "a child process",
    "os.fork": "a child process",
    "os.forkpty": "a child process",
    "socket.connect": "the network",
    "socket.getaddrinfo": "the network",
}


def note(path):
    if isinstance(path, bytes):
        path = os.fsdecode(path)
    if isinstance(path, (str, os.PathLike)):
        seen["files"].add(os.path.abspath(path))


def hook(event, arguments):
    try:
        if event == "open":
            path, mode, flags = arguments
            if isinstance(path, int):
                return
            writes = bool(flags & (os.O_WRONLY | os.O_TRUNC)) and not flags & os.O_RDWR if isinstance(flags, int) else False
            absolute = os.path.abspath(os.fsdecode(path))
            if writes and absolute not in seen["files"]:
                written.add(absolute)
            else:
                note(path)
        elif event in ("os.listdir", "os.scandir", "glob.glob"):
            if event != "glob.glob" and arguments[0] is not None and not isinstance(arguments[0], int):
                seen["folders"].add(os.path.abspath(os.fsdecode(arguments[0])))
        elif event in ELSEWHERE:
            seen["unobserved"].add(f"{ELSEWHERE[event]} {str(arguments[0])[:60] if event == 'subprocess.Popen' else ''}".strip())
        elif event == "ctypes.dlopen":
            note(arguments[0])
    except Exception:  # a hook must not disturb the program
        pass


def watch_environment():
    kind = type(os.environ)
    get, put, assigned = kind.__getitem__, kind.__setitem__, set()

    def reading(self, name):
        if self is os.environ and name not in assigned:
            seen["environment"].add(name)
        return get(self, name)

    def writing(self, name, value):
        if name not in seen["environment"]:
            assigned.add(name)
        return put(self, name, value)

    kind.__getitem__, kind.__setitem__ = reading, writing


def watch_threads():
    before = threading.excepthook

    def dies(arguments):
        if arguments.exc_type is not SystemExit:
            died.append(f"{arguments.exc_type.__name__}: {arguments.exc_value} (in the thread {getattr(arguments.thread, 'name', '?')})")
        before(arguments)

    threading.excepthook = dies
    from asyncio.base_events import BaseEventLoop

    handle = BaseEventLoop.call_exception_handler

    def task_dies(self, context):
        error = context.get("exception")
        if error is not None:
            died.append(f"{type(error).__name__}: {error} ({context.get('message', 'in a task')})")
        return handle(self, context)

    BaseEventLoop.call_exception_handler = task_dies


def alive():
    import asyncio
    import gc

    gc.collect()  # a task that died tells it when it is taken away
    threads = [thread.name for thread in threading.enumerate() if thread not in own and not thread.daemon and thread.is_alive()]
    return json.dumps({"alive": [f"thread {name}" for name in threads], "died": died[:5], "exitCode": None})


def observed(file):
    modules = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    for path in modules:
        if isinstance(path, str):
            note(path)
    import importlib.util

    for name in [name for name in list(sys.modules) if "." not in name]:
        origin = getattr(sys.modules[name], "__file__", None)
        if not isinstance(origin, str):
            continue
        for place in sys.path:  # nearer places in which a module of this name would be taken instead
            folder = os.path.abspath(place or os.getcwd())
            if os.path.dirname(origin) in (folder, os.path.join(folder, name)) or not os.path.isdir(folder):
                break
            note(os.path.join(folder, f"{name}.py"))
            note(os.path.join(folder, name, "__init__.py"))
    files = [path for path in seen["files"] if path not in written and not path.startswith(("/proc/", "/dev/", "/sys/")) and "ipykernel_" not in path]
    with open(file, "w", encoding="utf-8") as out:
        json.dump(
            {
                "files": [path for path in files if os.path.isfile(path)],
                "absent": [path for path in files if not os.path.exists(path)],
                "folders": sorted(seen["folders"]),
                "environment": sorted(seen["environment"]),
                "unobserved": sorted(seen["unobserved"]),
            },
            out,
        )


def begin(file):
    """Begins to look; without a file only for what dies."""
    watch_threads()
    if file:
        watch_environment()
        sys.addaudithook(hook)
    return alive, lambda: observed(file) if file else None
