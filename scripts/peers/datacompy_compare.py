"""The same two files in datacompy: its comparison of two frames by the order, and its report. Nothing is kept."""
import sys

import datacompy
import numpy
import pandas

authorizations, outcomes, out = sys.argv[1:]
agreed = pandas.read_csv(authorizations, usecols=["order_id", "amount", "currency"])
reported = pandas.read_csv(outcomes).rename(columns={"payment_metadata[order_id]": "order_id"})
reported = reported[reported["reporting_category"] == "charge"]
digits = numpy.where(reported["currency"] == "jpy", 1, 100)
reported = reported.assign(amount=(reported["gross"] * digits).round().astype("int64"))
reported["currency"] = reported["currency"].str.upper()
reported = reported[["order_id", "amount", "currency"]]
compared = datacompy.PandasCompare(agreed, reported, join_columns="order_id", df1_name="agreed", df2_name="reported")
with open(out, "w", encoding="utf-8") as report:
    report.write(compared.report())
print(len(compared.df1_unq_rows), (~compared.intersect_rows["amount_match"]).sum())
