"""Writes data/synthetic_prices.csv: a random walk from a fixed seed, the same on every machine. No real stock."""

import csv
import datetime
import os
import random

DAYS = 250
SEED = 20210401
OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "synthetic_prices.csv")


def trading_days(start, count):
    day = start
    while count:
        if day.weekday() < 5:
            yield day
            count -= 1
        day += datetime.timedelta(days=1)


def rows():
    rng = random.Random(SEED)
    close = 100.0
    for day in trading_days(datetime.date(2023, 1, 2), DAYS):
        opening = round(close * (1 + rng.gauss(0, 0.004)), 2)
        close = round(opening * (1 + rng.gauss(0.0004, 0.015)), 2)
        high = round(max(opening, close) * (1 + abs(rng.gauss(0, 0.006))), 2)
        low = round(min(opening, close) * (1 - abs(rng.gauss(0, 0.006))), 2)
        yield [day.isoformat(), opening, high, low, close, rng.randrange(800000, 2500000)]


if __name__ == "__main__":
    with open(OUT, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["Date", "Open", "High", "Low", "Close", "Volume"])
        writer.writerows(rows())
