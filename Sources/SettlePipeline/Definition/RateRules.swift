import Foundation
import SettleModel

extension RatePolicy {
  /// Reads `reconcile.fx`. A rates file is resolved beside the pipeline file.
  init(_ place: YAMLPlace) throws {
    let keys = try place.mapping(of: ["tolerance", "rates"])
    self.init(tolerance: try keys["tolerance"]?.percent() ?? .zero)
    guard let rates = keys["rates"] else {
      // Against what it should hold, nobody has said.
      if let place = keys["tolerance"] {
        throw place.refusal("holds for reference rates alone; name them with rates, or leave the tolerance out")
      }
      return
    }
    references = rates.isText ? try RatesFile(rates).references : try Self.inline(rates)
  }

  /// `{ EUR/USD: "1.0850" }`, for all days.
  private static func inline(_ place: YAMLPlace) throws -> [ReferenceRate] {
    let places = try place.mapping { key in
      ReferenceRate.Pair(key) == nil ? "is no pair of currencies; write one such as EUR/USD" : nil
    }
    var seen: Set<ReferenceRate.Pair> = []
    return try places.sorted { $0.key < $1.key }.compactMap { key, place in
      guard let pair = ReferenceRate.Pair(key) else { return nil }
      guard seen.insert(pair).inserted, !seen.contains(pair.reversed) else {
        throw place.refusal("is given the other way round as well; keep one")
      }
      let text = try place.text()
      guard place.isQuoted else { throw place.refusal("write the rate in quotes, such as \"1.0850\"") }
      guard let rate = ExchangeRate(text) else {
        throw place.refusal("\"\(text)\" is no rate; write a positive decimal number such as \"1.0850\"")
      }
      return ReferenceRate(pair: pair, rate: rate)
    }
  }
}

extension ReferenceRate.Pair {
  /// `EUR/USD`: what one EUR is in USD.
  fileprivate init?(_ text: String) {
    let codes = text.split(separator: "/", omittingEmptySubsequences: false)
    guard codes.count == 2, let from = Currency(codes[0]), let to = Currency(codes[1]), from != to else { return nil }
    self.init(from: from, to: to)
  }
}

/// Reference rates of single days: a small CSV of `date,from,to,rate`.
private struct RatesFile {
  private(set) var references: [ReferenceRate] = []
  private let path: String

  static let header = "date,from,to,rate"
  /// Thirty currencies for ten years; whoever has more has named another file.
  private static let mostBytes = 8_000_000

  init(_ place: YAMLPlace) throws {
    let name = try place.text()
    path = PipelineDefinition.resolve(name, besideFile: place.file)
    guard let data = FileManager.default.contents(atPath: path) else {
      throw place.refusal("\(path) cannot be read; name a CSV file of \(Self.header)")
    }
    guard data.count <= Self.mostBytes, let text = String(validating: data, as: UTF8.self) else {
      throw place.refusal("\(path) is no UTF-8 text of at most \(Self.mostBytes / 1_000_000) MB")
    }
    try read(text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...])
  }

  private mutating func read(_ text: Substring) throws {
    let rows = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    guard rows.first.map(String.init) == Self.header else { throw refusal(1, "must begin with \(Self.header)") }
    var seen: Set<Key> = []
    for (index, row) in rows.enumerated().dropFirst() where !row.isEmpty {
      let reference = try reference(row, line: index + 1)
      let (date, pair) = (reference.date, reference.pair)
      guard !seen.contains(Key(date: date, pair: pair.reversed)), seen.insert(Key(date: date, pair: pair)).inserted
      else { throw refusal(index + 1, "has this pair of this day a second time; keep one") }
      references.append(reference)
    }
  }

  private struct Key: Hashable {
    var date: BusinessDate?
    var pair: ReferenceRate.Pair
  }

  private func reference(_ row: Substring, line: Int) throws -> ReferenceRate {
    let fields = row.split(separator: ",", omittingEmptySubsequences: false)
    guard fields.count == 4 else { throw refusal(line, "has \(fields.count) fields; write \(Self.header)") }
    guard let date = BusinessDate(fields[0]) else {
      throw refusal(line, "\"\(fields[0])\" is no date; write one such as 2026-11-20")
    }
    guard let pair = ReferenceRate.Pair("\(fields[1])/\(fields[2])") else {
      throw refusal(line, "\"\(fields[1])\" and \"\(fields[2])\" are no pair of ISO 4217 currencies")
    }
    guard let rate = ExchangeRate(fields[3]) else {
      throw refusal(line, "\"\(fields[3])\" is no rate; write a positive decimal number such as 1.0850")
    }
    return ReferenceRate(date: date, pair: pair, rate: rate)
  }

  private func refusal(_ line: Int, _ message: String) -> PipelineFileError {
    PipelineFileError(file: path, line: line, message: message)
  }
}
