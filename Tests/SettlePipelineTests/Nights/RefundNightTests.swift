import Foundation
import Logging
import Postgres
import SettleFiles
import SettleModel
import SettleStore
import SettleTesting
import Testing

@testable import SettlePipeline

/// Refunds over several dates at a processor that lets each have a life of its own. Its ledger judges.
@Suite(.serialized) struct RefundNightTests {
  private static let second = Night.date.adding(days: 1)
  private static let third = Night.date.adding(days: 2)

  /// One order of 20.00 for which more is taken, so that a rule gives the excess back.
  private func overcharged(
    paying method: String, proving: Bool = true, _ body: (Night) async throws -> Void
  ) async throws {
    try await Night.with(anomalies: "overcharge=1", proving: proving) { night in
      try night.put("order_id,amount,currency,payment_method\nA-1,2000,USD,\(method)\n", "authorizations/a.csv")
      try await night.run(.ingest, .charge)
      // Its payout is made before the report is read: a row that changes later (a payout id filled in) would be told by
      // another file.
      try await night.nextDay()
      try await night.import("1.csv")
      try await body(night)
    }
  }

  /// The stages after charging, and what they made of the night.
  private func run(_ night: Night, _ date: BusinessDate, out: String, ends: SettlePipeline.ExitStatus = .done)
    async throws
  {
    let result = try await night.run(.importing, .reconcile, .refund, .report, date: date, out: out)
    #expect(result.exitStatus == ends, "\(result.stages.compactMap(\.message))")
  }

  private func refunds(_ night: Night, _ out: String) throws -> [String] {
    try night.rows("refunds.csv", out: out).map { $0["status"] ?? "" }
  }

  private func breaks(_ night: Night, _ out: String) throws -> [String] {
    try night.rows("breaks.csv", out: out).map {
      [$0["reason"], $0["status"], $0["resolution"], $0["held_back"]].compactMap(\.self).filter { !$0.isEmpty }
        .joined(separator: " ")
    }
  }

  /// Each date's report, made again from the store as it is now, is what it was.
  private func staysAsItWas(_ night: Night, _ dates: [(BusinessDate, String)]) async throws {
    for (date, out) in dates {
      try await night.run(.report, date: date, out: "\(out)-again")
      let (again, first) = (try night.bytes(out: "\(out)-again"), try night.bytes(out: out))
      #expect(Set(again.keys) == Set(first.keys))
      for name in first.keys.sorted() where again[name] != first[name] {
        Issue.record("\(name) of \(date) has changed: \(Self.difference(first[name], again[name]))")
      }
    }
  }

  /// The first line that is not the same.
  private static func difference(_ first: Data?, _ again: Data?) -> String {
    let lines = [first, again].map { String(decoding: $0 ?? Data(), as: UTF8.self).split(whereSeparator: \.isNewline) }
    return zip(lines[0], lines[1]).first { $0 != $1 }.map { "\($0.prefix(300)) | \($1.prefix(300))" } ?? "in length"
  }

  private func everyTotalAddsUp(_ night: Night, _ out: String) throws {
    var sums: [String: Int] = [:]
    for row in try night.rows("totals.csv", out: out) {
      let sign = row["bucket"] == "all" ? -1 : 1
      sums["\(row["side"] ?? "") \(row["currency"] ?? "") count", default: 0] += sign * (Int(row["count"] ?? "") ?? 0)
      let cents = Int((row["amount"] ?? "").replacing(".", with: "")) ?? 0
      sums["\(row["side"] ?? "") \(row["currency"] ?? "") amount", default: 0] += sign * cents
    }
    #expect(sums.values.allSatisfy { $0 == 0 }, "\(sums)")
  }

  @Test func aPendingRefundIsFollowedToItsSuccess() async throws {
    try await overcharged(paying: "pm_card_pendingRefund") { night in
      try await run(night, Night.date, out: "1")
      #expect(try refunds(night, "1") == ["REQUESTED"])
      #expect(try breaks(night, "1") == ["amount_mismatch open"])
      #expect(try await night.ledger().filter { $0.kind == "refund" }.isEmpty)
      // Asked again before it is through, it is still the same.
      let before = try await night.store.fingerprint()
      try await run(night, Night.date, out: "1")
      #expect(try await night.changed(since: before) == [])

      try await night.nextDay()
      try await run(night, Self.second, out: "2")
      #expect(try refunds(night, "2") == ["PROCESSED"])
      #expect(try breaks(night, "2") == ["amount_mismatch resolved refunded"])
      #expect(try await night.ledger().filter { $0.kind == "refund" }.count == 1)

      try await night.import("3.csv")
      try await run(night, Self.third, out: "3")
      #expect(try breaks(night, "3") == [])
      #expect(try night.rows("matched.csv", out: "3").map { $0["kind"] } == ["refund"])
      try await staysAsItWas(night, [(Night.date, "1"), (Self.second, "2"), (Self.third, "3")])
      for out in ["1", "2", "3"] { try everyTotalAddsUp(night, out) }
    }
  }

