"""Drives DBFS, secrets and their errors with the Databricks SDK for Python; prints one JSON object: case -> what it returned.

usage: dbfs_session.py HOST TOKEN
"""

import base64
import io
import json
import os
import sys

from databricks.sdk import WorkspaceClient
from databricks.sdk.service import workspace
from session import case, cases

w = WorkspaceClient(host=sys.argv[1], token=sys.argv[2])


def failing(call):
    try:
        call()
    except Exception as error:
        return [type(error).__name__, getattr(error, "error_code", None)]
    return None


def content(path):
    with w.dbfs.download(path) as file:
        return file.read()


@case
def upload_and_download():
    data = os.urandom(2_600_000)
    w.dbfs.upload("/sdk/a b/ü.bin", io.BytesIO(data))
    info = w.dbfs.get_status("dbfs:/sdk/a b/ü.bin")
    return [content("/sdk/a b/ü.bin") == data, info.path, info.is_dir, info.file_size]


@case
def overwrite():
    w.dbfs.upload("/sdk/o", io.BytesIO(b"1"))
    refused = failing(lambda: w.dbfs.upload("/sdk/o", io.BytesIO(b"2")))
    w.dbfs.upload("/sdk/o", io.BytesIO(b"3"), overwrite=True)
    return [refused, content("/sdk/o").decode()]


@case
def put_and_read():
    w.dbfs.put("/sdk/put", contents=base64.b64encode(b"hello").decode(), overwrite=True)
    read = w.dbfs.read("/sdk/put", offset=1, length=3)
    return [read.bytes_read, base64.b64decode(read.data).decode()]


@case
def tree():
    for name in ("x", "y/z"):
        w.dbfs.upload("/sdk/tree/" + name, io.BytesIO(name.encode()))
    w.dbfs.mkdirs("/sdk/tree/empty")
    listed = sorted((f.path, f.is_dir) for f in w.dbfs.list("/sdk/tree", recursive=True))
    w.dbfs.copy("/sdk/tree", "/sdk/copy", recursive=True)
    copied = sorted(f.path for f in w.dbfs.list("/sdk/copy", recursive=True))
    w.dbfs.move("/sdk/copy/x", "/sdk/moved")
    return [listed, copied, w.dbfs.exists("/sdk/copy/x"), content("/sdk/moved").decode()]


@case
def delete():
    full = failing(lambda: w.dbfs._api.do("POST", "/api/2.0/dbfs/delete", body={"path": "/sdk/tree"}))
    w.dbfs.delete("/sdk/tree", recursive=True)
    w.dbfs.delete("/sdk/tree", recursive=True)
    return [full[0], w.dbfs.exists("/sdk/tree")]


@case
def errors():
    return {
        "missing": failing(lambda: w.dbfs.get_status("/sdk/none")),
        "handle": failing(lambda: w.dbfs.add_block(17, "")),
        "block": failing(lambda: w.dbfs.put("/sdk/b", contents=base64.b64encode(bytes(1_048_577)).decode())),
        "read": failing(lambda: w.dbfs.read("/sdk/o", length=1_048_577)),
        "escape": failing(lambda: w.dbfs.get_status("/sdk/../../etc/passwd")),
    }


@case
def secrets():
    w.secrets.create_scope("sdk")
    w.secrets.put_secret("sdk", "text", string_value="hidden")
    w.secrets.put_secret("sdk", "bytes", bytes_value=base64.b64encode(b"\x00\xff").decode())
    w.secrets.put_acl("sdk", "users", workspace.AclPermission.READ)
    read = {key: w.secrets.get_secret("sdk", key).value for key in ("text", "bytes")}
    acls = sorted((a.principal, a.permission.value) for a in w.secrets.list_acls("sdk"))
    keys = [s.key for s in w.secrets.list_secrets("sdk")]
    scopes = [s.name for s in w.secrets.list_scopes()]
    w.secrets.delete_secret("sdk", "text")
    again = failing(lambda: w.secrets.create_scope("sdk"))
    gone = failing(lambda: w.secrets.get_secret("sdk", "text"))
    w.secrets.delete_scope("sdk")
    return [read, acls, keys, scopes, again, gone, list(w.secrets.list_scopes())]


print(json.dumps(cases))
