"""batch: scores the latest days with the model that serves.

Parameters: uid, root, and registered=<name>: the version of that model in Production scores, and the model of this run as long
as there is none. A model's folder as third parameter is taken in any case.
Writes <root>/predictions/<uid>/predictions.csv. Run again with the same model and days, it leaves the file as it is.
"""

import datetime
import os
import pickle
import sys

from tesseract.features import LABEL
from tesseract.forest import matrix, read_features
from tesseract.parameters import options, positional
from tesseract.store import csv_text, folder_of, local, read_csv, write
from tesseract.table import table_text
from tesseract.tracking import connect, load, serving

COLUMNS = ("Date", "AdjClose", "prediction", "model", "model_version", "scored_at")


def main(values=None):
    values = sys.argv[1:] if values is None else values
    values, given = options(values, ("registered",))
    uid, root = positional(("uid", "root"), values)
    rows = read_features(os.path.join(folder_of(root, "features", uid), "features.csv"))
    latest = [row for row in rows if row[LABEL] is None]
    if not latest:
        raise ValueError("no day without a label: there is nothing to score")
    path = os.path.join(folder_of(root, "predictions", uid), "predictions.csv")
    if len(values) > 2:
        scorer = from_folder(local(values[2].rstrip("/")))
    else:
        scorer = in_production(given["registered"]) or from_folder(folder_of(root, "models", uid))
    scored = predictions(latest, *scorer)
    if unchanged(path, scored):
        print("scored before with the same result: nothing is written")
    else:
        write(path, csv_text(COLUMNS, scored))
    print(table_text(COLUMNS[:3], scored))
    print(f"predictions: {path}")


def in_production(name):
    """(how to predict, the model, its version) of the registered model that serves; None as long as none does."""
    if not name:
        return None
    mlflow = connect()
    if mlflow is None:
        # Which version serves is not known then: another model must not score in its place.
        raise ValueError(f"registered={name} asks for the version in production, and there is no MLflow to ask")
    version = serving(mlflow, name)
    if version is None:
        print(f"no version of {name} is in production yet: the model of this run scores")
        return None
    print(f"version {version} of {name} is in production: it scores")
    return load(mlflow, name, version), f"models:/{name}/{version}", version


def from_folder(folder):
    """The same of a model.pkl; it has no version."""
    path = os.path.join(folder, "model.pkl")
    if not os.path.exists(path):
        raise ValueError(f"no model in {folder}; run model first, or give another folder")
    with open(path, "rb") as file:
        forest = pickle.load(file)
    return lambda rows: forest.predict(matrix(rows)), folder, ""


def predictions(rows, predict, model, version):
    """One row a day: what the model makes of it, and when."""
    now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
    return [
        {
            "Date": row["Date"],
            "AdjClose": row["AdjClose"],
            "prediction": float(value),
            "model": model,
            "model_version": version,
            "scored_at": now,
        }
        for row, value in zip(rows, predict(rows))
    ]


def unchanged(path, scored):
    """True when the file says the same, whenever that was."""
    if not os.path.exists(path):
        return False
    same = COLUMNS[:-1]
    return [[row[name] for name in same] for row in read_csv(path)[1]] == [
        [str(row[name]) for name in same] for row in scored
    ]


if __name__ == "__main__":
    main()
