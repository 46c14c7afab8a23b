"""Reading the price table."""

from tesseract.store import read_csv

PRICES = ("Open", "High", "Low", "Close", "AdjClose")
COLUMNS = ("Date", *PRICES, "Volume")


def read_prices(path):
    """Rows of a price CSV: Date as text, prices as floats, Volume as int; an empty field is None.

    Raises ValueError when a column is missing, a field is no number, or a row contradicts itself, so that a bad
    file never becomes a feature.
    """
    header, records = read_csv(path)
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise ValueError(f"{path}: no column {', '.join(missing)}; the table has {', '.join(header) or 'none'}")
    rows = [_typed(record, number) for number, record in enumerate(records, start=2)]
    if not rows:
        raise ValueError(f"{path}: no rows")
    return rows


def _typed(record, line):
    row = {
        "Date": record["Date"],
        **{name: _number(record, name, float, line) for name in PRICES},
        "Volume": _number(record, "Volume", int, line),
    }
    day = [row[name] for name in ("Low", "Open", "Close", "High")]
    if None not in day and (day[0] != min(day) or day[3] != max(day)):
        raise ValueError(f"line {line}: prices of {row['Date']} are not between Low and High")
    return row


def _number(record, name, kind, line):
    text = (record[name] or "").strip()
    try:
        return kind(text) if text else None
    except ValueError:
        raise ValueError(f"line {line}: {name} is {text!r}, not a number") from None
