/** What the slides "Training Deep Neural Networks" state, each to be shown in a notebook cell that carries its name. */

export interface Statement {
  /** Name that a cell's metadata (`slides: [...]`) gives. */
  readonly id: string;
  readonly slide: string;
  /** In our words. */
  readonly content: string;
  /** Why no cell shows it yet; undefined when one must. */
  readonly open?: string;
}

const on = (slide: string, contents: Readonly<Record<string, string>>): Statement[] =>
  Object.entries(contents).map(([id, content]) => ({ id, slide, content }));

/** In the slides' order. */
export const statements: readonly Statement[] = [
  ...on("Data sets", {
    "data-fashion": "Figure 1: Fashion-MNIST, grey pictures of 28×28 pixels from 0 to 255, ten classes of clothes",
    "data-cifar": "Figure 2: CIFAR-10, colour pictures of 32×32 pixels, ten classes of things",
  }),
  ...on("Fine-tuning DNNs", {
    "hidden-layers": "one to five hidden layers, 10 to 100 units each",
    "rate-search": "a schedule instead of a grid search for a constant rate",
  }),
  ...on("Learning rate schedules", {
    "eq-1": "eq. (1): power scheduling, η0 / (1 + t/s)^c; cell 18",
    "eq-2": "eq. (2): its ratio at whole multiples of s",
    "eq-3": "eq. (3): exponential scheduling, η0 · 0.1^(t/s); cell 24",
    "eq-4": "eq. (4): its ratio is 0.1 each s steps, and the slide's slip",
    "exponential-slip": "the code example's slip: batches taken for samples",
    "piecewise-scheduling": "a rate for each stretch of steps, by hand",
    "performance-scheduling": "reduce by λ when the validation metric has not improved; cells 30 and 31",
  }),
  ...on("Vanishing and exploding gradients", {
    "backward-pass": "an iteration: forward, backward, then the step",
    "eq-5": "eq. (5): the input is the output of layer 0",
    "eq-6": "eq. (6): net input and output of a layer, forward",
    "eq-7": "eq. (7): sensitivity of the last layer",
    "eq-8": "eq. (8): sensitivity from layer to layer",
    "eq-9": "eq. (9): gradients of weights and biases, gradient descent",
    "eq-10": "eq. (10): F' is a diagonal matrix of derivatives",
    vanishing: "small derivatives shrink the lower layers' sensitivities",
    exploding: "large factors blow them up",
  }),
  ...on("Activations", {
    "eq-11": "eq. (11): ReLU",
    "eq-12": "eq. (12): LeakyReLU",
    "eq-13": "eq. (13): ELU",
    "eq-14": "eq. (14): SELU",
    selu: "SELU needs LeCun-normal initialization and normalizes itself",
    "activation-time": "ReLU when run time counts",
    "activation-order": "SELU > ELU > LeakyReLU > ReLU > tanh > sigmoid, in general",
  }),
  ...on("Batch normalization", {
    "eq-15": "eq. (15): mean of the batch",
    "eq-16": "eq. (16): variance of the batch",
    "eq-17": "eq. (17): normalized features, ε",
    "eq-18": "eq. (18): scale and shift",
    "eq-19": "eq. (19): moving mean, and its start",
    "eq-20": "eq. (20): moving variance, and its start",
    "bn-placement": "before or after the activation; less sensitive to the initial weights",
    "bn-rates": "trains with much larger learning rates",
    "bn-regularizer": "batch normalization as a regularizer",
    "bn-cost": "costs time in training and in testing",
    "batch-normalization":
      "networks with batch normalization; against vanishing gradients during training too; cell 33",
  }),
  ...on("Gradient clipping", {
    clipvalue: "clipvalue 1 turns [0.9, 100] into [0.9, 1]; cell 39",
    clipnorm: "clipnorm 1 turns it into [0.00899964, 0.9999595]",
    "clip-threshold": "choosing the threshold from the distribution of norms",
  }),
  ...on("Early stopping", {
    overfitting: "deep networks tend to overfit",
    "early-stopping": "patience on a validation metric; p3_c2_s1 cells 40 and 41, case study cell 19",
  }),
  ...on("Dropout", {
    "dropout-mask": "every batch leaves out other units: another network each time",
    "dropout-rate": "rates from 10 to 50 %, by the kind of network",
    "dropout-training": "in training only",
    "inverted-dropout": "what is kept is divided by 1 − p in training",
    "dropout-scaling": "the other way: weights times 1 − p after training",
    "dropout-layers": "in practice on the last one to three hidden layers",
    "dropout-ensemble": "like bagging, an ensemble of networks",
    dropout: "after the input and hidden layers, never on the output; cell 43",
    "mc-dropout": "Monte Carlo dropout averages predictions with dropout left on",
  }),
  ...on("Stretch pants", { "stretch-pants": "more layers and units than needed, then regularize" }),
  ...on("Transfer learning", {
    "transfer-gain": "a pretrained network instead of one from scratch: faster, and with fewer samples",
    "transfer-features": "the lower layers see simple features, of use elsewhere",
    "transfer-similar": "the more alike the data, the more layers are reused",
    "transfer-resize": "pictures are made as large as the pretrained network's input",
    "transfer-freeze": "reuse lower layers, freeze them, train the top",
    "transfer-unfreeze": "unfreeze one or two top layers with a lower rate",
    "transfer-data": "the more data, the more layers may be unfrozen",
    "transfer-replace": "else drop or replace top layers, or add some",
    "transfer-chart": "Figure 3: the way through all of this, drawn",
  }),
  ...on("Further reading", {
    adamax: "AdaMax",
    optimizers: "momentum, Nesterov, AdaGrad, RMSProp, Adam, Nadam, AdamW",
    initialization: "Glorot, He and LeCun initialization",
    "max-norm": "max-norm regularization",
  }),
];
