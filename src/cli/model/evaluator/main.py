"""Measures one or two versions of a model on the same rows. `brickrail evaluate` puts this notebook there and runs it.

Widget `request`: JSON of model, candidate, champion (version or null), tracking_uri, registry_uri, embedded_mlflow, dataset, label,
features (or null), task, time (or null), slices (columns).
Result: JSON of dataset, candidate and champion; or of error and hint.
"""

import json


def checked_rows(request, spark):
    rows, digest = read_rows(request["dataset"], spark)  # noqa: F821
    need_column(rows, request["label"], "the label")  # noqa: F821
    if len(rows) == 0:
        raise Refusal(  # noqa: F821
            "the dataset %s has no rows" % request["dataset"], "see why the job that writes it has written none"
        )
    empty = int(rows[request["label"]].isna().sum())
    if empty:
        raise Refusal(  # noqa: F821
            "the label «%s» is empty in %d of %d rows" % (request["label"], empty, len(rows)),
            "leave rows without a label out of the dataset",
        )
    return rows, digest


def known_classes(request, rows):
    """Of the label, for every version and slice alike; None where the task has none."""
    if request["task"] != "classification":
        return None
    found = classes_of(rows[request["label"]].to_numpy())  # noqa: F821
    if len(found) < 2:
        raise Refusal(  # noqa: F821
            "the label «%s» is %r in all rows" % (request["label"], found[0]), "give a dataset that has rows of every class"
        )
    return found


def measure(request, version, role, rows, classes):
    model = load(request["model"], version, role)  # noqa: F821
    what = "%s %s" % (role, version)
    predicted, scores = predict(model, rows, request, what)  # noqa: F821
    truth = rows[request["label"]].to_numpy()

    def metrics(mask):
        try:
            return measured(request["task"], truth[mask], predicted[mask], picked(scores, mask), classes)  # noqa: F821
        except (TypeError, ValueError) as error:
            raise Refusal(  # noqa: F821
                "predictions of %s do not fit the label «%s»: %s" % (what, request["label"], error),
                "see whether evaluation.task of the policy is right, and both are of the same kind",
            )

    return {
        "metrics": metrics(rows[request["label"]].notna().to_numpy()),
        "slices": sliced(rows, request["slices"], metrics),  # noqa: F821
    }


def evaluate(request, spark):
    connect(request)  # noqa: F821
    rows, digest = checked_rows(request, spark)
    dataset = {"digest": digest, "rows": len(rows)}
    if request["time"]:
        dataset["newest"] = newest_of(rows, request["time"])  # noqa: F821
    classes = known_classes(request, rows)
    candidate = measure(request, request["candidate"], "candidate", rows, classes)
    champion = measure(request, request["champion"], "champion", rows, classes) if request["champion"] else None
    return {"dataset": dataset, "candidate": candidate, "champion": champion}


def answer(text, spark):
    try:
        found = json.dumps(evaluate(json.loads(text), spark))
    except Refusal as refusal:  # noqa: F821
        return json.dumps({"error": refusal.why, "hint": refusal.hint})
    # A workspace keeps the first 5 MB of what a notebook gives back.
    if len(found) > 4000000:
        return json.dumps({"error": "the slices have too many values to tell", "hint": "slice by fewer columns"})
    return found


dbutils.widgets.text("request", "")  # noqa: F821
dbutils.notebook.exit(answer(dbutils.widgets.get("request"), spark))  # noqa: F821
