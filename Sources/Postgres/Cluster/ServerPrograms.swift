import FoundationEssentials
import Glibc

/// Where `initdb`, `pg_ctl` and `postgres` are.
struct ServerPrograms: Equatable {
  let folder: String
  /// The major version.
  let version: Int

  static let oldestVersion = 14

  func path(_ program: String) -> String { "\(folder)/\(program)" }

  /// The first of: PATH, `pg_config --bindir`, the newest under /usr/lib/postgresql.
  ///
  /// - Parameter required: the version that made the data, which no other can read.
  static func find(version required: Int? = nil, candidates: [String]? = nil) throws -> ServerPrograms {
    var seen: [ServerPrograms] = []
    for folder in candidates ?? Self.candidates {
      guard ["initdb", "pg_ctl", "postgres"].allSatisfy({ access("\(folder)/\($0)", X_OK) == 0 }) else { continue }
      guard let version = try version(of: folder) else { continue }
      let programs = ServerPrograms(folder: folder, version: version)
      if version == required || (required == nil && version >= oldestVersion) { return programs }
      seen.append(programs)
    }
    throw notFound(required, seen)
  }

  private static func notFound(_ required: Int?, _ seen: [ServerPrograms]) -> PostgresError {
    let found = seen.map { "version \($0.version) in \($0.folder)" }.joined(separator: ", ")
    if let required {
      return PostgresError(
        .cluster,
        "the private database was made by PostgreSQL \(required), whose server programs were not found"
          + (found.isEmpty ? "" : " (only \(found))") + ": install postgresql-\(required), or set DATABASE_URL")
    }
    if !seen.isEmpty {
      return PostgresError(
        .cluster,
        "PostgreSQL \(oldestVersion) or newer is needed, but there is only \(found): install it, or set DATABASE_URL")
    }
    return PostgresError(
      .cluster,
      "PostgreSQL's server programs were not found (on PATH, by pg_config, under /usr/lib/postgresql): "
        + "install postgresql, or set DATABASE_URL")
  }

  private static var candidates: [String] {
    var folders = SearchPath.folders
    if let folder = folders.first(where: { access("\($0)/pg_config", X_OK) == 0 }),
      let outcome = try? ChildProcess("\(folder)/pg_config", ["--bindir"]).run(), outcome.status == 0
    {
      folders.append(outcome.output.trimmingSpaces)
    }
    let root = "/usr/lib/postgresql"
    // No such folder is no candidate.
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    return folders + versions.compactMap { Int($0) }.sorted(by: >).map { "\(root)/\($0)/bin" }
  }

  /// From `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`, or `16beta1`.
  private static func version(of folder: String) throws -> Int? {
    let outcome = try ChildProcess("\(folder)/postgres", ["--version"]).run()
    guard outcome.status == 0, let mark = outcome.output.firstRange(of: "(PostgreSQL) ") else { return nil }
    return Int(outcome.output[mark.upperBound...].prefix(while: \.isNumber))
  }
}
