"""Reading the price file."""

import csv

PRICES = ("Open", "High", "Low", "Close")


def read_prices(path):
    """Rows of a price CSV: Date as text, prices as floats, Volume as int.

    Raises ValueError when a row contradicts itself, so that a bad file never becomes a feature.
    """
    with open(path, newline="") as file:
        rows = [_typed(row) for row in csv.DictReader(file)]
    for number, row in enumerate(rows, start=2):
        if not row["Low"] <= min(row["Open"], row["Close"]) <= max(row["Open"], row["Close"]) <= row["High"]:
            raise ValueError(f"line {number}: prices of {row['Date']} are not between Low and High")
    return rows


def _typed(row):
    return {"Date": row["Date"], **{name: float(row[name]) for name in PRICES}, "Volume": int(row["Volume"])}
