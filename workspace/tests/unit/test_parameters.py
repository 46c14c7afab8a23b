import unittest

from tesseract.parameters import ParameterError, grid, hyperparameters, options, positional

BOTH = {"max_depth": 80, "n_estimators": 100}


class Hyperparameters(unittest.TestCase):
    def test_accepted(self):
        for values in (
            ["80", "100"],
            [" 80 ", "100"],
            ['{"max_depth": 80, "n_estimators": 100}'],
            ['{"n_estimators": "100", "max_depth": "80"}'],
        ):
            with self.subTest(values):
                self.assertEqual(hyperparameters(values), BOTH)

    def test_refused_by_name(self):
        cases = [
            ([], "max_depth is missing"),
            (["80"], "n_estimators is missing"),
            (["", "100"], "max_depth is missing"),
            (["80", ""], "n_estimators is missing"),
            (["eighty", "100"], "max_depth is 'eighty'"),
            (["80.5", "100"], "max_depth is '80.5'"),
            (["80", "0"], "n_estimators is '0'"),
            (["-1", "100"], "max_depth is '-1'"),
            (["{{job.parameters.max_depth}}", "100"], "max_depth is '{{job.parameters.max_depth}}'"),
            (['{"max_depth": 80}'], "n_estimators is missing"),
            (['{"max_depth": null, "n_estimators": 100}'], "max_depth is missing"),
            (['{"max_depth": true, "n_estimators": 100}'], "max_depth is 'True'"),
            (['{"max_depth": 80, "n_estimators": 100, "depth": 3}'], "depth is no hyperparameter"),
            (['{"max_depth": 80,'], "is not a JSON object"),
            (["80", "100", "3"], "3 hyperparameters given"),
        ]
        for values, message in cases:
            with self.subTest(values):
                with self.assertRaises(ParameterError) as caught:
                    hyperparameters(values)
                self.assertIn(message, str(caught.exception))


class Options(unittest.TestCase):
    def test_they_may_stand_anywhere(self):
        self.assertEqual(options(["1", "commit=1a2b", "/lake"], ("commit",)), (["1", "/lake"], {"commit": "1a2b"}))
        self.assertEqual(options(["1", "commit="], ("commit",)), (["1"], {"commit": ""}))
        self.assertEqual(options(["1", "other=2"], ("commit",)), (["1", "other=2"], {"commit": ""}))


class Positional(unittest.TestCase):
    def test_the_first_that_is_missing_is_named(self):
        self.assertEqual(positional(("uid", "root"), ["7", "dbfs:/lake", "80"]), ["7", "dbfs:/lake"])
        with self.assertRaisesRegex(ParameterError, "root is missing"):
            positional(("uid", "root"), ["7"])


class Grid(unittest.TestCase):
    def test_every_combination_in_a_fixed_order(self):
        self.assertEqual(
            grid('{"n_estimators": [10, 20], "max_depth": [2, 80]}'),
            [{"max_depth": depth, "n_estimators": trees} for depth in (2, 80) for trees in (10, 20)],
        )

    def test_refused_by_name(self):
        for text, message in (
            ('{"max_depth": [2]}', "n_estimators is missing in the grid"),
            ('{"max_depth": 2, "n_estimators": [10]}', "max_depth is missing in the grid"),
            ('{"max_depth": [], "n_estimators": [10]}', "max_depth is missing in the grid"),
            ('{"max_depth": ["deep"], "n_estimators": [10]}', "max_depth is 'deep'"),
            ("[2, 80]", "is not a JSON object"),
        ):
            with self.subTest(text):
                with self.assertRaises(ParameterError) as caught:
                    grid(text)
                self.assertIn(message, str(caught.exception))


if __name__ == "__main__":
    unittest.main()
