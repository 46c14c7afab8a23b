"""Parameters of a run. They arrive as text, by position; a wrong one ends the run with its name."""

import json

HYPERPARAMETERS = ("max_depth", "n_estimators")


class ParameterError(ValueError):
    """A parameter is missing or cannot be used."""


def positional(names, values):
    """The leading parameters by name; every one has to be there."""
    for number, name in enumerate(names):
        if number >= len(values) or not values[number].strip():
            raise ParameterError(f"{name} is missing; the parameters are {', '.join(names)}, ...")
    return list(values[: len(names)])


def options(values, names):
    """(the values without them, options by name): `commit=1a2b`, anywhere; one that is not given is ''."""
    given = {name: "" for name in names}
    rest = []
    for value in values:
        name, equals, text = value.partition("=")
        if equals and name in given:
            given[name] = text.strip()
        else:
            rest.append(value)
    return rest, given


def hyperparameters(values):
    """max_depth and n_estimators: as one JSON object, or as two texts in that order."""
    if len(values) == 1 and values[0].lstrip().startswith("{"):
        given = _object(values[0])
    elif len(values) <= len(HYPERPARAMETERS):
        given = dict(zip(HYPERPARAMETERS, values))
    else:
        raise ParameterError(f"{len(values)} hyperparameters given; expected {', '.join(HYPERPARAMETERS)}")
    unknown = sorted(set(given) - set(HYPERPARAMETERS))
    if unknown:
        raise ParameterError(f"{unknown[0]} is no hyperparameter; there are {', '.join(HYPERPARAMETERS)}")
    return {name: whole_number(name, given.get(name)) for name in HYPERPARAMETERS}


def whole_number(name, value):
    """An int of 1 or more."""
    text = "" if value is None else str(value).strip()
    if not text:
        raise ParameterError(f"{name} is missing; give a whole number, such as {name}=80")
    if isinstance(value, bool) or not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ParameterError(f"{name} is {text!r}; give a whole number of 1 or more")
    return int(text)


def grid(text):
    """Every combination of the values in `{"max_depth": [..], "n_estimators": [..]}`, in a fixed order."""
    given = _object(text)
    for name in HYPERPARAMETERS:
        if not isinstance(given.get(name), list) or not given[name]:
            raise ParameterError(f"{name} is missing in the grid; give a list, such as {name}: [5, 80]")
    unknown = sorted(set(given) - set(HYPERPARAMETERS))
    if unknown:
        raise ParameterError(f"{unknown[0]} is no hyperparameter; there are {', '.join(HYPERPARAMETERS)}")
    return [
        {"max_depth": whole_number("max_depth", depth), "n_estimators": whole_number("n_estimators", trees)}
        for depth in given["max_depth"]
        for trees in given["n_estimators"]
    ]


def _object(text):
    try:
        given = json.loads(text)
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise ParameterError(f"{text!r} is not a JSON object with {' and '.join(HYPERPARAMETERS)}")
    return given
