"""Try the inputs of a range of seeds and print each breach with its smallest input."""

import sys

from .running import breaches_of, smallest


def main():
    """Run ``python -m fuzz START STOP`` in the folder of the tests."""
    start, stop = map(int, sys.argv[1:])
    found = breaches_of(range(start, stop))
    for breach, (case, count) in sorted(found.items(), key=lambda item: -item[1][1]):
        print(f"    # {count} of {stop - start}\n    {breach!r}: {smallest(case, breach)!r},")


if __name__ == "__main__":
    main()
