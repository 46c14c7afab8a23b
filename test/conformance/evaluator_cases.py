"""The evaluator's own Python on awkward data and models. Arguments: the folder of its parts."""

import ast
import json
import math
import os
import sys
import tempfile
import unittest

import numpy
import pandas
from sklearn import metrics as known

parts = sys.argv.pop(1)
source = "\n".join(open(os.path.join(parts, name)).read() for name in ("data.py", "metrics.py", "models.py", "main.py"))
ast.parse(source, feature_version=(3, 8))
evaluator = {}
# All but the last two lines, which are the notebook's own.
exec(source[: source.index("\ndbutils.")], evaluator)


class Metadata:
    def get_input_schema(self):
        return None


class Model:
    """Without a signature; `answer` is called with the inputs."""

    metadata = Metadata()

    def __init__(self, answer):
        self.predict = answer

    def get_raw_model(self):
        raise NotImplementedError


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.models = {}
        evaluator["connect"] = lambda request: None
        evaluator["load"] = lambda name, version, role: self.models[version]

    def tearDown(self):
        self.folder.cleanup()

    def write(self, name, text):
        path = os.path.join(self.folder.name, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
        return path

    def ask(self, dataset, candidate, champion=None, spark=None, **over):
        self.models = {"1": champion and Model(champion), "2": Model(candidate)}
        request = {"model": "m", "candidate": "2", "champion": "1" if champion else None, "dataset": dataset}
        request.update({"label": "y", "features": ["x"], "task": "regression", "time": None, "slices": []}, **over)
        return json.loads(evaluator["answer"](json.dumps(request), spark))

    def rows(self, text, candidate=lambda inputs: inputs["x"], **over):
        return self.ask(self.write("rows.csv", text), candidate, **over)

    def refused(self, found, text):
        self.assertIn(text, found.get("error", "measured"))


good = "x,y\n1,1\n2,2\n3,5\n"


class Data(Case):
    def test_refusals(self):
        for text, over, why in [
            ("x,y,y\n1,1,2\n", {}, "has two columns «y»"),
            ("x,y\n1,1,9\n2,2,9\n", {}, "Expected 2 fields in line 2, saw 3"),
            ("x,y\n1,\n2,2\n", {}, "the label «y» is empty in 1 of 2 rows"),
            ("", {}, "is empty"),
            ("x,y,t\n1,1,03/04/2026\n", {"time": "t"}, "holds something that is no time"),
            ("x,y,t\n1,1,yesterday\n", {"time": "t"}, "holds something that is no time"),
            ("x,y,t\n1,1,20261103\n", {"time": "t"}, "holds numbers, not times"),
            ("x,y,t\n1,1,\n2,2,\n", {"time": "t"}, "holds numbers, not times"),
            ("x,y\n1,a\n2,b\n", {}, "do not fit the label «y»"),
        ]:
            with self.subTest(why):
                self.refused(self.rows(text, **over), why)

    def test_times(self):
        for times, newest in [
            (["2026-11-01", "2026-11-03"], "2026-11-03T00:00:00Z"),
            (["2026-11-01", "2026-11-03T10:30:00"], "2026-11-03T10:30:00Z"),
            (["2026-11-03 10:30:00+02:00", "2026-11-01T00:00:00Z"], "2026-11-03T08:30:00Z"),
            (["2026-11-01", ""], "2026-11-01T00:00:00Z"),
        ]:
            with self.subTest(str(times)):
                text = "x,y,t\n" + "".join("1,1,%s\n" % time for time in times)
                self.assertEqual(self.rows(text, time="t")["dataset"]["newest"], newest)

    def test_folders(self):
        self.write("d/part-0.csv", good)
        self.write("d/_SUCCESS", "")
        self.write("d/_temporary/part-0.csv", good)
        folder = os.path.join(self.folder.name, "d")
        first = self.ask(folder, lambda inputs: inputs["x"])["dataset"]
        self.assertEqual(first["rows"], 3)
        self.assertEqual(self.ask(folder, lambda inputs: inputs["x"])["dataset"], first)
        self.write("d/part-1.csv", "y,x\n1,1\n")
        self.refused(self.ask(folder, len), "has other columns than")
        self.write("d/part-1.csv", good)
        self.assertNotEqual(self.ask(folder, lambda inputs: inputs["x"])["dataset"]["digest"], first["digest"])
        self.write("p/q=1/part-0.csv", good)
        self.refused(self.ask(os.path.join(self.folder.name, "p"), len), "is parted by q")
        self.write("t/_delta_log/0.json", "{}")
        self.refused(self.ask(os.path.join(self.folder.name, "t"), len), "is a Delta table")

    def test_written_meanwhile(self):
        path, read = self.write("rows.csv", good), evaluator["read_file"]

        def writes(file):
            rows = read(file)
            self.write("rows.csv", good + "4,4\n")
            return rows

        evaluator["read_file"] = writes
        try:
            self.refused(self.ask(path, lambda inputs: inputs["x"]), "was written while it was read")
        finally:
            evaluator["read_file"] = read

    def test_tables(self):
        rows = pandas.DataFrame({"x": [1.0, 2.0, 3.0], "y": [1.0, 2.0, 5.0], "l": [["a"], [], None]})

        class Frame:
            def __init__(self, rows):
                self.toPandas = lambda: rows

        class Spark:
            def __init__(self, rows, history=None):
                self.table = lambda name: Frame(rows)
                self.history = history

            def sql(self, text):
                if self.history is None:
                    raise RuntimeError("no Delta table")
                return type("Found", (), {"collect": lambda found: [self.history]})()

        def digest(*of):
            return self.ask("table:a.b", lambda inputs: inputs["x"], spark=Spark(*of))["dataset"]["digest"]

        for none in (rows[:0], pandas.DataFrame({"x": [], "y": []})):
            self.refused(self.ask("table:a.b", len, spark=Spark(none)), "has no rows")
        self.assertEqual(digest(rows), digest(rows[::-1].reset_index(drop=True)))
        self.assertNotEqual(digest(rows), digest(rows.assign(y=0.0)))
        one, anew = ({"version": 3, "timestamp": time} for time in ("2026-11-01", "2026-11-02"))
        self.assertEqual(digest(rows, one), digest(rows, one))
        self.assertNotEqual(digest(rows, one), digest(rows, anew))


class Models(Case):
    def test_shapes(self):
        truth = self.rows(good)["candidate"]["metrics"]
        for answer in [
            lambda inputs: inputs["x"].to_numpy(),
            lambda inputs: inputs["x"].tolist(),
            lambda inputs: inputs[["x"]].to_numpy(),
            lambda inputs: inputs[["x"]],
            lambda inputs: pandas.DataFrame({"other": 0, "prediction": inputs["x"]}),
            lambda inputs: pandas.DataFrame({"y": 0, "prediction": inputs["x"]}),
        ]:
            self.assertEqual(self.rows(good, answer)["candidate"]["metrics"], truth)

    def test_refusals(self):
        def fails(inputs):
            if (inputs["x"] == 2).any():
                raise ValueError("row 2 is bad")
            return inputs["x"]

        for answer, why in [
            (fails, "candidate 2 cannot predict: ValueError: row 2 is bad"),
            (lambda inputs: inputs["x"][:2], "gave 2 predictions for 3 rows"),
            (lambda inputs: numpy.zeros((3, 2)), "gave 3x2 predictions for 3 rows"),
            (lambda inputs: {"y": inputs["x"]}, "predictions for 3 rows"),
            (lambda inputs: [[1], [1, 2], []], "cannot predict"),
            (lambda inputs: inputs["x"].map(str) + "?", "do not fit the label"),
            (lambda inputs: pandas.DataFrame({"a": inputs["x"], "b": 0}), "predicts 2 columns"),
        ]:
            with self.subTest(why):
                self.refused(self.rows(good, answer), why)

    def test_no_numbers(self):
        for value, expected in [(None, "NaN"), (math.nan, "NaN"), (math.inf, "Infinity")]:
            with numpy.errstate(invalid="ignore"):
                found = self.rows(good, lambda inputs: [1, value, 3])["candidate"]["metrics"]
            self.assertEqual(found["rmse"], expected)
        with numpy.errstate(invalid="ignore"):
            found = self.rows("x,y\n1,1\n2,inf\n", lambda inputs: [1, 2])["candidate"]["metrics"]
        self.assertEqual([found["rmse"], found["r2"]], ["Infinity", "NaN"])

    def test_the_champion_sees_the_same_rows(self):
        seen = []

        def spoils(inputs):
            seen.append(inputs["x"].tolist())
            inputs["x"] = 0
            return inputs["x"]

        path = self.write("rows.csv", good)
        found = self.ask(path, spoils, champion=lambda inputs: seen.append(inputs["x"].tolist()) or inputs["x"])
        self.assertEqual(seen, [[1, 2, 3], [1, 2, 3]])
        self.assertNotEqual(found["candidate"], found["champion"])

    def test_slices(self):
        text = "x,y,q\n1,1,a\n2,2,\n3,5,a\n"
        found = self.rows(text, slices=["q"])["candidate"]["slices"]["q"]
        self.assertEqual({name: one["rows"] for name, one in found.items()}, {"a": 2, "(empty)": 1})
        many = "x,y,q\n" + "".join("1,1,%d\n" % at for at in range(201))
        self.refused(self.rows(many, slices=["q"]), "too many to slice by")


class Classes(Case):
    def measure(self, truth, predicted, **over):
        text = "x,y,q\n" + "".join("%d,%s,%s\n" % (at, one, "ab"[at % 2]) for at, one in enumerate(truth))
        return self.rows(text, lambda inputs: predicted, task="classification", **over)

    def test_known_definitions(self):
        for truth, predicted, average in [
            ([0, 1, 1, 0, 1], [0, 1, 0, 0, 1], "binary"),
            ([0, 1, 1, 0, 1], [0.0, 1.0, 0.0, 0.0, 1.0], "binary"),
            (["a", "b", "c", "a"], ["a", "b", "b", "c"], "weighted"),
        ]:
            found = self.measure(truth, predicted)["candidate"]["metrics"]
            options = {"average": average, "zero_division": 0}
            self.assertAlmostEqual(found["precision"], known.precision_score(truth, predicted, **options))
            self.assertAlmostEqual(found["recall"], known.recall_score(truth, predicted, **options))
            self.assertAlmostEqual(found["f1"], known.f1_score(truth, predicted, **options))

    def test_of_two_classes_it_is_the_same_one_everywhere(self):
        # The model knows a third class, and the slice a holds no row of the greater one.
        found = self.measure([0, 1, 0, 1], [0, 1, 0, 2], slices=["q"])["candidate"]
        self.assertEqual([found["metrics"]["precision"], found["metrics"]["recall"]], [1, 0.5])
        self.assertEqual(found["slices"]["q"]["a"]["metrics"]["precision"], 0)

    def test_text(self):
        found = self.measure(["no", "yes", "no"], numpy.array(["no", "yes", "yes"], dtype=object))["candidate"]["metrics"]
        self.assertEqual([found["precision"], found["recall"]], [0.5, 1])

    def test_refusals(self):
        self.refused(self.measure([0, 1, 1], ["0", "1", "1"]), "one holds text, the other does not")
        self.refused(self.measure([1, 1, 1], [1, 1, 1]), "the label «y» is 1 in all rows")
        many = list(range(1200))
        self.refused(self.measure(many, many), "1200 different values")

    def test_missing_predictions(self):
        many = [at % 2 for at in range(50000)]
        found = self.measure(many, numpy.full(50000, math.nan))["candidate"]["metrics"]
        self.assertEqual(found["accuracy"], "NaN")


if __name__ == "__main__":
    unittest.main()
