"""`spark` and `sc` of a notebook: the session is made when it is used first."""

import os
import shutil


class Lazy:
    """Stands for an object that is costly to make, or that perhaps cannot be made."""

    def __init__(self, make):
        object.__setattr__(self, "_make", make)

    def __getattr__(self, name):
        return getattr(object.__getattribute__(self, "_make")(), name)

    def __repr__(self):
        return repr(object.__getattribute__(self, "_make")())


def session():
    """The Spark session of this process; how it is set up is in PYSPARK_SUBMIT_ARGS (see `spark-variables.ts`).

    @raises RuntimeError that says what is missing"""
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise RuntimeError(
            "spark is not available: pyspark is not among the libraries here; "
            "add `pypi: pyspark` to those of the cluster"
        ) from None
    home = os.environ.get("JAVA_HOME")
    if not (home and os.path.exists(os.path.join(home, "bin", "java"))) and not shutil.which("java"):
        raise RuntimeError("spark is not available: there is no Java on this machine (17 or newer)")
    return SparkSession.builder.getOrCreate()


def lazy_session():
    return Lazy(session)


def lazy_context():
    return Lazy(lambda: session().sparkContext)
