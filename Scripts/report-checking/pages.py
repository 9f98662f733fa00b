"""Runs on the sample data, and the pages about them that are checked."""
import shutil, struct, subprocess, sys, zlib

# These are names as people give them: long, and in another script.
LONG_NAMES = {"arrow": "a rather long name of a class (arrows)", "crescent": "月牙", "heart": "Herzförmiges"}
QUICK = "--hidden 48,32 --image-size 24 --batch-size 32 --no-refit".split()


class Runs:
    """Trains into a folder."""

    def __init__(self, millrace, house, folder):
        self.millrace, self.house, self.folder = millrace, house, folder
        self.data = house / "sample-data"

    def call(self, command, *arguments):
        done = subprocess.run([self.millrace, command, *map(str, arguments)], capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"report-check: millrace {command}: {done.stderr}")

    def train(self, name, data, *flags):
        self.call("train", data, "--output", self.folder / "runs", "--name", name, "--seed", 3, "--quiet", *flags)
        return self.folder / "runs" / name

    def small(self, images):
        """A few images of each class, some of them with long names, validated on others."""
        return self.copied(f"small-{images}", images, 30, lambda kind: [LONG_NAMES.get(kind, kind)])

    def many_classes(self):
        """Forty classes, of which five at a time hold the same images, so that they cannot be told apart."""
        return self.copied("forty", 8, 10, lambda kind: [f"{kind} {number}" for number in range(1, 6)])

    def copied(self, name, training, validation, names):
        folder = self.folder / name
        for part, count in (("train", training), ("val", validation)):
            for kind in sorted((self.data / part).iterdir()):
                for target in (folder / part / name for name in names(kind.name)):
                    target.mkdir(parents=True)
                    for image in sorted(kind.iterdir())[:count]:
                        shutil.copy(image, target)
        return folder

    def messy(self):
        """A folder as people have them: duplicates with two labels, blank and cut pictures, wrong endings, odd
        shapes."""
        folder = self.copied("messy", 12, 6, lambda kind: [LONG_NAMES.get(kind, kind)])
        kinds = sorted((folder / "train").iterdir())
        pictures = [sorted(kind.iterdir())[0] for kind in kinds]
        shutil.copy(pictures[0], kinds[1] / "the same picture under another label.png")
        shutil.copy(pictures[2], folder / "val" / kinds[2].name / "copy.png")
        (kinds[3] / "notes.txt").write_text("no picture")
        (kinds[3] / "cut.png").write_bytes(pictures[3].read_bytes()[:200])
        for place, width, height, level in ((4, 40, 40, 250), (5, 200, 30, 90), (6, 40, 40, 3)):
            rows = b"".join(b"\0" + bytes(level + (x * y) % 3 for x in range(width)) for y in range(height))
            chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
            data = b"\x89PNG\r\n\x1a\n" + b"".join(
                struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks)
            (kinds[place] / f"plain {level}.png").write_bytes(data)
        return folder

    def compare(self, name, runs):
        page = self.folder / f"{name}.html"
        self.call("report", *runs, "--output", page)
        return page


def single(runs):
    """The reports of single runs, each of another kind."""
    good = runs.train("good", runs.data, "--epochs", 60, "--augment",
                      "flip, rotate:25, scale:0.75..1.25, translate:0.08, jitter:0.2", "--weight-decay", 0.02)
    runs.call("evaluate", good, runs.data / "val", "--quiet", "--mistakes", runs.folder / "mistakes.html")
    plain = ["--augment", "none", "--dropout", 0, "--weight-decay", 0, "--no-refit", "--batch-norm", "none"]
    overfitted = runs.train("overfitted", runs.small(12), "--epochs", 60, "--optimizer", "adam", "--lr", 0.003,
                            "--hidden", "64,64", "--monitor", "last", "--label-smoothing", 0, *plain)
    dead = runs.train("dead", runs.data, "--epochs", 15, "--optimizer", "adam", "--lr", 0.02, "--hidden",
                      "256,256", "--image-size", 24, *plain)
    astray = runs.train("astray", runs.data, "--epochs", 20, "--optimizer", "sgd", "--lr", 3, "--hidden", "64,64",
                        *plain)
    many = runs.train("many-classes", runs.many_classes(), "--epochs", 8, *QUICK)
    blind = runs.train("majority", runs.data, "--epochs", 6, "--lr", 1e-7, "--l1", 0.02, *plain)
    refit = runs.train("refit", runs.data / "train", "--epochs", 20, "--refit", *QUICK[:-1])
    pages = {run.name: run / "report.html" for run in (good, overfitted, dead, astray, blind, many, refit)}
    return pages | {"mistakes": runs.folder / "mistakes.html"}


