"""Drives a workspace with the Databricks SDK for Python; prints one JSON object: case -> what the SDK returned.

usage: sdk_session.py HOST TOKEN CLIENT_ID CLIENT_SECRET
"""

import datetime
import io
import json
import sys

from databricks.sdk import WorkspaceClient
from databricks.sdk.service import compute, iam, workspace
from session import case, cases

host, token, client_id, client_secret = sys.argv[1:5]
w = WorkspaceClient(host=host, token=token)


def failing(call):
    try:
        call()
    except Exception as error:
        return {
            "error": type(error).__name__,
            "code": getattr(error, "error_code", None),
            "message": str(error),
        }
    return {"error": None}


spec = {
    "spark_version": "15.4.x-scala2.12",
    "node_type_id": "Standard_DS3_v2",
    "autotermination_minutes": 60,
}
ids = {}
in_time = {"timeout": datetime.timedelta(seconds=60)}


@case
def me():
    me = w.current_user.me()
    return {
        "user": me.user_name,
        "groups": sorted(g.display for g in me.groups),
        "workspace_id": w.get_workspace_id(),
    }


@case
def oauth_m2m():
    machine = WorkspaceClient(host=host, client_id=client_id, client_secret=client_secret, auth_type="oauth-m2m")
    return machine.current_user.me().user_name


@case
def oauth_wrong_secret():
    return failing(
        lambda: WorkspaceClient(
            host=host, client_id=client_id, client_secret="wrong", auth_type="oauth-m2m"
        ).current_user.me()
    )


@case
def bad_token():
    return failing(lambda: WorkspaceClient(host=host, token="wrong").current_user.me())


@case
def selectors():
    return {
        "lts": w.clusters.select_spark_version(latest=True, long_term_support=True),
        "ml": w.clusters.select_spark_version(latest=True, long_term_support=True, ml=True),
        "node": w.clusters.select_node_type(local_disk=False, min_cores=4, min_memory_gb=10),
    }


@case
def create_and_wait():
    waiter = w.clusters.create(cluster_name="sdk", num_workers=0, **spec)
    states = []
    details = waiter.result(callback=lambda c: states.append(c.state.value), **in_time)
    ids["cluster"] = details.cluster_id
    return {
        "states": states,
        "state": details.state.value,
        "workers": details.num_workers,
        "source": details.cluster_source.value,
        "context": str(details.spark_context_id),
        "spec": details.spec.as_dict(),
        "azure": details.azure_attributes.as_dict(),
    }


@case
def edit_and_wait():
    waiter = w.clusters.edit(
        cluster_id=ids["cluster"], cluster_name="sdk", num_workers=2, custom_tags={"a": "b"}, **spec
    )
    states = []
    details = waiter.result(callback=lambda c: states.append(c.state.value), **in_time)
    return {"states": states, "workers": details.num_workers, "tags": details.custom_tags}


@case
def resize_and_wait():
    size = compute.AutoScale(min_workers=1, max_workers=3)
    states = []
    details = w.clusters.resize(ids["cluster"], autoscale=size).result(
        callback=lambda c: states.append(c.state.value), **in_time
    )
    return {"states": states, "autoscale": details.autoscale.as_dict(), "executors": len(details.executors)}


@case
def terminate_and_start():
    stopped = w.clusters.delete(ids["cluster"]).result(**in_time)
    ensured = [stopped.state.value, stopped.termination_reason.code.value]
    w.clusters.ensure_cluster_is_running(ids["cluster"])
    return [*ensured, w.clusters.get(ids["cluster"]).state.value]


@case
def restart_and_wait():
    return w.clusters.restart(ids["cluster"]).result(**in_time).state.value


@case
def events():
    by_page = [e.type.value for e in w.clusters.events(ids["cluster"], page_size=3)]
    by_offset = [e.type.value for e in w.clusters.events(ids["cluster"], limit=4)]
    oldest = next(iter(w.clusters.events(ids["cluster"], order=compute.GetEventsOrder.ASC)))
    return {"same": by_page == by_offset, "types": by_page, "oldest": oldest.type.value}


@case
def list_pages():
    made = [w.clusters.create(cluster_name=f"many{n}", num_workers=1, **spec).cluster_id for n in range(7)]
    listed = [c.cluster_id for c in w.clusters.list(page_size=3)]
    api = compute.ListClustersFilterBy(cluster_sources=[compute.ClusterSource.JOB])
    jobs = [c.cluster_name for c in w.clusters.list(filter_by=api)]
    for cluster in made:
        w.clusters.permanent_delete(cluster)
    return {"all": len(listed), "once": len(set(listed)), "jobs": jobs, "left": len(list(w.clusters.list()))}


@case
def pin():
    w.clusters.pin(ids["cluster"])
    pinned = compute.ListClustersFilterBy(is_pinned=True)
    found = [c.cluster_id for c in w.clusters.list(filter_by=pinned)]
    refused = failing(lambda: w.clusters.permanent_delete(ids["cluster"]))
    w.clusters.unpin(ids["cluster"])
    return {"found": found == [ids["cluster"]], **refused}


@case
def cluster_errors():
    gone = "0101-000000-nothere1"
    bad = {**spec, "spark_version": "nope"}
    return {
        "get": failing(lambda: w.clusters.get(gone)),
        "edit": failing(lambda: w.clusters.edit(cluster_id=gone, num_workers=1, **spec)),
        "version": failing(lambda: w.clusters.create(num_workers=1, **bad)),
        "libraries": failing(lambda: w.libraries.cluster_status(gone)),
    }


