package import Postgres
package import SettleModel

extension Session {
  /// How many processor payments of a date were given up, since their payments had failed for good.
  package func cancellations(on date: BusinessDate) throws -> Int64 {
    let row = try first(
      "SELECT count(*) AS requests FROM cancellations WHERE business_date = \(date) AND state IN ('open', 'canceled')")
    return try row?.get("requests") ?? 0
  }
}
