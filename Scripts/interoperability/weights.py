"""Checks weights as files: safetensors and npz that other programs open, and safetensors that other programs have
written."""

import json

import numpy
import onnx
from safetensors.numpy import load_file, save_file


def check_files(checks, millrace, run):
    """Checks that model, checkpoints and exports hold the same weights."""
    model = load_file(run / "model.safetensors")
    count = sum(tensor.size for tensor in model.values())
    # There are three weight matrices, the last layer's bias, and four vectors of each of two normalisations.
    checks.that(len(model) == 12, "safetensors opens the model", f"{len(model)} tensors, {count} parameters")
    for name in ["last", "previous", "best"]:
        checkpoint = load_file(run / f"checkpoints/{name}.safetensors")
        isGood = set(checkpoint) >= set(model) and all(checkpoint[key].shape == model[key].shape for key in model)
        checks.that(isGood, f"safetensors opens checkpoints/{name}", f"{len(checkpoint)} tensors")

    path = str(run.relative_to(millrace.folder))
    millrace.run("export", path, "--format", "npz")
    arrays = numpy.load(run / "model.npz")
    isSame = all(numpy.array_equal(arrays[key], model[key]) for key in model)
    classes = (run / "classes.txt").read_text().splitlines()
    isSame = isSame and list(arrays["classes"]) == classes
    preprocessing = json.loads(str(arrays["millrace.preprocessing"]))
    isSame = isSame and numpy.allclose(arrays["mean"], preprocessing["mean"], atol=0, rtol=1e-7)
    checks.that(isSame, "numpy.load of the npz, and the model's own tensors", f"{len(arrays.files)} arrays, equal bits")

    millrace.run("export", path, "--format", "safetensors", "--output", "exported.safetensors")
    exported = load_file(millrace.folder / "exported.safetensors")
    isSame = set(exported) == set(model) and all(numpy.array_equal(exported[key], model[key]) for key in model)
    checks.that(isSame, "the safetensors export", f"{len(exported)} tensors, equal bits")

    graph = onnx.load(run / "model.onnx").graph
    constants = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in graph.initializer}
    isSame = all(numpy.array_equal(constants[key], model[key]) for key in model)
    checks.that(isSame, "the graph's weights", f"{len(constants)} constants, equal bits")


def check_import(checks, millrace, samples, folder):
    """Checks that training begins with weights that Python has written, and refuses those that do not fit."""
    random = numpy.random.default_rng(1)
    shapes = {
        "0.dense.weight": (24, 1200), "1.batchnorm.scale": (24,), "1.batchnorm.shift": (24,),
        "1.batchnorm.running_mean": (24,), "1.batchnorm.running_variance": (24,), "2.dense.weight": (8, 24),
        "2.dense.bias": (8,),
    }
    weights = {name: random.uniform(0.01, 0.1, shape).astype(numpy.float32) for name, shape in shapes.items()}
    save_file(weights, folder / "begin.safetensors")
    flags = ["--image-size", 20, "--hidden", "24", "--batch-norm", "sync", "--epochs", 1, "--weight-decay", 0]
    # The steps are too small to change a bit, so the weights do not change.
    millrace.run("train", samples, *flags, "--lr", "1e-30", "--init-weights", "begin.safetensors", "--name",
                 "begun", "--quiet")
    model = load_file(folder / "runs/begun/model.safetensors")
    learned = [name for name in shapes if "running" not in name]
    isSame = all(numpy.array_equal(model[name], weights[name]) for name in learned)
    checks.that(isSame, "training begins with weights of another program", f"{len(learned)} tensors, equal bits")

    for problem in ["a shape", "a name"]:
        wrong = dict(weights)
        tensor = wrong.pop("2.dense.bias")
        wrong["2.dense.bias" if problem == "a shape" else "fc.bias"] = tensor[:7] if problem == "a shape" else tensor
        save_file(wrong, folder / "wrong.safetensors")
        message = millrace.run("train", samples, *flags, "--init-weights", "wrong.safetensors", "--quiet", status=65)
        lines = message.splitlines()
        checks.that(len(lines) == 1 and "2.dense.bias" in message, f"{problem} that does not fit is refused", lines[0])
