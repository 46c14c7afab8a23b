"""cluster_search: the grid search spread over the machines of the cluster by Spark.

Parameters: uid, root, prices, grid and commit=<...> as of search, and `driver` to search on the driver where there is no Spark.
Writes results.csv and best.json to <root>/cluster_search/<uid>/.
"""

import importlib.util
import os
import shutil
import sys
import tempfile

from tesseract.features import feature_table
from tesseract.forest import fit_and_measure, learning_split
from tesseract.parameters import ParameterError, grid, options, positional
from tesseract.prices import read_prices
from tesseract.search import log, report


def main(values=None):
    values = sys.argv[1:] if values is None else values
    values, given = options(values, ("commit",))
    uid, root, prices, wanted = positional(("uid", "root", "prices", "grid"), values)
    without_spark = values[4] if len(values) > 4 else "fail"
    if without_spark not in ("fail", "driver"):
        raise ParameterError(f"the fifth parameter is {without_spark!r}; give driver or fail")
    points = grid(wanted)
    train, test = learning_split(feature_table(read_prices(prices)))
    if importlib.util.find_spec("pyspark"):
        results = on_spark(train, test, points)
    elif without_spark == "driver":
        print("no Spark here: pyspark is not installed; searching on the driver, as asked")
        results = [fit_and_measure(train, test, point) for point in points]
    else:
        raise RuntimeError("no Spark here: add the library pyspark, or give driver as the fifth parameter")
    report("cluster_search", uid, root, results)
    log("cluster_search", uid, train, results, prices, given["commit"])


def on_spark(train, test, points):
    """One Spark task a point; the rows go to each machine once."""
    from pyspark.sql import SparkSession

    # Outside of Databricks the workers take any python3 otherwise, not the one that has scikit-learn.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    spark = SparkSession.builder.getOrCreate()
    context = spark.sparkContext
    with tempfile.TemporaryDirectory() as folder:
        context.addPyFile(_zipped(folder))
        rows = context.broadcast((train, test))
        print(f"Spark {spark.version}: {len(points)} tasks, {context.defaultParallelism} at a time")
        return context.parallelize(points, len(points)).map(lambda p: fit_and_measure(*rows.value, p)).collect()


def _zipped(folder):
    """This package as a zip file: other machines have it only if it is sent there."""
    package = os.path.dirname(os.path.abspath(__file__))
    parent, name = os.path.split(package)
    return shutil.make_archive(os.path.join(folder, name), "zip", parent, name)


if __name__ == "__main__":
    main()
