-- A published event says for ever what it said first. A payment that fails again after another attempt has a newer
-- failure in `payments`; the event keeps the one that was told.

ALTER TABLE event_sequence ADD COLUMN occurred_at timestamptz NOT NULL;
ALTER TABLE event_sequence ADD COLUMN failure_reason text;
