import Postgres
import SettleModel

extension Session {
  /// Statements that do not go on where the one before them ended: their opening balance is not its closing one, or
  /// between their numbers there is another.
  ///
  /// Numbers begin anew with a year. Statements of one day without numbers are put in order by their balances. A
  /// statement that another one overlaps (exports of any days) follows none.
  func wantStatementGaps(_ terms: BankTerms) throws {
    let squeezed: SQL = "upper(regexp_replace(account, '\\s', '', 'g'))"
    let accounts = terms.accounts.map { $0.uppercased().filter { !$0.isWhitespace } }
    try chainStatements()
    _ = try execute(
      """
      INSERT INTO desired
      SELECT s.statement_id, \(sql: Self.breakID(.statementGap, of: "s.statement_id")), 'statement_gap', s.statement_id,
        NULL, s.last_closing, s.currency, s.opening, s.currency,
        CASE WHEN s.opening <> s.last_closing THEN 'opening_balance' ELSE 'number' END
      FROM (
        SELECT b.*, lag(closing) OVER w AS last_closing, lag(number) OVER w AS last_number,
          lag(closed_on) OVER w AS last_closed
        FROM bank_statements b LEFT JOIN chained c ON c.statement_id = b.statement_id
        WHERE cardinality(\(accounts)::text[]) = 0 OR \(sql: squeezed) = ANY(\(accounts))
        WINDOW w AS (
          PARTITION BY account, currency ORDER BY closed_on, number, page, opened_on, c.place, b.statement_id)
      ) s
      WHERE (s.opening <> s.last_closing OR s.number > s.last_number + 1
          AND extract(year FROM s.closed_on) = extract(year FROM s.last_closed))
        AND NOT EXISTS (
          SELECT FROM bank_statements o
          WHERE o.account = s.account AND o.currency = s.currency AND o.statement_id <> s.statement_id
            AND coalesce(o.opened_on, o.closed_on) < s.closed_on AND o.closed_on > coalesce(s.opened_on, s.closed_on))
      """)
    try script("DROP TABLE chained")
  }

  /// Puts the places of statements that only their balances order into `chained`.
  private func chainStatements() throws {
    try script("CREATE TEMPORARY TABLE chained (statement_id uuid, place int) ON COMMIT DROP")
    let rows = try query(
      """
      SELECT statement_id, opening, closing,
        dense_rank() OVER (ORDER BY account, currency) AS account,
        dense_rank() OVER (ORDER BY account, currency, closed_on, number, page, opened_on) AS day
      FROM bank_statements WHERE (account, currency) IN (
        SELECT account, currency FROM bank_statements
        GROUP BY account, currency, closed_on, number, page, opened_on HAVING count(*) > 1)
      ORDER BY day, statement_id
      """
    ) { row in
      ChainedStatement(
        account: try row.get("account"), day: try row.get("day"),
        link: StatementChain.Link(
          id: try row.get("statement_id"), opening: try row.get("opening"), closing: try row.get("closing")))
    }
    var placed: [StatementID] = []
    var places: [Int32] = []
    var last: (account: Int64, closing: Int64)?
    for day in rows.chunked(by: \.day) {
      guard let account = day.first?.account else { continue }
      let before = last.flatMap { $0.account == account ? $0.closing : nil }
      let ordered = StatementChain.ordered(day.map(\.link), after: before)
      last = ordered.last.map { (account, $0.closing) }
      guard ordered.count > 1 else { continue }
      placed += ordered.map(\.id)
      places += ordered.indices.map { Int32($0) }
    }
    _ = try execute("INSERT INTO chained SELECT * FROM unnest(\(placed), \(places))")
  }
}

private struct ChainedStatement {
  var account: Int64
  /// Statements of one day, number, page and beginning.
  var day: Int64
  var link: StatementChain.Link
}

extension [ChainedStatement] {
  fileprivate func chunked(by key: (Element) -> Int64) -> [[Element]] {
    reduce(into: []) { chunks, element in
      if let last = chunks.last?.last, key(last) == key(element) {
        chunks[chunks.count - 1].append(element)
      } else {
        chunks.append([element])
      }
    }
  }
}
