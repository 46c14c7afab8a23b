import contextlib
import io
import os
import tempfile
import unittest
from unittest import mock

from tesseract import batch, tracking


class WithoutMlflow(unittest.TestCase):
    """Nothing is logged, one sentence says so, and everything else is done."""

    def said(self, environment, installed):
        spec = mock.patch("importlib.util.find_spec", return_value=object() if installed else None)
        with mock.patch.dict(os.environ, environment, clear=True), spec:
            with contextlib.redirect_stdout(io.StringIO()) as said:
                self.assertIsNone(tracking.connect())
        return said.getvalue()

    def test_not_installed(self):
        said = self.said({"MLFLOW_TRACKING_URI": "databricks"}, installed=False)
        self.assertEqual(said, "MLflow is not installed here: nothing is logged\n")

    def test_no_server(self):
        self.assertIn("MLFLOW_TRACKING_URI names no MLflow server", self.said({}, installed=True))

    def test_a_run_that_is_not_logged_is_done_all_the_same(self):
        done = []
        with tracking.logged_run(None, "train", "1a2b", {"max_depth": 80}):
            done.append(tracking.log_candidate(None, None, [], "", {}, "1a2b"))
        self.assertEqual(done, [None])

    def test_the_model_of_the_run_scores_when_no_name_is_given(self):
        self.assertIsNone(batch.in_production(""))

    def test_no_other_model_scores_when_the_one_in_production_cannot_be_asked_for(self):
        with mock.patch.object(batch, "connect", return_value=None):
            with self.assertRaisesRegex(ValueError, "no MLflow to ask"):
                batch.in_production("stock-price")

    def test_a_folder_without_a_model_is_told(self):
        with tempfile.TemporaryDirectory() as folder:
            with self.assertRaisesRegex(ValueError, "no model in"):
                batch.from_folder(folder)


if __name__ == "__main__":
    unittest.main()
