"""The same two files in pandas: read, outer merge, CSV. Nothing is kept."""
import sys

import numpy
import pandas

authorizations, outcomes, out = sys.argv[1:]
agreed = pandas.read_csv(authorizations)
reported = pandas.read_csv(outcomes).rename(columns={"payment_metadata[order_id]": "order_id"})
reported = reported[reported["reporting_category"] == "charge"]
digits = numpy.where(reported["currency"] == "jpy", 1, 100)
reported = reported.assign(taken=(reported["gross"] * digits).round().astype("int64"))
compared = agreed.merge(reported, on="order_id", how="outer", suffixes=("", "_reported"), indicator=True)
verdict = numpy.select(
    [compared["_merge"] == "left_only", compared["_merge"] == "right_only", compared["amount"] != compared["taken"]],
    ["missing", "unexpected", "amount"],
    "matched",
)
compared.assign(verdict=verdict).drop(columns="_merge").to_csv(out, index=False)
print((verdict == "missing").sum(), (verdict == "amount").sum())
