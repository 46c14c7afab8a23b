"""Features and label of the Tesseract model.

The formulas only use arithmetic, so the same functions take numbers, pandas Series and Spark columns.
"""

FEATURES = ("AdjClose", "Volume", "High_Low_Pert", "Pert_change")
LABEL = "label"

#: Stands for a value that is missing: a tree puts it in a branch of its own, and no row is lost.
MISSING = -99999

#: The label of a day is the adjusted close this many trading days later: a week.
HORIZON = 5


def high_low_pert(high, low, close):
    """Width of the day in percent of the closing price."""
    return (high - low) / close * 100


def pert_change(opening, close):
    """Change from opening to closing in percent of the opening price."""
    return (close - opening) / opening * 100


def with_features(row):
    """A row of prices with both computed features added; a feature is None when one of its prices is."""
    return {
        **row,
        "High_Low_Pert": _known(high_low_pert, row["High"], row["Low"], row["Close"]),
        "Pert_change": _known(pert_change, row["Open"], row["Close"]),
    }


def feature_table(prices, horizon=HORIZON):
    """Rows of Date, the four features and the label, in the order of `prices`.

    A missing feature is MISSING. The label is None where the day `horizon` rows later is not known: the last
    rows are there to be scored, not to be learned from.
    """
    if horizon < 1:
        raise ValueError(f"horizon is {horizon}: the label has to lie in the future, give 1 or more")
    rows = [with_features(row) for row in prices]
    later = [row["AdjClose"] for row in rows[horizon:]] + [None] * horizon
    return [
        {
            "Date": row["Date"],
            **{name: MISSING if row[name] is None else row[name] for name in FEATURES},
            LABEL: label,
        }
        for row, label in zip(rows, later)
    ]


def _known(formula, *values):
    return None if any(value is None for value in values) else formula(*values)
