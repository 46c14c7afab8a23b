"""Put runs into the database of a running MLflow server, through the tables of MLflow's own store.

fill_mlflow.py <database URI> <experiment id> <file>: a JSON array of runs {name, started, metrics, params, tags}. Prints how many there are.
"""

import json
import sys
import uuid

from mlflow.store.tracking.dbmodels import models as tables
from sqlalchemy import create_engine, func, insert, select

batch = 2000


def values(owner, named):
    return [{"run_uuid": owner, "key": key, "value": value} for key, value in named.items()]


def rows_of(run, experiment):
    owner = uuid.uuid4().hex
    started = run["started"]
    whole = {
        "run_uuid": owner,
        "name": run["name"],
        "source_type": "LOCAL",
        "user_id": "bench",
        "status": "RUNNING",
        "start_time": started,
        "lifecycle_stage": "active",
        "artifact_uri": f"mlflow-artifacts:/{experiment}/{owner}/artifacts",
        "experiment_id": experiment,
    }
    measured = [
        {**one, "timestamp": started, "step": 0, "is_nan": False} for one in values(owner, run["metrics"])
    ]
    named = {**run["tags"], "mlflow.runName": run["name"]}
    return {
        tables.SqlRun: [whole],
        tables.SqlMetric: measured,
        tables.SqlLatestMetric: measured,
        tables.SqlParam: values(owner, run["params"]),
        tables.SqlTag: values(owner, named),
    }


def main(uri, experiment, file):
    with open(file, encoding="utf-8") as given:
        runs = json.load(given)
    with create_engine(uri).begin() as connection:
        for start in range(0, len(runs), batch):
            found = [rows_of(run, int(experiment)) for run in runs[start : start + batch]]
            for table in found[0]:
                connection.execute(insert(table), [row for one in found for row in one[table]])
        print(connection.execute(select(func.count()).select_from(tables.SqlRun)).scalar())


main(*sys.argv[1:])
