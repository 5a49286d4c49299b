"""Runs Python tests, prints each by name, and adds the counts to the tally."""

import os
import sys
import unittest
from pathlib import Path


def main():
    here = Path(__file__).resolve().parent
    folder = here / sys.argv[1]
    sys.path[:0] = [str(here), str(folder)]
    loader = unittest.TestLoader()
    loader.testNamePatterns = [f"*{word}*" for word in sys.argv[2:]] or None
    suite = loader.discover(str(folder), top_level_dir=str(folder))
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    failed = len({str(test) for test, _ in result.failures + result.errors})
    # A fixture of a class that fails counts as a failure without having been run as a test.
    passed = max(0, result.testsRun - failed) if result.testsRun else 0
    tally = os.environ.get("E2E_TALLY")
    if tally:
        with open(tally, "a", encoding="utf-8") as file:
            file.write(f"{passed} {failed}\n")
    sys.exit(0 if result.wasSuccessful() and result.testsRun else 1)


main()
