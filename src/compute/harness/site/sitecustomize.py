"""Every Python of a run starts here, also those that the run starts: multiprocessing, Spark's workers, `%sh python`."""

import os
import sys

import brickrail_paths

brickrail_paths.install(os.environ)


def _next_one():
    """An environment may have a sitecustomize of its own, which this file hides."""
    here = os.path.dirname(os.path.abspath(__file__))
    for folder in sys.path:
        path = os.path.join(folder, "sitecustomize.py")
        if os.path.abspath(folder) != here and os.path.isfile(path):
            return path
    return None


_path = _next_one()
if _path is not None:
    with open(_path, encoding="utf-8") as _file:
        exec(compile(_file.read(), _path, "exec"), {"__name__": "sitecustomize", "__file__": _path})