def comparisons(runs):
    """Runs on two sets of images side by side: 2, 8, 40 and 100 of them."""
    other = runs.small(20)
    trained = []
    for number in range(40):
        data = other if number % 4 == 3 else runs.data
        flags = ["--epochs", 6 + number % 3, "--lr", [0.001, 0.003, 0.01][number % 3]]
        flags += ["--weight-decay", [0, 0.05][number % 2], "--l1", 0.02 if number % 5 == 4 else 0]
        hidden = ["48,32", "64", "48,32,16"][number % 3]
        augment = ["none", "flip, rotate:25, scale:0.75..1.25, translate:0.08, jitter:0.2"][number // 8 % 2]
        trained.append(runs.train(f"{number + 1}", data, *QUICK, "--hidden", hidden, "--augment", augment, *flags))
    copies = []
    for number in range(60):
        copies.append(runs.folder / "runs" / f"again-{number + 1}")
        shutil.copytree(trained[number % 40], copies[-1])
    many = {2: trained[:2], 8: trained[:8], 40: trained, 100: trained + copies}
    refitted = [runs.folder / "runs" / name for name in ("good", "refit")]
    pages = {f"comparison-{count}": runs.compare(f"comparison-{count}", some) for count, some in many.items()}
    return pages | {"comparison-refit": runs.compare("comparison-refit", refitted)}


def others(runs):
    """Previews, checks, several networks in one, searches, explanations, and evaluations of few classes and of many."""
    runs.call("preview", runs.data, "--output", runs.folder / "previews", "--quiet", "--count", 8, "--augment",
              "flip, rotate:25, scale:0.75..1.25, translate:0.08, jitter:0.2")
    folds = runs.train("folds", runs.data, "--folds", 3, "--epochs", 8, *QUICK[:-1])
    ensemble = runs.train("ensemble", runs.data, "--ensemble", 3, "--epochs", 8, *QUICK[:-1])
    for name, flags in {"tuning": ["--steps", 2000, "--only-search"], "rates": ["--lr-range"]}.items():
        runs.call("tune", runs.data, "--output", runs.folder / "tunings", "--name", name, "--quiet", "--seed", 3, *flags)
    check = runs.folder / "check.html"
    runs.call("check", runs.messy(), "--report", check, "--quiet")
    good, many = (runs.folder / "runs" / name for name in ("good", "many-classes"))
    runs.call("evaluate", good, runs.data / "val", "--quiet", "--report", runs.folder / "evaluation.html", "--compare",
              ensemble, "--slices", "brightness", "--slices", "sharpness")
    runs.call("predict", good, runs.data / "val", "--quiet", "--explain", runs.folder / "explanations")
    runs.call("evaluate", many, runs.folder / "forty/val", "--quiet", "--report", runs.folder / "evaluation-many.html")
    tunings = runs.folder / "tunings"
    return {
        "check": check, "evaluation": runs.folder / "evaluation.html",
        "evaluation-many": runs.folder / "evaluation-many.html",
        "explanations": runs.folder / "explanations/explanations.html",
        "preview": runs.folder / "previews/preview.html", "folds": folds / "report.html",
        "ensemble": ensemble / "report.html", "tuning": tunings / "tuning/report.html",
        "rates": tunings / "rates/report.html",
    }


def all_pages(runs):
    return single(runs) | comparisons(runs) | others(runs)
