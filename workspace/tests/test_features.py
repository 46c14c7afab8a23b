import os
import tempfile
import unittest

from tesseract.features import high_low_pert, pert_change, with_features
from tesseract.prices import read_prices

HERE = os.path.dirname(os.path.abspath(__file__))
PRICES = os.path.join(HERE, "..", "data", "synthetic_prices.csv")


class Features(unittest.TestCase):
    def test_width_in_percent_of_the_close(self):
        self.assertAlmostEqual(high_low_pert(high=110.0, low=100.0, close=104.0), 9.6153846, places=6)

    def test_change_in_percent_of_the_opening(self):
        self.assertAlmostEqual(pert_change(opening=100.0, close=104.0), 4.0)
        self.assertAlmostEqual(pert_change(opening=104.0, close=100.0), -3.8461538, places=6)

    def test_a_row_keeps_its_prices(self):
        row = with_features({"Open": 100.0, "High": 110.0, "Low": 100.0, "Close": 104.0})
        self.assertEqual(row["Close"], 104.0)
        self.assertAlmostEqual(row["Pert_change"], 4.0)


class Prices(unittest.TestCase):
    def test_the_sample_is_whole(self):
        rows = read_prices(PRICES)
        self.assertEqual(len(rows), 250)
        self.assertTrue(all(with_features(row)["High_Low_Pert"] >= 0 for row in rows))

    def test_a_close_above_the_high_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "bad.csv")
            with open(path, "w") as file:
                file.write("Date,Open,High,Low,Close,Volume\n2024-01-02,100,101,99,102,1000\n")
            with self.assertRaisesRegex(ValueError, "line 2"):
                read_prices(path)


if __name__ == "__main__":
    unittest.main()
