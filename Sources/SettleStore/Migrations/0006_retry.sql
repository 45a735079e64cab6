-- Further attempts after a decline, and giving up the processor payments of payments that have failed for good.

ALTER TABLE charge_attempts ADD COLUMN instrument text;
COMMENT ON COLUMN charge_attempts.instrument IS 'The payment method, or the hold, that it asked to charge.';

ALTER TABLE payments ADD COLUMN cancel_due_on date;
COMMENT ON COLUMN payments.cancel_due_on IS 'The business date from which its processor payment is to be cancelled; NULL where none is.';
COMMENT ON COLUMN payments.processor_payment IS 'The one processor payment that may take its money, or has. NULL again once the processor has cancelled it.';
CREATE INDEX payments_cancel_due ON payments (payment_id) WHERE cancel_due_on IS NOT NULL;

-- What failed before there were cancellations is given up too, but no hold that was made elsewhere.
UPDATE payments p SET cancel_due_on = p.failed_on + 1
WHERE p.state = 'FAILED' AND p.charge_due_on IS NULL AND p.processor_payment IS NOT NULL
  AND NOT EXISTS (
    SELECT FROM payment_references r
    WHERE r.payment_id = p.payment_id AND r.kind = 'hold' AND r.value = p.processor_payment)
  AND NOT EXISTS (SELECT FROM charge_attempts a WHERE a.payment_id = p.payment_id AND a.state = 'open');

CREATE TABLE cancellations (
  payment_id uuid NOT NULL,
  processor_payment text NOT NULL,
  idempotency_key text NOT NULL,
  request_path text NOT NULL,
  request_body text NOT NULL,
  api_version text NOT NULL,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'canceled', 'succeeded', 'refused')),
  unknown_why text,
  code text,
  token bigint NOT NULL,
  business_date date NOT NULL,
  created_at timestamptz NOT NULL,
  answered_at timestamptz,
  PRIMARY KEY (payment_id, processor_payment),
  CONSTRAINT an_answer_closes CHECK ((state = 'open') = (answered_at IS NULL))
);
ALTER TABLE cancellations ADD FOREIGN KEY (payment_id) REFERENCES payments;
COMMENT ON TABLE cancellations IS 'Requests to give up processor payments, stored before they are sent. While one is open, its payment is not charged.';
CREATE UNIQUE INDEX one_open_cancellation_per_payment ON cancellations (payment_id) WHERE state = 'open';

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'settle_writer') THEN
    GRANT SELECT, INSERT, UPDATE ON cancellations TO settle_writer;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'settle_reader') THEN
    GRANT SELECT ON cancellations TO settle_reader;
  END IF;
END
$$;
