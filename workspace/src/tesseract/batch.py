"""batch: scores the latest days with a model.

Parameters: uid, root, and the model's folder if it is not that of this run.
Writes <root>/predictions/<uid>/predictions.csv. Run again with the same model and days, it leaves the file as it is.
"""

import datetime
import os
import pickle
import sys

from tesseract.features import LABEL
from tesseract.forest import matrix, read_features
from tesseract.parameters import positional
from tesseract.store import csv_text, folder_of, local, read_csv, write
from tesseract.table import table_text

COLUMNS = ("Date", "AdjClose", "prediction", "model", "scored_at")


def main(values=None):
    values = sys.argv[1:] if values is None else values
    uid, root = positional(("uid", "root"), values)
    model = local(values[2].rstrip("/")) if len(values) > 2 else folder_of(root, "models", uid)
    rows = read_features(os.path.join(folder_of(root, "features", uid), "features.csv"))
    latest = [row for row in rows if row[LABEL] is None]
    if not latest:
        raise ValueError("no day without a label: there is nothing to score")
    path = os.path.join(folder_of(root, "predictions", uid), "predictions.csv")
    scored = predictions(latest, model)
    if unchanged(path, scored):
        print("scored before with the same result: nothing is written")
    else:
        write(path, csv_text(COLUMNS, scored))
    print(table_text(COLUMNS[:3], scored))
    print(f"predictions: {path}")


def predictions(rows, model):
    """One row a day: what the model in that folder makes of it, and when."""
    path = os.path.join(model, "model.pkl")
    if not os.path.exists(path):
        raise ValueError(f"no model in {model}; run model first, or give another folder")
    with open(path, "rb") as file:
        forest = pickle.load(file)
    now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
    return [
        {"Date": row["Date"], "AdjClose": row["AdjClose"], "prediction": float(value), "model": model, "scored_at": now}
        for row, value in zip(rows, forest.predict(matrix(rows)))
    ]


def unchanged(path, scored):
    """True when the file says the same, whenever that was."""
    if not os.path.exists(path):
        return False
    same = COLUMNS[:4]
    return [[row[name] for name in same] for row in read_csv(path)[1]] == [
        [str(row[name]) for name in same] for row in scored
    ]


if __name__ == "__main__":
    main()
