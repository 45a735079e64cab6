import Postgres

extension Session {
  /// The sum of an amount (`gross` or `net`) of a group's rows that are no payouts (`NOT is_payout`), in minor units.
  ///
  /// Where a processor counts in fractions of the smallest unit it rounds only what it pays out. So what rounding has
  /// left out of each row is summed up beside the rows, and rounded once, half away from zero.
  static func linesSum(_ column: SQL) -> SQL {
    """
    (coalesce(sum(\(sql: column)) FILTER (WHERE NOT is_payout), 0)
      + round(coalesce(sum(\(sql: column)_rest) FILTER (WHERE NOT is_payout), 0) / 1000000.0))::bigint
    """
  }
}
