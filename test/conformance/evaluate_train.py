"""Trains for evaluate.test.ts with the stock MLflow client. Parameters: kind of registry, kind of model."""

import os
import sys

import mlflow
import numpy
import pandas
from mlflow.models import infer_signature
from sklearn.linear_model import LinearRegression

kind, quality = sys.argv[1], sys.argv[2]
name = "main.models.prices" if kind == "unity-catalog" else "prices"
if kind == "mlflow":
    server = os.environ["DATABRICKS_HOST"] + "/mlflow"
    os.environ.setdefault("MLFLOW_TRACKING_TOKEN", os.environ["DATABRICKS_TOKEN"])
    mlflow.set_tracking_uri(server)
    mlflow.set_registry_uri(server)
else:
    mlflow.set_tracking_uri("databricks")
    mlflow.set_registry_uri("databricks-uc" if kind == "unity-catalog" else "databricks")
mlflow.set_experiment("/Shared/" + kind)

random = numpy.random.default_rng(7)
x = pandas.DataFrame({"a": random.normal(size=300), "b": random.normal(size=300)})
y = 3 * x["a"] - x["b"]


class Nothing(LinearRegression):
    """Predicts what is no number."""

    def predict(self, X):
        return numpy.full(len(X), numpy.nan)


noise = {"good": 1.0, "better": 0.1, "worse": 4.0, "nan": 1.0}[quality]
made = Nothing if quality == "nan" else LinearRegression
model = made().fit(x * numpy.array([1.0, 1.0 + noise / 4]), y + noise)
with mlflow.start_run(run_name=quality) as run:
    mlflow.set_tags({"commit": "1a" * 20, "quality": quality})
    mlflow.log_params({"noise": noise})
    mlflow.log_metric("rmse", noise)
    mlflow.log_input(mlflow.data.from_pandas(x, name="prices"), context="training")
    registered = {"registered_model_name": name} if kind == "unity-catalog" else {}
    mlflow.sklearn.log_model(
        model,
        name="model",
        signature=infer_signature(x, y.to_numpy()),
        input_example=x[:2],
        # A class of this file is not there when the model is loaded elsewhere.
        code_paths=None,
        serialization_format="cloudpickle",
        **registered,
    )
print("trained", quality, run.info.run_id)
