/** Gradient flow by layer: what vanishes, what explodes. */
import { checkOneOf, checkOptions, show } from "dnn-lab-core/check";
import type { GradientFlow, LayerFlow } from "../../training/diagnostics/gradient-flow";
import type { Figure } from "./figure";
import { lineFigure, type LinePanel } from "./line-figure";

/** What {@link gradientFlowFigure} draws of each layer. */
export type FlowQuantity = "sensitivityNorm" | "gradientNorm" | "standardDeviation" | "mean" | "deadShare";

/** Options of {@link gradientFlowFigure}. */
export interface GradientFlowFigureOptions {
  /** Title above the figure. */
  readonly title?: string;
  /** What is drawn, a panel each; default the norms of sensitivities and of weight gradients. */
  readonly quantities?: readonly FlowQuantity[];
  /** In CSS pixels; default 380. */
  readonly height?: number;
}

const owner = "gradientFlowFigure";
const axisTitles: Readonly<Record<FlowQuantity, string>> = {
  sensitivityNorm: "Norm of the sensitivity ∂L/∂n",
  gradientNorm: "Norm of the weight gradient ∂L/∂w",
  standardDeviation: "Standard deviation of the outputs",
  mean: "Mean of the outputs",
  deadShare: "Share of dead units",
};
const quantityNames = Object.keys(axisTitles) as FlowQuantity[];
/** These span orders of magnitude. */
const logarithmic: readonly FlowQuantity[] = ["sensitivityNorm", "gradientNorm", "standardDeviation"];

/**
 * Draws the flow of one or several models layer by layer, over the layers with weights, counted from the input.
 *
 * Where a quantity on a logarithmic axis is 0, the line has a gap.
 * @example gradientFlowFigure({ sigmoid: await gradientFlow(a, batch), ReLU: await gradientFlow(b, batch) })
 */
export function gradientFlowFigure(
  flows: Readonly<Record<string, GradientFlow>>,
  options: GradientFlowFigureOptions = {},
): Figure {
  checkOptions(owner, options, { title: true, quantities: true, height: true });
  const { title, quantities = ["sensitivityNorm", "gradientNorm"], height } = options;
  if (Object.keys(flows ?? {}).length === 0) {
    throw new TypeError(`${owner}: expected gradient flows by name, received ${show(flows)}.`);
  }
  for (const quantity of quantities) checkOneOf(owner, "quantities", quantity, quantityNames);
  return lineFigure({ title, height, panels: quantities.map((quantity) => panel(quantity, flows)) });
}

function panel(quantity: FlowQuantity, flows: Readonly<Record<string, GradientFlow>>): LinePanel {
  const log = logarithmic.includes(quantity);
  return {
    xTitle: "Layer with weights, from the input",
    yTitle: axisTitles[quantity],
    yScale: log ? "log" : "linear",
    wholeTicks: true,
    series: Object.entries(flows).map(([name, { layers }]) => {
      const own = layers.filter(({ gradientNorm }) => gradientNorm !== undefined);
      return { name, x: own.map((_, i) => i + 1), y: own.map((layer) => valueOf(layer, quantity, log)) };
    }),
  };
}

function valueOf(layer: LayerFlow, quantity: FlowQuantity, log: boolean): number | null {
  const value = layer[quantity];
  return value === undefined || !Number.isFinite(value) || (log && value <= 0) ? null : value;
}
