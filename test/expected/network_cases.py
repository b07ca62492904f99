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
    return [{"name": name, **thing(kind, **config), "from": list(sources)} for name, kind, config, sources in layers]


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
    plain = {"inputs": {"x": [4]}, "layers": chain([dense(4, "tanh"), dense(3)]), "outputs": ["l1"]}
    case("shaped", "nested_shared", {"a": [4], "b": [4]}, [
        ("n", "Nested", {"model": plain}, ["a"]), ("t", "Shared", {"layer": "n"}, ["b"]),
        ("m", "Concatenate", {}, ["n", "t"]), ("y", "Dense", {"units": 1}, ["m"])])
    case("shaped", "frozen_layer", [4], [dense(4, "tanh", trainable=False), dense(1)])
    case("shaped", "residual", {"x": [4]}, [
        ("h", "Dense", {"units": 4, "activation": "relu"}, ["x"]), ("s", "Add", {}, ["x", "h"]), ("y", "Dense", {"units": 1}, ["s"])])
    case("shaped", "reshaped", [6], [("Reshape", {"target_shape": [3, 2]}), ("Permute", {"dims": [2, 1]}), ("Flatten", {}), dense(1)])
    case("shaped", "repeated", [4], [dense(3, "tanh"), ("RepeatVector", {"n": 2}), ("Flatten", {}), dense(1)])


for family in (activations, losses, optimizers, accumulation, weighted, regularized, recurrent, masked, convolutional, normalized,
               attention, shaped):
    family()
