"""preprocessing: the price table to the feature table of this run.

Parameters: uid (the run's id), prices (a CSV), root (the data lake), and, if not a week, horizon in trading days.
Writes <root>/features/<uid>/features.csv, and the days that no model learns from: <root>/holdout/holdout.csv.
"""

import os
import sys

from tesseract.features import FEATURES, HORIZON, LABEL, MISSING, feature_table
from tesseract.forest import hold_out
from tesseract.parameters import positional, whole_number
from tesseract.prices import read_prices
from tesseract.store import csv_text, folder_of, local, write


def main(values=None):
    values = sys.argv[1:] if values is None else values
    uid, prices, root = positional(("uid", "prices", "root"), values)
    horizon = whole_number("horizon", values[3]) if len(values) > 3 else HORIZON
    rows = feature_table(read_prices(prices), horizon)
    path = os.path.join(folder_of(root, "features", uid), "features.csv")
    write(path, csv_text(("Date", *FEATURES, LABEL), rows))
    filled = sum(row[name] == MISSING for row in rows for name in FEATURES)
    print(f"{len(rows)} days from {rows[0]['Date']} to {rows[-1]['Date']}, {filled} missing values set to {MISSING}")
    print(f"label: AdjClose {horizon} trading days later; the last {horizon} days have none yet")
    print(f"features: {path}")
    write_holdout(os.path.join(local(root), "holdout", "holdout.csv"), rows)


def write_holdout(path, rows):
    """The latest days with a label, and their quarter, for the evaluation of models; not when there are none."""
    held = [{**row, "Quarter": quarter(row["Date"])} for row in hold_out(rows)[1]]
    if held:
        write(path, csv_text(("Date", "Quarter", *FEATURES, LABEL), held))
        print(f"held out: {len(held)} days from {held[0]['Date']} to {held[-1]['Date']}, {path}")


def quarter(date):
    """`2023-Q3` of `2023-08-14`."""
    return f"{date[:4]}-Q{(int(date[5:7]) + 2) // 3}"


if __name__ == "__main__":
    main()
