/**
 * The pages of the slides "Training Deep Neural Networks", with what each states, point by point. The sentences are not ours and
 * are not here: a point is the name of the statement (`statements.ts`) that says it in our words, or a sign why there is none.
 */

/** What a point is that no cell has to show. */
export const notShown = {
  /** A title, "here:", "in general:", or the list of what follows. */
  "-": "leading on",
  /** The meaning of a symbol in the equation above. */
  "=": "naming a symbol",
  /** Where else to read. */
  ">": "pointing elsewhere",
} as const;

export interface SlidePage {
  readonly page: number;
  readonly heading: string;
  /** Numbers of the equations on it; an equation is repeated where it is discussed. */
  readonly equations?: readonly number[];
  /** Cells of the code examples that it refers to: statement → execution counts. */
  readonly cells?: Readonly<Record<string, readonly number[]>>;
  /** Number of its figure, and the statement that shows it. */
  readonly figure?: readonly [number: number, statement: string];
  /** For each point of its text, in order: statements (joined by `+`), or a sign of `notShown`. */
  readonly points: string;
  /** Statements of sentences, pictures and boxes that are no points of a list. */
  readonly besides?: string;
  /** Boxes on it (takeaways, good practices) → the statements that they repeat. */
  readonly boxes?: Readonly<Record<string, string>>;
}

const titles = (count: number): string => Array<string>(count).fill("-").join(" ");

/** All pages, in order. */
export const slidePages: readonly SlidePage[] = [
  { page: 1, heading: "Popular Machine Learning Methods: Idea, Practice and Math", points: "" },
  { page: 2, heading: "Reference", points: "- > > > > > > > >" },
  { page: 3, heading: "Code Example & Case Study", points: "> >" },
  { page: 4, heading: "Table of Contents", points: titles(7) },
  { page: 5, heading: "Learning Objectives", points: titles(9) },
  { page: 6, heading: "Learning Objectives: Recommendation", points: titles(7) },
  ...dataPages(),
  ...tuningPages(),
  ...gradientPages(),
  ...normalizationPages(),
  ...overfittingPages(),
  ...transferPages(),
  { page: 44, heading: "Bibliography I", points: "" },
];

function dataPages(): SlidePage[] {
  const pictures = (id: string) => `${id} ${id} - ${Array<string>(10).fill(id).join(" ")}`;
  return [
    { page: 7, heading: "Fashion MNIST Dataset", figure: [1, "data-fashion"], points: pictures("data-fashion") },
    { page: 8, heading: "CIFAR-10", figure: [2, "data-cifar"], points: pictures("data-cifar") },
  ];
}

function tuningPages(): SlidePage[] {
  const architecture = "hidden-layers hidden-layers activation-order";
  const layers = "hidden-layers hidden-layers hidden-layers";
  return [
    {
      page: 9,
      heading: "Fine-tuning DNNs",
      points: `- hidden-layers rate-search - ${architecture} - rate-search optimizers rate-search >+optimizers`,
    },
    {
      page: 10,
      heading: "Hidden Layers and Perceptrons per Hidden Layer",
      points: `- transfer-gain - ${layers} ${layers} - stretch-pants stretch-pants stretch-pants`,
    },
    {
      page: 11,
      heading: "Learning Rate",
      points: "rate-search - eq-1 eq-3 performance-scheduling",
      boxes: { "good practice": "rate-search" },
    },
    {
      page: 12,
      heading: "Power Scheduling",
      equations: [1, 2],
      points: "eq-1 eq-1 - = = = = eq-2",
      besides: "eq-2",
    },
    { page: 13, heading: "Power Scheduling: Code Example", cells: { "eq-1": [18] }, points: "> eq-1" },
    {
      page: 14,
      heading: "Exponential Scheduling",
      equations: [3, 4],
      points: "eq-3 eq-3 - = = = eq-4 eq-4",
      besides: "exponential-slip",
    },
    { page: 15, heading: "Exponential Scheduling: Code Example", cells: { "eq-3": [24] }, points: "> eq-3" },
    { page: 16, heading: "Performance Scheduling", points: "performance-scheduling" },
    {
      page: 17,
      heading: "Performance Scheduling: Code Example",
      cells: { "performance-scheduling": [30, 31] },
      points: "> performance-scheduling",
    },
    { page: 18, heading: "Further Reading", points: ">+piecewise-scheduling" },
  ];
}

