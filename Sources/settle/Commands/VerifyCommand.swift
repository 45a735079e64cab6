import ArgumentParser
import Foundation
import Glibc
import Postgres
import SettlePipeline
import SettleStore

struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Proves that the audit trail is whole and that no money was lost or made.",
    discussion: """
      Looks at the whole store as it is at one instant, changes nothing, needs the reader's rights only, and may run \
      while a night runs. One line a check: ok or FAIL, with how many things are wrong, the first few of them, and what \
      to do next.

      Each run ends with a seal: one hash over all that the trail says up to then; a run that changed nothing names the \
      last one. It stands in run_results.json. Keep \
      those files where nobody who can change the database can change them, and give them to --results: a store that was \
      rewritten as a whole, or cut short, is found by that alone.

      Ends with 0 where everything holds and with 1 where a check fails; otherwise as other commands do (65: a results \
      file cannot be read).

      EXAMPLES
        settle verify
        settle verify --results reports/2026-11-20/run_results.json --json
      """)

  @Option(help: ArgumentHelp("A run_results.json that was kept. May be repeated.", valueName: "file"))
  var results: [String] = []

  @Flag(help: "Print JSON.")
  var json = false

  func run() async throws {
    let kept = try results.map { (source: $0, seal: try KeptSeal.read($0)) }
    let json = json
    // Nothing is migrated here: a store is judged as it is.
    let (checks, seal) = try await Settings().withFoundStore(schema: .asItIs, connections: 1) { store in
      try await store.checkSchema()
      return try await store.pool.rolledBack { db in
        try db.lookOnly()
        return (try Self.look(db, kept: kept, telling: !json), try db.latestSeal())
      }
    }
    if json { try Console.line(Self.json(checks, seal).pretty) }
    if !checks.allSatisfy(\.holds) { throw Ended(status: .exceeded) }
    if !json { try Console.line("everything holds" + (seal.map { "; seal \($0.number) \($0.hash)" } ?? "")) }
  }

  private static func look(
    _ db: Session, kept: [(source: String, seal: AuditSeal)], telling: Bool
  ) throws -> [CheckResult] {
    let isTerminal = Console.isTerminal(STDERR_FILENO)
    var screen = ProgressScreen(isTerminal ? .terminal(width: Console.width) : .lines, style: Style(for: STDERR_FILENO))
    let style = Style.ofOutput
    let width = StoreCheck.all.map(\.name.count).max() ?? 0
    var results: [CheckResult] = []
    func tell(_ result: CheckResult) throws {
      results.append(result)
      Console.raw(screen.end())
      if telling { for line in VerifyText.lines(result, style, width: width) { try Console.line(line) } }
    }
    for check in StoreCheck.all {
      // Without a bar to draw, one line says that it has begun.
      if isTerminal || results.isEmpty {
        Console.raw(screen.begin("verify", of: Int64(StoreCheck.all.count), unit: "checks (\(check.name))", at: .now))
      }
      Console.raw(screen.advance(to: Int64(results.count), of: nil, at: .now))
      try tell(try db.verify(check))
    }
    if !kept.isEmpty { try tell(try db.verify(kept: kept)) }
    return results
  }

  static func json(_ checks: [CheckResult], _ seal: AuditSeal?) -> OrderedJSON {
    .object([
      .init(
        "checks",
        .array(
          checks.map { check in
            .object([
              .init("counted", .integer(check.counted)), .init("examples", .array(check.examples.map { .string($0) })),
              .init("holds", .bool(check.holds)), .init("name", .string(check.name)), .init("note", .text(check.note)),
              .init("remedy", check.holds ? .null : .string(check.remedy)), .init("says", .string(check.says)),
              .init("wrong", .integer(check.wrong)),
            ])
          })),
      .init("holds", .bool(checks.allSatisfy(\.holds))),
      .init(
        "seal",
        seal.map { .object([.init("number", .integer($0.number)), .init("sha256", .string($0.hash))]) } ?? .null),
    ])
  }
}

/// A check's outcome, as a person reads it.
enum VerifyText {
  static func lines(_ check: CheckResult, _ style: Style, width: Int) -> [String] {
    let name = check.name + String(repeating: " ", count: max(0, width - check.name.count))
    let head = "\(style(check.holds ? "ok  " : "FAIL", check.holds ? .green : .red))  \(name)"
    let note = check.note.map { " (\($0))" } ?? ""
    guard !check.holds else { return ["\(head)  \(check.counted): \(check.says)\(note)"] }
    let examples = check.examples.map(\.printable).joined(separator: ", ")
    let more = check.wrong > Int64(check.examples.count) ? ", …" : ""
    return [
      "\(head)  \(check.wrong) of \(check.counted): not so that \(check.says)\(note)", "      \(examples)\(more)",
      "      \(check.remedy)",
    ]
  }
}

/// The seal that a `run_results.json` names.
enum KeptSeal {
  private struct Results: Decodable {
    struct Seal: Decodable {
      var number: Int64
      var sha256: String
    }
    var seal: Seal?
  }

  static func read(_ path: String) throws -> AuditSeal {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Failure(status: .inputRefused, message: "\(path) cannot be read: name a run_results.json that a run wrote")
    }
    guard let results = try? JSONDecoder().decode(Results.self, from: data) else {
      throw Failure(status: .inputRefused, message: "\(path) is no run_results.json: name one that a run wrote")
    }
    guard let seal = results.seal else {
      throw Failure(
        status: .inputRefused,
        message: "\(path) names no seal: its run was a dry one, could not seal, or was of an older settle; leave it out"
      )
    }
    return AuditSeal(number: seal.number, hash: seal.sha256)
  }
}
