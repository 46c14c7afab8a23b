"""Model registries of the embedded workspace through the Databricks SDK for Python: argv is host, token, token of another user."""

import json
import sys

from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import DatabricksError
from databricks.sdk.service import ml

from session import case, cases

host, token, other_token = sys.argv[1:4]
w = WorkspaceClient(host=host, token=token)
other = WorkspaceClient(host=host, token=other_token)


def failure(work):
    """Class, code and message of the error that it must end in."""
    try:
        work()
    except DatabricksError as error:
        return {"error": type(error).__name__, "code": error.error_code, "message": str(error)}
    return {"error": None}


def stages(name):
    found = w.model_registry.search_model_versions(filter=f"name='{name}'", order_by=["version_number ASC"])
    return [version.current_stage for version in found]


@case
def models():
    made = w.model_registry.create_model("stock", description="prices", tags=[ml.ModelTag("team", "risk")])
    w.model_registry.set_model_tag("stock", "k", "v")
    w.model_registry.delete_model_tag("stock", "team")
    w.model_registry.update_model("stock", description="new")
    found = w.model_registry.get_model("stock").registered_model_databricks
    w.model_registry.rename_model("stock", new_name="price")
    return {
        "made": made.registered_model.name,
        "id": len(found.id),
        "level": found.permission_level.value,
        "user": found.user_id,
        "description": found.description,
        "tags": [[tag.key, tag.value] for tag in found.tags],
        "listed": [model.name for model in w.model_registry.list_models()],
        "searched": [model.name for model in w.model_registry.search_models(filter="name LIKE 'ric'")],
        "gone": failure(lambda: w.model_registry.get_model("stock")),
    }


@case
def versions():
    status = []
    for number in range(1, 4):
        made = w.model_registry.create_model_version("price", "dbfs:/models/price", run_id=f"run-{number}")
        status.append(made.model_version.status.value)
    w.model_registry.set_model_version_tag("price", "1", "commit", "abc")
    w.model_registry.update_model_version("price", "1", description="first")
    found = w.model_registry.get_model_version("price", "1").model_version
    w.model_registry.delete_model_version_tag("price", "1", "commit")
    return {
        "status": status,
        "found": [found.version, found.status.value, found.run_id, found.description, found.tags[0].value],
        "uri": w.model_registry.get_model_version_download_uri("price", "1").artifact_uri,
        "untagged": w.model_registry.get_model_version("price", "1").model_version.tags,
        "searched": [one.version for one in w.model_registry.search_model_versions(filter="name='price'", max_results=1)],
    }


@case
def transitions():
    move = w.model_registry.transition_stage
    move("price", "1", "Production", False)
    answer = move("price", "2", "Production", True, comment="better").model_version_databricks
    latest = w.model_registry.get_latest_versions("price", stages=["Production"])
    return {
        "stage": answer.current_stage,
        "level": answer.permission_level.value,
        "stages": stages("price"),
        "latest": [one.version for one in latest],
        "unknown": failure(lambda: move("price", "1", "Live", False)),
        "missing": failure(lambda: move("price", "9", "Production", True)),
        "kept": stages("price"),
        "delete": failure(lambda: w.model_registry.delete_model("price")),
    }


@case
def permissions():
    id = w.model_registry.get_model("price").registered_model_databricks.id
    before = failure(lambda: other.model_registry.get_model("price"))
    w.model_registry.update_permissions(
        id,
        access_control_list=[
            ml.RegisteredModelAccessControlRequest(
                user_name="other@example.com", permission_level=ml.RegisteredModelPermissionLevel.CAN_READ
            )
        ],
    )
    acl = w.model_registry.get_permissions(id)
    return {
        "before": before,
        "after": other.model_registry.get_model("price").registered_model_databricks.permission_level.value,
        "type": acl.object_type,
        "users": sorted(one.user_name or one.group_name for one in acl.access_control_list),
        "levels": [one.permission_level.value for one in w.model_registry.get_permission_levels(id).permission_levels],
    }


