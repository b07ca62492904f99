/**
 * Puts TensorFlow.js' random layers on this project's seeds; see `seeded.ts` for the reasons.
 *
 * Mended on the way: a mask of `tf.layers.dropout({ rate, seed })` was the same at every step, and a rate of 1.5 was
 * taken for 1 without a word.
 */
import { checkNumber } from "dnn-lab-core/check";
import { tf } from "../../engine/tf";
import { registeredClass, methodOf, replaceMethod, type RegisteredClass } from "../layers/layer-classes";
import { addNoise, dropUnits, dropUnitsAlpha, multiplyNoise } from "../layers/noise";
import { nextRandomKey, seedLayer, type RandomKey } from "../layers/training-step";

/** What the replaced methods use of a layer's private parts. */
interface RandomLayer {
  readonly rate: number;
  readonly stddev: number;
  seed?: number | null;
  noiseShape?: number[] | null;
  getNoiseShape(input: tf.Tensor): number[] | null | undefined;
  invokeCallHook(inputs: tf.Tensor | tf.Tensor[], kwargs: object): void;
}

type Noise = (layer: RandomLayer, x: tf.Tensor, key: RandomKey) => tf.Tensor;

const RANDOM_LAYERS: Record<string, Noise> = {
  Dropout: (layer, x, key) => dropUnits(x, layer.rate, key, layer.getNoiseShape(x) ?? x.shape),
  AlphaDropout: (layer, x, key) => dropUnitsAlpha(x, layer.rate, key, layer.noiseShape ?? x.shape),
  GaussianNoise: (layer, x, key) => addNoise(x, layer.stddev, key),
  GaussianDropout: (layer, x, key) => multiplyNoise(x, layer.rate, key),
};

const RECURRENT_CELLS = ["SimpleRNNCell", "GRUCell", "LSTMCell", "ConvLSTM2DCell"];

const FACTORIES = {
  dropout: "rate",
  spatialDropout1d: "rate",
  alphaDropout: "rate",
  gaussianDropout: "rate",
  gaussianNoise: "stddev",
} as const;

let alwaysOn = false;

/** Runs `body` with random layers active although the model predicts (Monte Carlo dropout). */
export function withNoiseOn<T>(body: () => T): T {
  const outer = alwaysOn;
  alwaysOn = true;
  try {
    return body();
  } finally {
    alwaysOn = outer;
  }
}

/** The class names of the layers that draw random numbers in training. */
export const RANDOM_LAYER_NAMES: readonly string[] = [...Object.keys(RANDOM_LAYERS), "SpatialDropout1D"];

/** Replaces what the random layers do, and checks their arguments where they are made. */
export function seedRandomLayers(): void {
  for (const [name, noise] of Object.entries(RANDOM_LAYERS)) seedLayerClass(registeredClass(name), noise);
  for (const name of RECURRENT_CELLS) seedRecurrentCell(registeredClass(name));
  for (const [name, amount] of Object.entries(FACTORIES)) checkFactory(name, amount);
}

function seedLayerClass(target: RegisteredClass, noise: Noise): void {
  const build = methodOf(target, "build");
  // The seed is drawn when the layer is built, in the order of the model, not at its first training step.
  replaceMethod(target, "build", function (this: RandomLayer, ...args: unknown[]) {
    checkAmount(target.className, this);
    seedLayer(this, this.seed);
    return build.apply(this, args);
  });
  replaceMethod(
    target,
    "call",
    function (this: RandomLayer, inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean }) {
      return tf.tidy(() => {
        this.invokeCallHook(inputs, kwargs);
        const x = Array.isArray(inputs) ? inputs[0] : inputs;
        const active = (kwargs.training || alwaysOn) && (this.rate ?? this.stddev) > 0;
        return active ? noise(this, x, nextRandomKey(this, this.seed)) : x;
      });
    },
  );
  keepSeedInConfig(target);
}

/** TensorFlow.js forgets the seed of all but `Dropout` when a model is copied or saved. */
function keepSeedInConfig(target: RegisteredClass): void {
  const getConfig = methodOf(target, "getConfig");
  replaceMethod(target, "getConfig", function (this: RandomLayer) {
    const config = getConfig.call(this) as Record<string, unknown>;
    return typeof this.seed === "number" ? { ...config, seed: this.seed } : config;
  });
  const fromConfig = (cls: RegisteredClass, config: { seed?: number }) =>
    withSeed(new cls(config) as never, config.seed);
  Object.defineProperty(target, "fromConfig", { value: fromConfig, configurable: true });
  tf.serialization.SerializationMap.getMap().classNameMap[target.className][1] = fromConfig as never;
}

function withSeed(layer: RandomLayer, seed: number | undefined): RandomLayer {
  if (seed !== undefined && seed !== null) layer.seed = seed;
  return layer;
}

/** Recurrent cells draw their masks by a function that may be given to them. */
function seedRecurrentCell(target: RegisteredClass): void {
  const build = methodOf(target, "build");
  replaceMethod(target, "build", function (this: { dropoutFunc?: unknown }, ...args: unknown[]) {
    seedLayer(this);
    this.dropoutFunc ??= (ones: tf.Tensor, rate: number) => dropUnits(ones, rate, nextRandomKey(this));
    return build.apply(this, args);
  });
}

/** A deserialized layer does not pass through a factory: check again when it is built. */
function checkAmount(name: string, { rate, stddev }: RandomLayer): void {
  if (rate !== undefined) checkNumber(name, "rate", rate, { min: 0, below: 1 });
  else checkNumber(name, "stddev", stddev, { min: 0 });
}

function checkFactory(name: string, amount: "rate" | "stddev"): void {
  const factories = tf.layers as unknown as Record<string, (args: Record<string, unknown>) => RandomLayer>;
  const plain = factories[name];
  factories[name] = (args) => {
    const rule = amount === "rate" ? { min: 0, below: 1 } : { min: 0 };
    checkNumber(`tf.layers.${name}`, amount, args?.[amount], rule);
    if (args.seed != null) checkNumber(`tf.layers.${name}`, "seed", args.seed, { integer: true });
    return withSeed(plain(args), args.seed as number | undefined);
  };
}
