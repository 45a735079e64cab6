import Foundation
package import Postgres
package import SettleModel
package import SettleStore

/// A payment's life in a store of its own, told step by step, so that a test reads as a transcript.
///
/// ```swift
/// try await Story.tell { story in
///   try await story.authorize(.order("A", 1_000))
///   try await story.charge("A")
///   try await story.report(.charge("A", 1_500))
///   try await story.reconcile()
///   #expect(try await story.breaks() == ["amount_mismatch A open 10.00 USD/15.00 USD"])
/// }
/// ```
/// Time is the story's own: each step is a second later, and ``next(days:)`` is another night. Processor ids come from
/// the order: `pi_A`, `ch_A`.
package actor Story {
  package nonisolated let store: Store
  package nonisolated let run: RunIdentity
  package nonisolated let merchant: String
  package nonisolated let processor = "stripe"
  package private(set) var date: BusinessDate
  /// When what a row of a report tells has happened, where the row does not say it.
  package nonisolated let noon: Timestamp
  /// See ``ReconcileTerms``.
  package private(set) var fewLeftovers: Int64 = 1_000
  private var now: Timestamp
  private var files = 0

  private init(_ store: Store, merchant: String, date: BusinessDate) {
    self.store = store
    self.merchant = merchant
    self.date = date
    now = Self.night(date)
    noon = date.startInUTC.adding(.seconds(43_200))
    // The token of a store whose lease nobody has taken yet.
    run = RunIdentity(id: UUID(), fence: Fence(token: 0))
  }

  /// Runs `body` with an empty store.
  package static func tell(
    on date: String = "2026-11-20", merchant: String = "default", _ body: (Story) async throws -> Void
  ) async throws {
    let store = try await StoryStores.shared.take()
    do {
      let story = Story(store, merchant: merchant, date: BusinessDate(date) ?? BusinessDate(daysSinceEpoch: 0))
      try await story.begin()
      try await body(story)
    } catch {
      await StoryStores.shared.giveBack(store)
      throw error
    }
    await StoryStores.shared.giveBack(store)
  }

  /// The same with a store that the test has made.
  package static func tell(in store: Store, on date: BusinessDate, _ body: (Story) async throws -> Void) async throws {
    let story = Story(store, merchant: "default", date: date)
    try await story.begin()
    try await body(story)
  }

  /// Dates are swept by the share of them that is settled, however few their items are.
  package func sweepByShareAlone() { fewLeftovers = 0 }

  /// Batches belong to a run, so there is one.
  private func begin() async throws {
    let record = RunRecord(
      id: run.id, pipeline: "story", date: date, arguments: [], stages: ["charge"], version: "test")
    let (fence, start) = (run.fence, now)
    try await write { db in try db.begin(record, fence: fence, at: start) }
  }

  /// What this step's writes have in common. Each call is a second later than the one before.
  package func context() -> LoadContext {
    now = now.adding(.seconds(1))
    return LoadContext(merchant: merchant, processor: processor, date: date, now: now)
  }

  /// The instant of the last step.
  package var instant: Timestamp { now }

  /// Goes on to the night of a later (or, for a replay, an earlier) business date.
  package func next(days: Int = 1) {
    date = date.adding(days: days)
    // A night that lasted long is not followed by an earlier instant.
    now = days > 0 ? max(Self.night(date), now.adding(.seconds(1))) : Self.night(date)
  }

  /// Lets time pass within a night.
  package func wait(_ duration: Duration) { now = now.adding(duration) }

  /// Half past one in the morning after the date, as cron has it.
  private static func night(_ date: BusinessDate) -> Timestamp {
    date.adding(days: 1).startInUTC.adding(.seconds(5_400))
  }

  /// One fenced transaction of the story's run.
  @discardableResult
  package nonisolated func write<T: Sendable>(_ body: @Sendable (Session) throws -> T) async throws -> T {
    try await store.write(run.fence, body)
  }

  package nonisolated func read<T: Sendable>(_ body: @Sendable (Session) throws -> T) async throws -> T {
    try await store.pool.transaction(body)
  }

  /// Empties the store, so that one test can tell many short stories.
  package func forget() async throws {
    try await store.forget()
    try await begin()
  }

  /// A new file; `name` also stands for its bytes.
  func file(_ name: String?, layout: String) -> FileIdentity {
    files += 1
    let name = name ?? "\(layout)-\(files).csv"
    return FileIdentity(sha256: Self.digest(of: name), name: name, bytes: Int64(name.utf8.count), layout: layout)
  }

  /// Sixty-four hexadecimal digits that differ from name to name.
  package static func digest(of name: String) -> String {
    let parts = ["first", "second"].map { OutcomeID(naming: "file", name, $0).description.filter { $0 != "-" } }
    return parts.joined()
  }

  package nonisolated func payment(_ order: String) -> PaymentID { PaymentID(merchant: merchant, order: order) }
}
