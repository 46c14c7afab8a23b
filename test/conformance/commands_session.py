"""Runs commands in an execution context with the Databricks SDK for Python; prints one JSON object: case -> what came of it.

usage: commands_session.py HOST TOKEN
"""

import datetime
import json
import sys
import time

from databricks.sdk import WorkspaceClient
from databricks.sdk.service.compute import CommandStatus, Language

w = WorkspaceClient(host=sys.argv[1], token=sys.argv[2])
in_time = {"timeout": datetime.timedelta(seconds=120)}
cases = {}

cluster = w.clusters.create_and_wait(
    cluster_name="commands", spark_version="15.4.x-scala2.12", node_type_id="Standard_DS3_v2", num_workers=0, **in_time
).cluster_id
context = w.command_execution.create_and_wait(cluster_id=cluster, language=Language.PYTHON, **in_time)
cases["context"] = context.status.value


def execute(command):
    done = w.command_execution.execute_and_wait(
        cluster_id=cluster, context_id=context.id, language=Language.PYTHON, command=command, **in_time
    )
    return done.results


def failing(call):
    try:
        call()
    except Exception as error:
        return [type(error).__name__, str(error)]
    return None


execute("import os\nx = 6")
cases["state"] = execute("print(x * 7)").data
error = execute("def half():\n    return 1 / 0\nhalf()")
cases["error"] = [error.result_type.value, error.summary, "half()" in error.cause]
cases["files"] = execute("open('/dbfs/by-command.txt', 'w').write('hello'); print(os.path.exists('/Workspace/Shared'))").data
with w.dbfs.download("/by-command.txt") as file:
    cases["dbfs"] = file.read().decode()
cases["identity"] = execute("print(os.environ['DATABRICKS_HOST'].startswith('http://127.0.0.1:'))").data

long = w.command_execution.execute(
    cluster_id=cluster, context_id=context.id, language=Language.PYTHON, command="import time; time.sleep(600)"
)
at = {"cluster_id": cluster, "context_id": context.id, "command_id": long.command_id}
while w.command_execution.command_status(**at).status != CommandStatus.RUNNING:
    time.sleep(0.05)
time.sleep(0.5)
w.command_execution.cancel_and_wait(**at, **in_time)
cases["cancelled"] = w.command_execution.command_status(**at).status.value
cases["goes on"] = execute("print(x)").data

w.command_execution.destroy(cluster_id=cluster, context_id=context.id)
cases["destroyed"] = failing(lambda: w.command_execution.context_status(cluster_id=cluster, context_id=context.id))
cases["scala"] = failing(lambda: w.command_execution.create(cluster_id=cluster, language=Language.SCALA).response)
print(json.dumps(cases))
