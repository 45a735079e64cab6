import Foundation

/// The files that settle writes for people, as they lay there at one moment.
struct FilesOut: Sendable {
  /// Content by name; without `run_results.json`, which tells of one run.
  var files: [String: Data]
  /// What `run_results.json` says of the files in.
  var filesIn: [FileIn]

  struct FileIn: Sendable, Decodable {
    var path: String
    var read: Int
    var accepted: Int
    var quarantined: Int
    var ignored: Int
  }

  private struct Results: Decodable {
    var files: [FileIn]
  }

  init(folder: String) throws {
    files = [:]
    filesIn = []
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
      guard let data = FileManager.default.contents(atPath: folder + "/" + name) else { continue }
      if name == "run_results.json" {
        filesIn = try JSONDecoder().decode(Results.self, from: data).files
      } else {
        files[name] = data
      }
    }
  }

  init(files: [String: Data], filesIn: [FileIn] = []) {
    self.files = files
    self.filesIn = filesIn
  }

  /// The same inputs give the same bytes out.
  func difference(from later: FilesOut) -> [Violation] {
    let names = Set(files.keys).union(later.files.keys).sorted()
    return names.filter { files[$0] != later.files[$0] }
      .map { Violation(.bytes, "\($0) differs after a second run without new input") }
  }

  /// Whether each file's rows add up, both sides of the totals, and every charge of the ledger is told of.
  func violations(against ledger: Ledger) -> [Violation] {
    guard let totals = rows("totals.csv"), let matched = rows("matched.csv"), let breaks = rows("breaks.csv") else {
      return [Violation(.known, "there is no report")]
    }
    var found = filesIn.filter { $0.read != $0.accepted + $0.quarantined + $0.ignored }
      .map { Violation(.rows, "\($0.path): \($0.read) rows were read, and those told of are not as many") }
    found += Self.unequal(totals)
    let told = Set((matched + breaks).compactMap { $0["processor_reference"] })
    for charge in ledger.movements where charge.kind == "charge" && charge.anomaly != "missing" {
      if !told.contains(charge.id) { found.append(Violation(.known, "the files do not tell of \(charge.id)")) }
    }
    return found
  }

  /// Each side's `all` is the sum of its other buckets, and what is matched is so on both sides.
  private static func unequal(_ totals: [[String: String]]) -> [Violation] {
    struct Key: Hashable { var side: String, currency: String }
    var all: [Key: (Int, Decimal)] = [:]
    var sums: [Key: (Int, Decimal)] = [:]
    var matched: [String: [String: Decimal]] = [:]
    for row in totals {
      guard let side = row["side"], let currency = row["currency"], let bucket = row["bucket"],
        let count = row["count"].flatMap({ Int($0) }), let amount = row["amount"].flatMap({ Decimal(string: $0) })
      else { return [Violation(.totals, "a row of totals.csv cannot be read")] }
      let key = Key(side: side, currency: currency)
      if bucket == "all" {
        all[key] = (count, amount)
      } else {
        let sum = sums[key] ?? (0, 0)
        sums[key] = (sum.0 + count, sum.1 + amount)
      }
      if bucket == "matched" { matched[currency, default: [:]][side] = amount }
    }
    var found: [Violation] = []
    for (key, total) in all {
      let sum = sums[key] ?? (0, 0)
      if sum != total {
        found.append(Violation(.totals, "\(key.side) \(key.currency): all is not the sum of its buckets"))
      }
    }
    for (currency, sides) in matched where sides["expected"] != sides["reported"] {
      found.append(Violation(.totals, "\(currency): the two sides match differently"))
    }
    return found.sorted { $0.what < $1.what }
  }

  /// The rows of a file as names and values. settle quotes a field only where it must, and no field that is looked at
  /// here ever holds a line end.
  private func rows(_ name: String) -> [[String: String]]? {
    guard let data = files[name] else { return nil }
    let lines = String(decoding: data, as: UTF8.self).replacing("\r\n", with: "\n").split(separator: "\n")
    guard let header = lines.first.map({ Self.fields($0) }) else { return [] }
    return lines.dropFirst().map { line in
      Dictionary(zip(header, Self.fields(line)), uniquingKeysWith: { first, _ in first })
    }
  }

  private static func fields(_ line: Substring) -> [String] {
    var fields = [""]
    var quoted = false
    for character in line {
      switch character {
      case "\"": quoted.toggle()
      case "," where !quoted: fields.append("")
      default: fields[fields.count - 1].append(character)
      }
    }
    return fields
  }
}

extension World {
  func filesOut() throws -> FilesOut { try FilesOut(folder: folder + "/out") }
}
