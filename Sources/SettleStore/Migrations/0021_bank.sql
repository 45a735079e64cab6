-- Which lines each statement holds, so that entries that read alike in statements that follow each other stay two; and
-- payouts summed up anew, by reported money alone.

CREATE TABLE bank_statement_lines (
  line_id uuid NOT NULL,
  statement_id uuid NOT NULL,
  PRIMARY KEY (line_id, statement_id)
);
COMMENT ON TABLE bank_statement_lines IS 'The lines of each statement. One that overlaps another shares lines with it.';
CREATE INDEX bank_statement_lines_statement ON bank_statement_lines (statement_id);

-- What was loaded before tells only which statement a line came with first, and that only by the statement's name.
INSERT INTO bank_statement_lines (line_id, statement_id)
SELECT l.line_id, s.statement_id
FROM (
  SELECT min(statement_id::text)::uuid AS statement_id, file_id, account, name, currency
  FROM bank_statements GROUP BY file_id, account, name, currency HAVING count(*) = 1) s
JOIN bank_lines l ON l.file_id = s.file_id AND l.account = s.account AND l.statement = s.name AND l.currency = s.currency;

ALTER TABLE bank_statement_lines
  ADD FOREIGN KEY (line_id) REFERENCES bank_lines, ADD FOREIGN KEY (statement_id) REFERENCES bank_statements;

ALTER TABLE bank_statements ADD lines_told boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN bank_statements.lines_told IS 'Whether all of its lines are in bank_statement_lines; of statements from before there was that table, some may not be.';
CREATE INDEX bank_statements_account ON bank_statements (account, currency, closed_on);

UPDATE payouts SET stale = true WHERE NOT stale;

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'settle_writer') THEN
    GRANT SELECT, INSERT ON bank_statement_lines TO settle_writer;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'settle_reader') THEN
    GRANT SELECT ON bank_statement_lines TO settle_reader;
  END IF;
END
$$;
