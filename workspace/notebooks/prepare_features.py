# Databricks notebook source
# MAGIC %md
# MAGIC # Prepare features
# MAGIC Reads the synthetic prices and writes the table `tesseract_features` with `High_Low_Pert` and `Pert_change`.

# COMMAND ----------

import os
import sys

# Notebooks run in their own folder; the modules are beside it.
root = os.path.dirname(os.getcwd())
sys.path.insert(0, root)

from tesseract.features import high_low_pert, pert_change

# COMMAND ----------

from pyspark.sql import functions as F

prices = (
    spark.read.option("header", True)
    .schema("Date date, Open double, High double, Low double, Close double, Volume long")
    .csv(f"file:{root}/data/synthetic_prices.csv")
)

# COMMAND ----------

features = prices.withColumn(
    "High_Low_Pert", high_low_pert(F.col("High"), F.col("Low"), F.col("Close"))
).withColumn("Pert_change", pert_change(F.col("Open"), F.col("Close")))

features.write.mode("overwrite").saveAsTable("tesseract_features")
display(features.orderBy(F.desc("Date")).limit(20))
