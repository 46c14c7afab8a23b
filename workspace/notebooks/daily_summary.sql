-- Databricks notebook source
-- MAGIC %md
-- MAGIC # Daily summary
-- MAGIC Months at a glance. Needs `tesseract_features` from *prepare_features*.

-- COMMAND ----------

SELECT
  date_trunc('MONTH', Date) AS month,
  count(*) AS days,
  round(avg(High_Low_Pert), 2) AS average_width,
  round(min(Pert_change), 2) AS worst_day,
  round(max(Pert_change), 2) AS best_day
FROM tesseract_features
GROUP BY date_trunc('MONTH', Date)
ORDER BY month

-- COMMAND ----------

SELECT count(*) AS days_that_contradict_themselves
FROM tesseract_features
WHERE High < Low OR Close > High OR Close < Low
