"""Kind `wheel`: an entry point of an installed package, found as Databricks finds it."""

import importlib
import re
import sys
from importlib import metadata

from .python_file import as_main


def _declared(distribution, name):
    """The entry point of that name, of any group: console_scripts first."""
    found = [point for point in distribution.entry_points if point.name == name]
    found.sort(key=lambda point: point.group != "console_scripts")
    return found[0] if found else None


def _modules(distribution, package):
    named = (distribution.read_text("top_level.txt") or "").split()
    return [re.sub(r"[-.]+", "_", package), *named]


def _function(distribution, package, name):
    """`package.module:function`, else the function of that name in the package itself."""
    if ":" in name:
        module, _, attribute = name.partition(":")
        target = importlib.import_module(module)
        for part in attribute.split("."):
            target = getattr(target, part)
        return target
    for module in _modules(distribution, package):
        try:
            loaded = importlib.import_module(module)
        except ModuleNotFoundError as error:
            if error.name != module:
                raise
            continue
        if callable(getattr(loaded, name, None)):
            return getattr(loaded, name)
    return None


def load(package, name):
    try:
        distribution = metadata.distribution(package)
    except metadata.PackageNotFoundError:
        raise ImportError(
            "the package %s is not installed here: "
            "add its wheel to the libraries of the task or of the cluster" % package
        ) from None
    point = _declared(distribution, name)
    function = point.load() if point else _function(distribution, package, name)
    if function is None:
        known = sorted({point.name for point in distribution.entry_points})
        raise ImportError(
            "the package %s %s has no entry point %s and no function of that name; entry points: %s"
            % (package, distribution.version, name, ", ".join(known) or "none")
        )
    return function


def run(task):
    work = task.work
    named = ["--%s=%s" % item for item in work.named.items()]
    sys.argv = [work.entryPoint, *work.parameters, *named]
    as_main()
    load(work.packageName, work.entryPoint)()
