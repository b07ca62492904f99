"""What scikit-learn says where src/library/reports must say the same.

    python test/expected/make_reports.py    writes test/expected/reports.json (made with scikit-learn 1.9 in a venv of its own)
"""

import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn import metrics

SAMPLES = 40


def numbers(seed, count):
    """In [0, 1), the same in every language: squares modulo a prime; many are equal."""
    i = np.arange(count, dtype=np.int64) + 1
    return ((i * i * 31 + i * 7919 + seed * 104729 + 12345) % 23) / 23


labels = np.floor(numbers(1, SAMPLES) * 3).astype(int)
predicted = np.where(numbers(2, SAMPLES) > 0.4, labels, np.floor(numbers(3, SAMPLES) * 3).astype(int))
yes = (labels == 2).astype(int)
scores = np.round(0.6 * numbers(4, SAMPLES) + 0.3 * yes, 2)
fpr, tpr, thresholds = metrics.roc_curve(yes, scores, drop_intermediate=False)
precision, recall, at = metrics.precision_recall_curve(yes, scores)
data = {
    "made_by": f"test/expected/make_reports.py, scikit-learn {sklearn.__version__}",
    "labels": labels.tolist(),
    "predicted": predicted.tolist(),
    "report": metrics.classification_report(labels, predicted, output_dict=True, zero_division=0),
    "yes": yes.tolist(),
    "scores": scores.tolist(),
    "roc": {"fpr": fpr.tolist(), "tpr": tpr.tolist(), "thresholds": thresholds[1:].tolist(), "area": metrics.roc_auc_score(yes, scores)},
    "pr": {"precision": precision[:-1][::-1].tolist(), "recall": recall[:-1][::-1].tolist(), "thresholds": at[::-1].tolist(),
           "average": metrics.average_precision_score(yes, scores)},
}
path = Path(__file__).parent / "reports.json"
path.write_text(json.dumps(data) + "\n")
print(path.name, path.stat().st_size, "bytes")
