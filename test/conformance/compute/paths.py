"""What code does with files on Databricks: /dbfs and /Workspace by plain Python. Prints `ok` at the end."""

import csv
import glob
import inspect
import json
import multiprocessing
import os
import pathlib
import pickle
import shutil
import subprocess
import sys
import tempfile
import zipfile


def opened():
    os.makedirs("/dbfs/a/b", exist_ok=True)
    pathlib.Path("/dbfs/a/b/x.txt").write_text("hé", encoding="utf-8")
    assert open("/dbfs/a/b/x.txt", encoding="utf-8").read() == "hé"
    with open(file="/dbfs/rows.csv", mode="w", newline="") as f:
        csv.writer(f).writerows([["n"], [1]])
    assert list(csv.reader(open("/dbfs/rows.csv"))) == [["n"], ["1"]]
    json.dump({"a": 1}, open("/dbfs/a.json", "w"))
    assert json.load(open(pathlib.Path("/dbfs/a.json"))) == {"a": 1}
    with open("/dbfs/p", "wb") as f:
        pickle.dump([1], f)
    assert pickle.load(open(b"/dbfs/p", "rb")) == [1]
    assert open("/dbfs/a/../p", "rb").read(1) and open("/dbfs/../etc/passwd").read(1)


def looked_at():
    assert os.path.exists("/dbfs/p") and os.path.isfile("/dbfs/p") and os.path.isdir("/dbfs/a/")
    assert not os.path.exists("/dbfsx") and os.path.getsize("/dbfs/a.json") == 8 and os.access("/dbfs/p", os.R_OK)
    assert sorted(os.listdir("/dbfs")) == ["a", "a.json", "code", "p", "rows.csv"], os.listdir("/dbfs")
    assert [(e.path, e.is_dir()) for e in os.scandir("/dbfs/a")] == [("/dbfs/a/b", True)]
    assert list(os.walk("/dbfs/a")) == [("/dbfs/a", ["b"], []), ("/dbfs/a/b", [], ["x.txt"])]
    assert glob.glob("/dbfs/a/**/*.txt", recursive=True) == ["/dbfs/a/b/x.txt"]
    assert list(pathlib.Path("/dbfs/a").rglob("*.txt")) == [pathlib.Path("/dbfs/a/b/x.txt")]
    assert os.path.realpath("/dbfs/a/b") == "/dbfs/a/b"
    try:
        open("/dbfs/none")
        raise AssertionError
    except FileNotFoundError as error:
        assert error.filename == "/dbfs/none"


def changed():
    shutil.copytree("/dbfs/a", "/dbfs/c")
    shutil.copy2("/dbfs/a/b/x.txt", "/dbfs/c/y")
    shutil.move("/dbfs/c/y", "/dbfs/z")
    shutil.rmtree("/dbfs/c")
    os.rename("/dbfs/z", "/dbfs/zz")
    os.replace("/dbfs/zz", "here.txt")
    shutil.copy("here.txt", "/dbfs/zz")
    os.utime("/dbfs/zz")
    os.chmod("/dbfs/zz", 0o600)
    os.remove("/dbfs/zz")
    os.mkdir("/dbfs/e")
    os.rmdir("/dbfs/e")
    with tempfile.TemporaryDirectory(dir="/dbfs") as folder:
        open(os.path.join(folder, "k"), "w").close()
    with zipfile.ZipFile("/dbfs/a/z.zip", "w") as archive:
        archive.writestr("zipped.py", "A = 1")
    os.close(os.open("/dbfs/p", os.O_RDONLY))


def in_folder():
    before = os.getcwd()
    os.chdir("/dbfs/a")
    assert os.getcwd() == "/dbfs/a" and os.path.abspath("q") == "/dbfs/a/q"
    assert pathlib.Path("b").resolve() == pathlib.Path("/dbfs/a/b") and os.path.exists("b/x.txt")
    os.chdir(before)


def imported():
    sys.path[:0] = ["/Workspace/Shared/lib", "/dbfs/a/z.zip"]
    import helper
    import zipped

    assert helper.__file__ == "/Workspace/Shared/lib/helper.py" and zipped.A == 1
    assert "def twice" in inspect.getsource(helper)
    assert not os.path.exists("/Workspace/Shared/lib/__pycache__")


def child(path):
    return open(path).read()


def in_children():
    """Each Python of a run, also one that it starts itself."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(child, ["/dbfs/a.json"]) == ['{"a": 1}']
    assert subprocess.check_output(["cat", "/dbfs/a.json"]) == b'{"a": 1}'
    assert subprocess.check_output("cat b/x.txt", shell=True, cwd="/dbfs/a").decode() == "hé"
    text = subprocess.check_output([sys.executable, "-c", "print(open('/dbfs/a.json').read())"])
    assert text == b'{"a": 1}\n', text
    assert subprocess.check_output(["sh", "-c", "cat $DBFS_ROOT/a.json"]) == b'{"a": 1}'


def as_before():
    """The functions still are what other code takes them for."""
    assert os.stat in os.supports_follow_symlinks and os.unlink in os.supports_dir_fd
    assert pickle.loads(pickle.dumps(open)) is open and pickle.loads(pickle.dumps(os.stat)) is os.stat
    assert inspect.signature(open).parameters["mode"].default == "r"


if __name__ == "__main__":
    for step in (opened, looked_at, changed, in_folder, imported, in_children, as_before):
        step()
    print("ok", __file__)
