import Foundation
import Postgres
import SettleStore

/// Files full of wrong rows and wrong bytes: each row is accounted for, nothing dies, memory stays bounded, no card
/// number comes to rest anywhere, and what goes out runs in no spreadsheet.
struct HostileRows: Fault {
  let name = "files-hostile"
  let summary = "NUL, bad UTF-8, 10 MB field, CR only, BOM, wrong columns, huge numbers, formulas, cards"

  /// A debug build's own code takes a good part of it.
  private static let mostKibibytes = 220 * 1_024

  func worlds(_ effort: Effort) -> Int { effort == .full ? 10 : 1 }

  func run(world number: Int, in setting: Setting) async throws -> Trial {
    var random = setting.random(name, world: number)
    let cards = TestCards(8, &random)
    let rows = setting.effort == .full ? 25_000 : 5_000
    var count = 0
    let violations = try await FileWorld.with(setting, named: name) { world in
      var expected: [String: Int] = [:]
      for kind in SampleFile.Kind.allCases {
        let path = "\(kind.folder)/hostile-\(kind.rawValue).\(kind.ending)"
        expected[path] = try Self.write(kind, rows: rows, named: "H\(number)", cards, &random, in: world)
      }
      for poison in PoisonFiles.all(cards, &random) {
        try world.put(poison.bytes, in: "authorizations", as: poison.name)
        expected["authorizations/\(poison.name)"] = 0
      }
      count = expected.values.reduce(0, +)
      let ended = try await world.run(within: .seconds(900))
      return FileWorld.died(ended) + Self.unaccounted(ended.filesOut, expected) + Self.memory(ended)
        + Self.formulas(ended.filesOut) + (try await Self.cards(cards, ended, world))
    }
    return Trial(count: count, violations: violations)
  }

  /// Returns how many records the file has.
  private static func write(
    _ kind: SampleFile.Kind, rows: Int, named: String, _ cards: TestCards, _ random: inout SeededRandom,
    in world: FileWorld
  ) throws -> Int {
    var writer = HostileRow(cards, named: "\(named)\(kind.rawValue.prefix(1))", SeededRandom(seed: random.next()))
    var bytes: [UInt8] = Bool.random(using: &random) ? [0xEF, 0xBB, 0xBF] : []
    let header = HostileRow.header(kind)
    if !header.isEmpty { bytes += Array((header.joined(separator: ",") + "\n").utf8) }
    for _ in 0..<rows { bytes += Array(writer.next(kind).utf8) }
    // One field that no row should have, in a row that is told of all the same.
    let huge = [UInt8](repeating: UInt8(ascii: "x"), count: 10_000_000)
    bytes += header.isEmpty ? Array("{\"cartId\":\"".utf8) + huge + Array("\"}\n".utf8) : huge + Array(",1,USD\n".utf8)
    try world.put(bytes, in: kind.folder, as: "hostile-\(kind.rawValue).\(kind.ending)")
    return rows + 1
  }

  private static func unaccounted(_ out: FilesOut, _ expected: [String: Int]) -> [Violation] {
    var found: [Violation] = []
    let told = Dictionary(out.filesIn.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    for (path, rows) in expected.sorted(by: { $0.key < $1.key }) {
      guard let file = told[path] else {
        found.append(Violation(.rows, "\(path) is not told of"))
        continue
      }
      if file.read != rows { found.append(Violation(.rows, "\(path) has \(rows) rows, and \(file.read) were read")) }
      if file.read != file.accepted + file.quarantined + file.ignored {
        found.append(Violation(.rows, "\(path): \(file.read) rows were read, and those told of are not as many"))
      }
    }
    return found
  }

  private static func memory(_ ended: FileWorld.Ended) -> [Violation] {
    guard ended.peakKibibytes > 0 else { return [Violation(.rows, "nobody saw how much memory the run held")] }
    guard ended.peakKibibytes > mostKibibytes else { return [] }
    return [Violation(.rows, "the run held \(ended.peakKibibytes / 1_024) MiB at its peak")]
  }

  private static func formulas(_ out: FilesOut) -> [Violation] {
    out.files.keys.sorted().filter { $0.hasSuffix(".csv") }.compactMap { name in
      guard let formula = out.table(name)?.formulas.first else { return nil }
      return Violation(.rows, "\(name) has a cell that a spreadsheet would run: \(formula.prefix(12))")
    }
  }

  /// In every table, in every file out, and in what was said. Here the harness looks at settle's tables: what rests in
  /// them is the very thing in question.
  private static func cards(_ cards: TestCards, _ ended: FileWorld.Ended, _ world: FileWorld) async throws
    -> [Violation]
  {
    var found: [Violation] = []
    for (name, data) in ended.filesOut.files.sorted(by: { $0.key < $1.key }) where cards.found(in: data) > 0 {
      found.append(Violation(.cards, "\(name) holds a card number"))
    }
    if cards.found(in: ended.said) > 0 { found.append(Violation(.cards, "the run said a card number")) }
    let pool = Pool(world.database, size: 1)
    do {
      let patterns = cards.numbers.map { "%\($0)%" }
      let tables = try await pool.session { db -> [String] in
        let names: [String] = try db.query(
          """
          SELECT c.relname::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE c.relkind = 'r' AND n.nspname = current_schema() ORDER BY 1
          """
        ) { try $0.get("name") }
        return try names.filter { name in
          let rows: Int64? = try db.first(
            """
            SELECT count(*) AS rows FROM \(identifier: name) t
            WHERE translate(t::text, ' -', '') LIKE ANY(\(patterns))
            """)?.get("rows")
          return rows != 0
        }
      }
      found += tables.map { Violation(.cards, "the table \($0) holds a card number") }
      await pool.close()
    } catch {
      await pool.close()
      throw error
    }
    return found
  }
}
