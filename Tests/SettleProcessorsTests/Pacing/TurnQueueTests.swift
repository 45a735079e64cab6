import Testing

@testable import SettleProcessors

@Suite(.timeLimit(.minutes(1)))
struct TurnQueueTests {
  /// Waits until so many tasks stand in the queue.
  private func untilWaiting(_ count: Int, in queue: TurnQueue) async {
    while queue.waitingCount < count { await Task.yield() }
  }

  @Test func servesInOrderOfArrival() async throws {
    let queue = TurnQueue(places: 1)
    let served = Shared<[Int]>([])
    try await queue.enter()
    try await withThrowingTaskGroup { group in
      for number in 0..<20 {
        group.addTask {
          try await queue.enter()
          served.withLock { $0.append(number) }
          queue.leave()
        }
        await untilWaiting(number + 1, in: queue)
      }
      queue.leave()
      try await group.waitForAll()
    }
    #expect(served.withLock { $0 } == Array(0..<20))
  }

  @Test(arguments: [1, 2, 7])
  func letsOnlySoManyIn(places: Int) async throws {
    let queue = TurnQueue(places: places)
    let inside = Shared((now: 0, most: 0))
    try await withThrowingTaskGroup { group in
      for _ in 0..<50 {
        group.addTask {
          try await queue.enter()
          inside.withLock {
            $0.now += 1
            $0.most = max($0.most, $0.now)
          }
          while inside.withLock({ $0.most }) < places { await Task.yield() }
          inside.withLock { $0.now -= 1 }
          queue.leave()
        }
      }
      try await group.waitForAll()
    }
    #expect(inside.withLock { $0.most } == places)
  }

  @Test func letsMoreInWhenItGrowsAndFewerWhenItShrinks() async throws {
    let queue = TurnQueue(places: 2)
    let served = Shared<[Int]>([])
    for _ in 0..<2 { try await queue.enter() }
    queue.resize(to: 1)
    try await withThrowingTaskGroup { group in
      for number in 0..<4 {
        group.addTask {
          try await queue.enter()
          served.withLock { $0.append(number) }
        }
        await untilWaiting(number + 1, in: queue)
      }
      queue.leave()
      #expect(queue.waitingCount == 4, "one is still in, and there is one place")
      queue.leave()
      #expect(queue.waitingCount == 3)
      queue.resize(to: 3)
      #expect(queue.waitingCount == 1)
      queue.resize(to: 4)
      try await group.waitForAll()
    }
    #expect(served.withLock { $0.sorted() } == [0, 1, 2, 3])
  }

  @Test func letsTheCancelledGoAndKeepsTheRest() async throws {
    let queue = TurnQueue(places: 1)
    try await queue.enter()
    let cancelled = Task { try await queue.enter() }
    await untilWaiting(1, in: queue)
    let patient = Task {
      try await queue.enter()
      queue.leave()
    }
    await untilWaiting(2, in: queue)
    cancelled.cancel()
    await #expect(throws: CancellationError.self) { try await cancelled.value }
    queue.leave()
    try await patient.value
    #expect(queue.waitingCount == 0)
    try await queue.enter()
  }

  @Test func refusesTheAlreadyCancelled() async {
    let queue = TurnQueue(places: 1)
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      try await queue.enter()
    }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}
