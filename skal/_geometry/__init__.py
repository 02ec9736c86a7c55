"""The parts of :mod:`skal.geometry`, one idea per file."""
