import FoundationEssentials
import Glibc
import Testing

@testable import Postgres

@Suite struct ServerProgramsTests {
  /// A folder with programs that only know their version. A shell writes them: a file that we had open for writing when
  /// another test forked could not be run.
  private func pretend(_ versions: [Int]) throws -> (TemporaryFolder, [String]) {
    let folder = try TemporaryFolder()
    let folders = try versions.map { version in
      let path = "\(folder.path)/\(version)"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      for program in ["initdb", "pg_ctl", "postgres"] {
        let file = "\(path)/\(program)"
        let script = "#!/bin/sh\necho 'postgres (PostgreSQL) \(version).3 (Debian)'\n"
        _ = try ChildProcess("/bin/sh", ["-c", "cat > \(file); chmod 755 \(file)"]).run(input: script)
      }
      return path
    }
    return (folder, folders)
  }

  @Test func theFirstThatIsNewEnoughIsTaken() throws {
    let (folder, candidates) = try pretend([13, 16, 15])
    let nowhere = ["/nonexistent"]
    #expect(try ServerPrograms.find(candidates: nowhere + candidates).version == 16)
    #expect(try ServerPrograms.find(version: 15, candidates: candidates).folder == candidates[2])
    withExtendedLifetime(folder) {}
  }

  @Test func whatIsMissingIsNamed() throws {
    let (folder, candidates) = try pretend([13])
    func message(_ version: Int?, _ candidates: [String]) -> String {
      do { return "\(try ServerPrograms.find(version: version, candidates: candidates))" } catch { return "\(error)" }
    }
    #expect(message(nil, []).contains("were not found") && message(nil, []).contains("install postgresql"))
    #expect(message(nil, candidates).hasPrefix("PostgreSQL 14 or newer is needed, but there is only version 13"))
    #expect(message(15, candidates).contains("made by PostgreSQL 15") && message(15, []).contains("postgresql-15"))
    withExtendedLifetime(folder) {}
  }

  @Test func theInstalledOnesAreFound() throws {
    #expect(try ServerPrograms.find().version >= ServerPrograms.oldestVersion)
  }
}
