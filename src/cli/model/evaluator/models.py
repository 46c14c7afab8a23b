"""Loads a model, gives it the rows, and checks what comes back."""

import os


def connect(request):
    """Point MLflow's client at the servers that the versions are of."""
    try:
        import mlflow
    except ImportError:
        raise Refusal(  # noqa: F821
            "mlflow is not installed on the cluster",
            "add mlflow to the libraries of the cluster (pypi: mlflow) and deploy it",
        )
    tracking, registry = request["tracking_uri"], request["registry_uri"]
    if request["embedded_mlflow"]:
        tracking = registry = os.environ["DATABRICKS_HOST"].rstrip("/") + "/mlflow"
        os.environ.setdefault("MLFLOW_TRACKING_TOKEN", os.environ.get("DATABRICKS_TOKEN", ""))
    mlflow.set_tracking_uri(tracking)
    mlflow.set_registry_uri(registry)


def load(name, version, role):
    import mlflow.pyfunc

    uri = "models:/%s/%s" % (name, version)
    what = "%s %s (version %s)" % (role, name, version)
    try:
        return mlflow.pyfunc.load_model(uri)
    except ImportError as error:
        raise Refusal(  # noqa: F821
            "%s does not load: %s" % (what, error),
            "install what the model needs on the cluster: see requirements.txt of the model",
        )
    except Exception as error:
        first = str(error).strip().split("\n", 1)[0][:500]
        text = "%s does not load: %s: %s" % (what, type(error).__name__, first)
        if "RESOURCE_DOES_NOT_EXIST" in str(error):
            hint = "the version was deleted meanwhile: see `brickrail models`"
        elif "401" in str(error) or "403" in str(error):
            hint = "give the identity of the run the right to read the model; a plain MLflow server may want MLFLOW_TRACKING_TOKEN in the cluster's environment"
        else:
            hint = "load it by hand with mlflow.pyfunc.load_model(%r) on this cluster; log the model again" % uri
        raise Refusal(text, hint)  # noqa: F821


def signature_of(model):
    schema = getattr(model.metadata, "get_input_schema", lambda: None)()
    return schema if schema is not None and schema.has_input_names() else None


def with_types(rows, schema):
    """A CSV file knows 64 bits only; a signature may say 32, which MLflow does not narrow by itself."""
    import numpy
    import pandas

    rows = rows.copy()
    for column in schema.inputs:
        if column.name not in rows.columns:
            continue
        wanted = getattr(column.type, "to_numpy", lambda: None)() if hasattr(column, "type") else None
        values = rows[column.name]
        if wanted is not None and numpy.issubdtype(wanted, numpy.datetime64):
            rows[column.name] = pandas.to_datetime(values)
        if wanted is None or not pandas.api.types.is_numeric_dtype(values) or values.isna().any():
            continue
        if numpy.issubdtype(wanted, numpy.floating) or (
            numpy.issubdtype(wanted, numpy.integer) and (values % 1 == 0).all()
        ):
            rows[column.name] = values.astype(wanted)
    return rows


def inputs_of(model, rows, request, what):
    """What the signature asks for; without one the policy's features; without those all but the label."""
    label = request["label"]
    schema = signature_of(model)
    if schema is None:
        for name in request["features"] or []:
            need_column(rows, name, "named by evaluation.features")  # noqa: F821
        return rows[request["features"] or [name for name in rows.columns if name != label]]
    names = schema.input_names()
    if label in names:
        raise Refusal(  # noqa: F821
            "%s takes the label «%s» as an input: it knows the answer" % (what, label),
            "leave the label out of what the model is trained on",
        )
    optional = set(names) - set(schema.required_input_names())
    for name in names:
        if name not in optional:
            need_column(rows, name, "an input of %s by its signature" % what)  # noqa: F821
    return with_types(rows[[name for name in names if name in rows.columns]], schema)


def one_column(predicted, label, what):
    import numpy
    import pandas

    if isinstance(predicted, pandas.DataFrame):
        names = [name for name in ("prediction", "predictions", label) if name in predicted.columns]
        if len(predicted.columns) != 1 and not names:
            raise Refusal(  # noqa: F821
                "%s predicts %d columns, none of them named prediction" % (what, len(predicted.columns)),
                "have the model return one column",
            )
        predicted = predicted[names[0]] if names else predicted.iloc[:, 0]
    values = numpy.asarray(predicted)
    return values[:, 0] if values.ndim == 2 and values.shape[1] == 1 else values


def scores_of(model, inputs):
    """(classes, probabilities), where the model inside can tell them."""
    import numpy

    try:
        raw = model.get_raw_model()
        return list(raw.classes_.tolist()), numpy.asarray(raw.predict_proba(inputs), dtype="float64")
    except Exception:  # most kinds of models cannot; roc_auc and log_loss are missing then
        return None


def predict(model, rows, request, what):
    """(predictions, scores), one for each row."""
    try:
        inputs = inputs_of(model, rows, request, what)
        # A copy: there are models that change what they are given.
        predicted = one_column(model.predict(inputs.copy()), request["label"], what)
    except Refusal:  # noqa: F821
        raise
    except Exception as error:
        first = str(error).strip().split("\n", 1)[0][:500]
        raise Refusal(  # noqa: F821
            "%s cannot predict: %s: %s" % (what, type(error).__name__, first),
            "compare its signature with the columns of the dataset; evaluation.features names the inputs of a model without one",
        )
    if predicted.shape != (len(rows),):
        raise Refusal(  # noqa: F821
            "%s gave %s predictions for %d rows" % (what, "x".join(map(str, predicted.shape)), len(rows)),
            "have the model return one value for each row",
        )
    scores = scores_of(model, inputs) if request["task"] == "classification" else None
    return predicted, scores
