"""search: grid search on the driver.

Parameters: uid, root, prices, and a grid: {"max_depth": [2, 80], "n_estimators": [10, 100]}; and commit=<...>, for MLflow.
Writes results.csv and best.json to <root>/search/<uid>/, and to MLflow a run with one run a point in it; the winner has the model.
"""

import os
import sys

from tesseract.features import feature_table
from tesseract.forest import METRICS, fit, fit_and_measure, learning_split
from tesseract.parameters import HYPERPARAMETERS, grid, options, positional
from tesseract.prices import read_prices
from tesseract.store import csv_text, folder_of, json_text, write
from tesseract.table import table_text
from tesseract.tracking import connect, log_candidate, logged_run

COLUMNS = (*HYPERPARAMETERS, *METRICS)


def main(values=None):
    values = sys.argv[1:] if values is None else values
    values, given = options(values, ("commit",))
    uid, root, prices, wanted = positional(("uid", "root", "prices", "grid"), values)
    points = grid(wanted)
    train, test = learning_split(feature_table(read_prices(prices)))
    results = [fit_and_measure(train, test, point) for point in points]
    report("search", uid, root, results)
    log("search", uid, train, results, prices, given["commit"])


def log(kind, uid, train, results, table, commit):
    """A run with a run a point in it; only that of the winner has a model, and is a candidate."""
    mlflow = connect()
    if mlflow is None:
        return
    ranked = rank(results)
    with logged_run(mlflow, f"{kind} {uid}", commit, {"points": len(results)}):
        for place, one in enumerate(ranked):
            parameters = {name: one[name] for name in HYPERPARAMETERS}
            metrics = {name: one[name] for name in METRICS}
            with logged_run(mlflow, " ".join(f"{k}={v}" for k, v in parameters.items()), commit, parameters, nested=True):
                if place == 0:
                    log_candidate(mlflow, fit(train, **parameters), train, table, metrics, commit)
                else:
                    mlflow.log_metrics(metrics)


def report(kind, uid, root, results):
    """Print and write every point, best first."""
    ranked = rank(results)
    folder = folder_of(root, kind, uid)
    write(os.path.join(folder, "results.csv"), csv_text(COLUMNS, ranked))
    write(os.path.join(folder, "best.json"), json_text(ranked[0]))
    best = " ".join(f"{name}={ranked[0][name]}" for name in HYPERPARAMETERS)
    print(table_text(COLUMNS, ranked))
    print(f"best by rmse: {best}")
    print(f"results: {folder}")


def rank(results):
    """By rmse; of equal ones the smaller forest, so that the winner is always the same."""
    return sorted(results, key=lambda one: (one["rmse"], one["n_estimators"], one["max_depth"]))


if __name__ == "__main__":
    main()
