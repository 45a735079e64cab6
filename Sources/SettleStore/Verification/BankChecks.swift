import Postgres

// Payouts and the bank: what is derived from the records still agrees with them.

extension StoreCheck {
  package static let payouts = StoreCheck(
    name: "payouts", says: "each payout is what its outcome records sum up to",
    remedy: "a payout's sums were changed by hand: UPDATE payouts SET stale = true, run `settle run --stage reconcile`,"
      + " which makes them anew, and verify again",
    counted: "SELECT count(*) FROM payouts",
    wrong: """
      SELECT coalesce(p.reference, o.payout) AS subject
      FROM (SELECT * FROM payouts) p
      FULL JOIN (
        SELECT processor, payout, currency, \(sql: Session.payoutSums)
        FROM (\(sql: Session.payoutRecords())) r
        GROUP BY processor, payout, currency
      ) o ON o.processor = p.processor AND o.payout = p.reference AND o.currency = p.currency
      WHERE p.payout_id IS NULL OR NOT p.stale AND (
        (p.lines, p.gross, p.fees, p.net) IS DISTINCT FROM
          (coalesce(o.lines, 0), coalesce(o.gross, 0), coalesce(o.fees, 0), coalesce(o.net, 0))
        OR p.paid IS DISTINCT FROM o.paid OR p.amount IS NOT NULL AND p.amount <> coalesce(p.paid, p.net))
      """)

  package static let statements = StoreCheck(
    name: "statements",
    says: "each bank statement's lines are as many as it says, and make its opening balance its closing one",
    remedy:
      "a bank line was lost, or the links between statements and lines were changed by hand: compare the statement"
      + " with bank_statement_lines, and restore a backup where a line is gone",
    counted: "SELECT count(*) FROM bank_statements WHERE lines_told",
    wrong: """
      SELECT s.account || ' ' || s.name AS subject
      FROM bank_statements s
      LEFT JOIN (
        SELECT h.statement_id, count(*) AS entries, sum(l.amount) AS amount
        FROM bank_statement_lines h JOIN bank_lines l ON l.line_id = h.line_id GROUP BY h.statement_id
      ) h ON h.statement_id = s.statement_id
      WHERE s.lines_told
        AND (coalesce(h.entries, 0) <> s.entries OR coalesce(h.amount, 0) <> s.closing - s.opening)
      """)

  package static let bankMatches = StoreCheck(
    name: "bank_matches",
    says:
      "each match of payouts with bank lines has the amounts that these have, and bridges a difference only by name",
    remedy: "a match was changed by hand: delete it and its rows in bank_match_lines and bank_match_payouts, run"
      + " `settle run --stage reconcile`, which makes it anew, and verify again",
    counted: "SELECT count(*) FROM bank_matches",
    wrong: """
      SELECT coalesce(m.match_id, l.match_id, p.match_id)::text AS subject
      FROM bank_matches m
      FULL JOIN (
        SELECT u.match_id, sum(b.amount) AS amount, min(b.currency) AS currency, max(b.currency) AS last
        FROM bank_match_lines u LEFT JOIN bank_lines b ON b.line_id = u.line_id GROUP BY u.match_id
      ) l ON l.match_id = m.match_id
      FULL JOIN (
        SELECT u.match_id, sum(u.amount) AS amount, min(p.currency) AS currency, max(p.currency) AS last,
          bool_or(NOT p.stale AND p.amount IS DISTINCT FROM u.amount) AS changed
        FROM bank_match_payouts u LEFT JOIN payouts p ON p.payout_id = u.payout_id GROUP BY u.match_id
      ) p ON p.match_id = m.match_id
      WHERE (m.bank_amount, m.bank_currency, m.bank_currency) IS DISTINCT FROM (l.amount, l.currency, l.last)
        OR (m.payout_amount, m.payout_currency, m.payout_currency) IS DISTINCT FROM (p.amount, p.currency, p.last)
        OR p.changed
      """)
}
