# Databricks notebook source
# MAGIC %md
# MAGIC # Explore prices
# MAGIC The ten widest days, and the change of each day. Needs `tesseract_features` from *prepare_features*.

# COMMAND ----------

library(SparkR)
library(dplyr)
library(ggplot2)

features <- collect(sql("SELECT * FROM tesseract_features ORDER BY Date"))

# COMMAND ----------

features %>%
  dplyr::arrange(dplyr::desc(High_Low_Pert)) %>%
  dplyr::select(Date, High_Low_Pert, Pert_change) %>%
  utils::head(10)

# COMMAND ----------

ggplot(features, aes(x = Date, y = Pert_change)) +
  geom_col() +
  labs(title = "Change from opening to closing", y = "percent")