  @Test func aRefundThatFailsAfterAllIsABreakAndNoRepetition() async throws {
    try await overcharged(paying: "pm_card_refundFail") { night in
      try await run(night, Night.date, out: "1")
      #expect(try refunds(night, "1") == ["PROCESSED"])
      #expect(try breaks(night, "1") == ["amount_mismatch resolved refunded"])

      try await night.nextDay()
      try await run(night, Self.second, out: "2")
      #expect(try refunds(night, "2") == ["FAILED"])
      #expect(try breaks(night, "2").contains("refund_failed open"))
      // Another run of the date finds nothing to change, in the store or in the files.
      let (before, bytes) = (try await night.store.fingerprint(), try night.bytes(out: "2"))
      try await run(night, Self.second, out: "2")
      #expect(try await night.changed(since: before) == [])
      #expect(try night.bytes(out: "2") == bytes)

      try await night.import("3.csv")
      try await run(night, Self.third, out: "3")
      #expect(try breaks(night, "3").contains("refund_failed open"))
      let moved = try await night.ledger().filter { $0.kind != "charge" }
      #expect(moved.map(\.kind) == ["refund", "refund_failure"])
      #expect(Set(moved.map(\.amount)).count == 1)
      try await staysAsItWas(night, [(Night.date, "1"), (Self.second, "2"), (Self.third, "3")])
      for out in ["1", "2", "3"] { try everyTotalAddsUp(night, out) }
    }
  }

  @Test(arguments: [
    ("pm_sandbox_pendingRefundFail", "refund_failed"), ("pm_sandbox_refundNeedsAction", "refund_canceled"),
  ])
  func aRefundThatNeverGetsThereLeavesItsBreakToAPerson(method: String, held: String) async throws {
    try await overcharged(paying: method) { night in
      try await run(night, Night.date, out: "1")
      #expect(try refunds(night, "1") == ["REQUESTED"])
      if held == "refund_canceled" {
        let reference = try #require(try await night.store.rows("SELECT processor_refund FROM refunds").first)
        try await night.post("/v1/refunds/\(reference)/cancel", "")
      } else {
        try await night.nextDay()
      }
      try await run(night, Self.second, out: "2")
      #expect(try refunds(night, "2") == ["FAILED"])
      #expect(try breaks(night, "2") == ["amount_mismatch open \(held)"])
      try await run(night, Self.third, out: "3")
      #expect(try breaks(night, "3") == ["amount_mismatch open \(held)"])
      #expect(try await night.ledger().filter { $0.kind.hasPrefix("refund") }.isEmpty)
      try await staysAsItWas(night, [(Night.date, "1"), (Self.second, "2"), (Self.third, "3")])
    }
  }

