import Foundation
import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@testable import settle

@Suite struct StatusReportTests {
  private static func report(exitStatus: Int32?) async throws -> StatusReport {
    let story = try await SmallStory.happened(exitStatus: exitStatus)
    let report = try await story.store.pool.session { db in
      StatusReport(
        runs: try db.recentRuns(limit: 5), backlog: try db.backlog(), lease: try db.leaseHolder(),
        ageing: try db.breakAgeing(), awaited: try db.awaitedOutcomes(ReconcileTerms(waitingDays: 1)))
    }
    await story.store.close()
    return report
  }

  @Test func textTellsRunsStagesAndWhatWaits() async throws {
    let report = try await Self.report(exitStatus: 69)
    #expect(
      report.text(Style(isOn: false)) == """
        nightly 2026-11-20  failed (69)  2026-11-20T20:00:00Z, 1h 00m  00010203-0405-0607-0809-0a0b0c0d0e0f
          ingest     done    1m 00s  1 file, 3 rows read
          charge     done    1m 00s  1 file, 3 rows read
          import     done    1m 00s  1 file, 3 rows read
          reconcile  done    1m 00s  1 file, 3 rows read
          refund     failed   0.0 s  the processor cannot be reached

        waiting
          0  payments due
          0  attempts to be sent
          0  attempts without an answer
          1  processor payment to be cancelled
          0  refunds under way
          1  break open: unexpected_charge      Reported, but never asked for

        open breaks by age on 2026-11-20
          reason             days open  breaks  at stake
          unexpected_charge        0-1       1  5.00 USD

        awaited, and a break if no file has told of it by the day on which it is due
          outcomes          amount       due on
                 1  refund   -3.00  USD  2026-11-22

        lease
          free

        """)
  }

  /// What was stored and never sent is not told as what was sent and never answered.
  @Test func whatWaitsToBeSentAndWhatWasNotAnsweredAreTwoCounts() async throws {
    try await SettleTesting.Story.tell { story in
      try await story.authorize(.order("A", 1_000), .order("B", 2_000), .order("C", 3_000))
      try await story.claim()
      try await story.unknown("A")
      let report = try await story.read { db in StatusReport(runs: [], backlog: try db.backlog(), lease: nil) }
      let text = report.text(Style(isOn: false))
      #expect(
        text.contains(
          "  2  attempts to be sent        the next run sends them, or repeats what had left with its own key\n"))
      #expect(text.contains("  1  attempt without an answer  1 for the next run to settle\n"))
      #expect(report.json.compact.contains(#""attempts_open":3,"attempts_to_send":2,"attempts_unknown":1,"#))
    }
  }

  @Test func jsonIsSortedAndWhole() async throws {
    let report = try await Self.report(exitStatus: 69)
    let text = report.json.compact
    #expect(
      text.hasPrefix(
        #"{"awaited":[{"amount":"-3.00","currency":"USD","due_on":"2026-11-22","kind":"refund","outcomes":1,"overdue":false}],"#
          + #""backlog":{"attempts_left_to_person":0,"attempts_open":0,"attempts_to_send":0,"attempts_unknown":0,"breaks_open":{"unexpected_charge":1},"#
          + #""cancellations_open":1,"payments_due":[],"refunds_under_way":0,"retries_planned":[]},"#
          + #""breaks_by_age":{"date":"2026-11-20","groups":[{"at_stake":[{"amount":"5.00","currency":"USD"}],"breaks":1,"#
          + #""days_open":"0-1","reason":"unexpected_charge"}]},"lease":null,"#
          + #""runs":[{"arguments":["run","#))
    #expect(text.contains(#""exit_status":69,"finished_at":"2026-11-20T21:00:00Z","pipeline":"nightly""#))
    _ = try JSONSerialization.jsonObject(with: Data(report.json.pretty.utf8))
  }

  @Test(arguments: [(0, "done"), (1, "exceeded"), (75, "failed"), (nil, "died")] as [(Int32?, String)])
  func aRunWithoutAnEndAndWithoutTheLeaseHasDied(exitStatus: Int32?, state: String) async throws {
    let report = try await Self.report(exitStatus: exitStatus)
    #expect(report.runs.map { report.state(of: $0).rawValue } == [state])
  }
}
