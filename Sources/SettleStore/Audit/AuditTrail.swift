import Postgres
package import SettleModel

/// One entry of a payment's chain.
package struct AuditEntry: Sendable {
  package var entry: Int32
  /// The number of the seal that covers it, or will.
  package var seal: Int64
  package var at: Timestamp
  package var kind: String
  /// A JSON object: the facts as they then were.
  package var detail: String
  /// 64 hexadecimal digits.
  package var hash: String
}

extension Session {
  /// The chain of a payment, in order.
  func auditEntries(of payment: PaymentID) throws -> [AuditEntry] {
    try query(
      """
      SELECT entry, seal, at, kind, detail::text AS detail, encode(hash, 'hex') AS hash
      FROM audit WHERE payment_id = \(payment) ORDER BY entry
      """
    ) { row in
      AuditEntry(
        entry: try row.get("entry"), seal: try row.get("seal"), at: try row.get("at"), kind: try row.get("kind"),
        detail: try row.get("detail"), hash: try row.get("hash"))
    }
  }

  /// Changes rows that matter to money, and writes for each an entry into its payment's chain: one statement, so that
  /// neither is ever there without the other.
  ///
  /// ```swift
  /// try audited(.attempt, "UPDATE charge_attempts a SET state = 'superseded', … RETURNING a.*", context: context)
  /// ```
  /// - Parameters:
  ///   - kind: what the entries tell, where it is more than the state that the row has come to.
  ///   - change: an INSERT or UPDATE of the subject's table that ends in `RETURNING <the table>.*`. It changes at most one
  ///     row a payment (a second one would break the chain's key), and none that it would leave as it is.
  ///   - aside: what the entries say beside the facts, as one `jsonb` over the changed row `c`.
  ///   - alongside: a further INSERT or UPDATE that goes with the change, and reads the changed rows as `changed`.
  /// - Returns: how many rows were changed.
  @discardableResult
  func audited(
    _ subject: AuditSubject, as kind: AuditKind? = nil, _ change: SQL, aside: SQL? = nil, alongside: SQL? = nil,
    context: LoadContext
  ) throws -> Int {
    let kind: SQL = kind.map { "\($0)::text" } ?? subject.kind
    let passing = [subject.passing, aside].compactMap(\.self).reduce("" as SQL) { "\(sql: $0) || \(sql: $1)" }
    let beside: SQL = alongside.map { ", beside AS (\(sql: $0))" } ?? ""
    let position = try auditPosition()
    return try execute(
      """
      WITH changed AS (
        \(sql: change)
      )\(sql: beside), entries AS MATERIALIZED (
        SELECT c.payment_id, coalesce(l.entry, 0) + 1 AS entry, \(position.seal)::bigint AS seal,
          \(position.token)::bigint AS token, \(context.now)::timestamptz AS at, \(sql: kind) AS kind,
          \(sql: subject.facts)\(sql: passing) AS detail, coalesce(l.hash, \(sql: AuditHash.payment)) AS previous
        FROM changed c
        JOIN payments p ON p.payment_id = c.payment_id
        LEFT JOIN LATERAL (
          SELECT a.entry, a.hash FROM audit a WHERE a.payment_id = c.payment_id ORDER BY a.entry DESC LIMIT 1) l ON true
      )
      INSERT INTO audit (payment_id, entry, seal, token, at, kind, detail, previous, hash)
      SELECT e.payment_id, e.entry, e.seal, e.token, e.at, e.kind, e.detail, e.previous, \(sql: AuditHash.entry)
      FROM entries e
      """)
  }

  /// The same for a change that may touch several rows of one payment: `change` takes one a payment each time, and is
  /// repeated until it finds none.
  func auditedInTurns(
    _ subject: AuditSubject, _ change: SQL, alongside: SQL? = nil, context: LoadContext
  ) throws {
    while try audited(subject, change, alongside: alongside, context: context) > 0 {}
  }

  /// Marks open rows whose answer is not known with the reason. That is told once, however often it is asked for again:
  /// the first mark goes through ``audited``, later ones change the row alone.
  ///
  /// - Parameters:
  ///   - mark: an UPDATE of the subject's table, as `row`, whose WHERE can be added to; it sets `unknown_why`.
  ///   - news: what makes a later mark another one, so that none changes a row that it would leave as it is.
  /// - Returns: how many rows were changed.
  @discardableResult
  func auditedOnce(
    _ subject: AuditSubject, _ mark: SQL, of row: SQL, again news: SQL, context: LoadContext
  ) throws -> Int {
    let told = try audited(
      subject, "\(sql: mark) AND \(sql: row).unknown_why IS NULL RETURNING \(sql: row).*", context: context)
    return told + (try execute("\(sql: mark) AND \(sql: news)"))
  }

  /// Whose writes these are (the transaction proves that its run holds the lease, so its token is the lease's), and which
  /// seal will cover them.
  func auditPosition() throws -> (token: Int64, seal: Int64) {
    guard
      let row = try first(
        "SELECT (SELECT token FROM lease) AS token, (SELECT max(seal) FROM audit_seals) + 1 AS seal")
    else { throw StoreError.noAnswer("lease") }
    return (token: try row.get("token"), seal: try row.get("seal"))
  }
}
