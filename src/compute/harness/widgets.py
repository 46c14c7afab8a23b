"""dbutils.widgets: the parameters of a notebook, as strings."""


class InputWidgetNotDefined(Exception):
    """A parameter that nobody gave and for which the notebook has no default."""


class Widgets:
    def __init__(self, given):
        self._given = {name: str(value) for name, value in given.items()}
        self._defined = {}

    def give(self, name, value):
        """A value from outside: a parameter of the run, an argument of %run. It wins over a default."""
        self._given[name] = str(value)

    def _define(self, name, default):
        self._defined[name] = "" if default is None else str(default)

    def text(self, name, defaultValue="", label=None):
        self._define(name, defaultValue)

    def dropdown(self, name, defaultValue, choices, label=None):
        if str(defaultValue) not in [str(choice) for choice in choices]:
            raise ValueError("the default %r of widget %s is not among its choices" % (defaultValue, name))
        self._define(name, defaultValue)

    def combobox(self, name, defaultValue, choices, label=None):
        self._define(name, defaultValue)

    def multiselect(self, name, defaultValue, choices, label=None):
        """Several values are one string, with commas between."""
        self._define(name, defaultValue)

    def get(self, name):
        if name in self._given:
            return self._given[name]
        if name in self._defined:
            return self._defined[name]
        known = ", ".join(sorted(self.getAll())) or "none"
        raise InputWidgetNotDefined(
            "no widget or parameter named %s is defined (known: %s); "
            "give it with the run, or a default with dbutils.widgets.text"
            % (name, known)
        )

    def getArgument(self, name, defaultValue=None):
        if defaultValue is not None and name not in self._given and name not in self._defined:
            return str(defaultValue)
        return self.get(name)

    def getAll(self):
        return {**self._defined, **self._given}

    def remove(self, name):
        self._defined.pop(name, None)
        self._given.pop(name, None)

    def removeAll(self):
        self._defined.clear()
        self._given.clear()
