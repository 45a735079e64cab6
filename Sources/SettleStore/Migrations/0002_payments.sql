-- Payments and what hangs off them. payment_id comes first in every key, so that a distributed PostgreSQL can hold
-- them as they are.

CREATE TABLE payments (
  payment_id uuid PRIMARY KEY,
  merchant text NOT NULL,
  processor text NOT NULL,
  authorization_id text,
  order_reference text NOT NULL,
  order_id uuid NOT NULL,
  customer_reference text,
  amount bigint NOT NULL CHECK (amount BETWEEN 1 AND 999999999999),
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  payment_method text,
  processor_customer text,
  hold text,
  capture_before timestamptz,
  authorized_at timestamptz,
  state text NOT NULL DEFAULT 'REQUESTED' CHECK (state IN ('REQUESTED', 'FAILED', 'SUCCEEDED')),
  charge_due_on date,
  attempts int NOT NULL DEFAULT 0,
  processor_payment text,
  processor_charge text,
  failure_reason text CHECK (failure_reason IN ('CARD_DECLINED', 'INSUFFICIENT_FUNDS', 'EXPIRED_CARD', 'PROCESSING_ERROR')),
  failure_code text,
  revived boolean NOT NULL DEFAULT false,
  proof text CHECK (proof IN ('answer', 'look_up', 'outcome')),
  recorded_on date NOT NULL,
  recorded_at timestamptz NOT NULL,
  charged_on date,
  failed_at timestamptz,
  failed_on date,
  succeeded_at timestamptz,
  succeeded_on date,
  file_id bigint,
  line bigint,
  CONSTRAINT success_has_its_proof CHECK ((state = 'SUCCEEDED') = (succeeded_at IS NOT NULL AND proof IS NOT NULL)),
  CONSTRAINT failure_has_its_reason CHECK (state <> 'FAILED' OR (failed_at IS NOT NULL AND failure_reason IS NOT NULL)),
  CONSTRAINT nothing_is_due_after_success CHECK (state <> 'SUCCEEDED' OR charge_due_on IS NULL)
);
COMMENT ON COLUMN payments.charge_due_on IS 'The business date from which an attempt may be made; NULL where none is due.';
COMMENT ON COLUMN payments.charged_on IS 'The business date of the run that sent the latest attempt.';
COMMENT ON COLUMN payments.revived IS 'Reported money was found for it when it was FAILED: the order may be gone.';
COMMENT ON COLUMN payments.proof IS 'What told us of the success: an answer, a look-up, or an outcome that was reported.';
CREATE INDEX payments_charge_due ON payments (capture_before, payment_id) WHERE charge_due_on IS NOT NULL;
CREATE INDEX payments_failed_on ON payments (failed_on) WHERE failed_on IS NOT NULL;
CREATE INDEX payments_order_with_authorizations ON payments (merchant, order_reference) WHERE authorization_id IS NOT NULL;

CREATE TABLE payment_references (
  merchant text NOT NULL,
  processor text NOT NULL,
  value text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('payment', 'charge', 'refund', 'hold')),
  payment_id uuid NOT NULL,
  PRIMARY KEY (merchant, processor, value)
);
COMMENT ON TABLE payment_references IS 'Processor ids that are known to belong to a payment. A hold belongs to one payment only.';
CREATE INDEX payment_references_payment ON payment_references (payment_id);

CREATE TABLE charge_attempts (
  payment_id uuid NOT NULL REFERENCES payments,
  attempt int NOT NULL CHECK (attempt > 0),
  operation text NOT NULL CHECK (operation IN ('charge', 'confirm', 'capture')),
  idempotency_key text NOT NULL,
  request_path text NOT NULL,
  request_body text NOT NULL,
  api_version text NOT NULL,
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'succeeded', 'declined', 'refused', 'superseded')),
  unknown_why text,
  look_up boolean NOT NULL DEFAULT false,
  batch_id bigint NOT NULL,
  token bigint NOT NULL,
  business_date date NOT NULL,
  created_at timestamptz NOT NULL,
  answered_at timestamptz,
  reason text,
  code text,
  PRIMARY KEY (payment_id, attempt),
  CONSTRAINT an_answer_closes CHECK ((state = 'open') = (answered_at IS NULL))
);
COMMENT ON COLUMN charge_attempts.look_up IS 'A repeat will never tell more; only a look-up or a reported outcome does.';
COMMENT ON COLUMN charge_attempts.created_at IS 'Before the first byte left: the life of the idempotency key is counted from here.';
CREATE UNIQUE INDEX one_success_per_payment ON charge_attempts (payment_id) WHERE state = 'succeeded';
CREATE UNIQUE INDEX one_open_attempt_per_payment ON charge_attempts (payment_id) WHERE state = 'open';

CREATE TABLE refunds (
  payment_id uuid NOT NULL REFERENCES payments,
  refund_id uuid NOT NULL,
  break_id uuid NOT NULL,
  processor_charge text NOT NULL,
  amount bigint NOT NULL CHECK (amount > 0),
  currency text NOT NULL,
  reason text NOT NULL,
  rule text NOT NULL,
  idempotency_key text NOT NULL,
  request_path text NOT NULL,
  request_body text NOT NULL,
  api_version text NOT NULL,
  state text NOT NULL DEFAULT 'REQUESTED' CHECK (state IN ('REQUESTED', 'PROCESSED', 'FAILED')),
  unknown_why text,
  processor_refund text,
  failure text,
  token bigint NOT NULL,
  requested_at timestamptz NOT NULL,
  requested_on date NOT NULL,
  processed_at timestamptz,
  failed_at timestamptz,
  finished_on date,
  PRIMARY KEY (payment_id, refund_id),
  CONSTRAINT processed_has_its_time CHECK (state <> 'PROCESSED' OR processed_at IS NOT NULL),
  CONSTRAINT failed_has_its_time CHECK (state <> 'FAILED' OR failed_at IS NOT NULL)
);
CREATE INDEX refunds_requested_on ON refunds (requested_on);
CREATE INDEX refunds_under_way ON refunds (payment_id) WHERE state = 'REQUESTED';

CREATE TABLE outbox (
  payment_id uuid NOT NULL,
  event_id uuid NOT NULL,
  type text NOT NULL CHECK (type IN ('PaymentRequested', 'RefundRequested')),
  occurred_at timestamptz NOT NULL,
  payload jsonb NOT NULL,
  PRIMARY KEY (payment_id, event_id)
);
COMMENT ON TABLE outbox IS 'Messages to the world, written with the state they report. event_id is derived, so none is written twice.';

CREATE TABLE event_sequence (
  sequence bigint PRIMARY KEY,
  type text NOT NULL,
  payment_id uuid NOT NULL,
  subject uuid NOT NULL,
  occurred_at timestamptz NOT NULL,
  failure_reason text,
  UNIQUE (payment_id, subject, type)
);
COMMENT ON TABLE event_sequence IS 'The order in which events are told: given after commit, by one publisher at a time, never changed.';
COMMENT ON COLUMN event_sequence.failure_reason IS 'What PaymentFailed said first: a payment that fails again has a newer one.';
