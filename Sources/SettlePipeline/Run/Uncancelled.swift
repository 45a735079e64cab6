/// Work that must be finished although its task was cancelled: recording what happened, giving back what was taken.
enum Uncancelled {
  static func run<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
    try await Task { try await body() }.value
  }
}
