import Postgres
import SettleModel

extension Session {
  /// Statements that do not go on where the one before them ended: their opening balance is not its closing one, or
  /// between their numbers there is another.
  ///
  /// Numbers begin anew with a year. A statement that another one overlaps (exports of any days) follows none.
  func wantStatementGaps(_ terms: BankTerms) throws {
    let squeezed: SQL = "upper(regexp_replace(account, '\\s', '', 'g'))"
    let accounts = terms.accounts.map { $0.uppercased().filter { !$0.isWhitespace } }
    _ = try execute(
      """
      INSERT INTO desired
      SELECT s.statement_id, \(sql: Self.breakID(.statementGap, of: "s.statement_id")), 'statement_gap', s.statement_id,
        NULL, s.last_closing, s.currency, s.opening, s.currency,
        CASE WHEN s.opening <> s.last_closing THEN 'opening_balance' ELSE 'number' END
      FROM (
        SELECT *, lag(closing) OVER w AS last_closing, lag(number) OVER w AS last_number,
          lag(closed_on) OVER w AS last_closed
        FROM bank_statements
        WHERE cardinality(\(accounts)::text[]) = 0 OR \(sql: squeezed) = ANY(\(accounts))
        WINDOW w AS (PARTITION BY account, currency ORDER BY closed_on, number, page, opened_on, statement_id)
      ) s
      WHERE (s.opening <> s.last_closing OR s.number > s.last_number + 1
          AND extract(year FROM s.closed_on) = extract(year FROM s.last_closed))
        AND NOT EXISTS (
          SELECT FROM bank_statements o
          WHERE o.account = s.account AND o.currency = s.currency AND o.statement_id <> s.statement_id
            AND coalesce(o.opened_on, o.closed_on) < s.closed_on AND o.closed_on > coalesce(s.opened_on, s.closed_on))
      """)
  }
}
