"""Checks that the documented way from a picture to a graph's input leads to what millrace predicts."""

import json

import numpy
import onnxruntime
from PIL import Image

from deployed import check_deployed
from pixels import pixels

# Sums in another order differ by less; one row of pixels that is a few levels off differs by more.
LIMIT = 1e-4
SIZES = [(97, 61), (61, 97), (200, 33), (131, 300), (64, 64), (17, 9)]
ORIENTATION = 274


def draw(source, target):
    """Pictures of many shapes, turned by EXIF, transparent, gray, of 16 bits and of four inks."""
    target.mkdir()
    originals = [Image.open(file).convert("RGB") for file in sorted(source.glob("*/*"))[:: 24]]
    for number, (width, height) in enumerate(SIZES):
        image = originals[number % len(originals)].resize((width, height), Image.Resampling.BICUBIC)
        for turn in range(1, 9):
            exif = Image.Exif()
            exif[ORIENTATION] = turn
            image.save(target / f"turned-{number}-{turn}.jpg", quality=95, exif=exif)
            image.save(target / f"turned-{number}-{turn}.png", exif=exif)
        ramp = numpy.linspace(0, 255, width).round().astype(numpy.uint8)
        clear = Image.fromarray(numpy.broadcast_to(ramp, (height, width)).copy())
        transparent = image.copy()
        transparent.putalpha(clear)
        transparent.save(target / f"transparent-{number}.png")
        transparent.quantize(16).save(target / f"palette-{number}.png")
        image.convert("L").save(target / f"gray-{number}.png")
        image.convert("L").save(target / f"gray-{number}.jpg", quality=95)
        image.convert("CMYK").save(target / f"inks-{number}.jpg", quality=95)
        deep = numpy.asarray(image.convert("L")).astype(numpy.uint16) * 257
        Image.fromarray(deep).save(target / f"deep-{number}.png")


def check_pictures(checks, millrace, samples, folder):
    """Trains as people do, with crops and a background, and compares."""
    draw(samples / "train" if (samples / "train").exists() else samples, folder / "pictures")
    kinds = [("colour", []), ("gray", ["--channels", "gray"]), ("wide", ["--image-size", "24x10"])]
    kinds += [(fit, ["--fit", fit]) for fit in ("pad", "pad-reflect", "stretch")]
    kinds.append(("stem", ["--stem", "conv:8,12"]))
    for name, flags in kinds:
        run = f"runs/pictures-{name}"
        millrace.run(
            "train", samples, "--name", f"pictures-{name}", "--image-size", 16, "--augment", "crop:0.2..1, flip",
            "--background", "255,204,0", "--hidden", 32, "--epochs", 6, "--batch-size", 32, "--lr", "0.01", *flags, "--quiet")
        millrace.run("export", run, "--format", "onnx")
        session = onnxruntime.InferenceSession(folder / run / "model.onnx", providers=["CPUExecutionProvider"])
        metadata = session.get_modelmeta().custom_metadata_map
        classes = json.loads(metadata["millrace.classes"])
        preprocessing = json.loads(metadata["millrace.preprocessing"])
        predictions = millrace.json("predict", run, "pictures", "--top-k", len(classes))["predictions"]
        same, worst = 0, (0.0, "")
        for prediction in predictions:
            image = pixels(folder / prediction["path"], preprocessing)
            found = session.run(None, {"pixels": image[None]})[0][0]
            expected = numpy.zeros(len(classes))
            for ranked in prediction["topK"]:
                expected[classes.index(ranked["class"])] = ranked["probability"]
            same += int(found.argmax() == expected.argmax())
            worst = max(worst, (float(numpy.abs(found - expected).max()), prediction["path"]))
        checks.close(worst[0], LIMIT, f"{name}: the documented way to the pixels, and predict", f", worst {worst[1]}")
        share = same / len(predictions)
        checks.that(share >= 0.995, f"{name}: equal classes", f"{share:.2%} of {len(predictions)} pictures")
        check_deployed(checks, millrace, folder, run, name, predictions)