function gradientPages(): SlidePage[] {
  return [
    {
      page: 19,
      heading: "Backpropagation: Revisit",
      equations: [5, 6, 7, 8, 9],
      points: "backward-pass - eq-5 eq-6 - eq-7 eq-8 - eq-9",
    },
    {
      page: 20,
      heading: "The Backward Pass: Revisit",
      equations: [8, 10],
      points: "= = = eq-10",
      besides: "eq-8 eq-10",
    },
    {
      page: 21,
      heading: "The Vanishing / Exploding Gradient Problem",
      equations: [8, 9],
      points: "eq-10 vanishing exploding eq-9 vanishing exploding",
    },
    {
      page: 22,
      heading: "Handling the Vanishing / Exploding Gradient Problem",
      points: "- initialization activation-order batch-normalization clipnorm - - - - >+initialization",
    },
    {
      page: 23,
      heading: "Some Popular NonSaturating Activation Functions",
      equations: [11, 12, 13, 14],
      points: "- eq-11 eq-12 eq-14+selu",
      besides: "eq-13",
    },
    {
      page: 24,
      heading: "Comparing the Popular Activation Functions",
      points: `- ${Array<string>(6).fill("activation-order").join(" ")} activation-time - activation-time activation-order`,
      boxes: { "good practice": "activation-time activation-order" },
    },
  ];
}

function normalizationPages(): SlidePage[] {
  return [
    {
      page: 25,
      heading: "Batch Normalization: Idea",
      points: "batch-normalization batch-normalization bn-placement eq-17 eq-18",
    },
    {
      page: 26,
      heading: "Batch Normalization: Math (Training)",
      equations: [15, 16, 17, 18],
      points: "eq-15 eq-15 eq-17 eq-18",
      besides: "eq-16 eq-17",
    },
    {
      page: 27,
      heading: "Batch Normalization: Math (Testing)",
      equations: [15, 16, 19, 20],
      points: "eq-19 eq-19+eq-20 = =",
      besides: "eq-15 eq-16",
    },
    {
      page: 28,
      heading: "Batch Normalization: Pros and Cons",
      points: "batch-normalization bn-placement bn-rates bn-regularizer - bn-cost bn-cost",
    },
    {
      page: 29,
      heading: "Batch Normalization: Code Example",
      cells: { "batch-normalization": [33] },
      points: "> batch-normalization",
    },
    {
      page: 30,
      heading: "Gradient Clipping",
      points: "exploding clipvalue - clipvalue clipvalue clipnorm clipnorm clip-threshold",
      besides: "clipnorm",
    },
    { page: 31, heading: "Gradient Clipping: Code Example", cells: { clipvalue: [39] }, points: "> clipvalue" },
  ];
}

function overfittingPages(): SlidePage[] {
  return [
    { page: 32, heading: "Handling Overfitting", points: "overfitting - early-stopping dropout" },
    { page: 33, heading: "Early Stopping", points: "early-stopping early-stopping" },
    {
      page: 34,
      heading: "EarlyStopping Callback: Code Example",
      cells: { "early-stopping": [40, 41] },
      points: "> early-stopping",
    },
    {
      page: 35,
      heading: "Dropout",
      points:
        "dropout dropout dropout-mask dropout-rate dropout-rate dropout-rate dropout-training dropout dropout dropout-layers",
      boxes: { takeaway: "dropout-training dropout", "good practice": "dropout-layers" },
    },
    {
      page: 36,
      heading: "Dropout",
      points: "- dropout-scaling dropout-scaling - dropout-scaling inverted-dropout inverted-dropout",
    },
    {
      page: 37,
      heading: "Dropout: Why It Works?",
      points: "dropout-mask dropout-ensemble dropout-ensemble",
    },
    { page: 38, heading: "Dropout: Code Example", cells: { dropout: [43] }, points: "> dropout" },
    { page: 39, heading: "Further Reading", points: "> mc-dropout mc-dropout mc-dropout" },
  ];
}

function transferPages(): SlidePage[] {
  return [
    {
      page: 40,
      heading: "Transfer Learning",
      points:
        "transfer-gain transfer-gain - - transfer-features transfer-features transfer-gain transfer-gain transfer-gain",
    },
    {
      page: 41,
      heading: "Building DNN with Pretrained Model",
      points: "- transfer-freeze transfer-freeze transfer-similar transfer-similar transfer-resize",
    },
    {
      page: 42,
      heading: "Training DNN with Pretrained Model",
      points: "- transfer-freeze transfer-unfreeze+transfer-data - transfer-replace transfer-replace",
    },
    {
      page: 43,
      heading: "Building and Training DNN with Pretrained Model",
      figure: [3, "transfer-chart"],
      points: "transfer-chart",
    },
  ];
}

/** Names of the statements that a page makes, each once, in its order. */
export function statementsOf({ points, besides = "", figure }: SlidePage): string[] {
  const all = `${points} ${besides}`.split(/[ +]+/).filter((name) => name !== "" && !(name in notShown));
  return [...new Set([...all, ...(figure ? [figure[1]] : [])])];
}
