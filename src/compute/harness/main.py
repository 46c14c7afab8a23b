"""Reads the task, runs it, writes its result."""

import importlib
import json
import os
import signal
import sys
import types

from . import outcome

CHANNEL = 3
KINDS = {"file": "python_file", "wheel": "wheel", "notebook": "notebook", "context": "repl"}


def read_task(channel):
    """One line. Secrets come this way: neither the environment nor the arguments nor the disk ever hold them."""
    task = types.SimpleNamespace(**json.loads(channel.readline()))
    task.work = types.SimpleNamespace(**task.work)
    return task


def die_with(parent):
    """Linux ends this process when the emulator dies; elsewhere `reap` does it at the next start."""
    if not sys.platform.startswith("linux"):
        return
    try:
        import ctypes

        ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGKILL, 0, 0, 0)
    except Exception:
        return
    if os.getppid() != parent:
        os._exit(1)


def prepare_streams():
    """One stream, so that the order of output and errors is kept; whole lines at once, so that a kill loses none."""
    os.dup2(1, 2)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)


def stop_spark():
    """What is left of it is ended with the processes of the run: a fault here is no fault of the code."""
    context = getattr(sys.modules.get("pyspark"), "SparkContext", None)
    active = getattr(context, "_active_spark_context", None)
    try:
        if active is not None:
            active.stop()
    except Exception as error:
        say("Spark did not stop: %s" % error)


def say(text):
    """User code may have closed or replaced the stream."""
    try:
        print(text, file=sys.stderr)
    except Exception:
        os.write(2, (text + "\n").encode("utf-8", "backslashreplace"))


def perform(task):
    """The result of the task as the dictionary that the emulator reads."""
    from . import shims

    shims.install(task)
    kind = importlib.import_module("." + KINDS[task.work.kind], __package__)
    try:
        return outcome.success(kind.run(task))
    except outcome.NotebookExit as done:
        return outcome.success(done.value)
    except SystemExit as done:
        if done.code is None or done.code == 0:
            return outcome.success(None)
        return outcome.failure(done)
    except BaseException as error:
        return outcome.failure(error)


def wait_for_threads():
    """As Python does at its end: a thread that still works is part of the run, one of a pool that has nothing to do is not."""
    pools = sys.modules.get("concurrent.futures.thread")
    if pools:
        # What Python itself calls then: workers of pools that nobody has shut down (MLflow's client has some) wait for ever.
        pools._python_exit()
    threading = sys.modules.get("threading")
    for thread in threading.enumerate() if threading else ():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()


def main():
    prepare_streams()
    channel = os.fdopen(CHANNEL, "rb")
    os.set_inheritable(CHANNEL, False)
    task = read_task(channel)
    die_with(task.parent)
    task.channel = channel
    if task.work.kind != "context":
        channel.close()
    leader = os.getpid()
    result = perform(task)
    if os.getpid() != leader:
        # A child that user code forked came back through here: the result is not its to write.
        return 0 if result["outcome"] == "SUCCESS" else 1
    if result["outcome"] == "FAILED":
        say(result["trace"])
    else:
        wait_for_threads()
    stop_spark()
    outcome.write(task.result, result)
    return 0 if result["outcome"] == "SUCCESS" else 1
