import unittest

from tesseract.features import FEATURES, LABEL, MISSING, feature_table, high_low_pert, pert_change, with_features

DAY = {
    "Date": "2024-01-02",
    "Open": 100.0,
    "High": 110.0,
    "Low": 100.0,
    "Close": 104.0,
    "AdjClose": 103.0,
    "Volume": 1000,
}


def days(*closes):
    return [{**DAY, "Date": f"2024-01-{number:02}", "AdjClose": close} for number, close in enumerate(closes, 1)]


class Formulas(unittest.TestCase):
    def test_width_in_percent_of_the_close(self):
        self.assertAlmostEqual(high_low_pert(high=110.0, low=100.0, close=104.0), 9.6153846, places=6)

    def test_change_in_percent_of_the_opening(self):
        self.assertAlmostEqual(pert_change(opening=100.0, close=104.0), 4.0)
        self.assertAlmostEqual(pert_change(opening=104.0, close=100.0), -3.8461538, places=6)

    def test_a_row_keeps_its_prices(self):
        row = with_features(DAY)
        self.assertEqual(row["Close"], 104.0)
        self.assertAlmostEqual(row["Pert_change"], 4.0)


class Table(unittest.TestCase):
    def test_columns(self):
        self.assertEqual(list(feature_table([DAY])[0]), ["Date", *FEATURES, LABEL])
        self.assertEqual(FEATURES, ("AdjClose", "Volume", "High_Low_Pert", "Pert_change"))

    def test_the_label_is_a_later_close(self):
        labels = [row[LABEL] for row in feature_table(days(1.0, 2.0, 3.0, 4.0), horizon=2)]
        self.assertEqual(labels, [3.0, 4.0, None, None])

    def test_a_horizon_longer_than_the_table_leaves_no_label(self):
        self.assertEqual([row[LABEL] for row in feature_table(days(1.0, 2.0), horizon=5)], [None, None])

    def test_a_label_never_looks_at_its_own_day(self):
        with self.assertRaisesRegex(ValueError, "horizon is 0"):
            feature_table([DAY], horizon=0)

    def test_missing_prices(self):
        cases = {
            "AdjClose": {"AdjClose": MISSING},
            "Volume": {"Volume": MISSING},
            "High": {"High_Low_Pert": MISSING},
            "Low": {"High_Low_Pert": MISSING},
            "Open": {"Pert_change": MISSING},
            "Close": {"High_Low_Pert": MISSING, "Pert_change": MISSING},
        }
        for price, expected in cases.items():
            with self.subTest(price):
                row = feature_table([{**DAY, price: None}])[0]
                self.assertEqual({name: row[name] for name in FEATURES if row[name] == MISSING}, expected)
        self.assertEqual(MISSING, -99999)

    def test_a_missing_close_is_no_label(self):
        labels = [row[LABEL] for row in feature_table(days(1.0, None, 3.0), horizon=1)]
        self.assertEqual(labels, [None, 3.0, None])


if __name__ == "__main__":
    unittest.main()
