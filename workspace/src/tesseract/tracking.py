"""MLflow: what a training leaves in the experiment, and the version that serves.

Without MLflow, or without a server, everything else goes on: `connect` gives None and says so in one sentence.
"""

import contextlib
import copy
import importlib.util
import os
import warnings

from tesseract.features import FEATURES, LABEL
from tesseract.forest import SEED, matrix
from tesseract.store import local

EXPERIMENT = "/Shared/tesseract"


def connect():
    """The module mlflow, set to the experiment; None where nothing can be logged."""
    if not importlib.util.find_spec("mlflow"):
        print("MLflow is not installed here: nothing is logged")
        return None
    if not os.environ.get("MLFLOW_TRACKING_URI") and "DATABRICKS_RUNTIME_VERSION" not in os.environ:
        print("MLFLOW_TRACKING_URI names no MLflow server: nothing is logged")
        return None
    import mlflow

    # Hints about the kind of a table's source, and about stages, which the registry of a workspace has all the same.
    warnings.filterwarnings("ignore", message=".*(dataset source|get_latest_versions)")
    if mlflow.get_tracking_uri().startswith("databricks"):
        # MLflow 3 would take Unity Catalog; the policy of the sample has the registry of the workspace.
        mlflow.set_registry_uri("databricks")
    mlflow.set_experiment(EXPERIMENT)
    return mlflow


@contextlib.contextmanager
def logged_run(mlflow, name, commit, parameters, nested=False):
    """A run of the experiment that ends as the block does; nothing without MLflow."""
    if mlflow is None:
        yield
        return
    with mlflow.start_run(run_name=name, nested=nested):
        # MLflow sets this tag itself in a Git checkout; on a cluster there is none.
        mlflow.set_tags({"mlflow.source.git.commit": commit} if commit else {})
        mlflow.log_params({**parameters, "seed": SEED})
        yield


def log_candidate(mlflow, forest, rows, table, metrics, commit):
    """The model with signature and example, its metrics and its data. Its run is one that a policy may choose."""
    if mlflow is None:
        return
    import pandas
    from mlflow.data import from_pandas

    # Numbers of one kind, wherever they were read: the signature of every version is the same.
    frame = pandas.DataFrame([{name: float(row[name]) for name in (*FEATURES, LABEL)} for row in rows])
    dataset = from_pandas(frame, source=local(table), targets=LABEL, name="features")
    mlflow.log_input(dataset, context="training")
    mlflow.log_metrics(metrics)
    _log_model(mlflow, forest, frame[list(FEATURES)])
    mlflow.set_tags({"candidate": "true", **({"commit": commit} if commit else {})})


def _log_model(mlflow, forest, inputs):
    import mlflow.sklearn
    import numpy
    from mlflow.models import infer_signature

    # It learned from plain lists; who loads it gives columns.
    named = copy.copy(forest)
    named.feature_names_in_ = numpy.array(FEATURES, dtype=object)
    place = "name" if int(mlflow.__version__.split(".")[0]) >= 3 else "artifact_path"
    mlflow.sklearn.log_model(
        named,
        **{place: "model"},
        signature=infer_signature(inputs, named.predict(inputs)),
        input_example=inputs.head(3),
        pip_requirements=_requirements(),
        # Not what MLflow 3 takes where it finds skops: that refuses forests unless every class is named.
        serialization_format="cloudpickle",
    )


def _requirements():
    """Exact versions; MLflow's own guess takes a process and half a minute."""
    from importlib.metadata import version

    return [f"{name}=={version(name)}" for name in ("scikit-learn", "pandas", "numpy", "cloudpickle")]


def serving(mlflow, name):
    """Version number in Production as text, or None when nothing is in production yet."""
    from mlflow.exceptions import MlflowException

    try:
        found = mlflow.MlflowClient().get_latest_versions(name, stages=["Production"])
    except MlflowException as error:
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise
        return None
    return str(found[0].version) if found else None


def load(mlflow, name, version):
    """What predicts: a version of a registered model."""
    import mlflow.pyfunc
    import pandas

    model = mlflow.pyfunc.load_model(f"models:/{name}/{version}")
    return lambda rows: model.predict(pandas.DataFrame(matrix(rows), columns=list(FEATURES)))