  /// Answers that are lost, saved as errors or never given: each refund is made once, and in the end each is known.
  @Test func whateverGoesWrongEachIsMadeOnce() async throws {
    let faults = "lost-response=0.1,reset=0.1,server-error=0.1"
    try await Night.with(faults: faults, anomalies: "overcharge=1", seed: 7) { night in
      let methods = ["pm_card_visa", "pm_card_pendingRefund", "pm_card_refundFail", "pm_sandbox_pendingRefundFail"]
      let rows = (0..<24).map { "A-\($0),\(2_000 + $0),USD,\(methods[$0 % 4])\n" }
      try night.put("order_id,amount,currency,payment_method\n" + rows.joined(), "authorizations/a.csv")
      func persist(_ stages: [StageName], _ date: BusinessDate) async throws {
        for _ in 0..<10 {
          var statuses: [SettlePipeline.ExitStatus] = []
          for stage in stages { statuses.append(try await night.run(stage, date: date).exitStatus) }
          if statuses.allSatisfy({ $0 == .done }) { return }
        }
        Issue.record("\(stages) never came to their end")
      }
      try await persist([.ingest, .charge], Night.date)
      try await night.import("1.csv")
      try await persist([.importing, .reconcile, .refund], Night.date)
      try await night.nextDay()
      try await persist([.reconcile, .refund], Self.second)
      try await night.import("3.csv")
      try await persist([.importing, .reconcile, .refund, .report], Self.third)

      let moved = try await night.ledger().filter { $0.kind.hasPrefix("refund") }
      let made = moved.filter { $0.kind == "refund" }.compactMap { $0.metadata?["refund_id"] }
      #expect(made.count == 18)
      #expect(Set(made).count == made.count)
      #expect(moved.filter { $0.kind == "refund_failure" }.count == 6)
      #expect(
        try await night.store.rows("SELECT state, count(*)::text FROM refunds GROUP BY state ORDER BY state") == [
          "FAILED 12", "PROCESSED 12",
        ])
      #expect(
        try await night.store.rows(
          """
          SELECT a.processor_charge FROM charge_allowances a
          WHERE a.refund_reserved <> (SELECT coalesce(sum(r.amount), 0) FROM refunds r
            WHERE r.payment_id = a.payment_id AND r.processor_charge = a.processor_charge AND r.state <> 'FAILED')
          """) == [])
      let breaks = try await night.store.rows(
        "SELECT reason, status, coalesce(held_back, '-'), count(*)::text FROM breaks GROUP BY 1, 2, 3 ORDER BY 1, 2, 3")
      #expect(
        breaks == [
          "amount_mismatch open refund_failed 6", "amount_mismatch resolved - 18", "missing_refund resolved - 12",
          "refund_failed open - 6",
        ])
    }
  }

  // MARK: Killed in the middle

  enum Death: CaseIterable { case storedNotSent, sentNotRecorded }

  /// Stores the refund that the night would ask for, as a run does that dies then or after its request has left.
  private func die(_ death: Death, _ night: Night) async throws {
    try await night.run(.importing, .reconcile)
    let load = LoadContext(merchant: "default", processor: "stripe", date: Night.date, now: night.now)
    let candidate = try #require(
      try await night.store.pool.session { try $0.refundCandidates(for: [.amountMismatch], context: load) }.first)
    try await night.connected { adapter in
      let reference = try #require(candidate.processorCharge)
      let charge = try #require(try await adapter.charge(reference))
      let expected = try #require(candidate.subject.expected)
      let order = RefundOrder(
        refund: RefundID(charge: reference, reason: .amountMismatch, askedFor: candidate.breakID),
        payment: candidate.payment, processorCharge: reference,
        amount: try candidate.subject.reported.subtracting(expected), reason: .amountMismatch)
      let request = try adapter.request(for: .refund(order))
      let token: Int64 =
        try await night.store.pool.session { try $0.first("SELECT token FROM lease")?.get("token") } ?? 0
      let run = RunIdentity(id: UUID(), fence: Fence(token: token))
      _ = try await night.store.pool.transaction { db in
        try db.reserveRefund(
          order, for: candidate.breakID, rule: "amount_mismatch: overcharge", request: request, charge: charge,
          keyLife: adapter.keyLife - night.pipeline.charge.keyMargin, within: nil, run: run, context: load)
      }
      if death == .sentNotRecorded { _ = try await adapter.send(request, permit: {}) }
    }
  }

  @Test(arguments: Death.allCases)
  func aKilledRefundIsMadeOnce(death: Death) async throws {
    try await overcharged(paying: "pm_card_visa", proving: false) { night in
      try await die(death, night)
      for out in ["1", "1"] { try await run(night, Night.date, out: out) }
      #expect(try refunds(night, "1") == ["PROCESSED"])
      #expect(try breaks(night, "1") == ["amount_mismatch resolved refunded"])
      #expect(try await night.ledger().filter { $0.kind == "refund" }.count == 1)
    }
  }

  /// Past the key's life nothing is posted: what was made is found, what was never sent is left to a person.
  @Test(arguments: Death.allCases)
  func pastTheKeysLifeNothingIsPosted(death: Death) async throws {
    try await overcharged(paying: "pm_card_visa", proving: false) { night in
      try await die(death, night)
      try await night.store.execute("UPDATE refunds SET key_expires_at = key_expires_at - interval '25 hours'")
      for _ in 0..<2 { try await night.nextDay() }
      let found = death == .sentNotRecorded
      for out in ["1", "1"] { try await run(night, Night.date, out: out, ends: found ? .done : .tryLater) }
      #expect(try await night.ledger().filter { $0.kind == "refund" }.count == (found ? 1 : 0))
      #expect(try refunds(night, "1") == [found ? "PROCESSED" : "REQUESTED"])
      let open = try breaks(night, "1")
      #expect(open.contains(found ? "outcome_unknown resolved explained" : "outcome_unknown open"))
      #expect(open.contains(found ? "amount_mismatch resolved refunded" : "amount_mismatch open"))
    }
  }

  /// The lease is lost between the reservation and the call: nothing leaves, and the refund stays as it was stored.
  @Test func aRefusedPermitLeavesItRequested() async throws {
    try await overcharged(paying: "pm_card_visa", proving: false) { night in
      try await die(.storedNotSent, night)
      let before = try await night.store.rows("SELECT refunds::text FROM refunds")
      struct LeaseGone: Error {}
      try await night.connected { adapter in
        let context = RunContext(
          store: night.store, run: RunIdentity(id: UUID(), fence: Fence(token: try await night.token())),
          permit: { throw LeaseGone() }, pipeline: night.pipeline, layouts: try LayoutCatalogue(folder: nil),
          date: Night.date, inbox: "", reports: ReportFolder(path: night.folder + "/none", token: 0),
          processor: { adapter }, clock: { night.now }, progress: NoProgress(), logger: Logger(label: "refund"))
        do { #expect(try await RefundStage().perform(context).stop != nil) } catch is LeaseGone {}
      }
      #expect(try await night.store.rows("SELECT refunds::text FROM refunds") == before)
      #expect(try await night.ledger().filter { $0.kind == "refund" }.isEmpty)
    }
  }
}
