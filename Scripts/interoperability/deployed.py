"""Models that take a picture of any size: the graph, the program beside it, and the C file. What do they say?"""

import ctypes
import json
import re
import shutil
import subprocess
import sys

import numpy
import onnxruntime
from PIL import Image, ImageOps

# Sums in another order make less; one row of pixels that is a few levels off makes more.
LIMIT = 1e-4
C_LIMIT = 1e-5
STRICT = ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-O3"]


def picture(path, background):
    """A picture as it is taken: uint8 of (height, width, 3), upright, over the background."""
    image = ImageOps.exif_transpose(Image.open(path))
    if image.mode.startswith("I"):
        image = Image.fromarray(numpy.rint(numpy.asarray(image) / 257).astype(numpy.uint8))
    image = image.convert("RGBA")
    ground = Image.new("RGBA", image.size, (*background, 255))
    return numpy.ascontiguousarray(Image.alpha_composite(ground, image).convert("RGB"))


class CModel:
    """A C file, compiled and loaded."""

    def __init__(self, source):
        library = source.with_suffix(".so")
        subprocess.run(["cc", *STRICT, "-shared", "-fPIC", source, "-o", library, "-lm"], check=True)
        self.call = getattr(ctypes.CDLL(str(library)), source.stem + "_classify")
        self.call.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_int, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_void_p]
        header = source.with_suffix(".h").read_text()
        size = {key: int(value) for key, value in re.findall(r"#define \w+_(CLASSES|WORKSPACE) (\d+)", header)}
        self.workspace = numpy.empty(size["WORKSPACE"], dtype=numpy.float32)
        self.outputs = numpy.empty(size["CLASSES"], dtype=numpy.float32)

    def __call__(self, pixels):
        height, width = pixels.shape[:2]
        best = self.call(
            pixels.ctypes.data, width, height, pixels.strides[0], self.workspace.ctypes.data, self.outputs.ctypes.data)
        assert best == self.outputs.argmax()
        return self.outputs.copy()


def is_exact(path, preprocessing):
    """Whether libjpeg, or a turn after the reduction, makes other pixels of it than who is given the upright picture."""
    image = Image.open(path)
    sides = [preprocessing["width"], preprocessing["height"]]
    if image.getexif().get(274, 1) in (5, 6, 7, 8):
        sides = sides[::-1]
    enough = numpy.ceil(numpy.array(sides, numpy.float32) * numpy.float32(preprocessing.get("magnification", 1)))
    is_whole = any(-(-numpy.array(image.size) // 2) < enough)
    is_luma = preprocessing["channels"] == "gray" and image.format == "JPEG"
    return (is_whole or image.format != "JPEG" and image.getexif().get(274, 1) == 1) and not is_luma


def check_deployed(checks, millrace, folder, run, name, predictions):
    """Exports a run in all ways that take a picture, and compares with what predict has said."""
    export = ["export", run, "--format"]
    millrace.run(*export, "onnx", "--input", "image", "--output", "picture.onnx", "--replace")
    session = onnxruntime.InferenceSession(folder / "picture.onnx", providers=["CPUExecutionProvider"])
    metadata = session.get_modelmeta().custom_metadata_map
    classes = json.loads(metadata["millrace.classes"])
    preprocessing = json.loads(metadata["millrace.preprocessing"])
    models = {"a graph of the picture": (lambda image: session.run(None, {"image": image})[0][0], LIMIT)}
    if shutil.which("cc"):
        # Of a name of its own, for a library that is loaded stays.
        source = f"{name.replace('-', '_')}.c"
        millrace.run(*export, "c", "--output", source)
        models["C"] = (CModel(folder / source), C_LIMIT)
    expected = {}
    for prediction in predictions:
        values = {ranked["class"]: ranked["probability"] for ranked in prediction["topK"]}
        expected[prediction["path"]] = numpy.array([values[label] for label in classes])
    for kind, (model, limit) in models.items():
        same, exact, worst = 0, (0.0, ""), 0.0
        for path, values in expected.items():
            found = model(picture(folder / path, preprocessing["background"]))
            difference = float(numpy.abs(found - values).max())
            same += int(found.argmax() == values.argmax())
            worst = max(worst, difference)
            if is_exact(folder / path, preprocessing):
                exact = max(exact, (difference, path))
        checks.close(exact[0], limit, f"{name}: {kind}, and predict", f", worst {exact[1]}; {worst:.1e} where it is turned"
                     " or reduced by libjpeg")
        share = same / len(expected)
        checks.that(share >= 0.995, f"{name}: {kind}, equal classes", f"{share:.2%} of {len(expected)} pictures")

    for program, graph in [(folder / run / "model.onnx.py", "pixels"), (folder / "picture.onnx.py", "the picture")]:
        paths = [path for path in expected if graph == "pixels" or is_exact(folder / path, preprocessing)]
        output = subprocess.run(
            [sys.executable, program, *paths], cwd=folder, check=True, text=True, stdout=subprocess.PIPE).stdout
        worst, same = 0.0, 0
        for line, path in zip(output.splitlines(), paths, strict=True):
            probability, label, said = line.split("  ", 2)
            assert said == path, line
            same += int(label == classes[expected[path].argmax()])
            worst = max(worst, abs(float(probability) - expected[path].max()))
        checks.close(worst, LIMIT, f"{name}: the program beside a graph of {graph}", f", {same} of {len(paths)} classes equal")
