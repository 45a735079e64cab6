/// Objects in the order they were made, found by id.
struct Shelf<Element: Sendable>: Sendable {
  private(set) var items: [Element] = []
  private var positions: [String: Int] = [:]

  subscript(id: String) -> Element? {
    positions[id].map { items[$0] }
  }

  func position(of id: String) -> Int? {
    positions[id]
  }

  /// Adds a new object, or puts a changed one in its own place; true where it is new.
  @discardableResult
  mutating func put(_ element: Element, id: String) -> Bool {
    if let position = positions[id] {
      items[position] = element
      return false
    }
    positions[id] = items.count
    items.append(element)
    return true
  }
}

/// Things that happen by themselves a fixed time after they began, first begun first.
struct Deadlines: Sendable {
  private var waiting: [(id: String, due: Int64)] = []
  private var next = 0

  mutating func add(_ id: String, due: Int64) {
    waiting.append((id, due))
  }

  /// The next id whose time has come, each once.
  mutating func popDue(at now: Int64) -> String? {
    guard next < waiting.count, waiting[next].due <= now else { return nil }
    defer {
      next += 1
      if next > 1024, next * 2 > waiting.count {
        waiting.removeFirst(next)
        next = 0
      }
    }
    return waiting[next].id
  }
}