@case
def requests():
    asked = other.model_registry.create_transition_request("price", "3", "Production", comment="please").request
    listed = list(w.model_registry.list_transition_requests("price", "3"))
    refused = failure(
        lambda: other.model_registry.approve_transition_request("price", "3", "Production", True)
    )
    approved = w.model_registry.approve_transition_request("price", "3", "Production", True, comment="yes").activity
    w.model_registry.create_transition_request("price", "3", "Archived")
    rejected = w.model_registry.reject_transition_request("price", "3", "Archived").activity
    other.model_registry.create_transition_request("price", "3", "Archived")
    cancelled = other.model_registry.delete_transition_request("price", "3", "Archived", "other@example.com")
    return {
        "asked": [asked.user_id, asked.to_stage, [action.value for action in asked.available_actions]],
        "listed": [[one.activity_type.value, one.from_stage, one.to_stage, one.user_id] for one in listed],
        "refused": refused,
        "approved": [approved.activity_type.value, approved.from_stage, approved.to_stage],
        "rejected": rejected.activity_type.value,
        "cancelled": cancelled.activity.activity_type.value,
        "left": len(list(w.model_registry.list_transition_requests("price", "3"))),
        "stages": stages("price"),
    }


@case
def comments():
    made = w.model_registry.create_comment("price", "1", "first").comment
    changed = w.model_registry.update_comment(made.id, "second").comment
    w.model_registry.delete_comment(made.id)
    return {
        "made": [made.comment, made.user_id, [action.value for action in made.available_actions]],
        "changed": [changed.id == made.id, changed.comment],
        "gone": failure(lambda: w.model_registry.delete_comment(made.id)),
    }


@case
def catalog():
    full = "main.default.stock"
    made = w.registered_models.create(catalog_name="main", schema_name="default", name="stock", comment="prices")
    for number in (1, 2):
        body = {"name": full, "source": "dbfs:/models/stock", "run_id": f"run-{number}"}
        w.api_client.do("POST", "/api/2.0/mlflow/unity-catalog/model-versions/create", body=body)
    w.registered_models.set_alias(full, "champion", 1)
    alias = w.registered_models.set_alias(full, "champion", 2)
    w.model_versions.update(full, 2, comment="better")
    found = w.model_versions.get(full, 2, include_aliases=True)
    by_alias = w.model_versions.get_by_alias(full, "champion")
    stranger = failure(lambda: other.registered_models.set_alias(full, "champion", 1))
    w.model_versions.delete(full, 2)
    return {
        "made": [made.full_name, made.owner, made.comment],
        "alias": [alias.alias_name, alias.version_num],
        "found": [found.version, found.status.value, found.comment, [one.alias_name for one in found.aliases]],
        "by_alias": [by_alias.version, by_alias.run_id],
        "listed": [one.version for one in w.model_versions.list(full, max_results=1)],
        "dangling": failure(lambda: w.model_versions.get_by_alias(full, "champion")),
        "stranger": stranger,
    }


@case
def catalog_pages():
    for number in range(4):
        w.registered_models.create(catalog_name="main", schema_name="paged", name=f"m{number}")
    paged = w.registered_models.list(catalog_name="main", schema_name="paged", max_results=1)
    names = [one.name for one in paged]
    renamed = w.registered_models.update("main.paged.m0", new_name="m9", comment="new")
    w.registered_models.delete("main.paged.m1")
    return {
        "names": names,
        "renamed": [renamed.full_name, renamed.comment],
        "left": [one.name for one in w.registered_models.list(catalog_name="main", schema_name="paged")],
        "gone": failure(lambda: w.registered_models.get("main.paged.m1")),
        "two_parts": failure(lambda: w.registered_models.get("paged.m1")),
    }


print(json.dumps(cases))
