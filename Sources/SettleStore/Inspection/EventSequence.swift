package import Postgres
import SettleModel

extension MessageType: SQLDecodable {}

extension Session {
  /// One number for every publisher: two at once wait for each other.
  private static let publisherLock: Int64 = 0x7365_7474_6C66

  /// Gives a number to every fact that has none, in a transaction of its own, and returns how many there were.
  ///
  /// Facts are numbered only after they were committed, by one publisher at a time, so that a number that somebody has
  /// read is never followed by a smaller one: whoever remembers the last number misses nothing. Each type and subject
  /// (a payment or a refund) is numbered once. Among the new ones, time decides, then the order of cause and effect.
  package func numberEvents() throws -> Int {
    _ = try query("SELECT pg_advisory_xact_lock(\(Self.publisherLock))")
    return try execute(
      """
      INSERT INTO event_sequence (sequence, type, payment_id, subject, occurred_at, failure_reason)
      SELECT (SELECT coalesce(max(sequence), 0) FROM event_sequence)
          + row_number() OVER (ORDER BY f.occurred_at, f.rank, f.payment_id, f.subject),
        f.type, f.payment_id, f.subject, f.occurred_at, f.failure_reason
      FROM (\(sql: Self.facts)) f
      WHERE NOT EXISTS (
        SELECT FROM event_sequence e
        WHERE e.payment_id = f.payment_id AND e.subject = f.subject AND e.type = f.type)
      """)
  }

  /// The messages about one payment and its refunds, whether or not they have a number.
  func eventFacts(of id: PaymentID) throws -> [EventFacts] {
    try query(
      """
      SELECT f.type, e.sequence, coalesce(e.occurred_at, f.occurred_at) AS occurred_at
      FROM (\(sql: Self.facts)) f
      LEFT JOIN event_sequence e ON e.payment_id = f.payment_id AND e.subject = f.subject AND e.type = f.type
      WHERE f.payment_id = \(id) ORDER BY e.sequence, 3, f.rank, f.subject
      """
    ) { row in
      EventFacts(
        type: try row.get("type"), occurredAt: try row.get("occurred_at"), sequence: try row.get("sequence"))
    }
  }

  /// Messages to the world lie in the outbox; those from it are told by the facts that keep them.
  private static let facts: SQL = """
    SELECT 1 AS rank, 'AuthorizePayment' AS type, payment_id, payment_id AS subject, recorded_at AS occurred_at,
      NULL AS failure_reason
    FROM payments
    UNION ALL
    SELECT CASE type WHEN 'PaymentRequested' THEN 2 ELSE 5 END, type, payment_id, event_id, occurred_at, NULL
    FROM outbox
    UNION ALL
    SELECT 3, 'PaymentFailed', payment_id, payment_id, failed_at, failure_reason
    FROM payments WHERE failed_at IS NOT NULL AND failure_reason IS NOT NULL
    UNION ALL
    SELECT 4, 'PaymentSucceeded', payment_id, payment_id, succeeded_at, NULL
    FROM payments WHERE succeeded_at IS NOT NULL
    UNION ALL
    SELECT 6, 'RefundProcessed', payment_id, refund_id, processed_at, NULL
    FROM refunds WHERE processed_at IS NOT NULL
    """
}
