import FoundationEssentials
import SettleModel
import SettleStore
import Synchronization
import Testing

@testable import SettlePipeline

@Suite struct AnswerRecorderTests {
  /// Groups as they were recorded.
  private final class Groups: Sendable {
    private let sizes = Mutex<[Int]>([])
    var all: [Int] { sizes.withLock { $0 } }
    func add(_ size: Int) { sizes.withLock { $0.append(size) } }
  }

  private struct Refused: Error {}

  private static let answer = AttemptResult(
    payment: PaymentID(rawValue: UUID()), attempt: 1,
    outcome: .open(why: "a time-out", lookUp: false, processorPayment: nil))

  private func recorder(spacing: Duration, _ groups: Groups) -> AnswerRecorder {
    AnswerRecorder(spacing: spacing, record: { groups.add($0.count) }, advanced: { _ in })
  }

  /// The first goes at once, whatever comes after it.
  @Test func theRestGathersUntilTheEnd() async throws {
    let groups = Groups()
    let recorder = recorder(spacing: .seconds(3_600), groups)
    try await recorder.add(Self.answer)
    while groups.all.isEmpty { await Task.yield() }
    for _ in 0..<10 { try await recorder.add(Self.answer) }
    try await recorder.finish()
    #expect(groups.all == [1, 10])
    #expect(await recorder.tally.unknown == 11)
    #expect(await recorder.unrecorded == 0)
  }

  @Test func aFullGroupWaitsForNobody() async throws {
    let groups = Groups()
    let recorder = recorder(spacing: .seconds(3_600), groups)
    try await recorder.add(Self.answer)
    while groups.all.isEmpty { await Task.yield() }
    for _ in 0..<AnswerRecorder.full { try await recorder.add(Self.answer) }
    while groups.all.count < 2 { await Task.yield() }
    #expect(groups.all == [1, AnswerRecorder.full])
  }

  @Test func groupsGoByThemselvesWhenTheirTimeHasCome() async throws {
    let groups = Groups()
    let recorder = recorder(spacing: .milliseconds(1), groups)
    for count in 1...3 {
      try await recorder.add(Self.answer)
      while groups.all.count < count { await Task.yield() }
    }
    #expect(groups.all == [1, 1, 1])
  }

  @Test func whatCannotBeStoredIsToldAsUnrecorded() async throws {
    let recorder = AnswerRecorder(spacing: .zero, record: { _ in throw Refused() }, advanced: { _ in })
    try await recorder.add(Self.answer)
    await #expect(throws: Refused.self) { try await recorder.finish() }
    await #expect(throws: Refused.self) { try await recorder.add(Self.answer) }
    #expect(await recorder.unrecorded == 2)
    #expect(await recorder.tally.unknown == 0)
  }
}
