"""What a run came to: success with a value, or an error with a trace of the user's own frames."""

import json
import os
import sys

HARNESS = os.path.dirname(os.path.abspath(__file__))
#: https://docs.databricks.com/dev-tools/databricks-utils: longer exit values are cut.
LONGEST_VALUE = 5 * 1024 * 1024
LONGEST_LINE = 2000
LONGEST_TRACE = 200 * 1024
#: Exit code when the result could not be written; `result.ts` knows it.
UNWRITTEN = 74

#: How Python writes the place of a frame in a cell.
CELL = r'File "((?:/[^"\n]* )?Cell \d+)", line (\d+)(?:, in <module>)?'


class NotebookExit(BaseException):
    """`dbutils.notebook.exit(value)`: not an error, so `except Exception` does not stop it."""

    def __init__(self, value):
        super().__init__(value)
        self.value = str(value)


def cut(text, limit):
    """At most `limit` bytes of UTF-8, and whether that is less than all."""
    encoded = text.encode("utf-8", "backslashreplace")
    if len(encoded) <= limit:
        return encoded.decode("utf-8"), False
    return encoded[:limit].decode("utf-8", "ignore"), True


def success(value):
    if value is None:
        return {"outcome": "SUCCESS"}
    result, truncated = cut(value, LONGEST_VALUE)
    return {"outcome": "SUCCESS", "notebookResult": {"result": result, "truncated": truncated}}


def _shown(text):
    """Folders of this machine by their names on the service."""
    import re

    paths = sys.modules.get("brickrail_paths")
    for name, root in paths.Roots.pairs if paths else ():
        text = text.replace(root + "/", name + "/")
    return re.sub(CELL, r"\1, line \2", text)


def _without_harness(trace, seen):
    if trace is None or id(trace) in seen:
        return
    seen.add(id(trace))
    kept = [frame for frame in trace.stack if not frame.filename.startswith(HARNESS)]
    trace.stack = type(trace.stack).from_list(kept)
    for other in (trace.__cause__, trace.__context__, *(getattr(trace, "exceptions", None) or ())):
        _without_harness(other, seen)


def one_line(error):
    """`ValueError: max_depth is missing`; of a SyntaxError the line that names it, not the caret."""
    name = type(error).__qualname__
    module = type(error).__module__
    if module not in ("builtins", "__main__") and not module.startswith("_brickrail"):
        name = module + "." + name
    try:
        said = error.msg if isinstance(error, SyntaxError) else str(error)
    except Exception:
        said = "<its text could not be made>"
    first = (str(said or "").strip().splitlines() or [""])[0]
    return cut(_shown(name + ": " + first if first else name), LONGEST_LINE)[0]


def trace_of(error):
    # Here, because a run that ends well need not wait for it.
    import traceback

    shown = traceback.TracebackException.from_exception(error)
    _without_harness(shown, set())
    return cut(_shown("".join(shown.format()).rstrip()), LONGEST_TRACE)[0]


def failure(error):
    try:
        trace = trace_of(error)
    except Exception as broken:
        trace = "the trace could not be made: " + repr(broken)
    return {"outcome": "FAILED", "error": one_line(error), "trace": trace}


def write(path, result):
    """By rename, so that nobody reads half of it. Ends the process when that cannot be done."""
    try:
        with open(path + ".part", "w", encoding="utf-8") as file:
            json.dump(result, file)
        os.replace(path + ".part", path)
    except OSError as error:
        os.write(2, ("the result of this run cannot be written: %s\n" % error).encode())
        os._exit(UNWRITTEN)
