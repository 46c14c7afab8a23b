"""The random forest: one fit, measured on the days after those it learned from."""

import pickle

from tesseract.features import FEATURES, HORIZON, LABEL
from tesseract.store import read_csv

SEED = 20210401
METRICS = ("rmse", "mae", "r2")


def read_features(path):
    """Rows of a feature table with numbers; a label of None belongs to a day whose future is not known yet."""
    header, records = read_csv(path)
    missing = [name for name in ("Date", *FEATURES, LABEL) if name not in header]
    if missing:
        raise ValueError(f"{path}: no column {', '.join(missing)}; run preprocessing first")
    return [
        {
            "Date": record["Date"],
            **{name: float(record[name]) for name in FEATURES},
            LABEL: float(record[LABEL]) if record[LABEL] else None,
        }
        for record in records
    ]


def matrix(rows):
    return [[row[name] for name in FEATURES] for row in rows]


def split(rows, share=0.8, gap=HORIZON):
    """Labelled rows in time order: (the first `share` of them, the rest).

    The `gap` rows in between are left out: their labels are prices of days that the rest is tested on.
    """
    train, test = hold_out(rows, share, gap)
    if len(train) < 2 or len(test) < 2:
        known = sum(row[LABEL] is not None for row in rows)
        raise ValueError(f"{known} labelled rows are too few to split; take a longer price table")
    return train, test


def hold_out(rows, share=0.8, gap=HORIZON):
    """Labelled rows in time order: (those to learn from and to choose by, the rest, which only an evaluation sees).

    The same days are held out in every task that has the same table, and the `gap` before them is left out.
    """
    known = sorted((row for row in rows if row[LABEL] is not None), key=lambda row: row["Date"])
    cut = int(len(known) * share)
    return known[: max(cut - gap, 0)], known[cut:]


def learning_split(rows):
    """(rows to train on, later rows to test on), none of them held out: 60 %, 20 % and 20 % of the days."""
    return split(hold_out(rows)[0], share=0.75)


def fit(rows, max_depth, n_estimators):
    """A RandomForestRegressor; the same rows and parameters give the same forest."""
    from sklearn.ensemble import RandomForestRegressor

    forest = RandomForestRegressor(max_depth=max_depth, n_estimators=n_estimators, random_state=SEED)
    return forest.fit(matrix(rows), [row[LABEL] for row in rows])


def measure(forest, rows):
    """Root mean square error and mean absolute error in units of the price, and r2."""
    from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score

    actual, predicted = [row[LABEL] for row in rows], forest.predict(matrix(rows))
    return {
        "rmse": float(mean_squared_error(actual, predicted)) ** 0.5,
        "mae": float(mean_absolute_error(actual, predicted)),
        "r2": float(r2_score(actual, predicted)),
    }


def fit_and_measure(train, test, parameters):
    """One point of a search: parameters and metrics."""
    return {**parameters, **measure(fit(train, **parameters), test)}


def to_bytes(forest):
    return pickle.dumps(forest, protocol=4)
