"""Tables and documents in folders, on DBFS (as /dbfs/...) or anywhere else."""

import csv
import io
import json
import os


def local(path):
    """`dbfs:/x` as the path by which Python opens it."""
    return "/dbfs/" + path[len("dbfs:/") :] if path.startswith("dbfs:/") else path


def folder_of(root, kind, uid):
    """The folder of one run, `<root>/<kind>/<uid>`: no other run ever writes there."""
    if not uid.strip() or "/" in uid or "{{" in uid or uid in (".", ".."):
        raise ValueError(f"uid is {uid!r}: it names the run's folder, give the run id, {{{{job.run_id}}}}")
    return os.path.join(local(root), kind, uid)


def read_csv(path):
    """Column names and records, which are mappings of text."""
    with open(local(path), newline="") as file:
        reader = csv.DictReader(file)
        records = list(reader)
        return list(reader.fieldnames or []), records


def csv_text(columns, rows):
    """The table as CSV; None is an empty field."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(["" if row[name] is None else row[name] for name in columns] for row in rows)
    return out.getvalue()


def json_text(document):
    return json.dumps(document, indent=2) + "\n"


def write(path, content):
    """Put a whole file in place: a reader sees the one before, or this one."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    os.makedirs(os.path.dirname(path), exist_ok=True)
    new = path + ".new"
    with open(new, "wb") as file:
        file.write(data)
    os.replace(new, path)
