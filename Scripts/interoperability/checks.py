"""Checks that print their figures, and the command under test."""

import json
import subprocess
import sys


class Checks:
    """Counts checks and failed checks."""

    def __init__(self):
        self.count = 0
        self.failed = []

    def that(self, condition, name, figure):
        """A check: its name and its figure."""
        self.count += 1
        print(f"{'ok    ' if condition else 'FAILED'}  {name:<58}  {figure}", flush=True)
        if not condition:
            self.failed.append(name)

    def close(self, difference, limit, name, more=""):
        """Checks that a difference is at most a limit; NaN is more than any limit."""
        difference = float(difference)
        self.that(difference <= limit, name, f"difference {difference:.1e}, at most {limit:.1e}{more}")

    def end(self):
        """Prints the result and exits."""
        print(f"\n{self.count - len(self.failed)} of {self.count} checks passed")
        for name in self.failed:
            print(f"failed: {name}")
        sys.exit(1 if self.failed else 0)


class Millrace:
    """The command, in a folder."""

    def __init__(self, path, folder):
        self.path = path
        self.folder = folder

    def start(self, *arguments):
        """Starts the command."""
        return subprocess.Popen(
            [self.path, *map(str, arguments)], cwd=self.folder, text=True, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)

    def run(self, *arguments, status=0):
        """Waits for the end of the command, which must be as expected; returns standard output, or standard error
        where it should fail."""
        process = self.start(*arguments)
        output, errors = process.communicate(timeout=600)
        if process.returncode != status:
            sys.exit(f"millrace {' '.join(map(str, arguments))} ended with {process.returncode}: {errors}")
        return output if status == 0 else errors

    def json(self, *arguments):
        """Waits for the command and reads its results."""
        return json.loads(self.run(*arguments, "--json"))
