"""How the expected values of the techniques and callbacks are written down."""

import json
import math
import sys
from pathlib import Path

import keras
import numpy as np

FOLDER = Path(__file__).parent / "techniques"


def plain(value, digits):
    """Numbers rounded to `digits` significant digits, NaN as None, through lists and dicts."""
    if isinstance(value, dict):
        return {key: plain(item, digits) for key, item in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(item, digits) for item in value]
    if isinstance(value, (float, np.floating)):
        return float(f"{float(value):.{digits}g}") if math.isfinite(value) else None
    if isinstance(value, np.integer):
        return int(value)
    return value


def write(name, content, digits=8):
    """One JSON file; one line for each entry of the list of cases, so that a change shows as a small difference."""
    head = {"madeBy": f"test/expected/{Path(sys.argv[0]).name}", "keras": keras.__version__}
    content = plain({**head, **content}, digits)
    cases = content.pop("cases")
    lines = ",\n".join("    " + json.dumps(case) for case in cases)
    fields = "".join(f"  {json.dumps(key)}: {json.dumps(value)},\n" for key, value in content.items())
    path = FOLDER / f"{name}.json"
    path.write_text("{\n" + fields + '  "cases": [\n' + lines + "\n  ]\n}\n")
    print(f"{path.name}: {len(cases)} cases, {path.stat().st_size} bytes")
