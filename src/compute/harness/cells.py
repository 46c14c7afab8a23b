"""Notebooks as cells: the SOURCE form (`# COMMAND ----------`, `# MAGIC`) and .ipynb."""

import json
import re

HEADER = re.compile(r"^(#|--|//) Databricks notebook source\s*$")
LANGUAGES = {"#": "PYTHON", "--": "SQL", "//": "SCALA"}
SEPARATOR = re.compile(r"^# COMMAND -+\s*$")
MAGIC_LINE = re.compile(r"^# MAGIC ?")
TITLE = re.compile(r"^# DBTITLE ")
CELL_MAGIC = re.compile(r"^%%?([\w-]+)[ \t]*(.*)$")
#: Magics that own the rest of their cell.
WHOLE = {"python", "md", "md-sandbox", "html", "sh", "bash", "sql", "scala", "r"}


class Cell:
    """`number` counts from 1, as in the notebook's editor. `text` has the lines the user sees, `body` not the magic."""

    def __init__(self, number, text):
        self.number = number
        self.text = text
        self.kind, self.body = classify(text)


def classify(text):
    """(kind, the text with what is beside the magic in place of the magic's line)."""
    lines = text.split("\n")
    for index, line in enumerate(lines):
        if not line.strip() or line.startswith("#"):
            continue
        magic = CELL_MAGIC.match(line)
        if magic is None or magic.group(1).lower() not in WHOLE:
            break
        return magic.group(1).lower(), "\n".join([""] * index + [magic.group(2)] + lines[index + 1:])
    return "python", text


def language_of(text):
    """The language that the header of a SOURCE notebook names; None for a file that is no notebook."""
    found = HEADER.match(text.lstrip("\ufeff").split("\n", 1)[0])
    return LANGUAGES[found.group(1)] if found else None


def _plain(lines):
    """A cell as its author wrote it, without the marks of the SOURCE form."""
    kept = [MAGIC_LINE.sub("", line) for line in lines if not TITLE.match(line)]
    while kept and not kept[0].strip():
        kept.pop(0)
    return "\n".join(kept).rstrip()


def parse_source(text):
    lines = text.lstrip("\ufeff").replace("\r\n", "\n").split("\n")
    if lines and HEADER.match(lines[0]):
        lines = lines[1:]
    groups = [[]]
    for line in lines:
        if SEPARATOR.match(line):
            groups.append([])
        else:
            groups[-1].append(line)
    return [Cell(number, _plain(group)) for number, group in enumerate(groups, 1)]


def parse_jupyter(text):
    """@raises ValueError when it is not a notebook"""
    try:
        document = json.loads(text)
        written = document["cells"]
    except (ValueError, KeyError, TypeError):
        raise ValueError("this is not an .ipynb notebook: JSON with `cells` is expected") from None
    cells = []
    for number, cell in enumerate(written, 1):
        source = cell.get("source", "")
        source = source if isinstance(source, str) else "".join(source)
        cells.append(Cell(number, source if cell.get("cell_type") == "code" else "%md\n" + source))
    return cells


def parse(text, form):
    return parse_jupyter(text) if form == "JUPYTER" else parse_source(text)
