package import Postgres
import SettleModel

extension Session {
  /// Ids that hold what was asked for, in no more than a few: what somebody may have meant who gave a part of one. For a
  /// bank's there is ``bankLines(holding:limit:)``.
  ///
  /// A person asks for one id at a time, so everything that has an id is read through.
  package func idsHolding(_ text: String, limit: Int = 5) throws -> [String] {
    let wanted = IdentityText.normalised(text).lowercased()
    // Less than four letters are in everything.
    guard wanted.count >= 4 else { return [] }
    let isPart: (SQL) -> SQL = { "position(\(wanted) in lower(\(sql: $0))) > 0" }
    return try query(
      """
      SELECT DISTINCT id, length(id) AS length FROM (
        (SELECT order_reference AS id FROM payments WHERE \(sql: isPart("order_reference")) LIMIT \(limit))
        UNION ALL
        (SELECT authorization_id FROM payments WHERE \(sql: isPart("authorization_id")) LIMIT \(limit))
        UNION ALL
        (SELECT value FROM payment_references WHERE \(sql: isPart("value")) LIMIT \(limit))
        UNION ALL
        (SELECT reference FROM payouts WHERE \(sql: isPart("reference")) LIMIT \(limit))
        UNION ALL
        (SELECT break_id::text FROM breaks WHERE starts_with(break_id::text, \(wanted)) LIMIT \(limit))
        UNION ALL
        (SELECT payment_id::text FROM payments WHERE starts_with(payment_id::text, \(wanted)) LIMIT \(limit))
      ) found ORDER BY length, id LIMIT \(limit)
      """
    ) { try $0.get("id") }
  }
}
