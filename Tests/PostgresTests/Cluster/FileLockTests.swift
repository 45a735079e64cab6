import Testing

@testable import Postgres

@Suite struct FileLockTests {
  @Test func oneHolderAtATime() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/lock"
    do {
      let lock = try FileLock(path: path)
      let error = #expect(throws: PostgresError.self) { try FileLock(path: path, patience: .milliseconds(30)) }
      #expect(error?.kind == .cluster)
      withExtendedLifetime(lock) {}
    }
    // A process that another test is starting can hold a copy of the descriptor for a moment.
    _ = try FileLock(path: path, patience: .seconds(20))
  }
}
