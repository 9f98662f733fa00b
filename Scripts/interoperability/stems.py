"""Stems against PyTorch: outputs and the gradient of one step with the same weights, and the same names and order."""

import json

import numpy
from safetensors.numpy import load_file, save_file

from graphs import pixels

SIZE = 20
MEAN, DEVIATION = 0.5, 0.25
OUTPUT_LIMIT, GRADIENT_LIMIT = 1e-5, 1e-4

# A name, the stem, hidden layers, normalisation, and what PyTorch calls the same.
STEMS = [
    ("mean", "conv:8,12,16", [], "sync", {}),
    ("flat, hidden", "conv:8,12;head=flatten", [24], "sync", {"head": "flatten"}),
    ("no normalisation", "conv:8,12", [24], "none", {}),
    ("deep, average", "conv:8,12;depth=2;pool=average;activation=gelu", [], "sync",
     {"depth": 2, "pool": "average", "activation": "gelu"}),
    ("strides", "conv:8,12;kernel=5;stride=2;pool=none;activation=tanh", [], "sync",
     {"kernel": 5, "stride": 2, "pool": "none", "activation": "tanh"}),
    ("rests", "conv:8;kernel=4;padding=1;window=3;head=flatten", [], "sync",
     {"kernel": 4, "padding": 1, "window": 3, "head": "flatten"}),
]


def build(torch, channels, classes, hidden, normalised, depth=1, kernel=3, stride=1, padding=None, pool="max",
          window=2, activation="relu", head="mean"):
    """The network in PyTorch, and the names that its parameters have here."""
    nn = torch.nn
    functions = {"relu": nn.ReLU, "gelu": nn.GELU, "tanh": nn.Tanh}
    layers, names, place, inputs, side = [], [], 0, 3, SIZE
    padding = kernel // 2 if padding is None else padding
    for width in channels:
        for number in range(depth):
            step = stride if number == 0 else 1
            convolution = nn.Conv2d(inputs, width, kernel, step, padding, bias=not normalised)
            layers.append(convolution)
            names.append((convolution, {"weight": f"{place}.convolution.weight", "bias": f"{place}.convolution.bias"}))
            side = (side + 2 * padding - kernel) // step + 1
            if normalised:
                layers.append(nn.BatchNorm2d(width))
                names.append((layers[-1], {
                    "weight": f"{place}.convolution.scale", "bias": f"{place}.convolution.shift",
                    "running_mean": f"{place}.convolution.running_mean",
                    "running_var": f"{place}.convolution.running_variance"}))
            layers.append(functions[activation]())
            place, inputs = place + 1, width
        if pool != "none":
            layers.append(nn.MaxPool2d(window) if pool == "max" else nn.AvgPool2d(window))
            side //= window
    if head == "mean":
        layers.append(nn.AdaptiveAvgPool2d(1))
    layers.append(nn.Flatten())
    # A layer of its own here, too.
    place += side > 1
    inputs *= 1 if head == "mean" else side * side
    for units in hidden:
        layers.append(nn.Linear(inputs, units, bias=not normalised))
        names.append((layers[-1], {"weight": f"{place}.dense.weight", "bias": f"{place}.dense.bias"}))
        place += 1
        if normalised:
            layers.append(nn.BatchNorm1d(units))
            names.append((layers[-1], {
                "weight": f"{place}.batchnorm.scale", "bias": f"{place}.batchnorm.shift",
                "running_mean": f"{place}.batchnorm.running_mean",
                "running_var": f"{place}.batchnorm.running_variance"}))
            place += 1
        layers.append(nn.ReLU())
        inputs = units
    layers.append(nn.Linear(inputs, classes))
    names.append((layers[-1], {"weight": f"{place}.dense.weight", "bias": f"{place}.dense.bias"}))
    return nn.Sequential(*layers), names


def tensors(names, gradients=False):
    """Parameters, or their gradients, by the names here."""
    result = {}
    for module, known in names:
        for key, name in known.items():
            tensor = getattr(module, key, None)
            if tensor is not None and not (gradients and tensor.grad is None):
                tensor = tensor.grad if gradients else tensor
                result[name] = tensor.detach().float().numpy().copy()
    return result


def check_stems(checks, millrace, folder):
    """Trains one step on all images from weights of PyTorch."""
    try:
        import torch
    except ImportError:
        print("        torch is not installed: stems are not compared with it")
        return
    torch.manual_seed(1)
    files = sorted((folder / "RGB").glob("*/*.png"))
    classes = sorted({file.parent.name for file in files})
    inputs = torch.tensor((pixels(files) / 255 - MEAN) / DEVIATION).double()
    labels = torch.tensor([classes.index(file.parent.name) for file in files])
    for number, (name, stem, hidden, normalisation, options) in enumerate(STEMS):
        channels = [int(width) for width in stem.split(";")[0].removeprefix("conv:").split(",")]
        net, names = build(torch, channels, len(classes), hidden, normalisation != "none", **options)
        net = net.double().train()
        before = tensors(names)
        save_file(before, folder / "stem.safetensors")
        torch.nn.CrossEntropyLoss()(net(inputs), labels).backward()
        expected = tensors(names, gradients=True)
        run = f"stem-{number}"
        millrace.run(
            "train", "RGB", "--name", run, "--image-size", SIZE, "--stem", stem,
            "--hidden", ",".join(map(str, hidden)) or "none", "--batch-norm", normalisation,
            *(["--dropout", 0] if hidden else []), "--augment", "none", "--normalize", f"{MEAN}/{DEVIATION}",
            "--label-smoothing", 0, "--balance", "none", "--val-fraction", 0, "--epochs", 1, "--batch-size", len(files),
            "--optimizer", "sgd", "--lr", 1, "--schedule", "constant", "--warmup-epochs", 0, "--weight-decay", 0,
            "--init-weights", "stem.safetensors", "--quiet")
        after = load_file(folder / f"runs/{run}/model.safetensors")
        checks.that(set(after) == set(before) and all(after[key].shape == before[key].shape for key in before),
                    f"stem {name}: names and shapes", f"{len(after)} tensors")
        worst = 0
        for key, gradient in expected.items():
            found = before[key].astype(numpy.float64) - after[key]
            # What a weight of Float has lost of a step counts for nothing.
            rounding = numpy.abs(before[key]).max() * 2 ** -23
            scale = numpy.abs(gradient).max()
            worst = max(worst, max(0, numpy.abs(found - gradient).max() - rounding) / scale)
        checks.close(worst, GRADIENT_LIMIT, f"stem {name}: PyTorch's gradient")
        statistics = {key: value for key, value in tensors(names).items() if "running" in key}
        difference = max([numpy.abs(after[key] - value).max() / numpy.abs(value).max()
                          for key, value in statistics.items()] or [0])
        checks.close(difference, GRADIENT_LIMIT, f"stem {name}: PyTorch's running statistics")

        # The same weights in use.
        for module, known in names:
            for key, there in known.items():
                if getattr(module, key, None) is not None:
                    getattr(module, key).data.copy_(torch.tensor(after[there]))
        with torch.no_grad():
            outputs = torch.softmax(net.eval()(inputs), 1).numpy()
        answer = millrace.json("predict", f"runs/{run}", "RGB", "--top-k", len(classes))
        difference = 0
        for prediction in answer["predictions"]:
            row = files.index(folder / prediction["path"])
            for ranked in prediction["topK"]:
                difference = max(
                    difference, abs(ranked["probability"] - outputs[row, classes.index(ranked["class"])]))
        checks.close(difference, OUTPUT_LIMIT, f"stem {name}: PyTorch's outputs")
