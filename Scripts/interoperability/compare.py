"""Trains small networks with the given command, and opens what it leaves with other programs."""

import pathlib
import sys
import tempfile

from PIL import Image

from checks import Checks, Millrace
from graphs import check_graph
from logs import check_comparison, check_continued_events, check_events, check_metrics
from pictures import check_pictures
from stems import check_stems
from weights import check_files, check_import

SIZE = 20
EPOCHS = 3

# A name, and the flags of its network.
NETWORKS = (
    [(kind, ["--activation", kind]) for kind in
     ["identity", "sigmoid", "tanh", "relu", "leaky-relu", "elu", "selu", "gelu", "maxout:3"]]
    + [(f"{kind}, normalised", ["--activation", kind, "--batch-norm", "sync", "--dropout", "0.2"]) for kind in
       ["relu", "gelu", "maxout:3"]]
    + [(loss, ["--loss", loss]) for loss in ["hinge", "binary-cross-entropy", "squared-error"]]
    + [(f"squared-error, {output}", ["--loss", "squared-error", "--output-activation", output])
       for output in ["sigmoid", "tanh"]]
    + [("linear", ["--hidden", "none"]), ("gray", ["--channels", "gray"])]
    + [(f"stem {stem}", ["--stem", stem, "--batch-norm", kind]) for stem, kind in
       [("conv:8,12", "sync"), ("conv:8,12;depth=2;pool=average;head=flatten;dropout=0.2;activation=gelu", "shard"),
        ("conv:8;kernel=5;stride=2;padding=1;pool=none", "none")]]
)


def prepare(source, target, mode):
    """Copies images as PNG files of the network's size, so that millrace and Python see the same pixels."""
    for file in sorted(source.glob("*/*")):
        place = target / file.parent.name / (file.stem + ".png")
        place.parent.mkdir(parents=True, exist_ok=True)
        Image.open(file).convert(mode).resize((SIZE, SIZE), Image.Resampling.BILINEAR).save(place)


def main():
    checks = Checks()
    samples = pathlib.Path("sample-data").resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        millrace = Millrace(sys.argv[1], folder)
        for mode in ["RGB", "L"]:
            prepare(samples / "val", folder / mode, mode)
        for number, (network, flags) in enumerate(NETWORKS):
            run = f"runs/{number}"
            millrace.run(
                "train", samples, "--name", number, "--image-size", SIZE, "--hidden", "24,16", "--epochs", EPOCHS,
                "--batch-size", "32", "--lr", "0.01", *flags, "--quiet")
            data = "L" if network == "gray" else "RGB"
            check_graph(checks, millrace, folder, run, data, network)
        check_pictures(checks, millrace, samples, folder)
        first = folder / "runs/0"
        check_files(checks, millrace, first)
        check_metrics(checks, first, EPOCHS)
        check_events(checks, first, EPOCHS)
        check_continued_events(checks, millrace, samples, folder)
        check_comparison(checks, folder / "runs")
        check_import(checks, millrace, samples, folder)
        check_stems(checks, millrace, folder)
    checks.end()


main()
