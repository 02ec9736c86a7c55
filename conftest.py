"""Leave out the tests of the torch bridge where there is no torch."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("torch") else ["skal/torch", "tests/deep"]
