"""Magics: those that own a cell (%sql, %sh, %md ...) and those of a line (%pip, %run, %fs, !)."""

import re
import shlex
import shutil
import subprocess
import sys

from . import python_cell
from .pip import pip

#: The function that runs a cell of another language.
CELL_HOOK = "__cell_magic__"
REFUSED = {
    "scala": "Scala does not run on local compute",
    "r": "R notebooks and cells do not run on local compute",
}
#: Of IPython; they change how a notebook looks or reloads, not what it computes.
WITHOUT_EFFECT = {"matplotlib", "load_ext", "autoreload", "config", "reload_ext", "precision", "skip"}


def shell(script, strict):
    """@raises RuntimeError only when `strict` (`%sh -e`): Databricks takes any other script for a success"""
    program = shutil.which("bash") or "/bin/sh"
    sys.stdout.flush()
    piped = sys.stdout is not sys.__stdout__
    process = subprocess.Popen(
        [program, *(["-e"] if strict else []), "-c", script],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if piped else None,
        stderr=subprocess.STDOUT if piped else None,
    )
    for line in process.stdout or ():
        sys.stdout.write(line.decode("utf-8", "replace"))
    code = process.wait()
    if code and strict:
        raise RuntimeError("%%sh -e: the script ended with exit code %d" % code)
    if code:
        print("[%%sh: exit code %d; only `%%sh -e` fails the cell]" % code)


def sh_cell(session, cell):
    strict = re.match(r"\s*-e\b", cell.body)
    shell(cell.body[strict.end():] if strict else cell.body, bool(strict))


def sql_cell(session, cell):
    """Each statement; the rows of the last one are `_sqldf`, as on Databricks."""
    for statement in re.split(r";[ \t]*(?:\n|$)", cell.body):
        if statement.strip():
            rows = session.namespace["spark"].sql(statement.strip())
            session.namespace["_sqldf"] = rows
            rows.show()


def run_magic(session, rest):
    """`%run ./helpers $name="value"`: the path may have blanks within quotes."""
    words = shlex.split(rest)
    if not words:
        raise ValueError("%run needs the path of a notebook: %run ./helpers")
    path = [word for word in words if not word.startswith("$")]
    arguments = dict(word[1:].split("=", 1) for word in words if word.startswith("$") and "=" in word)
    session.include(" ".join(path), arguments)


def fs_magic(session, rest):
    words = shlex.split(rest)
    flags = [word for word in words if word in ("-r", "--recurse", "-R")]
    name, *paths = [word for word in words if word not in flags] or [""]
    fs = session.dbutils.fs
    if name not in ("ls", "cp", "mv", "rm", "mkdirs", "head"):
        raise ValueError("%%fs %s is not supported here: ls, cp, mv, rm, mkdirs, head" % name)
    found = getattr(fs, name)(*paths, **({"recurse": True} if flags else {}))
    if name == "ls":
        for info in found:
            print("%s\t%s\t%d" % (info.path, info.name, info.size))
    elif name == "head":
        print(found)


def nothing(session, rest):
    return None


LINE = {
    "pip": lambda session, rest: pip(session.task, rest),
    "run": run_magic,
    "fs": fs_magic,
    "sh": lambda session, rest: shell(rest, False),
}
LINE.update({name: nothing for name in WITHOUT_EFFECT})
CELL = {"sh": sh_cell, "bash": sh_cell, "sql": sql_cell}


def prepare(cell, name):
    """The code of a cell: (statements, last expression).

    @raises SyntaxError, NotImplementedError with the cell's name"""
    if cell.kind in REFUSED:
        raise NotImplementedError("%s: %%%s: %s" % (name, cell.kind, REFUSED[cell.kind]))
    if cell.kind in CELL:
        # As Python at the place of the cell, so that a trace names it.
        return python_cell.compile_cell("%s()" % CELL_HOOK, name, cell.text)
    if cell.kind != "python":
        return None
    code = python_cell.compile_cell(cell.body, name, cell.text)
    for line, magic in python_cell.magics_in(cell.body, name):
        if magic not in LINE:
            raise NotImplementedError("%s, line %d: %%%s is not supported on local compute" % (name, line, magic))
    return code


def run(session, cell, code):
    if code is None:
        return
    if cell.kind == "python":
        python_cell.run_cell(code, session.namespace)
    else:
        python_cell.run_cell(code, {CELL_HOOK: lambda: CELL[cell.kind](session, cell)})
