import Postgres
import SettleModel
import SettleTesting
import Testing

@testable import SettleStore

/// The smallest story of each break: what opens it, that it stays itself from night to night, and what explains it.
@Suite struct BreakReasonTests {
  private func line(_ plot: BreakPlot, _ status: String) -> String {
    let words = plot.difference.split(separator: " ", maxSplits: 1)
    return "\(plot.reason.rawValue) \(words[0]) \(status) \(words[1])"
  }

  private func find(
    _ plot: BreakPlot, _ story: Story
  ) async throws -> (id: BreakID, line: String, firstSeen: BusinessDate)? {
    let rows = try await story.breakRows()
    let lines = try await story.breaks()
    return rows.firstIndex { $0.reason == plot.reason }.map { (rows[$0].id, lines[$0], rows[$0].firstSeen) }
  }

  @Test(arguments: BreakPlot.all)
  func opensStaysAndExplainsItself(_ plot: BreakPlot) async throws {
    try await Story.tell { story in
      try await plot.opening(story)
      try await plot.reconcile(story)
      let breaks = try await story.breaks()
      let found = try #require(try await find(plot, story), "no such break: \(breaks)")
      #expect(found.line == line(plot, "open"))
      #expect(found.firstSeen == (await story.date))
      try await nothingIsLeftToDo(story, plot)

      await story.next()
      try await plot.reconcile(story)
      let later = try #require(try await find(plot, story))
      #expect((later.id, later.line, later.firstSeen) == (found.id, found.line, found.firstSeen))

      guard let explanation = plot.explanation else { return }
      await story.next()
      try await explanation(story)
      try await plot.reconcile(story)
      let explained = try #require(try await find(plot, story))
      #expect((explained.id, explained.line) == (found.id, line(plot, "resolved")))
      try await nothingIsLeftToDo(story, plot)

      // On the date after, the report has forgotten it.
      await story.next()
      try await plot.reconcile(story)
      let rows = try await story.breakRows()
      #expect(!rows.contains { $0.id == found.id })
    }
  }

  /// A second reconciliation, at another time of the night, changes no row of any table.
  private func nothingIsLeftToDo(_ story: Story, _ plot: BreakPlot) async throws {
    _ = try await story.totals()
    let before = try await story.fingerprint()
    var counts = try await plot.reconcile(story)
    // What is judged is counted each time.
    (counts.fees, counts.rates) = (nil, nil)
    #expect(counts == ReconcileCounts())
    #expect(try await story.fingerprint() == before)
  }

  @Test func everyReasonHasAPlot() {
    let told = Set(BreakPlot.all.map(\.reason))
    #expect(BreakReason.allCases.filter { !told.contains($0) } == [])
  }
}
