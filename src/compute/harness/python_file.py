"""Kind `file`: a Python file as `__main__`, as `python file.py` would."""

import os
import sys
import types


def as_main(**names):
    """A new, empty `__main__`: what user code pickles or starts as a process finds its own module there."""
    module = types.ModuleType("__main__")
    module.__dict__.update(__builtins__=__builtins__, **names)
    sys.modules["__main__"] = module
    return module.__dict__


def shown(path):
    paths = sys.modules.get("brickrail_paths")
    return paths.shown(path) if paths else path


def run(task):
    path = shown(task.work.path)
    sys.argv = [path, *task.work.parameters]
    sys.path.insert(0, os.path.dirname(path))
    with open(path, "rb") as file:
        source = file.read()
    namespace = as_main(__file__=path, __cached__=None)
    exec(compile(source, path, "exec", dont_inherit=True), namespace)
