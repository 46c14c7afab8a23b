"""`/dbfs` and `/Workspace` of a run are folders of this machine: Python's own file functions reach them by name."""

import _io
import _posixsubprocess
import builtins
import io
import os
import posix
import posixpath
import sys


class Roots:
    """Where the two trees are; pairs of (name on the service, folder here)."""

    pairs = []

    @classmethod
    def read(cls, env):
        named = (("/dbfs", env.get("DBFS_ROOT")), ("/Workspace", env.get("WORKSPACE_ROOT")))
        given = [(name, root.rstrip("/")) for name, root in named if root]
        # The system tells a folder by its real name, however it was given.
        cls.pairs = given + [(name, posixpath.realpath(root)) for name, root in given]


def real(path):
    """The path on this machine of a path on the service; anything else comes back as it is."""
    if not isinstance(path, (str, bytes)):
        path = path.__fspath__() if hasattr(path, "__fspath__") else path
    if isinstance(path, bytes):
        return os.fsencode(real(os.fsdecode(path))) if path[:1] == b"/" else path
    if not isinstance(path, str) or not path.startswith(("/dbfs", "/Workspace")):
        return path
    clean = posixpath.normpath(path)
    for name, root in Roots.pairs:
        if clean == name or clean.startswith(name + "/"):
            return root + clean[len(name):] + ("/" if path.endswith("/") else "")
    return clean if "/../" in path else path


def shown(path):
    """The path on the service of a path on this machine; anything else comes back as it is."""
    for name, root in Roots.pairs:
        if path == root or path.startswith(root + "/"):
            return name + path[len(root):]
    return path


class Mapped:
    """A file function that takes both kinds of path. Not a descriptor: older pathlibs keep it as a class attribute."""

    def __init__(self, original, positions, module):
        self._original = original
        self._positions = positions
        self.__wrapped__ = original
        self.__module__ = module
        self.__name__ = self.__qualname__ = original.__name__
        self.__doc__ = original.__doc__

    def __call__(self, *args, **kwargs):
        given = list(args)
        for index in self._positions:
            if index < len(given):
                given[index] = real(given[index])
        for name in ("path", "file", "src", "dst"):
            if name in kwargs:
                kwargs[name] = real(kwargs[name])
        try:
            return self._original(*given, **kwargs)
        except OSError as error:
            if isinstance(error.filename, str):
                error.filename = shown(error.filename)
            if isinstance(error.filename2, str):
                error.filename2 = shown(error.filename2)
            raise

    def __reduce__(self):
        return self.__name__

    def __repr__(self):
        return repr(self._original)


class Entry:
    """os.DirEntry with the path that was asked for."""

    def __init__(self, entry, folder):
        self._entry = entry
        self.name = entry.name
        self.path = posixpath.join(folder, entry.name)

    def __getattr__(self, name):
        return getattr(self._entry, name)

    def __fspath__(self):
        return self.path

    def __repr__(self):
        return repr(self._entry)


class Entries:
    """What os.scandir answers for a mapped folder."""

    def __init__(self, entries, folder):
        self._entries = entries
        self._folder = folder

    def __iter__(self):
        return self

    def __next__(self):
        return Entry(next(self._entries), self._folder)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self._entries.close()


class Scandir(Mapped):
    def __call__(self, path=".", **kwargs):
        found = Mapped.__call__(self, path, **kwargs)
        asked = path.__fspath__() if hasattr(path, "__fspath__") else path
        return Entries(found, asked) if isinstance(asked, str) and real(asked) != asked else found


class Getcwd(Mapped):
    def __call__(self):
        return shown(self._original())


class ForkExec(Mapped):
    """What `subprocess` starts: other programs know no mapping, so they get the folders of this machine."""

    def __call__(self, arguments, programs, close, keep, folder, *rest):
        mapped = [real(argument) for argument in arguments]
        return self._original(mapped, programs, close, keep, folder and real(folder), *rest)


ONE_PATH = (
    "stat lstat listdir mkdir remove unlink rmdir chdir access utime open truncate chmod chown readlink statvfs "
    "mkfifo listxattr getxattr setxattr removexattr pathconf"
).split()
TWO_PATHS = "rename replace link symlink".split()


def _replace(name, kind, positions, made):
    """In `os` and in `posix`: the import system uses the latter, so that packages under /Workspace can be imported."""
    original = getattr(posix, name, None)
    if original is None:
        return
    mapped = made[original] = kind(original, positions, "os")
    for known in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks, os.supports_effective_ids):
        if original in known:
            known.add(mapped)
    setattr(posix, name, mapped)
    if hasattr(os, name):
        setattr(os, name, mapped)


def _catch_up(made):
    """Modules that a .pth file imported before, and that keep functions by themselves."""
    globbers = [("glob", name) for name in ("_Globber", "_GlobberBase", "_StringGlobber")]
    for module, name in [("pathlib", "_NormalAccessor"), *globbers]:
        keeper = getattr(sys.modules.get(module), name, None)
        for attribute, value in list(vars(keeper).items()) if keeper else ():
            value = getattr(value, "__func__", value)
            if callable(value) and value in made:
                setattr(keeper, attribute, made[value])
    for module, name in (("tokenize", "_builtin_open"), ("subprocess", "_fork_exec")):
        value = getattr(sys.modules.get(module), name, None)
        if value in made:
            setattr(sys.modules[module], name, made[value])


def install(env):
    """Idempotent; nothing happens in a process that is not part of a run."""
    if Roots.pairs:
        return
    Roots.read(env)
    if not Roots.pairs:
        return
    made = {}
    for name in ONE_PATH:
        _replace(name, Mapped, (0,), made)
    for name in TWO_PATHS:
        _replace(name, Mapped, (0, 1), made)
    _replace("scandir", Scandir, (0,), made)
    _replace("getcwd", Getcwd, (), made)
    opened = made[_io.open] = Mapped(_io.open, (0,), "io")
    builtins.open = io.open = _io.open = opened
    if hasattr(_io, "open_code"):
        io.open_code = _io.open_code = Mapped(_io.open_code, (0,), "io")
    started = made[_posixsubprocess.fork_exec] = ForkExec(_posixsubprocess.fork_exec, (), "_posixsubprocess")
    _posixsubprocess.fork_exec = started
    _catch_up(made)
