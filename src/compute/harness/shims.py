"""`pyspark.dbutils` and `databricks.sdk.runtime`, which Databricks' runtime has and PyPI's packages have not."""

import importlib.abc
import importlib.machinery
import sys
import types


class Shims(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Last on sys.meta_path: an installed module of the same name wins."""

    def __init__(self, task):
        self._task = task
        self._makers = {
            "pyspark.dbutils": lambda: {"DBUtils": lambda spark=None: self._dbutils()},
            # Packages without content, for `databricks.sdk.runtime` where the SDK is not installed.
            "databricks": lambda: {"__path__": []},
            "databricks.sdk": lambda: {"__path__": []},
            "dbruntime": lambda: {"UserNamespaceInitializer": self._initializer()},
            "databricks.sdk.runtime": self._names,
        }

    def _dbutils(self):
        main = sys.modules["__main__"].__dict__.get("dbutils")
        if main is not None:
            return main
        from .dbutils import DBUtils

        return DBUtils(self._task, {}, None)

    def _names(self):
        from . import python_cell, spark

        return {
            "dbutils": self._dbutils(),
            "spark": spark.lazy_session(),
            "sc": spark.lazy_context(),
            "display": python_cell.display,
            "displayHTML": python_cell.display_html,
            "getArgument": self._dbutils().widgets.getArgument,
        }

    def _initializer(self):
        """What databricks-sdk's own `runtime` module asks for these names."""
        names = self._names()
        instance = types.SimpleNamespace(get_namespace_globals=lambda: names)
        return types.SimpleNamespace(getOrCreate=lambda: instance)

    def find_spec(self, fullname, path=None, target=None):
        if fullname in self._makers:
            empty = fullname in ("databricks", "databricks.sdk")
            return importlib.machinery.ModuleSpec(fullname, self, is_package=empty)
        return None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        module.__dict__.update(self._makers[module.__name__]())


def install(task):
    sys.meta_path.append(Shims(task))
