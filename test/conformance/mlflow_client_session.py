"""MLflow's own client against a served embedded workspace: one case after the other, the results as JSON.

usage: mlflow_client_session.py workspace|unity-catalog|server <folder>
"""

import hashlib
import json
import os
import sys
import traceback

os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")

import mlflow  # noqa: E402
import mlflow.pyfunc  # noqa: E402
import mlflow.sklearn  # noqa: E402
import numpy  # noqa: E402
import pandas  # noqa: E402
from mlflow.exceptions import MlflowException  # noqa: E402
from mlflow.models import infer_signature  # noqa: E402
from sklearn.ensemble import RandomForestRegressor  # noqa: E402

kind, folder = sys.argv[1:]
three = int(mlflow.__version__.split(".")[0]) >= 3
name = "main.risk.price" if kind == "unity-catalog" else "price"
aliases, stages = kind != "workspace", kind != "unity-catalog"
client = mlflow.MlflowClient()
inputs = pandas.DataFrame({"open": [1.0, 2.0, 3.0, 4.0], "volume": [10.0, 20.0, 30.0, 40.0]})
label = [1.5, 2.5, 3.5, 4.5]
forest = RandomForestRegressor(n_estimators=5, random_state=1).fit(inputs, label)
expected = forest.predict(inputs)
kept = {}
cases = {}


def case(work):
    cases[work.__name__] = work
    return work


def same(uri):
    assert numpy.array_equal(mlflow.pyfunc.load_model(uri).predict(inputs), expected), uri


def refused(work):
    try:
        work()
    except MlflowException as error:
        return error.error_code
    raise AssertionError("it was not refused")


def log_model(registered=None, **more):
    return mlflow.sklearn.log_model(
        forest,
        **{"name" if three else "artifact_path": "model"},
        signature=infer_signature(inputs, expected),
        input_example=inputs.head(2),
        registered_model_name=registered,
        pip_requirements=["scikit-learn"],
        # MLflow 3 takes skops where it is installed, which trusts no tree unless each class is named.
        serialization_format="cloudpickle",
        **more,
    )


@case
def experiment_and_runs():
    mlflow.set_experiment("/Shared/conformance")
    with mlflow.start_run(run_name="parent") as parent:
        mlflow.log_params({"depth": 5, "trees": 10})
        for step in range(3):
            mlflow.log_metric("rmse", 3.0 - step, step=step)
        mlflow.set_tag("owner", "risk")
        for depth in (1, 2):
            with mlflow.start_run(nested=True):
                mlflow.log_param("depth", depth)
                mlflow.log_metrics({"rmse": depth / 10, "mae": 1.0})
    kept["run"] = parent.info.run_id
    run = client.get_run(parent.info.run_id)
    assert run.data.params == {"depth": "5", "trees": "10"} and run.data.metrics == {"rmse": 1.0}
    assert run.info.status == "FINISHED" and run.data.tags["owner"] == "risk"
    history = client.get_metric_history(run.info.run_id, "rmse")
    assert [one.value for one in history] == [3.0, 2.0, 1.0]


@case
def search_runs():
    nested = mlflow.search_runs(
        filter_string=f"tags.mlflow.parentRunId = '{kept['run']}' and metrics.rmse < 0.5",
        order_by=["metrics.rmse ASC"],
        search_all_experiments=True,
    )
    assert list(nested["params.depth"]) == ["1", "2"]


@case
def dataset_input():
    with mlflow.start_run() as run:
        mlflow.log_input(mlflow.data.from_pandas(inputs, name="prices"), context="training")
    (found,) = client.get_run(run.info.run_id).inputs.dataset_inputs
    assert found.dataset.name == "prices" and found.tags[0].value == "training"


@case
def artifacts():
    source = os.path.join(folder, "source")
    os.makedirs(os.path.join(source, "deep"), exist_ok=True)
    with open(os.path.join(source, "deep", "big ä.bin"), "wb") as file:
        file.write(os.urandom(20 * 1024 * 1024))
    with open(os.path.join(source, "empty"), "wb"):
        pass
    digest = hashlib.sha256(open(os.path.join(source, "deep", "big ä.bin"), "rb").read()).hexdigest()
    with mlflow.start_run() as run:
        mlflow.log_artifacts(source, "files")
        mlflow.log_artifact(os.path.join(source, "empty"))
        mlflow.log_dict({"a": 1}, "config/a.json")
        mlflow.log_text("x", "notes.txt")
    id = run.info.run_id
    assert sorted(one.path for one in client.list_artifacts(id)) == ["config", "empty", "files", "notes.txt"]
    (big,) = client.list_artifacts(id, "files/deep")
    assert (big.path, big.is_dir, big.file_size) == ("files/deep/big ä.bin", False, 20 * 1024 * 1024)
    assert client.list_artifacts(id, "notes.txt") == []
    got = mlflow.artifacts.download_artifacts(f"runs:/{id}/files", dst_path=os.path.join(folder, "got"))
    with open(os.path.join(got, "deep", "big ä.bin"), "rb") as file:
        assert hashlib.sha256(file.read()).hexdigest() == digest
    assert os.path.getsize(os.path.join(got, "empty")) == 0
    assert mlflow.artifacts.load_dict(f"{run.info.artifact_uri}/config/a.json") == {"a": 1}
    refusal = refused(lambda: mlflow.artifacts.download_artifacts(f"runs:/{id}/none"))
    assert refusal, refusal


