"""The table of make_networks.py: small networks by family, as plain data in Keras' own words.

A case is `case(name, inputs, layers, ...)`. `layers` is a list of `(class, config)`, one after another, or with names and
sources `(name, class, config, sources)`. What stands in a config as `thing("L2", l2=0.1)` is made from its class.
"""

FAMILIES = {}


def thing(kind, **config):
    return {"class": kind, "config": config}


def chain(layers):
    """Layers one after another; each is called by its place."""
    named = []
    for place, layer in enumerate(layers):
        name = f"l{place}"
        named.append({"name": name, **thing(layer[0], **layer[1]), "from": [f"l{place - 1}" if place else "x"]})
    return named


def graph(layers):
    """A fifth entry holds what the layer is called with; `name.1` is the second output of a layer."""
    return [{"name": name, **thing(kind, **config), "from": list(sources), **({"call": call[0]} if call else {})} for name, kind, config, sources, *call in layers]


def case(family, name, inputs, layers, *, labels="real", loss="mean_squared_error", optimizer=None, **more):
    """inputs: a shape, or name → shape (a shape that begins with "tokens" holds word numbers); labels: see make_networks."""
    sequential = isinstance(inputs, (list, tuple))
    named = {"x": list(inputs)} if sequential else {key: list(value) for key, value in inputs.items()}
    nodes = chain(layers) if layers and len(layers[0]) == 2 else graph(layers)
    FAMILIES.setdefault(family, []).append({
        "name": name,
        "model": {"inputs": named, "layers": nodes, "outputs": more.pop("outputs", [nodes[-1]["name"]])},
        "labels": labels,
        "loss": loss,
        "optimizer": optimizer or thing("SGD", learning_rate=0.05),
        **more,
    })


def dense(units, activation=None, **config):
    return ("Dense", {"units": units, **({"activation": activation} if activation else {}), **config})


