/// Where a run's progress is shown. Calls may come from several tasks at once.
package protocol ProgressSink: Sendable {
  /// A stage starts; `total` is how much it has to do, where that is known.
  func begin(_ stage: StageName, of total: Int64?, unit: String)
  /// So much is done.
  func advance(_ stage: StageName, to done: Int64, of total: Int64?)
  /// Something a person should know while it goes on.
  func note(_ stage: StageName, _ message: String)
  func finish(_ stage: StageName, summary: String)
}

/// Shows nothing.
package struct NoProgress: ProgressSink {
  package init() {}
  package func begin(_ stage: StageName, of total: Int64?, unit: String) {}
  package func advance(_ stage: StageName, to done: Int64, of total: Int64?) {}
  package func note(_ stage: StageName, _ message: String) {}
  package func finish(_ stage: StageName, summary: String) {}
}
