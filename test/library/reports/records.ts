/** Records of runs for the tests of reports: the published figures with a shift, so that verdicts are known. */
import { publishedRuns } from "../../../src/library/reports/published";
import type { RunRecord, SectionRecord } from "../../../src/library/reports/record-shape";

/** A whole record whose accuracies are the published ones plus `shift`. */
export function wholeRecord({ shift = 0, comparable = true, title = "" } = {}): RunRecord {
  const sections = publishedRuns.sections.map((published): SectionRecord => {
    const val_accuracy = published.history.val_accuracy.map((value) => value + shift);
    const history = { ...published.history, val_accuracy };
    return {
      name: published.name,
      title: title || published.title,
      cells: [published.cells[0], published.cells[1]],
      history: {
        loss: history.loss.slice(0, 2),
        accuracy: [0.7, 0.8],
        val_loss: [0.6, 0.5],
        val_accuracy: val_accuracy.slice(-2),
      },
      finalValAccuracy: val_accuracy[val_accuracy.length - 1],
      bestValAccuracy: Math.max(...val_accuracy),
      seconds: 12.25,
      variants: [],
      extra: {},
    };
  });
  return {
    project: "dnn-lab",
    commit: "0123456789abcdef0123456789abcdef01234567",
    dirty: false,
    startedAt: "2026-11-23T10:00:00.000Z",
    seconds: 84.2,
    versions: { node: "20.20.2", "@tensorflow/tfjs": "4.22.0" },
    engine: { name: "native" },
    machine: { cpu: "Some CPU", cores: 2 },
    data: {
      name: "fashion_mnist",
      source: comparable ? "folder" : "generated",
      fingerprint: "ab".repeat(32),
      comparable,
      notes: comparable ? [] : ["generated stand-in"],
    },
    seed: 42,
    notebook: "notebooks/p3_c2_s2_training_deep_neural_networks/code_example.ipynb",
    sections,
    test: { loss: 0.42, accuracy: publishedRuns.test.accuracy + shift },
  };
}
