"""Checks that print what they found, and the command under test."""

import json
import subprocess
import sys


class Checks:
    """Counts checks and those that failed."""

    def __init__(self):
        self.count = 0
        self.failed = []

    def that(self, condition, name, figure):
        """A check: its name and what was found."""
        self.count += 1
        print(f"{'ok    ' if condition else 'FAILED'}  {name:<58}  {figure}", flush=True)
        if not condition:
            self.failed.append(name)

    def close(self, difference, limit, name, more=""):
        """A check that a difference is at most a limit; not a number is more than any."""
        difference = float(difference)
        self.that(difference <= limit, name, f"difference {difference:.1e}, at most {limit:.1e}{more}")

    def end(self):
        """Says how it went and leaves."""
        print(f"\n{self.count - len(self.failed)} of {self.count} checks passed")
        for name in self.failed:
            print(f"failed: {name}")
        sys.exit(1 if self.failed else 0)


class Millrace:
    """The command, run in a folder."""

    def __init__(self, path, folder):
        self.path = path
        self.folder = folder

    def start(self, *arguments):
        """Starts it."""
        return subprocess.Popen(
            [self.path, *map(str, arguments)], cwd=self.folder, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)

    def run(self, *arguments, status=0):
        """Runs it to its end, which must be as expected; returns standard output, or error where it is to fail."""
        process = self.start(*arguments)
        output, errors = process.communicate(timeout=600)
        if process.returncode != status:
            sys.exit(f"millrace {' '.join(map(str, arguments))} ended with {process.returncode}: {errors}")
        return output if status == 0 else errors

    def json(self, *arguments):
        """Runs it and reads its results."""
        return json.loads(self.run(*arguments, "--json"))
