import datetime
import os
import unittest

from tesseract.features import FEATURES, HORIZON, LABEL, MISSING, feature_table
from tesseract.prices import PRICES, read_prices

HERE = os.path.dirname(os.path.abspath(__file__))
TABLE = os.environ.get("PRICE_TABLE", os.path.join(HERE, "..", "..", "data", "synthetic_prices.csv"))


class PriceTable(unittest.TestCase):
    """The table that the model learns from. Another one is named in PRICE_TABLE."""

    @classmethod
    def setUpClass(cls):
        cls.rows = read_prices(TABLE)

    def test_it_is_long_enough_to_learn_from(self):
        self.assertGreaterEqual(len(self.rows), 500)

    def test_nothing_is_missing(self):
        holes = [(row["Date"], name) for row in self.rows for name in (*PRICES, "Volume") if row[name] is None]
        self.assertEqual(holes, [])

    def test_every_weekday_is_there_once_and_in_order(self):
        days = [datetime.date(*map(int, row["Date"].split("-"))) for row in self.rows]
        span = [days[0] + datetime.timedelta(days=n) for n in range((days[-1] - days[0]).days + 1)]
        self.assertEqual(days, [day for day in span if day.weekday() < 5])

    def test_prices_and_volumes_are_positive(self):
        bad = [row["Date"] for row in self.rows if min(row[name] for name in (*PRICES, "Volume")) <= 0]
        self.assertEqual(bad, [])

    def test_high_is_high_and_low_is_low(self):
        bad = [
            row["Date"]
            for row in self.rows
            if not row["Low"] <= min(row["Open"], row["Close"]) <= max(row["Open"], row["Close"]) <= row["High"]
        ]
        self.assertEqual(bad, [])

    def test_no_day_jumps(self):
        pairs = zip(self.rows, self.rows[1:])
        jumps = [later["Date"] for before, later in pairs if abs(later["Close"] / before["Close"] - 1) > 0.25]
        self.assertEqual(jumps, [])

    def test_the_feature_table_is_whole(self):
        table = feature_table(self.rows)
        self.assertEqual([row[LABEL] is None for row in table].count(True), HORIZON)
        self.assertFalse(any(row[name] == MISSING for row in table for name in FEATURES))


if __name__ == "__main__":
    unittest.main()
