import Postgres
import SettleModel

extension Session {
  /// The latest business date for which a stage, or any, was ever done.
  ///
  /// A date that was still to come when it was done is none: nobody had anything of it yet, and a mistyped year would be
  /// the latest for ever. No zone is further ahead than a day, and a night may begin on the day before.
  ///
  /// - Parameter meant: whether one that was asked for in so many words (`--allow-future`) counts all the same, as where
  ///   what it has found missing must not be taken back by an earlier one.
  func latestDate(of stage: String? = nil, countingMeant meant: Bool = true) throws -> BusinessDate? {
    try first(
      """
      SELECT max(r.business_date) AS latest FROM runs r JOIN stage_runs s ON s.run_id = r.run_id
      WHERE s.stage = coalesce(\(stage)::text, s.stage) AND s.status = 'done'
        AND (r.business_date <= (s.finished_at AT TIME ZONE 'UTC')::date + 2
          OR \(meant) AND '--allow-future' = ANY(r.arguments))
      """)?.get("latest")
  }
}
