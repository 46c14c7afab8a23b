"""%pip: into a folder of this run, so that other runs of the same environment do not see it."""

import importlib
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys

READING = ("list", "show", "freeze", "check", "--version")


def _program():
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    if shutil.which("uv"):
        return ["uv", "pip"]
    raise RuntimeError("%pip: neither pip is in this environment nor uv on the PATH")


def _on_path(folder):
    """For this process and for those that it starts."""
    if folder not in sys.path:
        sys.path.insert(1, folder)
        known = [folder, os.environ.get("PYTHONPATH", "")]
        os.environ["PYTHONPATH"] = os.pathsep.join(part for part in known if part)
    importlib.invalidate_caches()


def _paths(words):
    paths = sys.modules.get("brickrail_paths")
    return [paths.real(word) for word in words] if paths else words


def _reason(output):
    """pip's own words: its ERROR lines, else its last one."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith("error")]
    return (errors or lines or ["it said nothing"])[-1]


def pip(task, rest):
    """@raises RuntimeError with pip's message"""
    words = shlex.split(rest, comments=True)
    folder = os.path.join(task.folder, "pip")
    command = words[0] if words else ""
    if command not in ("install", *READING):
        raise RuntimeError("%%pip %s is not supported here: install, list, show, freeze, check" % command)
    program = _program()
    if command == "install":
        python = ["--python", sys.executable] if program[0] == "uv" else ["--no-input"]
        words = ["install", "--upgrade", "--target", folder, *python, *_paths(words[1:])]
    sys.stdout.flush()
    done = subprocess.run(
        program + words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    output = done.stdout.decode("utf-8", "replace")
    print(output, end="")
    if done.returncode:
        raise RuntimeError("%%pip %s: %s" % (rest, _reason(output)))
    if command == "install":
        _on_path(folder)
