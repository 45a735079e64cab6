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
    _ = try FileLock(path: path, patience: .zero)
  }
}
