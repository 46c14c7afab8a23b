"""A context of the commands API: one line of JSON in per command, one out; the namespace stays."""

import io
import json
import os
import sys

from . import cells, outcome
from .notebook import Notebook, Session
from .python_file import as_main

#: Characters of one answer.
LONGEST_TEXT = 5 * 1024 * 1024


class Tee(io.TextIOBase):
    """What a command prints is its answer, and in the log as well."""

    def __init__(self, log):
        self._log = log
        self._parts = []
        self._size = 0

    def writable(self):
        return True

    def write(self, text):
        self._log.write(text)
        if self._size < LONGEST_TEXT:
            self._parts.append(text[: LONGEST_TEXT - self._size])
            self._size += len(text)
        return len(text)

    def flush(self):
        self._log.flush()

    def fileno(self):
        return self._log.fileno()

    def text(self):
        return "".join(self._parts) + ("\n[cut]" if self._size > LONGEST_TEXT else "")


def execute(session, number, source):
    notebook = Notebook(session.path, "", "SOURCE", "PYTHON")
    cell = cells.Cell(number, source.replace("\r\n", "\n"))
    notebook.cells = [cell]
    try:
        session.run(notebook)
    except outcome.NotebookExit as done:
        print("Notebook exited: %s" % done.value)
    except BaseException as error:
        failed = outcome.failure(error)
        return {"ok": False, "summary": failed["error"], "trace": failed["trace"]}
    return {"ok": True}


def answer(channel, reply):
    data = (json.dumps(reply) + "\n").encode()
    while data:
        data = data[os.write(channel.fileno(), data):]


def run(task):
    session = Session(task, "/context", {}, as_main(), "/context")
    answer(task.channel, {"ready": True})
    for number, line in enumerate(iter(task.channel.readline, b""), 1):
        tee = Tee(sys.__stdout__)
        sys.stdout = sys.stderr = tee
        try:
            reply = execute(session, number, json.loads(line)["source"])
        finally:
            sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
        answer(task.channel, {**reply, "text": tee.text()})
