import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@Suite struct RunHistoryTests {
  @Test func aRunIsToldStageByStage() async throws {
    let story = try await SmallStory.happened(exitStatus: 69)
    let (runs, backlog, lease) = try await story.store.pool.session { db in
      (try db.recentRuns(limit: 5), try db.backlog(), try db.leaseHolder())
    }
    let run = try #require(runs.first)
    #expect(runs.count == 1)
    #expect(run.exitStatus == 69)
    #expect(run.finishedAt == SmallStory.at(60))
    #expect(run.stageRuns.map(\.stage) == ["ingest", "charge", "import", "reconcile", "refund"])
    #expect(run.stageRuns.map(\.status) == [.done, .done, .done, .done, .failed])
    #expect(run.stageRuns.first?.counts.map(\.name) == ["files", "rows_read"], "in order of their names")
    #expect(run.stageRuns.first?.counts.map(\.value) == [1, 3])
    #expect(run.stageRuns.last?.message == "the processor cannot be reached")
    #expect(backlog.due.isEmpty)
    #expect(backlog.openAttempts == 0)
    #expect(backlog.openBreaks.map(\.reason) == [.unexpectedCharge])
    #expect(lease == nil)
    await story.store.close()
  }

  @Test func theBacklogCountsWhatWaits() async throws {
    let store = try await Store.test()
    try await store.pool.transaction { db in
      for (number, currency) in ["EUR", "USD", "USD"].enumerated() {
        let id = PaymentID(merchant: "default", order: "due-\(number)")
        try db.execute(
          """
          INSERT INTO payments (payment_id, merchant, processor, order_reference, order_id, amount, currency,
            charge_due_on, recorded_on, recorded_at)
          VALUES (\(id), 'default', 'stripe', \("due-\(number)"), \(id), 1000, \(currency), \(SmallStory.date),
            \(SmallStory.date), now())
          """)
      }
    }
    let due = try await store.pool.session { try $0.backlog() }.due
    #expect(due.map(\.amount.description) == ["10.00 EUR", "20.00 USD"])
    #expect(due.map(\.payments) == [1, 2])
    await store.close()
  }

  @Test func theLeaseTellsWhoHoldsItAndWhetherItLives() async throws {
    let store = try await Store.test()
    let run = SmallStory.payments[0].rawValue
    let lease = try await Lease.acquire(store.settings, run: run, holder: "a test")
    let held = try #require(try await store.pool.session { try $0.leaseHolder() })
    #expect(held.run == run)
    #expect(held.holder == "a test")
    #expect(held.isAlive)
    // A process id that is nobody's: the holder was killed.
    try await store.pool.session { try $0.execute("UPDATE lease SET process_start = process_start - 1") }
    #expect(try await store.pool.session { try $0.leaseHolder() }?.isAlive == false)
    await lease.release()
    await store.close()
  }
}
