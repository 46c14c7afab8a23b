"""model: trains the random forest on the features of this run.

Parameters: uid, root, then max_depth and n_estimators, or both as JSON: {"max_depth": 80, "n_estimators": 100}.
Writes model.pkl, params.json and metrics.json to <root>/models/<uid>/.
"""

import os
import sys

from tesseract.features import FEATURES
from tesseract.forest import METRICS, SEED, fit, measure, read_features, split, to_bytes
from tesseract.parameters import hyperparameters, positional
from tesseract.store import folder_of, json_text, write
from tesseract.table import table_text


def main(values=None):
    values = sys.argv[1:] if values is None else values
    uid, root = positional(("uid", "root"), values)
    parameters = hyperparameters(values[2:])
    features = os.path.join(folder_of(root, "features", uid), "features.csv")
    train, test = split(read_features(features))
    forest = fit(train, **parameters)
    metrics = measure(forest, test)
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
