-- The whole life of a refund: where it is at its processor, what each date knew of it, and what a charge still allows.

ALTER TABLE refunds
  ADD processor_state text CHECK (processor_state IN ('pending', 'requires_action', 'succeeded', 'failed', 'canceled')),
  ADD unknown_on date,
  ADD answered_on date,
  ADD processed_on date,
  ADD failed_on date,
  ADD key_expires_at timestamptz;
COMMENT ON COLUMN refunds.processor_state IS 'The processor''s own word for where it is; NULL where it never took it on, or nobody knows.';
COMMENT ON COLUMN refunds.unknown_on IS 'The business date on which its answer was first not known.';
COMMENT ON COLUMN refunds.answered_on IS 'The business date on which settle first knew what became of the request.';
COMMENT ON COLUMN refunds.processed_on IS 'The business date that learnt of its success, which a later failure does not take back.';
COMMENT ON COLUMN refunds.failed_on IS 'The business date that learnt of its failure.';
COMMENT ON COLUMN refunds.key_expires_at IS 'requested_at with the processor''s key life less the pipeline''s margin: from then on nothing is sent under this key.';

-- A refund that failed after its success had its first date overwritten; its break's resolution still has it.
UPDATE refunds r
SET processed_on = CASE
    WHEN r.processed_at IS NULL THEN NULL
    WHEN r.state = 'PROCESSED' THEN coalesce(r.finished_on, r.requested_on)
    ELSE coalesce(
      (SELECT b.resolved_on FROM breaks b
       WHERE b.payment_id = r.payment_id AND b.break_id = r.break_id AND b.resolution = 'refunded'), r.requested_on)
    END,
  failed_on = CASE WHEN r.failed_at IS NOT NULL THEN coalesce(r.finished_on, r.requested_on) END,
  answered_on = CASE WHEN r.processor_refund IS NOT NULL OR r.state <> 'REQUESTED' THEN r.requested_on END,
  unknown_on = CASE WHEN r.unknown_why IS NOT NULL THEN r.requested_on END,
  processor_state = CASE
    WHEN r.processor_refund IS NULL THEN NULL
    WHEN r.state = 'PROCESSED' THEN 'succeeded'
    WHEN r.state = 'FAILED' AND r.failure = 'canceled' THEN 'canceled'
    WHEN r.state = 'FAILED' THEN 'failed'
    ELSE 'pending' END,
  -- Until now the shipped margin of an hour was taken from the 24 hours for which the only processor keeps a key.
  key_expires_at = requested_at + interval '23 hours';

ALTER TABLE refunds
  DROP COLUMN finished_on,
  ALTER key_expires_at SET NOT NULL,
  ADD CONSTRAINT processed_has_its_date CHECK ((processed_at IS NULL) = (processed_on IS NULL)),
  ADD CONSTRAINT failed_has_its_date CHECK ((failed_at IS NULL) = (failed_on IS NULL)),
  ADD CONSTRAINT failure_stands CHECK (failed_at IS NULL OR state = 'FAILED');

-- payment_id comes first, as in every key; both keys hold the payment's or the refund's own id, so that two payments
-- have none in common. (An attempt that was found at the processor has no request of this store's, and no key.)
CREATE UNIQUE INDEX refunds_idempotency_key ON refunds (payment_id, idempotency_key);
CREATE UNIQUE INDEX charge_attempts_idempotency_key ON charge_attempts (payment_id, idempotency_key)
  WHERE idempotency_key <> '';
CREATE UNIQUE INDEX one_refund_per_break ON refunds (payment_id, break_id) WHERE state <> 'FAILED';
CREATE INDEX refunds_processed_at ON refunds (processed_at) WHERE state = 'PROCESSED';

CREATE TABLE charge_allowances (
  payment_id uuid NOT NULL REFERENCES payments,
  processor_charge text NOT NULL,
  currency text NOT NULL,
  captured bigint NOT NULL,
  refund_reserved bigint NOT NULL CHECK (refund_reserved >= 0),
  PRIMARY KEY (payment_id, processor_charge),
  CONSTRAINT refunds_fit_the_charge CHECK (refund_reserved <= captured)
);
COMMENT ON TABLE charge_allowances IS 'What a charge took, and what of it is given back or asked for: no session can reserve more, whatever it forgets.';
COMMENT ON COLUMN charge_allowances.captured IS 'Minor units, by the processor''s own figures when a refund was last reserved.';
COMMENT ON COLUMN charge_allowances.refund_reserved IS 'The sum of its refunds that have not failed, in minor units.';

-- What was captured was not kept; the next reservation brings the processor's figure.
INSERT INTO charge_allowances (payment_id, processor_charge, currency, captured, refund_reserved)
SELECT payment_id, processor_charge, min(currency), coalesce(sum(amount) FILTER (WHERE state <> 'FAILED'), 0),
  coalesce(sum(amount) FILTER (WHERE state <> 'FAILED'), 0)
FROM refunds GROUP BY payment_id, processor_charge;

CREATE TABLE refund_days (
  merchant text NOT NULL,
  processor text NOT NULL,
  business_date date NOT NULL,
  currency text NOT NULL,
  PRIMARY KEY (merchant, processor, business_date, currency)
);
COMMENT ON TABLE refund_days IS 'One small local row to wait at: whoever reserves a refund under the limits of a day holds it until the commit.';

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'settle_writer') THEN
    GRANT SELECT, INSERT, UPDATE ON charge_allowances, refund_days TO settle_writer;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'settle_reader') THEN
    GRANT SELECT ON charge_allowances, refund_days TO settle_reader;
  END IF;
END
$$;
