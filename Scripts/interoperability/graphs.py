"""Checks exported graphs: are they valid, and do ONNX Runtime and millrace agree on real images?"""

import json

import numpy
import onnx
import onnxruntime
from PIL import Image

LIMIT = 1e-5


def pixels(paths):
    """Images as (batch, channels, height, width) from 0 to 255."""
    images = [numpy.asarray(Image.open(path), dtype=numpy.float32) for path in paths]
    planes = [image[None] if image.ndim == 2 else image.transpose(2, 0, 1) for image in images]
    return numpy.stack(planes)


def check_graph(checks, millrace, folder, run, data, network):
    """Exports a run and compares predictions and the evaluation."""
    export = millrace.json("export", run, "--format", "onnx")
    model = onnx.load(folder / export["path"])
    onnx.checker.check_model(model, full_check=True)
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    classes = json.loads(metadata["millrace.classes"])

    answer = millrace.json("predict", run, data, "--top-k", len(classes))
    predictions = answer["predictions"]
    expected = numpy.zeros((len(predictions), len(classes)), dtype=numpy.float32)
    for row, prediction in enumerate(predictions):
        for ranked in prediction["topK"]:
            expected[row, classes.index(ranked["class"])] = ranked["probability"]

    session = onnxruntime.InferenceSession(folder / export["path"], providers=["CPUExecutionProvider"])
    inputs = pixels([folder / prediction["path"] for prediction in predictions])
    found = session.run([export["output"]["name"]], {export["input"]["name"]: inputs})[0]
    # The batch is dynamic: one image alone gives the same.
    alone = session.run(None, {"pixels": inputs[:1]})[0]
    difference = max(numpy.abs(found - expected).max(), numpy.abs(alone - found[:1]).max())
    # Scores have no bounds, and Floats have no more than seven digits: where scores are large, so may the difference
    # be.
    largest = float(numpy.abs(expected).max())
    limit = LIMIT * (max(1, largest) if export["output"]["name"] == "scores" else 1)
    checks.close(difference, limit, f"{network}: ONNX Runtime and predict",
                 f", {len(predictions)} images, largest {largest:.3g}")

    evaluation = millrace.json("evaluate", run, data)
    labels = numpy.array([classes.index(prediction["path"].split("/")[-2]) for prediction in predictions])
    accuracy = float((found.argmax(axis=1) == labels).mean())
    checks.close(abs(accuracy - evaluation["accuracy"]), LIMIT, f"{network}: accuracy and evaluate", f" ({accuracy:.4f})")
    if export["output"]["name"] == "probabilities" and abs(found.sum(axis=1) - 1).max() < 1e-4:
        loss = float(-numpy.log(found[numpy.arange(len(labels)), labels].astype(numpy.float64)).mean())
        checks.close(abs(loss - evaluation["loss"]), LIMIT, f"{network}: loss and evaluate", f" ({loss:.4f})")
