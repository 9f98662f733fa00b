"""Checks a run's logs: TensorBoard reads its events, pandas its figures."""

import io
import signal
import struct
import time

import pandas
from PIL import Image
from tensorboard import context
from tensorboard.backend.event_processing import data_provider, plugin_event_multiplexer
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.plugins import base_plugin
from tensorboard.plugins.hparams import backend_context, plugin_data_pb2

SCALARS = {
    "loss/train", "loss/validation", "accuracy/train", "accuracy/validation", "learning_rate",
    "speed/images_per_second", "wait/compute", "wait/loader", "norm/weights", "norm/gradient", "zeros/weights",
}


def frame_count(path):
    """The records of a file, by the lengths in it."""
    data = path.read_bytes()
    count = place = 0
    while place < len(data):
        place += 16 + struct.unpack_from("<Q", data, place)[0]
        count += 1
    assert place == len(data), f"{path} ends within a record"
    return count


def accumulated(run):
    """All that TensorBoard finds in a run."""
    accumulator = EventAccumulator(str(run), size_guidance={"scalars": 0, "histograms": 0, "images": 0, "tensors": 0})
    accumulator.Reload()
    return accumulator


def check_metrics(checks, run, epochs):
    """Checks that metrics.csv is a table of numbers."""
    table = pandas.read_csv(run / "metrics.csv")
    numeric = all(pandas.api.types.is_numeric_dtype(column) for column in table.dtypes)
    isGood = numeric and list(table["epoch"]) == list(range(1, epochs + 1)) and not table.isna().any().any()
    checks.that(isGood, "metrics.csv in pandas", f"{table.shape[0]} rows, {table.shape[1]} columns of numbers")


def check_events(checks, run, epochs):
    """Checks that the event file holds what it should, and agrees with metrics.csv."""
    files = sorted(run.glob("events.out.tfevents.*"))
    records = sum(frame_count(file) for file in files)
    read = sum(1 for file in files for _ in EventFileLoader(str(file)).Load())
    checks.that(read == records, "TensorBoard reads every record", f"{read} of {records}")

    found = accumulated(run)
    tags = found.Tags()
    missing = SCALARS - set(tags["scalars"])
    checks.that(not missing, "scalars", f"{len(tags['scalars'])} tags, missing: {', '.join(missing) or 'none'}")
    table = pandas.read_csv(run / "metrics.csv")
    worst = 0
    for tag, column in [("loss/train", "train_loss"), ("loss/validation", "val_loss"), ("learning_rate", "lr"),
                        ("accuracy/validation", "val_accuracy")]:
        points = found.Scalars(tag)
        assert [point.step for point in points] == list(range(1, epochs + 1)), tag
        worst = max(worst, max(abs(point.value - value) for point, value in zip(points, table[column])))
    checks.close(worst, 1e-6, "scalars and metrics.csv")

    tensors = [tag for tag in tags["histograms"] if tag.startswith("weights/")]
    gradients = [tag for tag in tags["histograms"] if tag.startswith("gradients/")]
    sizes = {tag: found.Histograms(tag)[-1].histogram_value.num for tag in tensors + gradients}
    isGood = len(tensors) == len(gradients) == 3 and sizes["weights/0.dense.weight"] == 24 * 3 * 20 * 20
    checks.that(isGood, "histograms of weights and gradients", f"{len(tensors)} and {len(gradients)} tags, "
                f"{sum(sizes[tag] for tag in tensors):.0f} weights")

    sheets = [Image.open(io.BytesIO(found.Images(tag)[-1].encoded_image_string)) for tag in tags["images"]]
    checks.that(set(tags["images"]) == {"images/training", "images/worst mistakes"}, "images",
                ", ".join(f"{tag} {sheet.width}x{sheet.height}" for tag, sheet in zip(tags["images"], sheets)))

    text = found.Tensors("configuration")[0].tensor_proto.string_val[0].decode()
    checks.that("| batch-size | 32 |" in text, "the configuration as text", f"{text.count(chr(10)) - 1} settings")
    content = found.SummaryMetadata("_hparams_/session_start_info").plugin_data.content
    settings = plugin_data_pb2.HParamsPluginData.FromString(content).session_start_info.hparams
    checks.that(settings["batch-size"].number_value == 32, "HParams", f"{len(settings)} settings")


def check_comparison(checks, runs):
    """Checks that TensorBoard's HParams plugin finds the settings of all runs, and the figures by which to compare
    them."""
    multiplexer = plugin_event_multiplexer.EventMultiplexer()
    multiplexer.AddRunsFromDirectory(str(runs))
    multiplexer.Reload()
    provider = data_provider.MultiplexerDataProvider(multiplexer, str(runs))
    plugin = backend_context.Context(base_plugin.TBContext(data_provider=provider))
    request = context.RequestContext()
    experiment = plugin.experiment_from_metadata(
        request, "", True, plugin.hparams_metadata(request, ""), plugin.hparams_from_data_provider(request, "", limit=100))
    settings = {info.name: info for info in experiment.hparam_infos}
    metrics = {info.name.tag for info in experiment.metric_infos}
    kinds = len(settings["loss"].domain_discrete) if "loss" in settings else 0
    checks.that(kinds == 4 and "accuracy/validation" in metrics, "HParams of all runs",
                f"{len(multiplexer.Runs())} runs, {len(settings)} settings, {len(metrics)} figures")


def check_continued_events(checks, millrace, samples, folder):
    """Checks that a run that was interrupted and resumed has each step once."""
    epochs = 40
    process = millrace.start(
        "train", samples, "--name", "continued", "--image-size", 20, "--hidden", "24", "--epochs", epochs,
        "--batch-size", "32", "--lr", "0.01", "--quiet")
    metrics = folder / "runs/continued/metrics.csv"
    while process.poll() is None and (not metrics.exists() or len(metrics.read_text().splitlines()) < 4):
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    errors = process.communicate(timeout=60)[1]
    told = len(metrics.read_text().splitlines()) - 1
    assert process.returncode == 130, errors
    millrace.run("train", "--resume", "runs/continued", "--quiet")
    run = folder / "runs/continued"
    steps = [point.step for point in accumulated(run).Scalars("loss/train")]
    files = len(list(run.glob("events.out.tfevents.*")))
    checks.that(steps == list(range(1, epochs + 1)) and files == 2, "steps of a resumed run",
                f"{len(steps)} of {epochs}, interrupted after {told}, {files} files")
