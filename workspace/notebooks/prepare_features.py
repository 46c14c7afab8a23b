# Databricks notebook source
# MAGIC %md
# MAGIC # Prepare features
# MAGIC Reads the synthetic prices, and writes the table `tesseract_features` where there is Spark.

# COMMAND ----------

import importlib.util
import os
import sys

import pandas as pd

# The folder of a notebook is where it runs, or (older runtimes) only on the path of imports; the package is beside it.
parents = [os.path.dirname(path) for path in [os.getcwd(), *sys.path]]
root = next(path for path in parents if os.path.exists(os.path.join(path, "src", "tesseract")))
sys.path.insert(0, os.path.join(root, "src"))

from tesseract.features import HORIZON, high_low_pert, pert_change

# COMMAND ----------

features = pd.read_csv(os.path.join(root, "data", "synthetic_prices.csv"), parse_dates=["Date"])
features["High_Low_Pert"] = high_low_pert(features["High"], features["Low"], features["Close"])
features["Pert_change"] = pert_change(features["Open"], features["Close"])
features["label"] = features["AdjClose"].shift(-HORIZON)

# COMMAND ----------

if importlib.util.find_spec("pyspark"):
    spark.createDataFrame(features).write.mode("overwrite").saveAsTable("tesseract_features")
else:
    print("no Spark here: the table is shown, not saved")

# COMMAND ----------

display(features.tail(10))
