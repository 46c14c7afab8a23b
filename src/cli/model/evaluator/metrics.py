"""Metrics by their usual definitions (those of scikit-learn), with numpy and pandas alone: a cluster need not have more."""

import math


def text_of(value):
    """A number for JSON, which has no NaN and no infinities: those travel as text."""
    value = float(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def ratio(above, below):
    return above / below if below else math.nan


def regression(truth, predicted, scores=None, classes=None):
    import numpy

    truth, predicted = numpy.asarray(truth, dtype="float64"), numpy.asarray(predicted, dtype="float64")
    errors = truth - predicted
    spread = float(((truth - truth.mean()) ** 2).sum())
    smallest = numpy.finfo("float64").eps
    return {
        "rmse": math.sqrt(float((errors**2).mean())) if len(errors) else math.nan,
        "mae": float(numpy.abs(errors).mean()),
        "r2": 1 - ratio(float((errors**2).sum()), spread) if spread else math.nan,
        "mape": float((numpy.abs(errors) / numpy.maximum(numpy.abs(truth), smallest)).mean()),
        "max_error": float(numpy.abs(errors).max()),
    }


def per_class(truth, predicted, one):
    """(precision, recall, f1, rows); what divides by nothing is 0, as there."""
    hits = float(((truth == one) & (predicted == one)).sum())
    said, are = float((predicted == one).sum()), float((truth == one).sum())
    precision, recall = hits / said if said else 0.0, hits / are if are else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return precision, recall, f1, are


def roc_auc(positive, scores):
    """Share of pairs in the right order, ties half: of ranks. NaN where there is only one class."""
    import numpy

    order = numpy.argsort(scores, kind="mergesort")
    ordered = scores[order]
    ranks = numpy.empty(len(scores))
    starts = numpy.flatnonzero(numpy.r_[True, ordered[1:] != ordered[:-1]])
    ends = numpy.r_[starts[1:], len(ordered)]
    for start, end in zip(starts, ends):
        ranks[order[start:end]] = (start + end + 1) / 2
    ones = int(positive.sum())
    others = len(positive) - ones
    return ratio(float(ranks[positive].sum()) - ones * (ones + 1) / 2, ones * others)


def of_scores(truth, classes, scores):
    """`scores`: a column of probabilities for each class, in the order of `classes`."""
    import numpy

    if numpy.isnan(scores).any():
        return {"roc_auc": math.nan, "log_loss": math.nan}
    place = {one: at for at, one in enumerate(classes)}
    if any(one not in place for one in truth.tolist()):
        return {"log_loss": math.nan, "roc_auc": math.nan}
    at = numpy.array([place[one] for one in truth.tolist()])
    smallest = numpy.finfo("float64").eps
    own = numpy.clip(scores[numpy.arange(len(at)), at] / scores.sum(axis=1), smallest, 1)
    found = {"log_loss": float(-numpy.log(own).mean())}
    if len(classes) == 2:
        found["roc_auc"] = roc_auc(at == 1, scores[:, 1])
    else:
        # One against the rest, each class by its share.
        shares = [(float((at == one).mean()), roc_auc(at == one, scores[:, one])) for one in range(len(classes))]
        found["roc_auc"] = sum(share * area for share, area in shares) if all(share for share, _ in shares) else math.nan
    return found


def classes_of(truth):
    """Values of a label in their order: 0 before 1, False before True, texts by the alphabet."""
    return sorted(set(truth.tolist()), key=lambda one: (isinstance(one, str), one))


def plain(values):
    """Values as Python's own: arrays of different kinds do not compare one by one in every numpy."""
    import numpy

    found = numpy.empty(len(values), dtype=object)
    found[:] = numpy.asarray(values).tolist()
    return found


def same_kind(truth, predicted):
    """Text is never equal to numbers: a model that is measured so would only seem to be a bad one."""
    kinds = [{isinstance(one, str) for one in values.tolist()} for values in (truth, predicted)]
    if not kinds[0] & kinds[1]:
        raise ValueError("one holds text, the other does not")


most_classes = 1000


def classification(truth, predicted, scores=None, classes=None):
    """Of two classes: of the greater one (1, True); of more: the average, each class by its share of rows.

    `classes`: values of the label in all rows, so that every slice and every version is counted alike.
    """
    import pandas

    truth, predicted = plain(truth), plain(predicted)
    known = classes if classes is not None else classes_of(truth)
    if len(known) > most_classes:
        raise ValueError("the label has %d different values" % len(known))
    if pandas.isna(predicted).any():
        return {name: math.nan for name in ("accuracy", "precision", "recall", "f1")}
    same_kind(truth, predicted)
    two = len(known) <= 2
    rows = [per_class(truth, predicted, one) for one in (known[-1:] if two else known)]
    weights = [1.0] if two else [row[3] / len(truth) for row in rows]

    def mean(at):
        return sum(weight * row[at] for weight, row in zip(weights, rows))

    return {
        "accuracy": float((truth == predicted).mean()),
        "precision": mean(0),
        "recall": mean(1),
        "f1": mean(2),
        **({} if scores is None else of_scores(truth, list(scores[0]), scores[1])),
    }


tasks = {"regression": regression, "classification": classification}


def picked(scores, rows):
    return None if scores is None else (scores[0], scores[1][rows])


def measured(task, truth, predicted, scores, classes):
    return {name: text_of(value) for name, value in tasks[task](truth, predicted, scores, classes).items()}


def sliced(rows, columns, measure):
    """`measure(mask)` for each value of each column."""
    found = {}
    for column in columns:
        need_column(rows, column, "named by a slice")  # noqa: F821
        values = rows[column].astype(object).where(rows[column].notna(), "(empty)").map(str)
        names = sorted(values.unique())
        if len(names) > 200:
            raise Refusal(  # noqa: F821
                "the column «%s» has %d values, too many to slice by" % (column, len(names)),
                "slice by a column of at most 200 values, such as a quarter or a region",
            )
        found[column] = {}
        for name in names:
            mask = (values == name).to_numpy()
            found[column][name] = {"rows": int(mask.sum()), "metrics": measure(mask)}
    return found