@case
def invalid_state():
    cluster = w.clusters.create(cluster_name="busy", num_workers=1, **spec).cluster_id
    refused = failing(lambda: w.clusters.resize(cluster, num_workers=2))
    w.clusters.permanent_delete(cluster)
    return refused


@case
def libraries():
    wanted = [
        compute.Library(pypi=compute.PythonPyPiLibrary(package="azure")),
        compute.Library(cran=compute.RCranLibrary(package="tidyverse")),
        compute.Library(maven=compute.MavenLibrary(coordinates="a:b:1", exclusions=["x:y"])),
    ]
    w.libraries.install(ids["cluster"], wanted)
    seen = []
    for _ in range(3):
        seen.append([s.status.value for s in w.libraries.cluster_status(ids["cluster"])])
    w.libraries.uninstall(ids["cluster"], wanted[:1])
    marked = [s.status.value for s in w.libraries.cluster_status(ids["cluster"])]
    everywhere = [s.cluster_id for s in w.libraries.all_cluster_statuses()]
    return {"seen": seen, "marked": marked, "everywhere": everywhere == [ids["cluster"]]}


@case
def workspace_files():
    root = "/Shared/sdk"
    w.workspace.mkdirs(f"{root}/deep/er")
    source = b"# Databricks notebook source\nprint(1)\n"
    w.workspace.upload(f"{root}/auto.py", io.BytesIO(source), format=workspace.ImportFormat.AUTO)
    w.workspace.upload(f"{root}/deep/plain.bin", io.BytesIO(bytes(range(256)) * 9000), format=workspace.ImportFormat.RAW)
    w.workspace.upload(f"{root}/deep/er/named.py", io.BytesIO(b"print(2)"))
    w.workspace.import_(
        path=f"{root}/r", format=workspace.ImportFormat.SOURCE, language=workspace.Language.R, content="MQ=="
    )
    listed = [
        [o.path, o.object_type.value, o.language and o.language.value] for o in w.workspace.list(root, recursive=True)
    ]
    return {
        "listed": sorted(listed),
        "binary": w.workspace.download(f"{root}/deep/plain.bin").read() == bytes(range(256)) * 9000,
        "source": w.workspace.download(f"{root}/auto").read() == source,
        "jupyter": json.loads(w.workspace.download(f"{root}/auto", format=workspace.ExportFormat.JUPYTER).read())["nbformat"],
        "exported": w.workspace.export(f"{root}/r").content,
        "size": w.workspace.get_status(f"/Workspace{root}/deep/plain.bin").size,
        "large_id": w.workspace.get_status(root).object_id > 2**53,
    }


@case
def workspace_errors():
    def put(**over):
        return w.workspace.upload("/Shared/sdk/auto.py", io.BytesIO(b"x"), **over)

    return {
        "exists": failing(lambda: put(format=workspace.ImportFormat.RAW) or put(format=workspace.ImportFormat.RAW)),
        "no_format": failing(lambda: w.workspace.upload("/Shared/sdk/x.csv", io.BytesIO(b"x"))),
        "missing": failing(lambda: w.workspace.get_status("/Shared/none")),
        "not_empty": failing(lambda: w.workspace.delete("/Shared/sdk")),
        "big": failing(
            lambda: w.workspace.upload("/Shared/sdk/big", io.BytesIO(bytes(10485761)), format=workspace.ImportFormat.RAW)
        ),
        "recursive": failing(lambda: w.workspace.delete("/Shared/sdk", recursive=True)),
        "left": len(list(w.workspace.list("/Shared"))),
    }


@case
def permissions():
    grant = iam.AccessControlRequest(group_name="users", permission_level=iam.PermissionLevel.CAN_RESTART)
    w.permissions.update("clusters", ids["cluster"], access_control_list=[grant])
    acl = w.permissions.get("clusters", ids["cluster"]).access_control_list
    stranger = iam.AccessControlRequest(user_name="x@example.com", permission_level=iam.PermissionLevel.CAN_MANAGE)
    return {
        "acl": {(a.user_name or a.group_name): a.all_permissions[0].permission_level.value for a in acl},
        "levels": [
            l.permission_level.value
            for l in w.permissions.get_permission_levels("clusters", ids["cluster"]).permission_levels
        ],
        "stranger": failing(lambda: w.permissions.set("clusters", ids["cluster"], access_control_list=[stranger])),
    }


@case
def jobs():
    from databricks.sdk.service import jobs as j

    task = j.Task(task_key="t", existing_cluster_id=ids["cluster"], notebook_task=j.NotebookTask(notebook_path="/x"))
    job = w.jobs.create(name="job", tasks=[task])
    w.jobs.update(job.job_id, new_settings=j.JobSettings(tasks=[j.Task(task_key="t", existing_cluster_id="new", notebook_task=j.NotebookTask(notebook_path="/x"))]))
    read = w.jobs.get(job.job_id)
    named = [b.job_id for b in w.jobs.list(name="JOB")]
    w.jobs.delete(job.job_id)
    return {
        "exact": named == [job.job_id],
        "large": job.job_id > 2**53,
        "cluster": read.settings.tasks[0].existing_cluster_id,
        "gone": failing(lambda: w.jobs.get(job.job_id)),
        "runs": len(list(w.jobs.list_runs(active_only=True))),
    }


@case
def not_implemented():
    return failing(lambda: list(w.warehouses.list()))


json.dump(cases, sys.stdout)
