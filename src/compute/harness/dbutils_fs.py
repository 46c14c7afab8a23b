"""dbutils.fs on plain folders: `dbfs:/` is a folder of this machine, `file:/` the machine itself."""

import collections
import io
import os
import posixpath
import shutil
import tempfile

FileInfo = collections.namedtuple("FileInfo", "path name size modificationTime")


class FileSystem:
    def __init__(self, root):
        self._root = root.rstrip("/")

    def _local(self, path):
        """Path without a scheme is DBFS, also `/dbfs/x`: there dbutils differs from Python, on Databricks as here."""
        if path.startswith("file:"):
            return "/" + path[len("file:"):].lstrip("/")
        if path.startswith("dbfs:"):
            path = path[len("dbfs:"):]
        elif ":/" in path:
            raise ValueError("%s: only dbfs:/ and file:/ are there on local compute" % path)
        return self._root + posixpath.normpath("/" + path.lstrip("/"))

    def _existing(self, path):
        local = self._local(path)
        if not os.path.lexists(local):
            raise FileNotFoundError("No such file or directory: %s" % path)
        return local

    def _info(self, path, local):
        stat = os.stat(local)
        folder = os.path.isdir(local)
        name = os.path.basename(local.rstrip("/")) + ("/" if folder else "")
        shown = path if path.startswith(("dbfs:", "file:")) else "dbfs:/" + path.lstrip("/")
        shown = shown.rstrip("/") + "/" if folder else shown
        return FileInfo(shown, name, 0 if folder else stat.st_size, int(stat.st_mtime * 1000))

    def _place(self, source, local):
        """Whole or not at all: DBFS never lists half a file."""
        os.makedirs(os.path.dirname(local), exist_ok=True)
        handle, temporary = tempfile.mkstemp()
        try:
            with os.fdopen(handle, "wb") as file:
                shutil.copyfileobj(source, file)
            os.chmod(temporary, 0o644)
            shutil.move(temporary, local)
        except BaseException:
            if os.path.exists(temporary):
                os.remove(temporary)
            raise

    def ls(self, path):
        local = self._existing(path)
        if not os.path.isdir(local):
            return [self._info(path, local)]
        names = sorted(os.listdir(local))
        return [self._info(path.rstrip("/") + "/" + name, local.rstrip("/") + "/" + name) for name in names]

    def cp(self, source, target, recurse=False):
        """Into a folder that is there under the source's name; folder onto folder merges, as `cp -r` of DBFS."""
        from_, to = self._existing(source), self._local(target)
        if os.path.isdir(from_):
            if not recurse:
                raise IsADirectoryError("%s is a folder: use recurse=True" % source)
            for name in os.listdir(from_):
                os.makedirs(to, exist_ok=True)
                self.cp(source.rstrip("/") + "/" + name, target.rstrip("/") + "/" + name, True)
            os.makedirs(to, exist_ok=True)
            return True
        if os.path.isdir(to):
            to = os.path.join(to, os.path.basename(from_))
        with open(from_, "rb") as file:
            self._place(file, to)
        return True

    def mv(self, source, target, recurse=False):
        self.cp(source, target, recurse)
        return self.rm(source, True)

    def rm(self, path, recurse=False):
        """False when there is nothing, as on Databricks."""
        local = self._local(path)
        if not os.path.lexists(local):
            return False
        if not os.path.isdir(local) or os.path.islink(local):
            os.remove(local)
        elif recurse:
            shutil.rmtree(local)
        else:
            try:
                os.rmdir(local)
            except OSError:
                raise OSError("%s is a folder that is not empty: use recurse=True" % path) from None
        return True

    def mkdirs(self, path):
        os.makedirs(self._local(path), exist_ok=True)
        return True

    def put(self, path, contents, overwrite=False):
        local = self._local(path)
        if os.path.exists(local) and not overwrite:
            raise FileExistsError("%s is there already: use overwrite=True" % path)
        data = contents.encode("utf-8")
        self._place(io.BytesIO(data), local)
        print("Wrote %d bytes." % len(data))
        return True

    def head(self, path, max_bytes=65536):
        with open(self._existing(path), "rb") as file:
            return file.read(int(max_bytes)).decode("utf-8", "ignore")
