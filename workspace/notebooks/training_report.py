# Databricks notebook source
# MAGIC %md
# MAGIC # Training report
# MAGIC What a run of the job *train* has made. Its parameters are widgets; its result is the metrics.

# COMMAND ----------

dbutils.widgets.text("uid", "")
dbutils.widgets.text("root", "dbfs:/datalake")

folder = dbutils.widgets.get("root").replace("dbfs:/", "/dbfs/", 1)
uid = dbutils.widgets.get("uid")

# COMMAND ----------

import json


def read(name):
    with open(f"{folder}/models/{uid}/{name}") as file:
        return json.load(file)


params, metrics = read("params.json"), read("metrics.json")
print(f"max_depth={params['max_depth']} n_estimators={params['n_estimators']}")
for name, value in metrics.items():
    print(f"{name:>5} {value:8.4f}")

# COMMAND ----------

import pandas as pd

predictions = pd.read_csv(f"{folder}/predictions/{uid}/predictions.csv")
display(predictions[["Date", "AdjClose", "prediction"]].round(2))

# COMMAND ----------

dbutils.notebook.exit(json.dumps({"max_depth": params["max_depth"], "n_estimators": params["n_estimators"], **metrics}))
