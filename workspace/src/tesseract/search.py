"""search: grid search on the driver.

Parameters: uid, root, prices, and a grid: {"max_depth": [2, 80], "n_estimators": [10, 100]}.
Writes results.csv and best.json to <root>/search/<uid>/.
"""

import os
import sys

from tesseract.features import feature_table
from tesseract.forest import METRICS, fit_and_measure, split
from tesseract.parameters import HYPERPARAMETERS, grid, positional
from tesseract.prices import read_prices
from tesseract.store import csv_text, folder_of, json_text, write
from tesseract.table import table_text

COLUMNS = (*HYPERPARAMETERS, *METRICS)


def main(values=None):
    values = sys.argv[1:] if values is None else values
    uid, root, prices, wanted = positional(("uid", "root", "prices", "grid"), values)
    points = grid(wanted)
    train, test = split(feature_table(read_prices(prices)))
    report("search", uid, root, [fit_and_measure(train, test, point) for point in points])


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
