"""Cases of a session with a real client: each runs where it is defined, and its result is a row of the output."""

import traceback

cases = {}


def case(function):
    """Run it now; its result, or the class of its error, becomes a row of the output."""
    try:
        cases[function.__name__] = function()
    except Exception as error:
        cases[function.__name__] = {
            "error": type(error).__name__,
            "message": str(error),
            "trace": traceback.format_exc(),
        }
    return function
