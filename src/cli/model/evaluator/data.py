"""Reads the rows that models are measured on: once, and with the digest of what was read."""

import hashlib
import os


class Refusal(Exception):
    """Why there is no measurement, in a sentence, and what to do."""

    def __init__(self, why, hint):
        super().__init__(why)
        self.why = why
        self.hint = hint


def local_path(path):
    """`dbfs:/x` and `dbfs:/Volumes/x` as a cluster's own file functions know them."""
    if path.startswith("dbfs:/Volumes/"):
        return path[len("dbfs:") :]
    return "/dbfs/" + path[len("dbfs:/") :].lstrip("/") if path.startswith("dbfs:/") else path


def files_of(path):
    """A file, or the parts of a folder as Spark writes it."""
    if not os.path.isdir(path):
        return [path]
    if os.path.isdir(os.path.join(path, "_delta_log")):
        # Its folder holds rows, too, that were deleted or changed since.
        raise Refusal("the folder %s is a Delta table" % path, "give the table by its name: table:<catalog.schema.name>")
    found = []
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not name.startswith(("_", ".")))
        parted = [name for name in folders if "=" in name]
        if parted:
            raise Refusal(
                "the folder %s is parted by %s, a column that its files do not hold" % (path, parted[0].split("=")[0]),
                "write it without partitions, or give it as a table: table:<catalog.schema.name>",
            )
        found += [os.path.join(folder, name) for name in sorted(names) if not name.startswith(("_", "."))]
    return found


def digest_of(files):
    """sha256 over the bytes of all files in their order, hex."""
    digest = hashlib.sha256()
    for file in files:
        with open(file, "rb") as opened:
            for block in iter(lambda: opened.read(1 << 20), b""):
                digest.update(block)
    return digest.hexdigest()


def read_csv(file):
    """pandas calls a second column of a name `x.1`, and takes a first column without a name for row labels: neither is meant."""
    import pandas

    # Fails where the second line is longer than the first.
    first = pandas.read_csv(file, header=None, nrows=2, dtype=str)
    names = first.iloc[0].dropna().tolist()
    twice = [name for at, name in enumerate(names) if name in names[:at]]
    if twice:
        raise Refusal("%s has two columns «%s»" % (file, twice[0]), "give every column a name of its own")
    return pandas.read_csv(file, low_memory=False)


def read_file(file):
    import pandas

    name = file.lower()
    if name.endswith((".parquet", ".parq")):
        with open(file, "rb") as opened:
            return pandas.read_parquet(opened)
    if name.endswith((".csv", ".csv.gz", ".txt")):
        return read_csv(file)
    raise Refusal("the kind of %s is not known" % file, "give a CSV (.csv) or Parquet (.parquet) file, or table:<name>")


def read_files(path):
    files = files_of(local_path(path))
    if not files:
        raise Refusal("the folder %s holds no file" % path, "check evaluation.dataset of the policy")
    try:
        digest = digest_of(files)
        frames = [read_file(file) for file in files]
        if digest_of(files) != digest:
            raise Refusal("%s was written while it was read" % path, "evaluate again when the job that writes it has ended")
    except FileNotFoundError:
        raise Refusal(
            "there is no dataset at %s" % path,
            "check evaluation.dataset of the policy, and whether the job that writes it has run",
        )
    except PermissionError:
        raise Refusal("%s may not be read by this run" % path, "give the identity of the run the right to read it")
    except ImportError as error:
        raise Refusal("%s cannot be read: %s" % (path, error), "add that package to the libraries of the cluster; Parquet needs pyarrow")
    except Refusal:
        raise
    except Exception as error:  # a parser's own words
        if type(error).__name__ == "EmptyDataError":
            raise Refusal("%s is empty" % path, "see why the job that writes it has written nothing")
        raise Refusal("%s cannot be read: %s" % (path, error), "see whether it is whole, and of the kind that its name says")
    import pandas

    differing = [file for file, frame in zip(files, frames) if list(frame.columns) != list(frames[0].columns)]
    if differing:
        raise Refusal("%s has other columns than %s" % (differing[0], files[0]), "write all parts with the same columns")
    return frames[0] if len(frames) == 1 else pandas.concat(frames, ignore_index=True), digest


def digest_of_rows(rows):
    """The same in whatever order a table gives its rows; values that are lists count by their text."""
    import numpy
    import pandas

    texts = rows.apply(lambda column: column.map(str) if column.dtype == object else column)
    hashes = numpy.sort(pandas.util.hash_pandas_object(texts, index=False).to_numpy())
    names = "\n".join(str(column) for column in rows.columns)
    return hashlib.sha256(names.encode() + hashes.tobytes()).hexdigest()


def read_table(name, spark):
    """A table has no bytes of its own: its digest is that of its name and its newest change."""
    try:
        frame = spark.table(name)
        try:
            # Versions of a table that was made anew begin at 0 again: the time tells them apart.
            last = spark.sql("DESCRIBE HISTORY %s LIMIT 1" % name).collect()[0]
            version = "%s@%s" % (last["version"], last["timestamp"])
        except Exception:  # no Delta table: what was read is all that is known
            version = None
        rows = frame.toPandas()
    except Exception as error:
        first = str(error).strip().split("\n", 1)[0][:500]
        raise Refusal("the table %s cannot be read: %s" % (name, first), "check evaluation.dataset of the policy")
    if version is None:
        return rows, digest_of_rows(rows)
    return rows, hashlib.sha256(("%s@%s" % (name, version)).encode()).hexdigest()


def read_rows(dataset, spark):
    """(rows, sha256 in hex)"""
    if dataset.startswith("table:"):
        return read_table(dataset[len("table:") :], spark)
    return read_files(dataset)


def need_column(rows, name, what):
    if name not in rows.columns:
        known = ", ".join(str(column) for column in list(rows.columns)[:50])
        raise Refusal(
            "the dataset has no column «%s», which is %s" % (name, what),
            "its columns are: %s; mend the policy or the dataset" % known,
        )


def to_times(values):
    """Days and times may stand side by side, which pandas reads since version 2 only if it is told."""
    import pandas

    if not pandas.api.types.is_object_dtype(values) and not pandas.api.types.is_string_dtype(values):
        return pandas.to_datetime(values, utc=True)
    try:
        return pandas.to_datetime(values, utc=True, format="ISO8601")
    except (TypeError, ValueError):
        return pandas.to_datetime(values, utc=True)


def newest_of(rows, column):
    """Time of the newest row, ISO 8601 in UTC."""
    import pandas

    need_column(rows, column, "evaluation.time")
    values = rows[column]
    if pandas.api.types.is_numeric_dtype(values):
        raise Refusal("the column «%s» holds numbers, not times" % column, "name a column of dates as evaluation.time")
    texts = values.dropna().map(str)
    # 03/04/2026 is a day of March or of April: whichever a parser takes, it does so without a word.
    odd = texts[~texts.str.match(r"\d{4}-\d{2}-\d{2}(?:$|[ T])")]
    try:
        if len(odd):
            raise ValueError(repr(odd.iloc[0]))
        times = to_times(values)
    except Exception as error:
        raise Refusal("the column «%s» holds something that is no time: %s" % (column, str(error)[:200]), "write its times as ISO 8601")
    newest = times.max()
    if newest is pandas.NaT or newest != newest:
        raise Refusal("the column «%s» holds no time at all" % column, "name a column of dates as evaluation.time")
    return newest.strftime("%Y-%m-%dT%H:%M:%SZ")
