import contextlib
import io
import os
import tempfile
import unittest

from tesseract import batch, preprocessing
from tesseract.features import FEATURES, LABEL
from tesseract.forest import hold_out, learning_split, split
from tesseract.prices import read_prices
from tesseract.store import csv_text, folder_of, local, read_csv, write

HEADER = "Date,Open,High,Low,Close,AdjClose,Volume\n"


class Prices(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "prices.csv")

    def read(self, text):
        with open(self.path, "w") as file:
            file.write(text)
        return read_prices(self.path)

    def test_an_empty_field_is_missing(self):
        row = self.read(HEADER + "2024-01-02,100,101,99,100.5,100.5,\n")[0]
        self.assertEqual((row["Open"], row["Volume"]), (100.0, None))

    def test_bad_tables_are_refused(self):
        for text, message in (
            ("Date,Open\n2024-01-02,100\n", "no column High, Low, Close, AdjClose, Volume"),
            (HEADER, "no rows"),
            (HEADER + "2024-01-02,100,101,99,102,102,1000\n", "line 2"),
            (HEADER + "2024-01-02,100,101,100.5,101,101,1000\n", "line 2"),
            (HEADER + "2024-01-02,n/a,101,99,100,100,1000\n", "line 2: Open is 'n/a', not a number"),
        ):
            with self.subTest(text):
                with self.assertRaisesRegex(ValueError, message):
                    self.read(text)


class Store(unittest.TestCase):
    def test_dbfs_paths_are_opened_below_dbfs(self):
        self.assertEqual(local("dbfs:/datalake/x"), "/dbfs/datalake/x")
        self.assertEqual(local("/tmp/x"), "/tmp/x")

    def test_a_run_has_a_folder_of_its_own(self):
        self.assertEqual(folder_of("dbfs:/datalake", "models", "71"), "/dbfs/datalake/models/71")
        for uid in ("", " ", "..", "a/b", "{{job.run_id}}"):
            with self.subTest(uid):
                with self.assertRaisesRegex(ValueError, "uid"):
                    folder_of("dbfs:/datalake", "models", uid)

    def test_tables_are_written_whole_and_read_back(self):
        with tempfile.TemporaryDirectory() as root:
            path = os.path.join(root, "a", "b.csv")
            write(path, csv_text(("Date", "label"), [{"Date": "2024-01-02", "label": None}]))
            self.assertEqual(read_csv(path), (["Date", "label"], [{"Date": "2024-01-02", "label": ""}]))
            self.assertEqual(os.listdir(os.path.dirname(path)), ["b.csv"])

    def test_two_runs_do_not_meet(self):
        with tempfile.TemporaryDirectory() as root:
            prices = os.path.join(root, "prices.csv")
            write(prices, HEADER + "2024-01-02,100,101,99,100.5,100.5,1000\n2024-01-03,101,102,99,100,,1000\n")
            with contextlib.redirect_stdout(io.StringIO()) as said:
                preprocessing.main(["71", prices, root, "1"])
                preprocessing.main(["72", prices, root, "1"])
            self.assertIn("2 days from 2024-01-02 to 2024-01-03, 1 missing values set to -99999", said.getvalue())
            tables = [read_csv(os.path.join(root, "features", uid, "features.csv")) for uid in ("71", "72")]
            self.assertEqual(tables[0], tables[1])
            self.assertEqual([row["AdjClose"] for row in tables[0][1]], ["100.5", "-99999"])


class Holdout(unittest.TestCase):
    def test_quarters(self):
        dates = ("2023-01-31", "2023-03-31", "2023-04-01", "2023-12-31")
        self.assertEqual([preprocessing.quarter(date) for date in dates], ["2023-Q1", "2023-Q1", "2023-Q2", "2023-Q4"])

    def test_the_latest_days_with_a_label_are_written_for_the_evaluation(self):
        row = {name: 1.0 for name in FEATURES}
        rows = [{**row, "Date": f"2023-05-{n:02}", LABEL: 2.0 if n < 11 else None} for n in range(1, 16)]
        with tempfile.TemporaryDirectory() as root:
            path = os.path.join(root, "holdout", "holdout.csv")
            with contextlib.redirect_stdout(io.StringIO()):
                preprocessing.write_holdout(path, rows)
                header, records = read_csv(path)
                preprocessing.write_holdout(os.path.join(root, "none.csv"), [])
            self.assertEqual(header, ["Date", "Quarter", *FEATURES, LABEL])
            self.assertEqual([(one["Date"], one["Quarter"]) for one in records], [("2023-05-09", "2023-Q2"), ("2023-05-10", "2023-Q2")])
            self.assertFalse(os.path.exists(os.path.join(root, "none.csv")))


class Split(unittest.TestCase):
    rows = [{"Date": f"{day:03}", "label": float(day) if day < 95 else None} for day in range(100)]

    def test_later_days_test_what_earlier_ones_taught(self):
        train, test = split(list(reversed(self.rows)), share=0.8, gap=5)
        self.assertEqual((train[0]["Date"], train[-1]["Date"]), ("000", "070"))
        self.assertEqual((test[0]["Date"], test[-1]["Date"]), ("076", "094"))

    def test_held_out_days_are_in_no_split(self):
        learn, held = hold_out(self.rows)
        self.assertEqual((learn[-1]["Date"], held[0]["Date"], held[-1]["Date"]), ("070", "076", "094"))
        train, test = learning_split(self.rows)
        self.assertEqual((train[-1]["Date"], test[0]["Date"], test[-1]["Date"]), ("047", "053", "070"))

    def test_too_few_rows(self):
        with self.assertRaisesRegex(ValueError, "3 labelled rows are too few"):
            split(self.rows[:3])


class Batch(unittest.TestCase):
    def test_what_was_scored_before_is_recognised_whenever_that_was(self):
        row = {"Date": "2024-01-02", "AdjClose": 100.5, "prediction": 101.25, "model": "/m"}
        row = {**row, "model_version": "3", "scored_at": "then"}
        with tempfile.TemporaryDirectory() as root:
            path = os.path.join(root, "predictions.csv")
            self.assertFalse(batch.unchanged(path, [row]))
            write(path, csv_text(batch.COLUMNS, [row]))
            self.assertTrue(batch.unchanged(path, [{**row, "scored_at": "now"}]))
            self.assertFalse(batch.unchanged(path, [{**row, "prediction": 101.5}]))
            self.assertFalse(batch.unchanged(path, [{**row, "model": "/other"}]))
            self.assertFalse(batch.unchanged(path, [{**row, "model_version": "4"}]))


if __name__ == "__main__":
    unittest.main()
