-- What may change without an entry of the trail (what is due and by which means, the breaks, whose money it is) is sealed
-- as it stands at a run's end.

ALTER TABLE audit_seals ADD COLUMN standing bytea CHECK (octet_length(standing) = 32);
COMMENT ON COLUMN audit_seals.standing IS 'A hash of what stood when it was made: payments that are due, breaks, the store''s identity. NULL in older seals.';
