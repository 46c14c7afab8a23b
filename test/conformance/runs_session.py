"""Jobs and runs with the Databricks SDK for Python; prints one JSON object: case -> what the SDK returned.

usage: runs_session.py HOST TOKEN
"""

import base64
import datetime
import io
import json
import sys
import time
import zipfile

from databricks.sdk import WorkspaceClient
from databricks.sdk.service import compute, jobs, workspace
from session import case, cases

host, token = sys.argv[1:3]
w = WorkspaceClient(host=host, token=token)
in_time = {"timeout": datetime.timedelta(seconds=120)}


def failing(call):
    try:
        call()
    except Exception as error:
        return {"error": type(error).__name__, "message": str(error)}
    return {"error": None}


def notebook(path, source):
    w.workspace.import_(
        path,
        content=base64.b64encode(source.encode()).decode(),
        format=workspace.ImportFormat.SOURCE,
        language=workspace.Language.PYTHON,
        overwrite=True,
    )


def output(run, key="main"):
    task = [task for task in run.tasks if task.task_key == key][-1]
    return w.jobs.get_run_output(task.run_id)


def wheel():
    """A wheel with one entry point, as a build would make it."""
    info = "hello-1.0.dist-info"
    files = {
        "hello/__init__.py": "import sys\ndef main():\n    print('hello', sys.argv[1:])\n",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: hello\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": "[console_scripts]\nrun = hello:main\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return data.getvalue()


w.workspace.mkdirs("/Shared/runs")
cluster = w.clusters.create(
    cluster_name="runs",
    spark_version="15.4.x-scala2.12",
    node_type_id="m5.large",
    num_workers=1,
    spark_env_vars={"COLOUR": "blue"},
).response.cluster_id
on = {"existing_cluster_id": cluster}

w.dbfs.upload(
    "dbfs:/code/model/main.py",
    io.BytesIO(
        b"import os, sys\n"
        b"from features import shift\n"
        b"print('args', sys.argv[1:], shift(41), os.environ['COLOUR'])\n"
        b"open('/dbfs/code/out.txt', 'w').write(os.environ['DATABRICKS_RUNTIME_VERSION'])\n"
        b"print(os.environ['DATABRICKS_TOKEN'])\n"
    ),
    overwrite=True,
)
w.dbfs.upload("dbfs:/code/model/features.py", io.BytesIO(b"def shift(n):\n    return n + 1\n"), overwrite=True)
w.dbfs.upload("dbfs:/wheels/hello-1.0-py3-none-any.whl", io.BytesIO(wheel()), overwrite=True)


@case
def file():
    states = []
    run = w.jobs.submit(
        run_name="file",
        tasks=[
            jobs.SubmitTask(
                task_key="main",
                spark_python_task=jobs.SparkPythonTask(
                    python_file="dbfs:/code/model/main.py", parameters=["80", "{{job.run_id}}"]
                ),
                **on,
            )
        ],
    ).result(callback=lambda run: states.append(run.state.life_cycle_state.value), **in_time)
    logs = output(run).logs
    with w.dbfs.download("dbfs:/code/out.txt") as found:
        written = found.read().decode()
    return {
        "states": states,
        "result": run.state.result_state.value,
        "logs": logs.replace(str(run.run_id), "RUN").splitlines(),
        "written": written,
        "cluster": run.tasks[0].cluster_instance.cluster_id == cluster,
    }


@case
def job():
    notebook("/Shared/runs/train", "dbutils.widgets.text('depth', '1')\ndbutils.notebook.exit('depth=' + dbutils.widgets.get('depth'))")
    made = w.jobs.create(
        name="train",
        tasks=[
            jobs.Task(
                task_key="main",
                notebook_task=jobs.NotebookTask(notebook_path="/Shared/runs/train"),
                **on,
            )
        ],
        parameters=[jobs.JobParameterDefinition(name="depth", default="10")],
        max_concurrent_runs=2,
    )
    run = w.jobs.run_now(made.job_id, job_parameters={"depth": "80"}).result(**in_time)
    listed = [run.run_id for run in w.jobs.list_runs(job_id=made.job_id, expand_tasks=True)]
    return {
        "result": run.state.result_state.value,
        "exit": output(run).notebook_output.result,
        "parameters": [[p.name, p.default, p.value] for p in run.job_parameters],
        "listed": listed == [run.run_id],
    }


@case
def wheel_task():
    run = w.jobs.submit(
        run_name="wheel",
        tasks=[
            jobs.SubmitTask(
                task_key="main",
                python_wheel_task=jobs.PythonWheelTask(package_name="hello", entry_point="run", parameters=["a", "b"]),
                libraries=[compute.Library(whl="dbfs:/wheels/hello-1.0-py3-none-any.whl")],
                **on,
            )
        ],
    ).result(**in_time)
    return [run.state.result_state.value, output(run).logs]


@case
def failure():
    notebook("/Shared/runs/bad", "x = 1\n\n# COMMAND ----------\n\nraise ValueError('no depth')")
    waiter = w.jobs.submit(
        run_name="bad",
        tasks=[
            jobs.SubmitTask(task_key="main", notebook_task=jobs.NotebookTask(notebook_path="/Shared/runs/bad"), **on)
        ],
    )
    told = failing(lambda: waiter.result(**in_time))
    run = w.jobs.get_run(waiter.run_id)
    found = output(run)
    return {
        "told": told,
        "state": [run.state.life_cycle_state.value, run.state.result_state.value],
        "error": found.error,
        "trace": "ValueError" in found.error_trace,
    }


@case
def missing_notebook():
    waiter = w.jobs.submit(
        run_name="none",
        tasks=[
            jobs.SubmitTask(task_key="main", notebook_task=jobs.NotebookTask(notebook_path="/Shared/none"), **on)
        ],
    )
    return failing(lambda: waiter.result(**in_time))


@case
def cancel():
    notebook("/Shared/runs/long", "import time\nprint('begun', flush=True)\ntime.sleep(600)")
    run_id = w.jobs.submit(
        run_name="long",
        tasks=[
            jobs.SubmitTask(task_key="main", notebook_task=jobs.NotebookTask(notebook_path="/Shared/runs/long"), **on)
        ],
    ).run_id
    for _ in range(300):
        task = w.jobs.get_run(run_id).tasks[0]
        if "begun" in (w.jobs.get_run_output(task.run_id).logs or ""):
            break
        time.sleep(0.1)
    run = w.jobs.cancel_run(run_id).result(**in_time)
    return [run.state.life_cycle_state.value, run.state.result_state.value, output(run).logs]


@case
def graph():
    def condition(key, left, **more):
        return jobs.SubmitTask(
            task_key=key,
            condition_task=jobs.ConditionTask(op=jobs.ConditionTaskOp.EQUAL_TO, left=left, right="1"),
            **more,
        )

    def after(key, outcome):
        return [jobs.TaskDependency(task_key=key, outcome=outcome)]

    run = w.jobs.submit(
        run_name="graph",
        tasks=[
            condition("if", "1"),
            condition("yes", "1", depends_on=after("if", "true")),
            condition("no", "1", depends_on=after("if", "false")),
        ],
    ).result(**in_time)
    several = failing(lambda: w.jobs.get_run_output(run.run_id))
    return {
        "results": {task.task_key: task.state.result_state.value for task in run.tasks},
        "several": several["message"],
    }


@case
def unknown():
    return [failing(lambda: w.jobs.get_run(9)), failing(lambda: w.jobs.run_now(9))]


print(json.dumps(cases))
