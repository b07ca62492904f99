"""What ipywidgets and anywidget tell a front end of their widgets: classes, and the names of their state.

usage: pip install ipywidgets==8.1.9 anywidget==0.11.0; python make_widgets.py > widgets.json
"""
import json

import anywidget
import ipywidgets

NAMES = """IntSlider FloatSlider FloatLogSlider IntRangeSlider FloatRangeSlider Dropdown Checkbox Text Textarea Button Play
FloatProgress Output HBox VBox Tab Layout""".split()


class Own(anywidget.AnyWidget):
    _esm = "export default {}"


def described(widget):
    state = widget.get_state()
    fixed = {key: state[key] for key in sorted(state) if key.startswith(("_model", "_view")) and key != "_view_count"}
    # Its classes' own are kept below.
    style = {"style": described(widget.style)} if "style" in state and state["style"] else {}
    return {"classes": fixed, "state": sorted(state), **style}


all_of_them = {name: described(getattr(ipywidgets, name)()) for name in NAMES}
all_of_them["Link"] = described(ipywidgets.jslink((ipywidgets.IntSlider(), "value"), (ipywidgets.IntSlider(), "value")))
all_of_them["Any"] = described(Own())
print(json.dumps(all_of_them, indent=1, sort_keys=True))