SMALL = [dense(5, "tanh"), dense(1)]
SOFTMAX = [dense(5, "tanh"), dense(3, "softmax")]
SIGMOID = [dense(5, "tanh"), dense(1, "sigmoid")]
SPARSE = {"labels": "classes 3", "loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}
BINARY = {"labels": "binary", "loss": "binary_crossentropy", "metrics": ["accuracy"]}


def activations():
    kinds = ["elu", "selu", "softplus", "softsign", "relu6", "gelu", "silu", "exponential", "hard_sigmoid", "mish"]
    for kind in kinds:
        case("activations", kind, [4], [dense(4, kind), dense(1)])
    case("activations", "leaky_relu", [4], [dense(4), ("LeakyReLU", {"negative_slope": 0.2}), dense(1)])
    case("activations", "prelu", [4], [dense(4), ("PReLU", {}), dense(1)])


def losses():
    case("losses", "mse_flat", [4], SMALL, labels="real flat")
    case("losses", "mae_flat", [4], SMALL, labels="real flat", loss="mean_absolute_error")
    case("losses", "mse_rows", [4], [dense(5, "tanh"), dense(2)], labels="real 2", metrics=["mae"])
    case("losses", "binary_flat", [4], SIGMOID, **{**BINARY, "labels": "binary flat"})
    case("losses", "binary_column", [4], SIGMOID, **BINARY)
    case("losses", "multilabel", [4], [dense(5, "tanh"), dense(3, "sigmoid")], **{**BINARY, "labels": "binary 3"})
    case("losses", "sparse", [4], SOFTMAX, **SPARSE)
    case("losses", "sparse_column", [4], SOFTMAX, **{**SPARSE, "labels": "classes 3 column"})
    one_hot = {"labels": "one hot 3", "metrics": ["accuracy"]}
    case("losses", "categorical", [4], SOFTMAX, loss="categorical_crossentropy", **one_hot)
    logits = [dense(5, "tanh"), dense(3)]
    soft = {"label_smoothing": 0.1}
    case("losses", "categorical_logits", [4], logits, loss=thing("CategoricalCrossentropy", from_logits=True), **one_hot)
    case("losses", "categorical_smoothed", [4], SOFTMAX, loss=thing("CategoricalCrossentropy", **soft), **one_hot)
    sparse_logits = thing("SparseCategoricalCrossentropy", from_logits=True)
    case("losses", "sparse_logits", [4], logits, **{**SPARSE, "loss": sparse_logits})
    binary_logits = thing("BinaryCrossentropy", from_logits=True)
    case("losses", "binary_logits", [4], SMALL, **{**BINARY, "loss": binary_logits, "metrics": []})
    case("losses", "binary_smoothed", [4], SIGMOID, **{**BINARY, "loss": thing("BinaryCrossentropy", **soft)})
    case("losses", "binary_focal", [4], SIGMOID, **{**BINARY, "loss": thing("BinaryFocalCrossentropy", gamma=2.0)})
    case("losses", "huber", [4], SMALL, loss=thing("Huber", delta=0.5))
    for name in ["LogCosh", "MeanAbsolutePercentageError", "CosineSimilarity", "Hinge", "SquaredHinge"]:
        labels = "sign" if "Hinge" in name else "real 2" if name == "CosineSimilarity" else "positive"
        rate = thing("SGD", learning_rate=0.001 if "Percentage" in name else 0.05)
        case("losses", name, [4], [dense(5, "tanh"), dense(2 if labels == "real 2" else 1)],
             labels=labels, loss=thing(name), optimizer=rate)
    positive = [dense(5, "tanh"), dense(1, "softplus")]
    for name in ["Poisson", "MeanSquaredLogarithmicError"]:
        case("losses", name, [4], positive, labels="positive", loss=thing(name))
    case("losses", "KLDivergence", [4], SOFTMAX, labels="one hot 3", loss=thing("KLDivergence"))
    case("losses", "CategoricalHinge", [4], SOFTMAX, labels="one hot 3", loss=thing("CategoricalHinge"))


def optimizers():
    fast = {"learning_rate": 0.01}
    kinds = {
        "sgd": thing("SGD", learning_rate=0.1),
        "momentum": thing("SGD", **fast, momentum=0.9),
        "nesterov": thing("SGD", **fast, momentum=0.9, nesterov=True),
        "adam": thing("Adam", **fast),
        "amsgrad": thing("Adam", **fast, amsgrad=True),
        "adamw": thing("AdamW", **fast, weight_decay=0.1),
        "nadam": thing("Nadam", **fast),
        "adamax": thing("Adamax", **fast),
        "rmsprop": thing("RMSprop", **fast, epsilon=1e-3),
        "rmsprop_centered": thing("RMSprop", **fast, centered=True, momentum=0.5, epsilon=1e-3),
        "adagrad": thing("Adagrad", **fast),
        "adadelta": thing("Adadelta", learning_rate=1.0),
        "schedule": thing("Adam", learning_rate=thing("ExponentialDecay", initial_learning_rate=0.02, decay_steps=10, decay_rate=0.5)),
        "weight_decay": thing("SGD", **fast, momentum=0.9, weight_decay=0.1),
    }
    for name, optimizer in kinds.items():
        case("optimizers", name, [4], SMALL, optimizer=optimizer)
    for name in ["sgd", "adam", "rmsprop", "adagrad"]:
        case("optimizers", f"by_name_{name}", [4], SMALL, optimizer=name)
    for clip in [{"clipvalue": 0.02}, {"clipnorm": 0.1}, {"global_clipnorm": 0.1}]:
        case("optimizers", next(iter(clip)), [4], SMALL, optimizer=thing("SGD", learning_rate=0.2, **clip))


def accumulation():
    """Gradient accumulation and the moving average of weights."""
    fast = {"learning_rate": 0.01}
    steps = {"gradient_accumulation_steps": 4}
    average = {"use_ema": True, "ema_momentum": 0.8}
    kinds = {
        "accumulated_sgd": thing("SGD", learning_rate=0.1, **steps),
        "accumulated_momentum": thing("SGD", learning_rate=0.1, momentum=0.9, **steps),
        "accumulated_adam": thing("Adam", **fast, gradient_accumulation_steps=3),
        "accumulated_adamw_clipped": thing("AdamW", **fast, weight_decay=0.1, clipnorm=0.05, gradient_accumulation_steps=2),
        "accumulated_global_clip": thing("SGD", learning_rate=0.1, global_clipnorm=0.05, **steps),
        "accumulated_schedule": thing("SGD", learning_rate=thing("ExponentialDecay", initial_learning_rate=0.2, decay_steps=10, decay_rate=0.5), **steps),
        "accumulated_adagrad": thing("Adagrad", **fast, gradient_accumulation_steps=5),
        "ema_sgd": thing("SGD", learning_rate=0.1, **average),
        "ema_adam": thing("Adam", **fast, use_ema=True),
        "ema_overwrite": thing("Adam", **fast, **average, ema_overwrite_frequency=5),
        "ema_accumulated": thing("SGD", learning_rate=0.1, **average, **steps, ema_overwrite_frequency=3),
    }
    for name, optimizer in kinds.items():
        case("accumulation", name, [4], SMALL, optimizer=optimizer)
    capped = [dense(5, "tanh", kernel_constraint=thing("MaxNorm", max_value=0.8, axis=0)), dense(1)]
    case("accumulation", "accumulated_constraint", [4], capped, optimizer=kinds["accumulated_momentum"])
    case("accumulation", "ema_constraint", [4], capped, optimizer=kinds["ema_overwrite"])


def weighted():
    case("weighted", "class_weight_sparse", [4], SOFTMAX, **SPARSE, class_weight={"0": 2.0, "1": 0.5})
    case("weighted", "class_weight_one_hot", [4], SOFTMAX, labels="one hot 3", loss="categorical_crossentropy",
         class_weight={"2": 3.0})
    case("weighted", "class_weight_binary", [4], SIGMOID, **BINARY, class_weight={"0": 0.5, "1": 2.0})
    case("weighted", "class_weight_binary_flat", [4], SIGMOID, **{**BINARY, "labels": "binary flat"}, class_weight={"1": 4.0})
    case("weighted", "sample_weight", [4], SMALL, sample_weight=True)
    case("weighted", "sample_weight_sparse", [4], SOFTMAX, **SPARSE, sample_weight=True)
    case("weighted", "sample_weight_rows", [4], [dense(5, "tanh"), dense(2)], labels="real 2", sample_weight=True)


def weighted_parts():
    """Weights by step and by output."""
    steps = {"units": 3, "return_sequences": True}
    by_step = {"labels": "real steps 5", "sample_weight": 5}
    case("weighted_parts", "steps", [5, 2], [("GRU", steps), dense(1)], **by_step)
    case("weighted_parts", "step_classes", [5, 2], [("GRU", steps), dense(3, "softmax")], **{**SPARSE, "labels": "classes 3 steps 5"}, sample_weight=5)
    case("weighted_parts", "masked_steps", ["padded", 5, 2], [("Masking", {"mask_value": 0.0}), ("GRU", steps), dense(1)], **by_step)
    two = [("h", "Dense", {"units": 4, "activation": "tanh"}, ["x"]), ("y", "Dense", {"units": 1}, ["h"]),
           ("c", "Dense", {"units": 3, "activation": "softmax"}, ["h"])]
    both = {"outputs": ["y", "c"], "labels": {"y": "real", "c": "classes 3"},
            "loss": {"y": "mean_squared_error", "c": "sparse_categorical_crossentropy"}}
    case("weighted_parts", "two_outputs", {"x": [4]}, two, **both, sample_weight={"y": True, "c": True}, loss_weights={"y": 0.3, "c": 2.0})
    mixed = [("s", "GRU", steps, ["x"]), ("t", "Dense", {"units": 1}, ["s"]), ("f", "Flatten", {}, ["s"]), ("y", "Dense", {"units": 1}, ["f"])]
    case("weighted_parts", "steps_and_samples", {"x": [5, 2]}, mixed, outputs=["t", "y"], labels={"t": "real steps 5", "y": "real"},
         loss={"t": "mean_squared_error", "y": "mean_absolute_error"}, sample_weight={"t": 5, "y": True})


def regularized():
    l2 = thing("L2", l2=0.02)
    case("regularized", "l2", [4], [dense(5, "tanh", kernel_regularizer=l2), dense(1, bias_regularizer=l2)])
    case("regularized", "l1", [4], [dense(5, "tanh", kernel_regularizer=thing("L1", l1=0.01)), dense(1)])
    case("regularized", "l1_l2", [4], [dense(5, "tanh", kernel_regularizer=thing("L1L2", l1=0.01, l2=0.02)), dense(1)])
    case("regularized", "frozen_l2", [4], [dense(5, "tanh", kernel_regularizer=l2, trainable=False), dense(1)])
    case("regularized", "lstm_l2", [4, 2], [("LSTM", {"units": 2, "recurrent_regularizer": l2}), dense(1)])
    shared = [("a", "Dense", {"units": 3, "activation": "tanh", "kernel_regularizer": l2}, ["x"]),
              ("b", "Shared", {"layer": "a"}, ["z"]),
              ("both", "Concatenate", {}, ["a", "b"]), ("y", "Dense", {"units": 1}, ["both"])]
    case("regularized", "shared_l2", {"x": [4], "z": [4]}, shared)
    for kind in ["MaxNorm", "UnitNorm", "NonNeg"]:
        config = {"max_value": 0.7, "axis": 0} if kind == "MaxNorm" else {"axis": 0} if kind == "UnitNorm" else {}
        case("regularized", kind, [4], [dense(5, "tanh", kernel_constraint=thing(kind, **config)), dense(1)])


def recurrent():
    case("recurrent", "lstm", [5, 2], [("LSTM", {"units": 3}), dense(1)])
    case("recurrent", "lstm_sequences", [5, 2], [("LSTM", {"units": 2, "return_sequences": True}), ("LSTM", {"units": 2}), dense(1)])
    case("recurrent", "lstm_hard", [5, 2], [("LSTM", {"units": 3, "recurrent_activation": "hard_sigmoid"}), dense(1)])
    case("recurrent", "lstm_backwards", [5, 2], [("LSTM", {"units": 3, "go_backwards": True, "unit_forget_bias": False}), dense(1)])
    case("recurrent", "gru", [5, 2], [("GRU", {"units": 3}), dense(1)])
    case("recurrent", "gru_before", [5, 2], [("GRU", {"units": 3, "reset_after": False}), dense(1)])
    case("recurrent", "gru_sequences", [5, 2], [("GRU", {"units": 2, "return_sequences": True}), ("GRU", {"units": 2}), dense(1)])
    case("recurrent", "simple_rnn", [5, 2], [("SimpleRNN", {"units": 3}), dense(1)])
    case("recurrent", "unrolled", [3, 2], [("LSTM", {"units": 3, "unroll": True}), dense(1)])
    for kind, mode in [("LSTM", "concat"), ("GRU", "sum")]:
        layer = ("Bidirectional", {"layer": thing(kind, units=2), "merge_mode": mode})
        case("recurrent", f"bidirectional_{kind.lower()}", [5, 2], [layer, dense(1)])
    timed = ("TimeDistributed", {"layer": thing("Dense", units=2)})
    case("recurrent", "time_distributed", [4, 3], [timed, ("SimpleRNN", {"units": 2}), dense(1)])
    case("recurrent", "sequence_labels", [5, 2], [("GRU", {"units": 3, "return_sequences": True}), dense(3, "softmax")],
         **{**SPARSE, "labels": "classes 3 steps 5"})
    case("recurrent", "adam_lstm", [5, 2], [("LSTM", {"units": 3}), dense(1)], optimizer=thing("Adam", learning_rate=0.01, clipnorm=1.0))


def masked():
    words = ("Embedding", {"input_dim": 7, "output_dim": 2, "mask_zero": True})
    case("masked", "embedding_lstm", ["tokens", 5, 7], [words, ("LSTM", {"units": 3}), dense(1)])
    case("masked", "embedding_gru", ["tokens", 5, 7], [words, ("GRU", {"units": 3}), dense(1)])
    case("masked", "embedding_plain", ["tokens", 5, 7], [("Embedding", {"input_dim": 7, "output_dim": 2}), ("Flatten", {}), dense(1)])
    case("masked", "masking_rnn", ["padded", 5, 2], [("Masking", {"mask_value": 0.0}), ("SimpleRNN", {"units": 3}), dense(1)])
    case("masked", "step_loss", ["padded", 5, 2], [("Masking", {"mask_value": 0.0}), ("GRU", {"units": 3, "return_sequences": True}), dense(1)],
         labels="real steps 5")
    case("masked", "step_classes", ["tokens", 5, 7], [words, ("LSTM", {"units": 3, "return_sequences": True}), dense(3, "softmax")],
         **{**SPARSE, "labels": "classes 3 steps 5"})


def convolutional():
    flat = [("Flatten", {}), dense(1)]
    conv = {"filters": 2, "kernel_size": 3}
    case("convolutional", "conv2d", [5, 5, 2], [("Conv2D", {**conv, "activation": "relu"}), *flat])
    case("convolutional", "conv2d_same", [5, 5, 1], [("Conv2D", {**conv, "padding": "same", "strides": 2}), *flat])
    case("convolutional", "conv2d_dilated", [7, 7, 1], [("Conv2D", {**conv, "dilation_rate": 2}), *flat])
    case("convolutional", "conv1d", [8, 2], [("Conv1D", {**conv, "activation": "tanh"}), *flat])
    case("convolutional", "conv1d_causal", [8, 2], [("Conv1D", {**conv, "padding": "causal"}), *flat])
    case("convolutional", "conv1d_causal_dilated", [8, 2], [("Conv1D", {**conv, "padding": "causal", "dilation_rate": 2}), *flat])
    case("convolutional", "separable", [5, 5, 2], [("SeparableConv2D", conv), *flat])
    case("convolutional", "depthwise", [5, 5, 2], [("DepthwiseConv2D", {"kernel_size": 3, "depth_multiplier": 2}), *flat])
    case("convolutional", "transposed", [3, 3, 2], [("Conv2DTranspose", {**conv, "strides": 2}), *flat])
    case("convolutional", "pools", [8, 8, 1], [("Conv2D", conv), ("MaxPooling2D", {"pool_size": 2}), ("AveragePooling2D", {"pool_size": 2, "padding": "same"}), *flat])
    case("convolutional", "global_average", [5, 5, 2], [("Conv2D", conv), ("GlobalAveragePooling2D", {}), dense(1)])
    case("convolutional", "global_max", [6, 2], [("Conv1D", conv), ("GlobalMaxPooling1D", {}), dense(1)])
    case("convolutional", "sizes", [4, 4, 1], [("ZeroPadding2D", {"padding": 1}), ("Conv2D", conv), ("UpSampling2D", {"size": [2, 2]}), ("Cropping2D", {"cropping": [[2, 2], [2, 2]]}), *flat])
    case("convolutional", "pixel_classes", [4, 4, 1], [("Conv2D", {**conv, "padding": "same", "activation": "tanh"}), ("Conv2D", {"filters": 3, "kernel_size": 1, "activation": "softmax"})],
         **{**SPARSE, "labels": "classes 3 pixels 4 4"})


def normalized():
    for name, layer in {
        "batch": ("BatchNormalization", {"momentum": 0.9}),
        "batch_no_scale": ("BatchNormalization", {"momentum": 0.9, "scale": False}),
        "batch_no_center": ("BatchNormalization", {"momentum": 0.9, "center": False}),
        "layer": ("LayerNormalization", {}),
        "layer_epsilon": ("LayerNormalization", {"epsilon": 0.1}),
    }.items():
        case("normalized", name, [4], [dense(5, "tanh"), layer, dense(1)])
    case("normalized", "batch_images", [5, 5, 1], [("Conv2D", {"filters": 2, "kernel_size": 3}), ("BatchNormalization", {}), ("ReLU", {}), ("Flatten", {}), dense(1)])
    case("normalized", "batch_frozen", [4], [dense(5, "tanh"), ("BatchNormalization", {"trainable": False}), dense(1)])


def attention():
    heads = {"num_heads": 2, "key_dim": 2}
    block = [
        ("mha", "MultiHeadAttention", heads, ["x", "x"]), ("sum", "Add", {}, ["x", "mha"]), ("norm", "LayerNormalization", {}, ["sum"]),
        ("wide", "Dense", {"units": 5, "activation": "gelu"}, ["norm"]), ("narrow", "Dense", {"units": 3}, ["wide"]),
        ("sum2", "Add", {}, ["norm", "narrow"]), ("norm2", "LayerNormalization", {}, ["sum2"]),
        ("pool", "GlobalAveragePooling1D", {}, ["norm2"]), ("y", "Dense", {"units": 1}, ["pool"])]
    case("attention", "transformer_block", {"x": [4, 3]}, block)
    case("attention", "transformer_adam", {"x": [4, 3]}, block, optimizer=thing("Adam", learning_rate=0.003))
    cross = [("mha", "MultiHeadAttention", {"num_heads": 1, "key_dim": 3}, ["x", "z"]),
             ("flat", "Flatten", {}, ["mha"]), ("y", "Dense", {"units": 1}, ["flat"])]
    case("attention", "cross", {"x": [3, 2], "z": [4, 2]}, cross)


def shaped():
    """Several inputs and outputs, shared and nested parts."""
    two = [("h", "Dense", {"units": 4, "activation": "tanh"}, ["x"]), ("y", "Dense", {"units": 1}, ["h"]),
           ("c", "Dense", {"units": 3, "activation": "softmax"}, ["h"])]
    both = {"y": "mean_squared_error", "c": "sparse_categorical_crossentropy"}
    outputs = {"outputs": ["y", "c"], "labels": {"y": "real", "c": "classes 3"}, "loss": both}
    case("shaped", "two_outputs", {"x": [4]}, two, **outputs)
    case("shaped", "two_outputs_weighted", {"x": [4]}, two, **outputs, loss_weights={"y": 0.3, "c": 2.0})
    case("shaped", "two_outputs_metrics", {"x": [4]}, two, **outputs, metrics={"c": ["accuracy"], "y": ["mae"]})
    joined = [("p", "Dense", {"units": 3, "activation": "tanh"}, ["a"]), ("q", "Dense", {"units": 2}, ["b"]),
              ("both", "Concatenate", {}, ["p", "q"]), ("y", "Dense", {"units": 1}, ["both"])]
    case("shaped", "two_inputs", {"a": [4], "b": [3]}, joined)
    case("shaped", "two_and_two", {"a": [4], "b": [3]}, [*joined, ("c", "Dense", {"units": 3, "activation": "softmax"}, ["both"])], **outputs)
    case("shaped", "tokens_and_numbers", {"w": ["tokens", 4, 6], "b": [3]}, [
        ("e", "Embedding", {"input_dim": 6, "output_dim": 2}, ["w"]), ("f", "Flatten", {}, ["e"]),
        ("both", "Concatenate", {}, ["f", "b"]), ("y", "Dense", {"units": 1}, ["both"])])
    case("shaped", "siamese", {"a": [4], "b": [4]}, [
        ("s", "Dense", {"units": 3, "activation": "tanh"}, ["a"]), ("t", "Shared", {"layer": "s"}, ["b"]),
        ("m", "Multiply", {}, ["s", "t"]), ("y", "Dense", {"units": 1}, ["m"])])
    for kind in ["Add", "Average", "Maximum", "Minimum"]:
        case("shaped", kind, {"a": [4], "b": [4]}, [
            ("s", "Dense", {"units": 3, "activation": "tanh"}, ["a"]), ("t", "Dense", {"units": 3}, ["b"]),
            ("m", kind, {}, ["s", "t"]), ("y", "Dense", {"units": 1}, ["m"])])
    case("shaped", "dot", {"a": [4], "b": [4]}, [
        ("s", "Dense", {"units": 3, "activation": "tanh"}, ["a"]), ("t", "Dense", {"units": 3}, ["b"]),
        ("m", "Dot", {"axes": 1}, ["s", "t"]), ("y", "Dense", {"units": 1}, ["m"])])
    inner = {"inputs": {"x": [4]}, "layers": chain([dense(4, "tanh"), ("BatchNormalization", {"momentum": 0.9}), dense(3)]), "outputs": ["l2"]}
    case("shaped", "nested", [4], [("Nested", {"model": inner}), dense(1)])
    case("shaped", "nested_frozen", [4], [("Nested", {"model": inner, "trainable": False}), dense(1)])
    case("shaped", "frozen_layer", [4], [dense(4, "tanh", trainable=False), dense(1)])
    case("shaped", "residual", {"x": [4]}, [
        ("h", "Dense", {"units": 4, "activation": "relu"}, ["x"]), ("s", "Add", {}, ["x", "h"]), ("y", "Dense", {"units": 1}, ["s"])])
    case("shaped", "reshaped", [6], [("Reshape", {"target_shape": [3, 2]}), ("Permute", {"dims": [2, 1]}), ("Flatten", {}), dense(1)])
    case("shaped", "repeated", [4], [dense(3, "tanh"), ("RepeatVector", {"n": 2}), ("Flatten", {}), dense(1)])


EMBEDDED = ("Embedding", {"input_dim": 7, "output_dim": 3, "mask_zero": True})
MASKING = ("Masking", {"mask_value": 0.0})


def masks():
    """Where masks go: through layers that support them, into nested models and out of them, and nowhere else."""
    tokens, padded = ["tokens", 5, 7], ["padded", 5, 3]
    steps = {"units": 3, "return_sequences": True}
    last = [("LSTM", {"units": 2}), dense(1)]
    case("masks", "repeated_after_lstm", padded, [MASKING, ("LSTM", {"units": 3}), ("RepeatVector", {"n": 5}), *last])
    case("masks", "passed_on", tokens, [EMBEDDED, ("LSTM", steps), ("LayerNormalization", {}), ("LeakyReLU", {"negative_slope": 0.2}), *last])
    case("masks", "activations", padded, [MASKING, dense(3), ("ELU", {}), ("Activation", {"activation": "tanh"}), ("ReLU", {}), *last])
    case("masks", "rescaled", padded, [MASKING, ("Rescaling", {"scale": 0.5, "offset": 0.1}), *last])
    case("masks", "other_value", padded, [("Masking", {"mask_value": -1.0}), *last])
    case("masks", "lost_in_convolution", padded, [MASKING, ("Conv1D", {"filters": 3, "kernel_size": 3, "padding": "same"}), *last])
    case("masks", "lost_in_reshape", padded, [MASKING, ("Reshape", {"target_shape": [5, 3]}), *last])
    case("masks", "lost_in_flatten", padded, [MASKING, ("Flatten", {}), dense(1)])
    case("masks", "mean_of_steps", tokens, [EMBEDDED, ("GlobalAveragePooling1D", {}), dense(1)])
    case("masks", "maximum_of_steps", tokens, [EMBEDDED, ("GlobalMaxPooling1D", {}), dense(1)])
    case("masks", "batch_normalization", padded, [MASKING, ("BatchNormalization", {"momentum": 0.8}), *last])
    case("masks", "bidirectional", padded, [MASKING, ("Bidirectional", {"layer": thing("GRU", **steps)}), ("Bidirectional", {"layer": thing("LSTM", units=2), "merge_mode": "ave"}), dense(1)])
    case("masks", "time_distributed", tokens, [EMBEDDED, ("TimeDistributed", {"layer": thing("Dense", units=3)}), *last])
    case("masks", "backwards", padded, [MASKING, ("GRU", {**steps, "go_backwards": True}), dense(1)], labels="real steps 5")
    case("masks", "step_labels_deep", padded, [MASKING, ("LSTM", steps), ("GRU", steps), dense(1)], labels="real steps 5", metrics=["mae"])
    cells = [thing("LSTMCell", units=3), thing("GRUCell", units=2)]
    case("masks", "stacked_cells", padded, [MASKING, ("RNN", {"cell": cells, "return_sequences": True}), ("Flatten", {}), dense(1)])
    inner = {"inputs": {"x": [5, 3]}, "layers": chain([("GRU", steps), dense(3)]), "outputs": ["l1"]}
    nested = ("Nested", {"model": inner})
    case("masks", "into_nested", padded, [MASKING, nested, *last])
    case("masks", "through_nested_to_loss", padded, [MASKING, nested, dense(1)], labels="real steps 5")
    embedding = {"inputs": {"x": tokens}, "layers": chain([EMBEDDED, dense(3, "tanh")]), "outputs": ["l1"]}
    case("masks", "out_of_nested", tokens, [("Nested", {"model": embedding}), *last])
    two = {"x": padded, "z": ["padded late", 5, 3]}
    ends = [("l", "LSTM", {"units": 2}, ["m"]), ("y", "Dense", {"units": 1}, ["l"])]
    both = [("a", *MASKING, ["x"]), ("b", *MASKING, ["z"])]
    for kind in ["Add", "Average", "Multiply", "Maximum", "Minimum", "Concatenate"]:
        case("masks", f"{kind}_of_masked", two, [*both, ("m", kind, {}, ["a", "b"]), *ends])
        case("masks", f"{kind}_with_unmasked", two, [both[0], ("m", kind, {}, ["a", "z"]), *ends])
    case("masks", "joined_in_time", two, [*both, ("m", "Concatenate", {"axis": 1}, ["a", "b"]), *ends])
    shared = [both[0], ("s", "GRU", {"units": 2}, ["a"]), ("t", "Shared", {"layer": "s"}, ["z"]),
              ("m", "Add", {}, ["s", "t"]), ("y", "Dense", {"units": 1}, ["m"])]
    case("masks", "shared_layer", two, shared)
    heads = {"num_heads": 2, "key_dim": 2}
    case("masks", "attention", {"x": tokens}, [
        ("e", *EMBEDDED, ["x"]), ("a", "MultiHeadAttention", heads, ["e", "e"]), ("s", "Add", {}, ["e", "a"]),
        ("p", "GlobalAveragePooling1D", {}, ["s"]), ("y", "Dense", {"units": 1}, ["p"])])
    case("masks", "attention_flat", {"x": tokens}, [
        ("e", *EMBEDDED, ["x"]), ("a", "MultiHeadAttention", heads, ["e", "e"]), ("f", "Flatten", {}, ["a"]), ("y", "Dense", {"units": 1}, ["f"])])
    case("masks", "attention_cross", two, [*both, ("m", "MultiHeadAttention", heads, ["a", "b"]), *ends])
    outputs = {"outputs": ["t", "y"], "labels": {"t": "real steps 5", "y": "real"}, "loss": {"t": "mean_squared_error", "y": "mean_squared_error"}}
    case("masks", "two_outputs", {"x": padded}, [
        ("a", *MASKING, ["x"]), ("s", "GRU", steps, ["a"]), ("t", "Dense", {"units": 1}, ["s"]),
        ("l", "LSTM", {"units": 2}, ["s"]), ("y", "Dense", {"units": 1}, ["l"])], **outputs)


def calls():
    """What layers are called with: other states, training or not; and layers that are called twice."""
    sequence = {"x": ["padded", 4, 2], "z": [4, 2]}
    state = {"units": 3, "return_state": True}
    masked = ("m", *MASKING, ["x"])
    for kind, states in [("LSTM", ["e.1", "e.2"]), ("GRU", ["e.1"])]:
        case("calls", f"encoder_decoder_{kind.lower()}", sequence, [
            ("e", kind, state, ["x"]), ("d", kind, {"units": 3, "return_sequences": True}, ["z", *states], {"initial_state": True}),
            ("u", kind, {"units": 2}, ["d"]), ("y", "Dense", {"units": 1}, ["u"])])
        case("calls", f"masked_encoder_{kind.lower()}", sequence, [
            masked, ("e", kind, state, ["m"]), ("d", kind, {"units": 3, "return_sequences": True}, ["z", *states], {"initial_state": True}),
            ("u", kind, {"units": 2}, ["d"]), ("y", "Dense", {"units": 1}, ["u"])])
    case("calls", "masked_decoder", {"x": [4, 2], "z": ["padded late", 4, 2]}, [
        ("e", "GRU", state, ["x"]), ("m", *MASKING, ["z"]),
        ("d", "GRU", {"units": 3, "return_sequences": True}, ["m", "e.1"], {"initial_state": True}),
        ("f", "Flatten", {}, ["d"]), ("y", "Dense", {"units": 1}, ["f"])])
    inner = {"inputs": {"x": [4]}, "layers": chain([dense(4, "tanh"), ("BatchNormalization", {"momentum": 0.9}), dense(3)]), "outputs": ["l2"]}
    case("calls", "base_not_training", {"x": [4]}, [("b", "Nested", {"model": inner}, ["x"], {"training": False}), ("y", "Dense", {"units": 1}, ["b"])])
    norm = ("BatchNormalization", {"momentum": 0.7})
    case("calls", "norm_not_training", {"x": [4]}, [("h", "Dense", {"units": 3}, ["x"]), ("n", *norm, ["h"], {"training": False}), ("y", "Dense", {"units": 1}, ["n"])])
    join = [("j", "Concatenate", {}, ["p", "q"]), ("y", "Dense", {"units": 1}, ["j"])]
    two = {"x": [3], "z": [3]}
    case("calls", "norm_twice", two, [("p", *norm, ["x"]), ("q", "Shared", {"layer": "p"}, ["z"]), *join])
    case("calls", "norm_twice_crossed", two, [("p", *norm, ["z"]), ("q", "Shared", {"layer": "p"}, ["x"]), *join])
    case("calls", "norm_twice_deep", two, [
        ("p", *norm, ["x"]), ("h", "Dense", {"units": 3, "activation": "tanh"}, ["p"]), ("q", "Shared", {"layer": "p"}, ["h"]), *join])
    case("calls", "norm_three_times", two, [
        ("p", *norm, ["x"]), ("h", "Dense", {"units": 3, "activation": "tanh"}, ["z"]), ("q", "Shared", {"layer": "p"}, ["h"]),
        ("r", "Shared", {"layer": "p"}, ["z"]), ("j", "Concatenate", {}, ["q", "p", "r"]), ("y", "Dense", {"units": 1}, ["j"])])
    base = {"inputs": {"x": [3]}, "layers": chain([dense(4, "tanh"), norm]), "outputs": ["l1"]}
    case("calls", "siamese_norm", two, [("p", "Nested", {"model": base}, ["x"]), ("q", "Shared", {"layer": "p"}, ["z"]), *join])
    images = {"inputs": {"x": [5, 5, 1]}, "layers": chain([("Conv2D", {"filters": 2, "kernel_size": 3}), norm, ("ReLU", {}), ("GlobalAveragePooling2D", {})]), "outputs": ["l3"]}
    case("calls", "siamese_images", {"x": [5, 5, 1], "z": [5, 5, 1]}, [("p", "Nested", {"model": images}, ["x"]), ("q", "Shared", {"layer": "p"}, ["z"]), *join])
    case("calls", "shared_lstm", {"x": [4, 2], "z": [4, 2]}, [("p", "LSTM", {"units": 2}, ["x"]), ("q", "Shared", {"layer": "p"}, ["z"]), *join])
    case("calls", "shared_embedding", {"x": ["tokens", 4, 6], "z": ["tokens", 4, 6]}, [
        ("e", "Embedding", {"input_dim": 6, "output_dim": 2}, ["x"]), ("g", "Shared", {"layer": "e"}, ["z"]),
        ("p", "Flatten", {}, ["e"]), ("q", "Flatten", {}, ["g"]), *join])
    case("calls", "layer_three_times", {"x": [4]}, [
        ("a", "Dense", {"units": 4, "activation": "tanh"}, ["x"]), ("b", "Shared", {"layer": "a"}, ["a"]), ("c", "Shared", {"layer": "a"}, ["b"]),
        ("y", "Dense", {"units": 1}, ["c"])])


def windows():
    """Convolutions and pools with all kinds of windows."""
    flat = [("Flatten", {}), dense(1)]
    conv = {"filters": 2, "kernel_size": 3}
    kinds = {
        "conv2d_uneven": ([6, 5, 2], "Conv2D", {"filters": 2, "kernel_size": [3, 2], "strides": [2, 1], "padding": "same"}),
        "conv2d_no_bias": ([5, 5, 1], "Conv2D", {**conv, "use_bias": False}),
        "conv2d_even_kernel": ([6, 6, 1], "Conv2D", {"filters": 2, "kernel_size": 2, "strides": 3, "padding": "same"}),
        "conv2d_dilated_same": ([6, 6, 1], "Conv2D", {**conv, "dilation_rate": [2, 1], "padding": "same"}),
        "conv1d_strided": ([9, 2], "Conv1D", {**conv, "strides": 2, "padding": "same"}),
        "conv1d_dilated": ([9, 2], "Conv1D", {**conv, "dilation_rate": 2}),
        "conv1d_dilated_same": ([9, 2], "Conv1D", {**conv, "dilation_rate": 3, "padding": "same"}),
        "conv1d_causal_strided": ([9, 2], "Conv1D", {**conv, "strides": 2, "padding": "causal"}),
        "conv3d": ([4, 4, 4, 1], "Conv3D", {"filters": 2, "kernel_size": 2, "strides": 2}),
        "conv3d_same": ([3, 4, 3, 1], "Conv3D", {"filters": 2, "kernel_size": 3, "padding": "same", "activation": "tanh"}),
        "separable_same": ([5, 5, 2], "SeparableConv2D", {**conv, "padding": "same", "depth_multiplier": 2, "activation": "relu"}),
        "separable_strided": ([6, 6, 2], "SeparableConv2D", {**conv, "strides": 2}),
        "separable_dilated": ([7, 7, 2], "SeparableConv2D", {**conv, "dilation_rate": 2}),
        "depthwise_same": ([5, 5, 2], "DepthwiseConv2D", {"kernel_size": 3, "padding": "same", "strides": 2}),
        "depthwise_dilated": ([7, 7, 2], "DepthwiseConv2D", {"kernel_size": 3, "dilation_rate": 2, "depth_multiplier": 2}),
        "transposed_same": ([4, 3, 2], "Conv2DTranspose", {**conv, "strides": 2, "padding": "same", "activation": "tanh"}),
        "transposed_uneven": ([3, 4, 2], "Conv2DTranspose", {"filters": 2, "kernel_size": [2, 3], "strides": [3, 1]}),
        "transposed_plain": ([4, 4, 2], "Conv2DTranspose", {**conv, "padding": "same"}),
        "transposed_3d": ([2, 3, 2, 1], "Conv3DTranspose", {"filters": 2, "kernel_size": 2, "strides": 2}),
    }
    for name, (shape, kind, config) in kinds.items():
        case("windows", name, shape, [(kind, config), *flat])
    pools = {
        "max2d_overlapping": ([6, 5, 2], "MaxPooling2D", {"pool_size": [3, 2], "strides": [1, 2]}),
        "max2d_same": ([5, 5, 2], "MaxPooling2D", {"pool_size": 2, "padding": "same"}),
        "average2d_same": ([5, 5, 2], "AveragePooling2D", {"pool_size": 3, "strides": 2, "padding": "same"}),
        "average2d_overlapping": ([5, 5, 2], "AveragePooling2D", {"pool_size": 2, "strides": 1}),
        "max1d": ([7, 2], "MaxPooling1D", {"pool_size": 3, "strides": 2, "padding": "same"}),
        "average1d": ([7, 2], "AveragePooling1D", {"pool_size": 2, "padding": "same"}),
        "max3d": ([4, 4, 4, 1], "MaxPooling3D", {"pool_size": 2}),
        "average3d": ([3, 4, 5, 1], "AveragePooling3D", {"pool_size": 2, "padding": "same"}),
        "global_max2d": ([4, 4, 2], "GlobalMaxPooling2D", {}),
        "global_average1d": ([5, 2], "GlobalAveragePooling1D", {}),
        "upsampled_bilinear": ([3, 3, 2], "UpSampling2D", {"size": [2, 2], "interpolation": "bilinear"}),
        "padded_unevenly": ([3, 3, 2], "ZeroPadding2D", {"padding": [[1, 0], [2, 1]]}),
        "cropped_unevenly": ([5, 5, 2], "Cropping2D", {"cropping": [[1, 0], [2, 1]]}),
    }
    for name, (shape, kind, config) in pools.items():
        first = {2: ("Conv1D", {"filters": 2, "kernel_size": 1}), 3: ("Conv2D", {"filters": 2, "kernel_size": 1})}.get(len(shape), ("Conv3D", {"filters": 2, "kernel_size": 1}))
        case("windows", name, shape, [first, (kind, config), *([] if kind.startswith("Global") else [flat[0]]), dense(1)])
    film = {"filters": 2, "kernel_size": 2}
    case("windows", "conv_lstm", [3, 4, 4, 1], [("ConvLSTM2D", film), *flat])
    case("windows", "conv_lstm_sequences", [3, 4, 4, 1], [("ConvLSTM2D", {**film, "padding": "same", "return_sequences": True}), ("ConvLSTM2D", {**film, "strides": 2}), *flat])
    case("windows", "time_distributed_conv", [3, 4, 4, 1], [("TimeDistributed", {"layer": thing("Conv2D", filters=2, kernel_size=3)}), ("TimeDistributed", {"layer": thing("Flatten")}), ("LSTM", {"units": 2}), dense(1)])


def axes():
    """Normalization and merging along axes, and with broadcasting."""
    flat = [("Flatten", {}), dense(1)]
    norm = {"momentum": 0.8}
    case("axes", "batch_first_axis", [4, 3], [("BatchNormalization", {**norm, "axis": 1}), *flat])
    case("axes", "batch_steps", [4, 3], [dense(3, "tanh"), ("BatchNormalization", norm), *flat])
    case("axes", "batch_image_rows", [4, 3, 2], [("Conv2D", {"filters": 2, "kernel_size": 1}), ("BatchNormalization", {**norm, "axis": 1}), *flat])
    case("axes", "batch_3d", [2, 3, 2, 2], [("BatchNormalization", norm), *flat])
    case("axes", "batch_regularized", [4], [dense(5, "tanh"), ("BatchNormalization", {**norm, "gamma_regularizer": thing("L2", l2=0.1), "beta_regularizer": thing("L1", l1=0.1)}), dense(1)])
    case("axes", "batch_no_affine", [4], [dense(5, "tanh"), ("BatchNormalization", {**norm, "scale": False, "center": False, "epsilon": 0.01}), dense(1)])
    case("axes", "layer_two_axes", [4, 3], [("LayerNormalization", {"axis": [1, 2]}), *flat])
    case("axes", "layer_first_axis", [4, 3], [("LayerNormalization", {"axis": 1}), *flat])
    case("axes", "layer_no_affine", [4], [dense(5, "tanh"), ("LayerNormalization", {"scale": False, "center": False}), dense(1)])
    case("axes", "layer_images", [4, 4, 2], [("Conv2D", {"filters": 3, "kernel_size": 3}), ("LayerNormalization", {}), *flat])
    case("axes", "softmax_layer", [4], [dense(3), ("Softmax", {})], labels="one hot 3", loss="categorical_crossentropy")
    case("axes", "softmax_first_axis", [4, 3], [dense(3), ("Softmax", {"axis": 1}), *flat])
    case("axes", "prelu_shared", [4, 3], [dense(3), ("PReLU", {"shared_axes": [1]}), *flat])
    two = {"a": [4, 3], "b": [4, 1]}
    ends = [("f", "Flatten", {}, ["m"]), ("y", "Dense", {"units": 1}, ["f"])]
    for kind in ["Add", "Multiply", "Average", "Maximum", "Minimum"]:
        case("axes", f"{kind}_broadcast", two, [("s", "Dense", {"units": 3}, ["a"]), ("t", "Dense", {"units": 1}, ["b"]), ("m", kind, {}, ["s", "t"]), *ends])
    three = {"a": [4, 3], "b": [4, 3], "c": [4, 3]}
    for kind in ["Add", "Average", "Maximum", "Multiply"]:
        case("axes", f"{kind}_of_three", three, [("s", "Dense", {"units": 3}, ["a"]), ("m", kind, {}, ["s", "b", "c"]), *ends])
    case("axes", "concatenate_steps", three, [("s", "Dense", {"units": 3}, ["a"]), ("m", "Concatenate", {"axis": 1}, ["s", "b", "c"]), *ends])
    pair = {"a": [4, 3], "b": [5, 3]}
    heads = [("s", "Dense", {"units": 3}, ["a"]), ("t", "Dense", {"units": 3}, ["b"])]
    case("axes", "dot_sequences", pair, [*heads, ("m", "Dot", {"axes": 2}, ["s", "t"]), *ends])
    case("axes", "dot_normalized", pair, [*heads, ("m", "Dot", {"axes": [2, 2], "normalize": True}, ["s", "t"]), *ends])
    case("axes", "dot_steps", {"a": [4, 3], "b": [4, 2]}, [("s", "Dense", {"units": 3}, ["a"]), ("m", "Dot", {"axes": 1}, ["s", "b"]), *ends])
    case("axes", "permuted_lstm", [4, 3], [("Permute", {"dims": [2, 1]}), ("LSTM", {"units": 2}), dense(1)])
    case("axes", "dense_on_images", [3, 3, 2], [dense(4, "relu"), *flat])


def tuned():
    """Optimizers with their options, schedules, regularizers and constraints on all kinds of weights."""
    fast = {"learning_rate": 0.01}
    kinds = {
        "adam_options": thing("Adam", **fast, beta_1=0.8, beta_2=0.95, epsilon=1e-4),
        "adam_everything": thing("Adam", **fast, amsgrad=True, weight_decay=0.05, clipnorm=0.05),
        "adamw_options": thing("AdamW", **fast, weight_decay=0.02, beta_1=0.7, epsilon=1e-3, amsgrad=True, clipvalue=0.03),
        "nadam_options": thing("Nadam", **fast, beta_1=0.8, beta_2=0.9, epsilon=1e-4, weight_decay=0.1),
        "adamax_options": thing("Adamax", **fast, beta_1=0.8, beta_2=0.95, epsilon=1e-3),
        "rmsprop_options": thing("RMSprop", **fast, rho=0.8, momentum=0.7, epsilon=1e-2, weight_decay=0.1),
        "adagrad_options": thing("Adagrad", learning_rate=0.1, initial_accumulator_value=0.5, epsilon=1e-3),
        "adadelta_options": thing("Adadelta", learning_rate=0.5, rho=0.8, epsilon=1e-3, global_clipnorm=0.2),
        "sgd_everything": thing("SGD", **fast, momentum=0.9, nesterov=True, weight_decay=0.1, clipvalue=0.05),
        "adam_ema_accumulated": thing("Adam", **fast, use_ema=True, ema_momentum=0.9, gradient_accumulation_steps=2, weight_decay=0.01),
        "staircase": thing("SGD", learning_rate=thing("ExponentialDecay", initial_learning_rate=0.2, decay_steps=7, decay_rate=0.6, staircase=True)),
        "piecewise": thing("SGD", learning_rate=thing("PiecewiseConstantDecay", boundaries=[6, 20], values=[0.2, 0.1, 0.01])),
        "polynomial": thing("SGD", learning_rate=thing("PolynomialDecay", initial_learning_rate=0.2, decay_steps=15, end_learning_rate=0.01, power=2.0)),
        "polynomial_cycle": thing("SGD", learning_rate=thing("PolynomialDecay", initial_learning_rate=0.2, decay_steps=10, end_learning_rate=0.01, cycle=True)),
        "cosine": thing("SGD", learning_rate=thing("CosineDecay", initial_learning_rate=0.2, decay_steps=30, alpha=0.1)),
        "cosine_warmup": thing("Adam", learning_rate=thing("CosineDecay", initial_learning_rate=0.0, decay_steps=20, warmup_target=0.05, warmup_steps=6)),
        "cosine_restarts": thing("SGD", learning_rate=thing("CosineDecayRestarts", initial_learning_rate=0.2, first_decay_steps=8, t_mul=1.5, m_mul=0.8)),
    }
    for name, optimizer in kinds.items():
        case("tuned", name, [4], SMALL, optimizer=optimizer)
    l2, unit = thing("L2", l2=0.05), thing("UnitNorm", axis=0)
    case("tuned", "min_max_norm", [4], [dense(5, "tanh", kernel_constraint=thing("MinMaxNorm", min_value=0.3, max_value=0.6, rate=0.5, axis=0)), dense(1)])
    case("tuned", "bias_constraint", [4], [dense(5, "tanh", bias_constraint=thing("NonNeg")), dense(1, bias_regularizer=l2)])
    case("tuned", "conv_max_norm", [5, 5, 2], [("Conv2D", {"filters": 2, "kernel_size": 3, "kernel_constraint": thing("MaxNorm", max_value=0.5, axis=[0, 1, 2])}), ("Flatten", {}), dense(1)])
    case("tuned", "recurrent_constraint", [4, 2], [("GRU", {"units": 2, "recurrent_constraint": unit, "kernel_regularizer": l2, "bias_regularizer": l2}), dense(1)])
    case("tuned", "embedding_regularized", ["tokens", 4, 6], [("Embedding", {"input_dim": 6, "output_dim": 2, "embeddings_regularizer": l2, "embeddings_constraint": thing("MaxNorm", max_value=0.5, axis=1)}), ("Flatten", {}), dense(1)])
    case("tuned", "separable_regularized", [5, 5, 2], [("SeparableConv2D", {"filters": 2, "kernel_size": 3, "depthwise_regularizer": l2, "pointwise_regularizer": l2}), ("Flatten", {}), dense(1)])
    case("tuned", "bidirectional_regularized", [4, 2], [("Bidirectional", {"layer": thing("LSTM", units=2, recurrent_regularizer=l2)}), dense(1)])
    case("tuned", "time_distributed_regularized", [4, 2], [("TimeDistributed", {"layer": thing("Dense", units=2, kernel_regularizer=l2)}), ("Flatten", {}), dense(1)])
    case("tuned", "simple_rnn_relu", [4, 2], [("SimpleRNN", {"units": 2, "activation": "relu", "use_bias": False, "return_sequences": True}), ("Flatten", {}), dense(1)])
    case("tuned", "lstm_relu", [4, 2], [("LSTM", {"units": 2, "activation": "relu", "recurrent_activation": "tanh", "use_bias": False}), dense(1)])
    case("tuned", "integer_labels", [4], SMALL, labels="classes 3", loss="mean_squared_error", metrics=["mae"])
    case("tuned", "mse_softmax", [4], SOFTMAX, labels="one hot 3", metrics=["accuracy"])
    case("tuned", "top_one_unit_relu", [4], [dense(5, "tanh"), dense(1, "relu")], labels="positive", loss="mean_absolute_error")
    case("tuned", "class_weight_column", [4], SOFTMAX, **{**SPARSE, "labels": "classes 3 column"}, class_weight={"0": 0.2, "2": 3.0})



for family in (activations, losses, optimizers, accumulation, weighted, regularized, recurrent, masked, convolutional, normalized,
               attention, shaped, masks, calls, windows, axes, tuned, weighted_parts):
    family()
