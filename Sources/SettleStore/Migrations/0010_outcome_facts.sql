-- What fees and currencies are judged by, and what says that a file is missing: facts that some processors' files have.

ALTER TABLE outcome_records
  ADD COLUMN method text,
  ADD COLUMN exchange_rate numeric CONSTRAINT a_rate_is_positive CHECK (exchange_rate > 0),
  ADD COLUMN batch text;
COMMENT ON COLUMN outcome_records.method IS 'The processor''s word for the payment method, in small letters.';
COMMENT ON COLUMN outcome_records.exchange_rate IS 'Units of the settlement currency for one of the presentment currency, as the file says.';
COMMENT ON COLUMN outcome_records.batch IS 'The number that the processor gave to the batch that the row was settled in.';
