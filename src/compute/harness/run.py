"""Where the process of a run starts: `python run.py`, with the task as one line of JSON on file descriptor 3."""

import os
import sys
import types

# A package under a name that user code cannot hit by accident; its folder must not be on sys.path.
_package = types.ModuleType("_brickrail")
_package.__path__ = [os.path.dirname(os.path.abspath(__file__))]
sys.modules["_brickrail"] = _package
del sys.path[0]

from _brickrail.main import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
