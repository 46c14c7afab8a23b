"""The two features of the Tesseract model.

The formulas only use arithmetic, so the same functions take numbers, pandas Series and Spark columns.
"""


def high_low_pert(high, low, close):
    """Width of the day in percent of the closing price."""
    return (high - low) / close * 100


def pert_change(opening, close):
    """Change from opening to closing in percent of the opening price."""
    return (close - opening) / opening * 100


def with_features(row):
    """A row of prices (a mapping with Open, High, Low, Close) with both features added."""
    return {
        **row,
        "High_Low_Pert": high_low_pert(row["High"], row["Low"], row["Close"]),
        "Pert_change": pert_change(row["Open"], row["Close"]),
    }
