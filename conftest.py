"""Leave out the tests of what is optional where it is not installed."""

import os
from importlib.util import find_spec

collect_ignore = []
if not find_spec("torch"):
    collect_ignore += ["skal/torch", "tests/deep"]
if not find_spec("distributed"):
    collect_ignore += ["skal/dask", "tests/partitions"]
if not (find_spec("playwright") and find_spec("notebook")):
    collect_ignore += ["tests/browser"]
if "SKAL_LABEL_STUDIO" not in os.environ:
    collect_ignore += ["tests/label_studio"]
if not find_spec("playwright"):
    collect_ignore += ["tests/label_studio/test_browser.py"]
