"""`dbutils` of a run: widgets, notebook, fs, secrets, library. What is not here says so."""

import collections
import contextlib
import signal
import threading

from .dbutils_fs import FileSystem
from .outcome import NotebookExit
from .widgets import Widgets

SecretMetadata = collections.namedtuple("SecretMetadata", "key")
SecretScope = collections.namedtuple("SecretScope", "name")


class NotFound(ValueError):
    """A secret or scope that is not there."""


class Secrets:
    def __init__(self, scopes):
        self._scopes = scopes

    def get(self, scope, key):
        if key not in self._scopes.get(scope, {}):
            raise NotFound("Secret does not exist with scope: %s and key: %s" % (scope, key))
        return self._scopes[scope][key]

    def getBytes(self, scope, key):
        return self.get(scope, key).encode("utf-8")

    def list(self, scope):
        if scope not in self._scopes:
            raise NotFound("Secret scope %s does not exist" % scope)
        return [SecretMetadata(key) for key in sorted(self._scopes[scope])]

    def listScopes(self):
        return [SecretScope(name) for name in sorted(self._scopes)]


@contextlib.contextmanager
def limited(seconds, path):
    """By a signal, so in the main thread only; in others the limit of the run itself holds."""
    if not seconds or threading.current_thread() is not threading.main_thread():
        yield
        return

    def late(*_):
        raise TimeoutError("notebook %s did not end within %d s" % (path, seconds))

    before = signal.signal(signal.SIGALRM, late)
    left, _ = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.signal(signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, left)


class NotebookUtils:
    def __init__(self, run_nested):
        self._run_nested = run_nested

    def exit(self, value=""):
        raise NotebookExit("" if value is None else value)

    def run(self, path, timeout_seconds=0, arguments=None):
        """What the notebook gave to its exit, else None. What it raises comes through, its cells in the trace."""
        if self._run_nested is None:
            raise RuntimeError("dbutils.notebook.run works in notebooks only")
        with limited(timeout_seconds, path):
            return self._run_nested(path, arguments or {})


class Library:
    def restartPython(self):
        """Nothing to do: %pip puts packages on the path of the running Python. One that was imported already stays."""
        print("[dbutils.library.restartPython: Python goes on; packages that were imported already stay as they were]")


class DBUtils:
    def __init__(self, task, widgets, run_nested):
        self.widgets = Widgets(widgets)
        self.secrets = Secrets(task.secretScopes)
        self.fs = FileSystem(task.dbfsRoot)
        self.notebook = NotebookUtils(run_nested)
        self.library = Library()

    def __getattr__(self, name):
        raise AttributeError("dbutils.%s is not part of local compute: widgets, notebook, fs, secrets, library" % name)
