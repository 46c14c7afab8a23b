"""Writes data/synthetic_prices.csv from a fixed seed, the same on every machine. No real stock.

The price swings around 100 with the seasons, so that the past says something about the days to come, which a
random walk does not; a dividend each quarter makes AdjClose differ from Close.
"""

import csv
import datetime
import math
import os
import random

DAYS = 750
SEED = 20210401
MEAN = 100.0
SWING = 12.0
YEAR = 250
QUARTER = 63
DIVIDEND = 0.15
OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "synthetic_prices.csv")


def trading_days(start, count):
    day = start
    while count:
        if day.weekday() < 5:
            yield day
            count -= 1
        day += datetime.timedelta(days=1)


def days():
    rng = random.Random(SEED)
    close = MEAN
    for number, day in enumerate(trading_days(datetime.date(2021, 1, 4), DAYS)):
        season = MEAN + SWING * math.sin(2 * math.pi * number / YEAR)
        opening = round(close * (1 + rng.gauss(0, 0.003)), 2)
        close = round(opening * (1 + 0.1 * (season - opening) / MEAN + rng.gauss(0, 0.009)), 2)
        high = round(max(opening, close) * (1 + abs(rng.gauss(0, 0.006))), 2)
        low = round(min(opening, close) * (1 - abs(rng.gauss(0, 0.006))), 2)
        yield [day.isoformat(), opening, high, low, close, rng.randrange(800000, 2500000)]


def adjusted(rows):
    """The closing prices as they would be had every later dividend been paid already."""
    factor, closes = 1.0, []
    for number in range(len(rows) - 1, -1, -1):
        close = rows[number][4]
        closes.append(round(close * factor, 2))
        if number and number % QUARTER == 0:
            factor *= 1 - DIVIDEND / rows[number - 1][4]
    return closes[::-1]


if __name__ == "__main__":
    table = list(days())
    with open(OUT, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["Date", "Open", "High", "Low", "Close", "AdjClose", "Volume"])
        writer.writerows([*row[:5], close, row[5]] for row, close in zip(table, adjusted(table)))
