/** Everything that decides what this case study computes. Change a number here, and what depends on it is computed anew. */

/** Of initial weights, shuffling, masks and random images. */
export const seed = 42;

export interface Settings {
  /** How many images of each part are used, from the first on. */
  readonly images: { readonly train: number; readonly valid: number; readonly test: number };
  /** (a) Hands-On Machine Learning, chapter 11, exercise 8. */
  readonly dense: {
    readonly layers: number;
    readonly units: number;
    readonly epochs: number;
    readonly batchSize: number;
    /** Nadam's rate in each run; 1cycle trains with plain SGD, and this is its highest rate. */
    readonly learningRates: Readonly<Record<"elu" | "batchNormalization" | "selu" | "alphaDropout" | "oneCycle", number>>;
    /** Batch size of the 1cycle run. */
    readonly oneCycleBatchSize: number;
    readonly dropout: number;
    /** Forward passes of Monte Carlo dropout. */
    readonly samples: number;
    /** Validation accuracy up to which epochs and seconds are counted. */
    readonly goal: number;
  };
  /** (b) A small convolutional network. */
  readonly convnet: {
    /** Of the training images, the first so many. */
    readonly images: number;
    readonly filters: readonly number[];
    readonly epochs: number;
    readonly batchSize: number;
    readonly learningRate: number;
    readonly dropout: number;
  };
  /** (c) Transfer learning. */
  readonly transfer: {
    /** Input sizes, in pixels, tried with a frozen base. */
    readonly sizes: readonly number[];
    /** Input size of everything else. */
    readonly size: number;
    /** Where ImageNet's weights are not available: images of all classes, and epochs, to pretrain a base of our own. */
    readonly ownBase: { readonly images: number; readonly epochs: number };
    /** The layer that the input sizes are compared with: its rate falls along half a cosine, dropout stands before it. */
    readonly frozen: {
      readonly epochs: number;
      readonly batchSize: number;
      readonly learningRate: number;
      readonly dropout: number;
    };
    /** The layer with which everything else begins: a constant rate, no dropout. */
    readonly head: { readonly epochs: number; readonly batchSize: number; readonly learningRate: number };
    /** The base unfrozen step by step, on a part of the training images. */
    readonly steps: {
      readonly images: number;
      readonly blocks: readonly number[];
      readonly epochs: number;
      readonly batchSize: number;
      readonly learningRate: number;
    };
    /** All layers, with random flips and crops and the 1cycle policy. */
    readonly fineTuning: {
      readonly epochs: number;
      readonly batchSize: number;
      readonly maxLearningRate: number;
      readonly padding: number;
      /** `"trained"` needs thousands of steps: MobileNetV2's moving averages take in a thousandth of a batch each. */
      readonly batchNormalization: "frozen" | "trained";
      /** Batches from which trained averages are measured anew at the end. */
      readonly recalibrate: number;
    };
    /** Training images of the comparison with a network trained from scratch, and the steps of each training. */
    readonly samples: readonly number[];
    readonly sampleSteps: number;
  };
}

export type ProfileName = "quick" | "full";

const dense = {
  layers: 20,
  units: 100,
  batchSize: 64,
  learningRates: { elu: 5e-5, batchNormalization: 5e-4, selu: 7e-4, alphaDropout: 5e-4, oneCycle: 0.05 },
  oneCycleBatchSize: 128,
  dropout: 0.1,
  samples: 20,
  goal: 0.4,
};

/** `full` gives the figures of the README; `quick` shows in two minutes that everything works. */
export const profiles: Readonly<Record<ProfileName, Settings>> = {
  full: {
    images: { train: 45_000, valid: 5000, test: 10_000 },
    dense: { ...dense, epochs: 15 },
    convnet: { images: 10_000, filters: [32, 64, 128], epochs: 6, batchSize: 64, learningRate: 0.002, dropout: 0.1 },
    transfer: {
      sizes: [64, 96, 160],
      size: 96,
      ownBase: { images: 45_000, epochs: 6 },
      frozen: { epochs: 15, batchSize: 64, learningRate: 0.003, dropout: 0.2 },
      head: { epochs: 15, batchSize: 64, learningRate: 0.002 },
      steps: { images: 10_000, blocks: [1, 4], epochs: 2, batchSize: 32, learningRate: 0.0003 },
      fineTuning: { epochs: 6, batchSize: 64, maxLearningRate: 0.0015, padding: 4, batchNormalization: "trained", recalibrate: 200 },
      samples: [100, 1000, 5000, 35_000],
      sampleSteps: 600,
    },
  },
  quick: {
    images: { train: 4000, valid: 1000, test: 1000 },
    dense: { ...dense, epochs: 4, samples: 10, goal: 0.25 },
    convnet: { images: 4000, filters: [16, 32, 64], epochs: 3, batchSize: 64, learningRate: 0.002, dropout: 0.1 },
    transfer: {
      sizes: [64, 96],
      size: 64,
      ownBase: { images: 15_000, epochs: 4 },
      frozen: { epochs: 15, batchSize: 64, learningRate: 0.003, dropout: 0.2 },
      head: { epochs: 10, batchSize: 64, learningRate: 0.002 },
      steps: { images: 1000, blocks: [1], epochs: 2, batchSize: 32, learningRate: 0.0003 },
      fineTuning: { epochs: 2, batchSize: 32, maxLearningRate: 0.0005, padding: 4, batchNormalization: "frozen", recalibrate: 0 },
      samples: [100, 1000],
      sampleSteps: 150,
    },
  },
};
