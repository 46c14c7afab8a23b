"""Runs the tests of a folder with nothing but Python, and writes a JUnit report.

usage: python tests/run.py [folder] [report.xml]     (pytest runs the same tests, where it is installed)
"""

import os
import sys
import time
import unittest
from xml.etree import ElementTree

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "src"))


class Recorded(unittest.TextTestResult):
    """Keeps every test with its time and the trace of its failures, those of subtests included."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.cases = []

    def startTest(self, test):
        super().startTest(test)
        self.started = time.perf_counter()

    def stopTest(self, test):
        super().stopTest(test)
        self.cases.append((test, time.perf_counter() - self.started))


def junit(result):
    name = os.path.basename(os.path.normpath(folder))
    suite = ElementTree.Element("testsuite", name=name, tests=str(len(result.cases)))
    for attribute, found in (("failures", result.failures), ("errors", result.errors), ("skipped", result.skipped)):
        suite.set(attribute, str(len(found)))
    for test, seconds in result.cases:
        kind, _, method = test.id().rpartition(".")
        case = ElementTree.SubElement(suite, "testcase", classname=kind, name=method, time=f"{seconds:.3f}")
        for element, found in (("failure", result.failures), ("error", result.errors), ("skipped", result.skipped)):
            for other, text in found:
                if getattr(other, "test_case", other) is test:
                    last = text.strip().splitlines()[-1] if text.strip() else element
                    ElementTree.SubElement(case, element, message=last).text = text
    for broken, text in result.errors:
        if not isinstance(getattr(broken, "test_case", broken), unittest.TestCase):
            case = ElementTree.SubElement(suite, "testcase", classname=name, name=str(broken))
            ElementTree.SubElement(case, "error", message=text.strip().splitlines()[-1]).text = text
    return ElementTree.ElementTree(suite)


if __name__ == "__main__":
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "unit")
    tests = unittest.defaultTestLoader.discover(folder)
    result = unittest.TextTestRunner(resultclass=Recorded).run(tests)
    if len(sys.argv) > 2:
        os.makedirs(os.path.dirname(os.path.abspath(sys.argv[2])), exist_ok=True)
        junit(result).write(sys.argv[2], encoding="utf-8", xml_declaration=True)
    sys.exit(0 if result.wasSuccessful() and result.testsRun else 1)
