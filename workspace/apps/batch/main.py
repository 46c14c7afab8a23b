"""The task batch. Parameters: the folder with the package tesseract, then those of tesseract.batch."""

import sys

# A task's file runs alone: where its package was deployed to, it is told.
code = sys.argv.pop(1) if len(sys.argv) > 1 else sys.exit("the folder with the package tesseract is missing")
sys.path.insert(0, "/dbfs/" + code[len("dbfs:/") :] if code.startswith("dbfs:/") else code)

from tesseract.batch import main  # noqa: E402

main()
