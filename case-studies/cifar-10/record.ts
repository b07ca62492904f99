/** The record of a run, as the course's notebooks write it, so that the report of `npm run reproduce` shows it too. */
import { type ExpectedFigures, provenance, recordSection, saveRecord, startRecord } from "dnn-lab/reproduce";
import type { Comparison } from "./comparison";
import { seed } from "./settings";
import type { Study } from "./study";
import type { FineTuned } from "./transfer";

interface Outcome {
  readonly study: Study;
  readonly fineTuned: FineTuned;
  readonly comparison: readonly Comparison[] | undefined;
}

const notebook = "case-studies/cifar-10/case_study.ipynb";

/** Writes `record.json` into `folder`. */
export function saveStudy(folder: string, { study, fineTuned, comparison }: Outcome): void {
  const { info } = study.parts.train;
  startRecord(folder, { ...provenance(), notebook, seed, data: info });
  const { fit, testLoss, testAccuracy } = fineTuned;
  recordSection(folder, { name: "fineTuned", title: "Fine-tuned base", cells: [12, 12], history: fit });
  const expected = expectedFigures(study, comparison ?? [atLeastGuessing(testAccuracy)]);
  saveRecord(folder, {
    ...{ test: { loss: testLoss, accuracy: testAccuracy }, seconds: process.uptime() },
    expected,
  });
}

/** Where nothing is expected yet, a run is only better than nothing. */
function atLeastGuessing(found: number): Comparison {
  const [expected, tolerance] = [0.55, 0.45];
  const figure = "all images: fine-tuned (nothing more is expected of such a run yet)";
  return { figure, expected, found, tolerance, within: found >= expected - tolerance };
}

function expectedFigures({ profile, dataLine }: Study, comparison: readonly Comparison[]): ExpectedFigures {
  return {
    source: `an earlier run of this case study with the profile ${profile} (case-studies/cifar-10/expected.json)`,
    split: dataLine,
    figures: comparison.map(({ figure, expected, found, tolerance }) => ({
      ...{ title: figure, expected, tolerance, ours: found ?? NaN },
    })),
  };
}
