"""The same two files in DuckDB, in memory: read, full outer join, CSV. Nothing is kept."""
import sys

import duckdb

authorizations, outcomes, out = sys.argv[1:]
db = duckdb.connect()
db.execute("SET preserve_insertion_order = false")
db.execute(
    """
    CREATE TABLE compared AS
    SELECT p.order_id AS agreed, o.order_id AS reported, o.id, p.currency, p.amount, o.taken, o.fee, o.payout,
      CASE WHEN o.id IS NULL THEN 'missing' WHEN p.order_id IS NULL THEN 'unexpected'
        WHEN p.amount <> o.taken THEN 'amount' ELSE 'matched' END AS verdict
    FROM read_csv($authorizations) p
    FULL OUTER JOIN (
      SELECT balance_transaction_id AS id, "payment_metadata[order_id]" AS order_id, fee,
        automatic_payout_id AS payout, round(gross * CASE currency WHEN 'jpy' THEN 1 ELSE 100 END)::BIGINT AS taken
      FROM read_csv($outcomes) WHERE reporting_category = 'charge') o ON o.order_id = p.order_id
    """,
    {"authorizations": authorizations, "outcomes": outcomes},
)
db.execute(f"COPY compared TO '{out}' (HEADER)")
print(*db.execute("SELECT count(*) FILTER (verdict = 'missing'), count(*) FILTER (verdict = 'amount') FROM compared").fetchone())
