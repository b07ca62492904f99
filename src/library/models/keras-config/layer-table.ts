/** Which layers exist on both sides, and what each side calls their settings. */

/** A thing as Keras 3 writes it down: a layer, an initializer, a loss … */
export interface KerasObject {
  readonly module: string | null;
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly registered_name: string | null;
}

/** Layers of both, by Keras' class name. */
export const SHARED_LAYERS: ReadonlySet<string> = new Set(
  [
    "Activation Add AlphaDropout Average AveragePooling1D AveragePooling2D AveragePooling3D BatchNormalization",
    "Bidirectional CategoryEncoding CenterCrop Concatenate Conv1D Conv2D Conv2DTranspose Conv3D Conv3DTranspose",
    "ConvLSTM2D Cropping2D Dense DepthwiseConv2D Dot Dropout ELU Embedding Flatten GRU GRUCell",
    "GaussianDropout GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D GlobalMaxPooling1D GlobalMaxPooling2D",
    "InputLayer LSTM LSTMCell LayerNormalization LeakyReLU Masking MaxPooling1D MaxPooling2D MaxPooling3D Maximum Minimum",
    "MultiHeadAttention Multiply PReLU Permute RNN ReLU RepeatVector Rescaling Reshape Resizing SeparableConv2D",
    "SimpleRNN SimpleRNNCell Softmax SpatialDropout1D StackedRNNCells TimeDistributed UpSampling2D ZeroPadding2D",
  ].flatMap((names) => names.split(" ")),
);

/** Layers here that Keras 3 does not have, and no other that computes the same. */
export const NOT_IN_KERAS: Readonly<Record<string, string>> = {
  RandomWidth: "Keras 3 has no RandomWidth",
  ConvLSTM2DCell: "Keras 3 has it only within ConvLSTM2D",
};

/** Layers that are called with a list of inputs; Keras calls the others with inputs one by one. */
export const TAKES_LIST: ReadonlySet<string> = new Set(
  "Add Average Concatenate Dot Maximum Minimum Multiply Functional Sequential".split(" "),
);

/** Layers whose inputs after the first are the state that they begin with. */
export const RECURRENT: ReadonlySet<string> = new Set("RNN SimpleRNN GRU LSTM ConvLSTM2D Bidirectional".split(" "));

/** Class → our name of a setting → Keras', where snake case alone does not do. */
export const RENAMED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  LeakyReLU: { alpha: "negative_slope" },
  InputLayer: { batchInputShape: "batch_shape" },
};

/** Settings here that Keras' layers do not know, or know from the call. */
export const OURS_ALONE: ReadonlySet<string> = new Set(
  "batchInputShape inputDType dropoutFunc implementation inputLength kind useCausalMask customObjects updatable".split(
    " ",
  ),
);

/** Settings of Keras that no layer here has, and the values with which they change nothing. */
export const KERAS_ALONE: Readonly<Record<string, readonly unknown[]>> = {
  groups: [1],
  rms_scaling: [false],
  output_padding: [null],
  sliding_window: [null],
  use_gate: [false],
  keepdims: [false],
  renorm: [false],
  ragged: [false],
  optional: [false, undefined],
  lora_rank: [null],
  quantization_config: [null],
  zero_output_for_mask: [false],
  activity_regularizer: [null],
  pad_to_aspect_ratio: [false],
  antialias: [false],
};

/** Settings of Keras that have no effect on what is computed here. */
export const KERAS_IDLE: ReadonlySet<string> = new Set(
  [
    "autocast synchronized renorm_clipping renorm_momentum lora_alpha fill_mode fill_value",
    "attention_axes quantization_mode flash_attention gptq_unpacked_column_size tensor_type",
  ].flatMap((names) => names.split(" ")),
);

/** Keras' spelling of a name in camel case: `useBias` → `use_bias`, `kernelSize` → `kernel_size`. */
export function snakeKey(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase();
}

/** Our spelling of a name in snake case. */
export function camelKey(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
