import SettleFiles
import SettleModel
import SettleStore
import Testing

@testable import SettlePipeline

@Suite struct StageOrderTests {
  private static func result(
    _ stage: StageName, _ status: StageStatus, _ exit: SettlePipeline.ExitStatus, _ database: DatabaseTrouble? = nil
  ) -> StageResult {
    var result = StageResult(
      stage: stage, status: status, startedAt: Timestamp(seconds: 0), finishedAt: Timestamp(seconds: 0))
    result.exitStatus = exit
    result.database = database
    return result
  }

  /// An import that refused files, of which so much is known.
  private static func refusing(_ kinds: Layout.Kind?...) -> StageResult {
    var result = result(.importing, .failed, .inputRefused)
    result.files = kinds.map { kind in
      FileResult(
        path: "a", sha256: nil, layout: nil, counts: FileCounts(read: 0, accepted: 0, quarantined: 0, ignored: 0),
        status: .refused, kind: kind)
    }
    return result
  }

  /// What came before, the stage that is next, and words of the reason why it is left out (nil where it runs).
  private static let table: [(StageResult, StageName, String?)] = [
    (result(.charge, .failed, .unavailable), .importing, nil),
    (result(.charge, .failed, .unavailable), .refund, "the processor could not be asked"),
    (result(.charge, .failed, .unavailable, .away), .importing, nil),
    (result(.charge, .failed, .unavailable, .away), .refund, nil),
    (result(.charge, .failed, .unavailable, .damaged), .importing, "its own files"),
    (result(.charge, .skipped, .done, .away), .report, "the database cannot be reached"),
    (result(.ingest, .failed, .unavailable, .away), .charge, "ingest lost the database"),
    (result(.importing, .failed, .inputRefused), .reconcile, nil),
    (result(.importing, .failed, .inputRefused), .refund, "an outcome file was refused"),
    (refusing(.outcomes), .refund, "an outcome file was refused"),
    (refusing(.statement), .refund, nil), (refusing(.statement, .statement), .refund, nil),
    (refusing(.statement, .outcomes), .refund, "an outcome file was refused"),
    (refusing(.statement, nil), .refund, "an outcome file was refused"),
    (result(.reconcile, .failed, .defect), .report, "reconcile failed"),
    (result(.charge, .failed, .tryLater), .report, nil),
  ]

  @Test(arguments: table.indices)
  func whatAFailureLeavesToDo(index: Int) {
    let (before, stage, words) = Self.table[index]
    let why = StageOrder.reasonToSkip(stage, after: [before])
    #expect((why == nil) == (words == nil), "\(why ?? "it runs")")
    if let words { #expect(why?.contains(words) == true, "\(why ?? "it runs")") }
  }
}
