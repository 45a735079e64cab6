import SettleModel

/// What will happen, in order of virtual time; what falls on one instant happens in the order of its planning.
struct Agenda {
  struct Entry {
    var at: Int64
    var order: Int
    /// Whose step it is; nothing happens in a run that is dead, and later in one that is paused.
    var run: SimulatedRun?
    var action: () -> Void
  }

  private var heap: [Entry] = []
  private var planned = 0

  var isEmpty: Bool { heap.isEmpty }
  var nextTime: Int64? { heap.first?.at }

  mutating func add(at microseconds: Int64, run: SimulatedRun?, _ action: @escaping () -> Void) {
    planned += 1
    heap.append(Entry(at: microseconds, order: planned, run: run, action: action))
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard comesBefore(heap[child], heap[parent]) else { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  mutating func take() -> Entry? {
    guard let last = heap.popLast() else { return nil }
    guard let first = heap.first else { return last }
    heap[0] = last
    var parent = 0
    while true {
      let left = 2 * parent + 1
      guard left < heap.count else { break }
      let right = left + 1
      let child = right < heap.count && comesBefore(heap[right], heap[left]) ? right : left
      guard comesBefore(heap[child], heap[parent]) else { break }
      heap.swapAt(child, parent)
      parent = child
    }
    return first
  }

  private func comesBefore(_ left: Entry, _ right: Entry) -> Bool {
    left.at < right.at || left.at == right.at && left.order < right.order
  }
}
