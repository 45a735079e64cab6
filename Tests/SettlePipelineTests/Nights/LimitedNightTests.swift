import Postgres
import SettleModel
import SettleProcessors
import SettleStore
import Testing

@testable import SettlePipeline

/// What a processor that keeps limiting leaves behind, and that the next run takes it up.
@Suite(.serialized) struct LimitedNightTests {
  @Test func theStageStopsCleanlyAndLeavesTheRestDue() async throws {
    try await Night.with(faults: "rate-limited=0.4", seed: 2) { night in
      try night.put(WholeNightTests.authorizations(120), "authorizations/a.csv")
      let hurried = Patience(first: .milliseconds(1), longest: .milliseconds(5), limitedTries: 2)
      let stopped = try await night.run(.ingest, .charge, patience: hurried)
      #expect(stopped.exitStatus == .tryLater, "\(stopped.stages.compactMap(\.message))")
      let left = try await counts(night)
      #expect(left.requested == left.due + left.open, "\(left)")
      #expect(left.due > 0 && left.neverSent > 0, "\(left)")
      // Only what had left stays open, and no more can have left than there are workers.
      #expect(left.open <= 32, "\(left)")
      var result = try await night.run(.charge)
      for _ in 0..<5 where result.exitStatus == .tryLater { result = try await night.run(.charge) }
      #expect(result.exitStatus == .done, "\(result.stages.compactMap(\.message))")
      let charges = try await night.ledger().filter { $0.kind == "charge" }
      #expect(charges.count == 108)
    }
  }

  private struct Counts: Sendable {
    var requested: Int64
    var due: Int64
    var open: Int64
    var neverSent: Int64
  }

  private func counts(_ night: Night) async throws -> Counts {
    try await night.store.pool.session { db in
      let row = try #require(
        try db.first(
          """
          SELECT (SELECT count(*) FROM payments WHERE state = 'REQUESTED') requested,
            (SELECT count(*) FROM payments WHERE state = 'REQUESTED' AND charge_due_on IS NOT NULL) due,
            (SELECT count(*) FROM charge_attempts WHERE state = 'open') open,
            (SELECT count(*) FROM charge_attempts WHERE state = 'superseded' AND code = 'never sent') never_sent
          """))
      return Counts(
        requested: try row.get("requested"), due: try row.get("due"), open: try row.get("open"),
        neverSent: try row.get("never_sent"))
    }
  }
}
