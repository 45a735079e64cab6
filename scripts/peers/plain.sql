-- What an engineer with psql alone would write for the same two files: staging, keyed tables, a full outer join, a CSV.
-- Durable and keyed as settle's store is; without identities, quarantine, states, payouts, totals or an audit trail.
--   psql -v authorizations=FILE -v outcomes=FILE -v out=FILE -f plain.sql
\set ON_ERROR_STOP 1
\set QUIET 1
-- The room that settle's own sessions ask for.
SET work_mem = '32MB';
SET maintenance_work_mem = '128MB';
SET temp_buffers = '64MB';
SET jit = off;

CREATE TABLE payments (
  order_id uuid PRIMARY KEY,
  amount bigint NOT NULL,
  currency text NOT NULL,
  payment_method text,
  processor_customer text,
  customer_id uuid,
  authorized_at timestamptz
);
CREATE TABLE outcomes (
  id text PRIMARY KEY,
  created timestamp NOT NULL,
  currency text NOT NULL,
  gross numeric NOT NULL,
  fee numeric NOT NULL,
  net numeric NOT NULL,
  category text NOT NULL,
  source text,
  intent text,
  payout text,
  order_id uuid
);

CREATE TEMPORARY TABLE staged_payments (LIKE payments);
\set copy '\\copy staged_payments FROM ' :'authorizations' ' CSV HEADER'
:copy
INSERT INTO payments SELECT * FROM staged_payments ON CONFLICT (order_id) DO NOTHING;

CREATE TEMPORARY TABLE staged_outcomes (LIKE outcomes);
\set copy '\\copy staged_outcomes FROM ' :'outcomes' ' CSV HEADER'
:copy
INSERT INTO outcomes SELECT * FROM staged_outcomes ON CONFLICT (id) DO NOTHING;
CREATE INDEX ON outcomes (order_id);

CREATE TABLE compared AS
SELECT p.order_id AS agreed, o.order_id AS reported, o.id, p.currency, p.amount,
  (o.gross * CASE o.currency WHEN 'jpy' THEN 1 ELSE 100 END)::bigint AS taken, o.fee, o.payout,
  CASE WHEN o.id IS NULL THEN 'missing' WHEN p.order_id IS NULL THEN 'unexpected'
    WHEN p.amount <> o.gross * CASE o.currency WHEN 'jpy' THEN 1 ELSE 100 END THEN 'amount' ELSE 'matched' END AS verdict
FROM payments p FULL OUTER JOIN (SELECT * FROM outcomes WHERE category = 'charge') o ON o.order_id = p.order_id;
\set copy '\\copy compared TO ' :'out' ' CSV HEADER'
:copy
SELECT count(*) FILTER (WHERE verdict = 'missing') AS missing, count(*) FILTER (WHERE verdict = 'amount') AS amount
FROM compared \g (format=unaligned tuples_only fieldsep=' ')
