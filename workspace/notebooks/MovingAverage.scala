// Databricks notebook source
// MAGIC %md
// MAGIC # Moving average
// MAGIC The closing price beside its average over 20 trading days. Needs `tesseract_features` from *prepare_features*.

// COMMAND ----------

import org.apache.spark.sql.expressions.Window
import org.apache.spark.sql.functions.{avg, col, count, when}

val lastTwenty = Window.orderBy("Date").rowsBetween(-19, 0)

val averaged = spark
  .table("tesseract_features")
  .withColumn("Days", count("Close").over(lastTwenty))
  .withColumn("Average_20", when(col("Days") === 20, avg("Close").over(lastTwenty)))
  .drop("Days")

// COMMAND ----------

display(averaged.select("Date", "Close", "Average_20").orderBy("Date"))
