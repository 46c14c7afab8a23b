"""Kind `notebook`: cells in one namespace; `%run` shares it, `dbutils.notebook.run` has one of its own."""

import os
import posixpath
import sys

from . import cells, magics, python_cell
from .dbutils import DBUtils
from .outcome import NotebookExit
from .python_file import as_main
from .spark import lazy_context, lazy_session

#: %run within %run: deeper than any notebook of a person, shallower than Python's own limit.
DEEPEST = 30


class Notebook:
    """A notebook's path on the workspace (without /Workspace), its cells and its language."""

    def __init__(self, path, text, form, language):
        self.path = path
        self.cells = cells.parse(text, form)
        self.language = language.upper()

    @classmethod
    def find(cls, root, path):
        """The notebook at an absolute path. The mirror on disk may keep an extension, the workspace does not."""
        for extension in ("", ".py", ".ipynb", ".sql", ".scala", ".r", ".R"):
            file = root + path + extension
            if os.path.isfile(file):
                with open(file, encoding="utf-8-sig") as opened:
                    return cls._read(path, file, opened.read())
        raise FileNotFoundError("there is no notebook %s in this workspace" % path)

    @classmethod
    def _read(cls, path, file, text):
        language = cells.language_of(text)
        if language is None and text.lstrip().startswith("{"):
            return cls(path, text, "JUPYTER", "PYTHON")
        if language is None:
            raise ValueError(
                "%s is a file, not a notebook: its first line is not `# Databricks notebook source`"
                % posixpath.basename(file)
            )
        return cls(path, text, "SOURCE", language)


class Session:
    """What the cells of one notebook run share with those that it runs by %run."""

    def __init__(self, task, path, widgets, namespace, main):
        """`main`: the notebook whose cells are named without its path."""
        self.task = task
        self.path = path
        self.main = main
        self.namespace = namespace
        self.dbutils = DBUtils(task, widgets, self.run_nested)
        self.open = []
        namespace.update(
            spark=lazy_session(),
            sc=lazy_context(),
            dbutils=self.dbutils,
            display=python_cell.display,
            displayHTML=python_cell.display_html,
            getArgument=self.dbutils.widgets.getArgument,
        )
        namespace[python_cell.HOOK] = self.line_magic

    def named(self, notebook, cell):
        prefix = "" if notebook.path == self.main else notebook.path + " "
        return "%sCell %d" % (prefix, cell.number)

    def prepared(self, notebook):
        """All cells, compiled: a fault in the last one is found before the first one runs."""
        if notebook.language != "PYTHON":
            raise NotImplementedError(
                "%s is a notebook in %s: local compute runs Python notebooks only" % (notebook.path, notebook.language)
            )
        return [(cell, magics.prepare(cell, self.named(notebook, cell))) for cell in notebook.cells]

    def run(self, notebook):
        if notebook.path in self.open or len(self.open) >= DEEPEST:
            raise RecursionError("%%run in a circle: %s" % " -> ".join([*self.open, notebook.path]))
        prepared = self.prepared(notebook)
        self.open.append(notebook.path)
        try:
            for cell, code in prepared:
                magics.run(self, cell, code)
        finally:
            self.open.pop()

    def line_magic(self, name, rest, line):
        return magics.LINE[name](self, rest)

    def resolve(self, path):
        """A path of %run or dbutils.notebook.run: absolute, or from the folder of the notebook that says it."""
        here = self.open[-1] if self.open else self.path
        full = posixpath.normpath(posixpath.join(posixpath.dirname(here), path))
        return full[len("/Workspace"):] if full.startswith("/Workspace/") else full

    def include(self, path, arguments):
        for name, value in arguments.items():
            self.dbutils.widgets.give(name, value)
        self.run(Notebook.find(self.task.workspaceRoot, self.resolve(path)))

    def run_nested(self, path, arguments):
        """dbutils.notebook.run: what the notebook's exit gave, None without one."""
        notebook = Notebook.find(self.task.workspaceRoot, self.resolve(path))
        namespace = {"__name__": "__main__", "__builtins__": __builtins__}
        nested = Session(self.task, notebook.path, arguments, namespace, self.main)
        try:
            nested.run(notebook)
        except NotebookExit as done:
            return done.value
        return None


def run(task):
    work = task.work
    path = work.path[len("/Workspace"):] if work.path.startswith("/Workspace/") else work.path
    notebook = Notebook(path, work.source, work.format, work.language)
    sys.argv = [path]
    sys.path.insert(0, "/Workspace" + posixpath.dirname(path).rstrip("/"))
    Session(task, path, dict(work.widgets), as_main(), path).run(notebook)
