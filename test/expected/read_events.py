"""Prints what event files of TensorBoard hold, as TensorFlow reads them (checksums checked): tag -> [step, values], plugins.

Usage: read_events.py FOLDER…; prints a list with an entry for each folder.
"""
import glob
import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import tensorflow as tf  # noqa: E402
from tensorflow.core.util import event_pb2  # noqa: E402


def read_events(folder):
    found = {"version": [], "starts": [], "plugins": {}, "values": {}}
    for path in sorted(glob.glob(os.path.join(glob.escape(folder), "*tfevents*"))):
        for record in tf.data.TFRecordDataset(path):
            event = event_pb2.Event.FromString(record.numpy())
            assert event.wall_time > 1.5e9
            if event.file_version:
                found["version"].append(event.file_version)
            if event.session_log.status == event_pb2.SessionLog.START:
                found["starts"].append(event.step)
            for value in event.summary.value:
                if value.tag == "keras":
                    continue
                if value.metadata.plugin_data.plugin_name:
                    found["plugins"][value.tag] = value.metadata.plugin_data.plugin_name
                tensor = tf.make_ndarray(value.tensor)
                found["values"].setdefault(value.tag, []).append([event.step, str(tensor.dtype), tensor.tolist()])
    return found


if __name__ == "__main__":
    print(json.dumps([read_events(folder) for folder in sys.argv[1:]]))
