# Databricks notebook source
"""Runs pytest on a cluster and hands its JUnit report back. `brickrail test` puts this notebook there and runs it.

Widgets: root (workspace folder that imports begin at), path (below it), only (JSON list of test ids; empty: all).
Result: JSON of exit (pytest's code), junit (the report: zlib, then base64), failed (ids of the tests to run again).
"""

import base64
import json
import os
import sys
import tempfile
import zlib

import pytest


class Selection:
    """Remembers the ids of the tests that have failed; runs just those of an earlier attempt, if there are any."""

    def __init__(self, only):
        self.only = only
        self.failed = []

    def pytest_collection_modifyitems(self, config, items):
        if not self.only:
            return
        config.hook.pytest_deselected(items=[item for item in items if item.nodeid not in self.only])
        items[:] = [item for item in items if item.nodeid in self.only]

    def pytest_runtest_logreport(self, report):
        if report.failed and report.nodeid not in self.failed:
            self.failed.append(report.nodeid)


def widget(name):
    dbutils.widgets.text(name, "")  # noqa: F821
    return dbutils.widgets.get(name)  # noqa: F821


def run(root, path, only):
    # Workspace files are no place for caches: others see them, and a sync would count them.
    sys.dont_write_bytecode = True
    root = "/Workspace" + root
    os.chdir(root)
    sys.path[:0] = [folder for folder in (root, os.path.join(root, "src")) if os.path.isdir(folder)]
    selection = Selection(only)
    with tempfile.TemporaryDirectory() as folder:
        report = os.path.join(folder, "junit.xml")
        options = ["-p", "no:cacheprovider", "--rootdir", root, "--junitxml", report, "-rfE"]
        code = pytest.main(options + [path or "."], plugins=[selection])
        with open(report, "rb") as opened:
            junit = base64.b64encode(zlib.compress(opened.read(), 9)).decode("ascii")
    return {"exit": int(code), "junit": junit, "failed": selection.failed}


only = widget("only")
dbutils.notebook.exit(json.dumps(run(widget("root"), widget("path"), json.loads(only) if only else [])))  # noqa: F821
