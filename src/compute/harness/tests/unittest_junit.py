"""unittest with a JUnit report, for machines without pytest: `python unittest_junit.py FOLDER REPORT`.

Exit code 0 when every test has passed, 1 when one has not, 5 when none was found (as pytest says it).
"""

import os
import sys
import time
import traceback
import unittest
from xml.sax.saxutils import escape, quoteattr


def clean(text):
    """Without the characters that XML may not hold: https://www.w3.org/TR/xml/#charsets"""
    return "".join(
        one if one in "\t\n\r" or " " <= one <= "\ud7ff" or "\ue000" <= one <= "\ufffd" or one > "\uffff" else "?"
        for one in text
    )


class Recorder(unittest.TextTestResult):
    """Remembers each test with its time and outcome; the text for people stays as it is."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.cases = []
        self.started = {}

    def startTest(self, test):
        self.started[test.id()] = time.monotonic()
        super().startTest(test)

    def note(self, test, kind=None, message="", text=""):
        begun = self.started.get(test.id(), time.monotonic())
        self.cases.append((test.id(), time.monotonic() - begun, kind, message, text))

    def note_error(self, test, kind, error):
        message = "%s: %s" % (error[0].__name__, error[1])
        self.note(test, kind, message, "".join(traceback.format_exception(*error)))

    def addSuccess(self, test):
        super().addSuccess(test)
        self.note(test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.note_error(test, "failure", err)

    def addError(self, test, err):
        super().addError(test, err)
        self.note_error(test, "error", err)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.note_error(subtest, "failure" if issubclass(err[0], test.failureException) else "error", err)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.note(test, "skipped", reason)

    def addExpectedFailure(self, test, err):
        super().addExpectedFailure(test, err)
        self.note(test)

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.note(test, "failure", "it was expected to fail, and has passed")


def case_xml(case):
    name, seconds, kind, message, text = case
    classname, _, method = name.rpartition(".")
    head = "<testcase classname=%s name=%s time=%s" % (
        quoteattr(clean(classname)),
        quoteattr(clean(method)),
        quoteattr("%.3f" % seconds),
    )
    if kind is None:
        return head + "/>"
    return "%s><%s message=%s>%s</%s></testcase>" % (
        head,
        kind,
        quoteattr(clean(message)),
        escape(clean(text)),
        kind,
    )


def report(cases):
    lines = "\n".join(case_xml(case) for case in cases)
    return '<?xml version="1.0" encoding="utf-8"?>\n<testsuites><testsuite name="unittest" tests="%d">\n%s\n</testsuite></testsuites>\n' % (
        len(cases),
        lines,
    )


def top_of(folder):
    """The nearest folder above that is no package: what `import` begins at."""
    while os.path.isfile(os.path.join(folder, "__init__.py")):
        folder = os.path.dirname(folder)
    return folder


def main(folder, target):
    sys.dont_write_bytecode = True
    folder = os.path.abspath(folder)
    suite = unittest.defaultTestLoader.discover(folder, top_level_dir=top_of(folder))
    result = unittest.TextTestRunner(stream=sys.stdout, resultclass=Recorder, verbosity=2).run(suite)
    with open(target, "w", encoding="utf-8") as opened:
        opened.write(report(result.cases))
    if not result.cases:
        return 5
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
