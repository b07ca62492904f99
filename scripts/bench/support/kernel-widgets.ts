/** What widgets cost: their module, and the way from a slider to the figure that it changes. */
import type { KernelClient } from "dnn-lab-kernel/internal/client";
import { median, residentMegabytes } from "./kernel-figures";

const MOVES = 20;
const FIGURE = "application/vnd.plotly.v1+json";

export interface WidgetCode {
  readonly use: string;
  /** Shows a slider, and below it a figure of 200 points that depends on it. */
  readonly interact: string;
}

export const TYPESCRIPT_WIDGETS: WidgetCode = {
  use: "import { interact, slider } from 'dnn-lab-kernel/widgets'",
  interact: `await interact({ rate: slider({ max: 100 }) }, ({ rate }) => ({
  data: [{ y: Array.from({ length: 200 }, (_, i) => Math.sin(i * rate)) }], layout: {} }))`,
};

/** Needs `ipywidgets` beside ipykernel. */
export const PYTHON_WIDGETS: WidgetCode = {
  use: "import math, ipywidgets",
  interact: `def draw(rate):
    figure = {"data": [{"y": [math.sin(i * rate) for i in range(200)]}], "layout": {}}
    display({"${FIGURE}": figure, "text/plain": ""}, raw=True)
ipywidgets.interact(draw, rate=ipywidgets.IntSlider(max=100))`,
};

/** Fills `figures`; they stay without a value where the kernel has no widgets. */
export async function measureWidgets(
  kernel: KernelClient,
  code: WidgetCode,
  figures: Record<string, number>,
): Promise<void> {
  const before = residentMegabytes(kernel.process.pid as number);
  const { content, milliseconds } = await kernel.execute(code.use);
  if (content["status"] !== "ok") return;
  figures["import of widgets, ms"] = milliseconds;
  figures["memory of widgets, MB"] = residentMegabytes(kernel.process.pid as number) - before;
  const { published } = await kernel.execute(code.interact);
  const slider = published.find(
    ({ header, content: { data } }) =>
      header.msg_type === "comm_open" && JSON.stringify(data).includes('"IntSliderModel"'),
  );
  if (!slider) throw new Error("bench: no slider was opened.");
  const times: number[] = [];
  for (let value = 1; value <= MOVES; value += 1) {
    const data = { method: "update", state: { value }, buffer_paths: [] };
    const answer = await kernel.tell("comm_msg", { comm_id: slider.content["comm_id"], data });
    if (!JSON.stringify(answer.published.map((each) => each.content)).includes(FIGURE))
      throw new Error("bench: the slider changed no figure.");
    times.push(answer.milliseconds);
  }
  figures["slider to figure, ms"] = median(times);
}
