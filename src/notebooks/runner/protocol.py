"""What the Python side tells: events as JSON lines on standard output, and the failure that ends a run."""

import json


def emit(event, **content):
    """Tells an event. Nobody may be listening any more: then there is nobody to tell, but kernels still to end."""
    try:
        print(json.dumps({"event": event, **content}), flush=True)
    except BrokenPipeError:
        pass


class Failure(Exception):
    """What ends the run, as the caller gets it."""

    def __init__(self, kind, message, **details):
        super().__init__(message)
        self.content = {"kind": kind, "message": message, **{k: v for k, v in details.items() if v not in (None, "")}}