@case
def log_model_registered():
    with mlflow.start_run() as run:
        kept["info"] = log_model(name)
    kept["model_run"] = run.info.run_id
    version = client.get_model_version(name, "1")
    assert version.status == "READY" and version.run_id == run.info.run_id, version


@case
def load_by_run():
    same(f"runs:/{kept['model_run']}/model")


@case
def load_by_model_id():
    if not three:
        return
    same(f"models:/{kept['info'].model_id}")
    found = mlflow.get_logged_model(kept["info"].model_id)
    assert found.status == "READY" and found.source_run_id == kept["model_run"]


@case
def load_by_version():
    same(f"models:/{name}/1")


@case
def signature_and_example():
    info = mlflow.models.get_model_info(f"models:/{name}/1")
    assert info.signature.inputs.input_names() == ["open", "volume"] and info.saved_input_example_info


@case
def stages_serve():
    if not stages:
        refused(lambda: client.transition_model_version_stage(name, "1", "Production"))
        return
    with mlflow.start_run():
        log_model(name)
    client.transition_model_version_stage(name, "1", "Production")
    same(f"models:/{name}/Production")
    client.transition_model_version_stage(name, "2", "Production", archive_existing_versions=True)
    assert [one.version for one in client.get_latest_versions(name, ["Production"])] in (["2"], [2])
    assert client.get_model_version(name, "1").current_stage == "Archived"


@case
def aliases_serve():
    if not aliases:
        refused(lambda: client.set_registered_model_alias(name, "champion", "1"))
        return
    client.set_registered_model_alias(name, "champion", "1")
    same(f"models:/{name}@champion")
    assert str(client.get_model_version_by_alias(name, "champion").version) == "1"
    client.delete_registered_model_alias(name, "champion")
    refused(lambda: client.get_model_version_by_alias(name, "champion"))


@case
def registry_crud():
    other = f"{name}_other"
    client.create_registered_model(other, description="what it is for", tags={"owner": "risk"})
    assert client.get_registered_model(other).description == "what it is for"
    assert refused(lambda: client.create_registered_model(other)) in ("RESOURCE_ALREADY_EXISTS", "ALREADY_EXISTS")
    # Every name of Unity Catalog has three parts, and a search there takes no filter.
    found = client.search_registered_models() if kind == "unity-catalog" else client.search_registered_models(f"name = '{other}'")
    assert other in [one.name for one in found]
    client.set_model_version_tag(name, "1", "checked", "yes")
    assert client.get_model_version(name, "1").tags["checked"] == "yes"
    client.update_model_version(name, "1", description="the first")
    assert client.get_model_version(name, "1").description == "the first"
    assert "1" in [str(one.version) for one in client.search_model_versions(f"name = '{name}'")]
    client.delete_registered_model(other)
    assert refused(lambda: client.get_registered_model(other)) == "RESOURCE_DOES_NOT_EXIST"


@case
def register_by_hand():
    """From a run, without the local files at hand."""
    again = mlflow.register_model(f"runs:/{kept['model_run']}/model", f"{name}_again")
    assert str(again.version) == "1"
    same(f"models:/{name}_again/1")


@case
def autolog():
    mlflow.sklearn.autolog(log_input_examples=True, silent=True)
    try:
        with mlflow.start_run() as run:
            fitted = RandomForestRegressor(n_estimators=3, random_state=2).fit(inputs, label)
    finally:
        mlflow.sklearn.autolog(disable=True, silent=True)
    data = client.get_run(run.info.run_id).data
    assert data.params["n_estimators"] == "3" and "training_score" in data.metrics
    loaded = mlflow.pyfunc.load_model(f"runs:/{run.info.run_id}/model")
    assert numpy.array_equal(loaded.predict(inputs), fitted.predict(inputs))


@case
def delete_and_restore():
    client.delete_run(kept["run"])
    assert client.get_run(kept["run"]).info.lifecycle_stage == "deleted"
    client.restore_run(kept["run"])
    assert client.get_run(kept["run"]).info.lifecycle_stage == "active"


def outcome(work):
    try:
        work()
        return "ok"
    except Exception:
        return traceback.format_exc()[-1800:]


results = {key: outcome(work) for key, work in cases.items()}
print(json.dumps({"version": mlflow.__version__, "results": results}))
