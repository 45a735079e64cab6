-- A processor numbers the settlement batches of each merchant account by itself: batch 42 of one account says nothing
-- of batch 42 of another.

ALTER TABLE processor_batches ADD COLUMN series text NOT NULL DEFAULT '';
ALTER TABLE processor_batches DROP CONSTRAINT processor_batches_pkey;
DELETE FROM processor_batches;
ALTER TABLE processor_batches ADD PRIMARY KEY (processor, series, number);
COMMENT ON COLUMN processor_batches.series IS 'Whose numbers they are: the account before the batch in its payout''s id, empty where the id names none.';

INSERT INTO processor_batches (processor, series, number, business_date, file_id)
SELECT DISTINCT ON (o.processor, series, o.batch::bigint) o.processor, series, o.batch::bigint, f.business_date, f.file_id
FROM outcome_records o
JOIN input_files f ON f.file_id = o.file_id
CROSS JOIN LATERAL (
  SELECT CASE WHEN right(o.payout, length(o.batch) + 1) = '/' || o.batch
    THEN left(o.payout, -(length(o.batch) + 1)) ELSE '' END AS series) s
WHERE o.reported AND o.batch ~ '^[0-9]{1,15}$' ORDER BY o.processor, series, o.batch::bigint, f.file_id;
