"""PyTorch's side of scripts/bench/training.ts, as an expert of PyTorch would write it for a processor.

    torch_training.py CASE STEPS    CASE is convnet, mobilenet or lstm; answers each line with {"eager": ms, "compiled": ms},
                                    milliseconds per training step

All pictures lie in one tensor of bytes; a step gathers its rows by a permutation made anew, and scales them. Pictures are in
`channels_last`, which is what oneDNN's convolutions are fastest with. Loss and accuracy are summed and read after the epoch.
`compiled` is the same step with the model under `torch.compile` (its C++ code for processors), compiled before the first answer.
"""

import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional

CLASSES, BATCH, RATE = 10, 32, 0.01


class ConvNet(nn.Sequential):
    def __init__(self) -> None:
        def block(inputs: int, filters: int) -> list[nn.Module]:
            pairs = [(inputs, filters), (filters, filters)]
            convolutions = [part for pair in pairs for part in (nn.Conv2d(*pair, 3, padding=1), nn.ReLU())]
            return [*convolutions, nn.MaxPool2d(2), nn.BatchNorm2d(filters, eps=1e-3, momentum=0.01)]

        top = [nn.Flatten(), nn.Linear(64 * 8 * 8, 128), nn.ReLU(), nn.Dropout(0.5), nn.Linear(128, CLASSES)]
        super().__init__(*block(3, 32), *block(32, 64), *top)


class Inverted(nn.Module):
    """MobileNetV2's block: widen, filter each channel by itself, narrow; the inputs are added where the shapes agree."""

    def __init__(self, inputs: int, outputs: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = inputs * expansion
        widen = normalized(inputs, wide, 1) if expansion > 1 else []
        narrow = normalized(wide, outputs, 1, activation=False)
        self.body = nn.Sequential(*widen, *normalized(wide, wide, 3, stride, groups=wide), *narrow)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.body(x) if self.residual else self.body(x)


def normalized(inputs: int, outputs: int, size: int, stride: int = 1, groups: int = 1, activation: bool = True):
    convolution = nn.Conv2d(inputs, outputs, size, stride, size // 2, groups=groups, bias=False)
    norm = nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.001)
    return [convolution, norm, *([nn.ReLU6()] if activation else [])]


def rounded(channels: float) -> int:
    """MobileNet's rule: to a multiple of 8, at most a tenth less."""
    whole = max(8, int(channels + 4) // 8 * 8)
    return whole + 8 if whole < 0.9 * channels else whole


class MobileNet(nn.Sequential):
    """MobileNetV2 0.35 without its top, mean of the last features, ten classes."""

    def __init__(self, alpha: float = 0.35) -> None:
        # Expansion, channels, blocks, stride of the first (table 2 of the paper).
        stages = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
        channels = rounded(32 * alpha)
        layers = normalized(3, channels, 3, 2)
        for expansion, wanted, blocks, stride in stages:
            outputs = rounded(wanted * alpha)
            for i in range(blocks):
                layers.append(Inverted(channels, outputs, stride if i == 0 else 1, expansion))
                channels = outputs
        top = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1280, CLASSES)]
        super().__init__(*layers, *normalized(channels, 1280, 1), *top)


class Lstm(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.recurrent = nn.LSTM(32, 64, num_layers=2, batch_first=True)
        self.top = nn.Linear(64, CLASSES)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.top(self.recurrent(x)[0][:, -1])


# Model, shape of a sample, rows of data.
CASES = {
    "convnet": (ConvNet, (3, 32, 32), 2560),
    "mobilenet": (MobileNet, (3, 96, 96), 640),
    "lstm": (Lstm, (50, 32), 2560),
}


def answer_case(name: str, steps: int) -> None:
    build, shape, rows = CASES[name]
    torch.manual_seed(0)
    images = torch.randint(0, 256, (rows, *shape), dtype=torch.uint8)
    if len(shape) == 3:
        images = images.to(memory_format=torch.channels_last)
    labels = torch.randint(0, CLASSES, (rows,))

    def trained(compiled: bool):
        model = build()
        if len(shape) == 3:
            model = model.to(memory_format=torch.channels_last)
        forward = torch.compile(model) if compiled else model
        optimizer = torch.optim.SGD(model.parameters(), RATE)

        def fit() -> None:
            loss_sum, correct = torch.zeros(()), torch.zeros(())
            order = torch.cat([torch.randperm(rows) for _ in range(-(-steps * BATCH // rows))])
            for chosen in order[: steps * BATCH].split(BATCH):
                x, y = images[chosen].float() / 255, labels[chosen]
                outputs = forward(x)
                loss = functional.cross_entropy(outputs, y)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                loss_sum += loss.detach()
                correct += (outputs.argmax(1) == y).sum()
            loss_sum.item(), correct.item()

        return fit

    fits = {"eager": trained(compiled=False), "compiled": trained(compiled=True)}
    for fit in fits.values():
        fit()
    for _ in sys.stdin:
        times = {}
        for kind, fit in fits.items():
            started = time.perf_counter()
            fit()
            times[kind] = (time.perf_counter() - started) * 1000 / steps
        print(json.dumps(times), flush=True)


answer_case(sys.argv[1], int(sys.argv[2]))
