package import Postgres
import SettleModel

extension Session {
  /// Writes down that attempts were looked for in vain.
  ///
  /// One whose key expired long ago and that was looked for often enough since is given up: nothing can appear any more
  /// under a key that nobody sends, so another look costs time and tells nothing. Its break stays open; an outcome file
  /// or a person tells.
  ///
  /// - Parameters:
  ///   - enough: how many looks in vain after the key's end, at least.
  ///   - patience: how long after the key's end an attempt is looked for, at least.
  /// - Returns: how many were given up.
  @discardableResult
  package func notFound(
    _ attempts: [StoredAttempt], enough: Int, patience: Duration, context: LoadContext
  ) throws -> Int {
    guard !attempts.isEmpty else { return 0 }
    let sought: SQL = """
      unnest(\(attempts.map(\.payment)), \(attempts.map { Int32($0.attempt) })) s (payment_id, attempt)
      WHERE a.payment_id = s.payment_id AND a.attempt = s.attempt AND a.state = 'open' AND a.given_up_at IS NULL
      """
    _ = try execute(
      """
      UPDATE charge_attempts a SET looked_up_at = \(context.now),
        look_ups = a.look_ups + CASE WHEN a.key_expires_at <= \(context.now) THEN 1 ELSE 0 END
      FROM \(sql: sought)
      """)
    return try execute(
      """
      UPDATE charge_attempts a SET given_up_at = \(context.now)
      FROM \(sql: sought) AND a.look_ups >= \(enough) AND a.key_expires_at <= \(context.now.adding(.zero - patience))
      """)
  }

  /// How many attempts nobody looks for any more: each has an open break.
  package func givenUpCount(context: LoadContext) throws -> Int64 {
    try first(
      """
      SELECT count(*) AS attempts FROM charge_attempts a JOIN payments p ON p.payment_id = a.payment_id
      WHERE a.state = 'open' AND a.given_up_at IS NOT NULL
        AND p.merchant = \(context.merchant) AND p.processor = \(context.processor)
      """)?.get("attempts") ?? 0
  }
}
