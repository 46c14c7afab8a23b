"""model: trains the random forest on the features of this run.

Parameters: uid, root, then max_depth and n_estimators, or both as JSON: {"max_depth": 80, "n_estimators": 100};
and commit=<what the code was made of>, for MLflow.
Writes model.pkl, params.json and metrics.json to <root>/models/<uid>/, and a run with the model to MLflow.
"""

import os
import sys

from tesseract.features import FEATURES
from tesseract.forest import METRICS, SEED, fit, learning_split, measure, read_features, to_bytes
from tesseract.parameters import hyperparameters, options, positional
from tesseract.store import folder_of, json_text, write
from tesseract.table import table_text
from tesseract.tracking import connect, log_candidate, logged_run


def main(values=None):
    values = sys.argv[1:] if values is None else values
    values, given = options(values, ("commit",))
    uid, root = positional(("uid", "root"), values)
    parameters = hyperparameters(values[2:])
    features = os.path.join(folder_of(root, "features", uid), "features.csv")
    train, test = learning_split(read_features(features))
    mlflow = connect()
    with logged_run(mlflow, f"train {uid}", given["commit"], parameters):
        forest = fit(train, **parameters)
        metrics = measure(forest, test)
        log_candidate(mlflow, forest, train, features, metrics, given["commit"])
    folder = folder_of(root, "models", uid)
    write(os.path.join(folder, "model.pkl"), to_bytes(forest))
    write(os.path.join(folder, "params.json"), json_text({**parameters, **_origin(features, train, test)}))
    write(os.path.join(folder, "metrics.json"), json_text(metrics))
    print(f"{len(train)} days to learn from, {len(test)} later ones to test on (from {test[0]['Date']})")
    print(table_text((*parameters, *METRICS), [{**parameters, **metrics}]))
    print(f"model: {folder}")


def _origin(features, train, test):
    """What the model was made of, so that it can be made again."""
    from sklearn import __version__ as sklearn

    return {
        "seed": SEED,
        "features": list(FEATURES),
        "table": features,
        "trained_until": train[-1]["Date"],
        "tested_from": test[0]["Date"],
        "scikit_learn": sklearn,
    }


if __name__ == "__main__":
    main()
