import Foundation

/// The harness's one table, as text for people and as JSON for machines. Floating numbers in it are times and
/// probabilities, never money.
struct ScoreTable: Sendable, Codable {
  var effort: String
  var seed: UInt64
  var scores: [Score] = []
  var catches: [Catch] = []
  var seconds = 0.0

  /// Nothing broken, every seeded defect caught, and something tried by every fault.
  var isGood: Bool {
    scores.allSatisfy { $0.violations.isEmpty && $0.trials > 0 } && catches.allSatisfy { $0.seen != nil }
  }

  func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return try encoder.encode(self)
  }

  var text: String {
    var text = ""
    if !scores.isEmpty {
      text += Self.aligned([Self.header] + scores.map(row))
      text += "\nin flight: kills that landed while the killed process had a call to the processor under way.\n"
      text += scores.map(\.claim).joined()
    }
    for score in scores { text += reproductions(score) }
    if !catches.isEmpty {
      text +=
        "\n"
        + Self.aligned(
          [["seeded defect", "fault", "trials", "caught by the ledger"]]
            + catches.map { found in
              [found.name, found.fault, "\(found.trials)", found.seen ?? "NOT CAUGHT"]
            })
    }
    return text + "\n\(isGood ? "All holds" : "NOT ALL HOLDS"), in \(Int(seconds)) s; --\(effort) --seed \(seed)\n"
  }

  private static let header =
    ["fault", "trials", "in flight"] + Invariant.allCases.map(\.rawValue) + ["below (95%)", "time"]

  private func row(_ score: Score) -> [String] {
    let bound = score.violations.isEmpty ? Score.bound(trials: score.trials) : nil
    return [score.fault, "\(score.trials)", "\(score.killsInFlight)"]
      + Invariant.allCases.map { "\(score.count($0))" }
      + [bound.map(Self.percent) ?? "-", "\(Int(score.seconds)) s"]
  }

  /// Three digits that count, since a million trials bound a rate far below a hundredth of a percent.
  static func percent(_ value: Double) -> String { String(format: "%#.3g%%", value) }

  private func reproductions(_ score: Score) -> String {
    var text = ""
    for world in Set(score.violations.map(\.world)).sorted() {
      let found = score.violations.filter { $0.world == world }
      text += "\n\(score.fault), \(found.count) violations, such as \(found[0].invariant): \(found[0].what)\n"
      text += "  again: scripts/chaos --\(effort) --fault \(score.fault) --seed \(seed) --trial \(world)\n"
    }
    return text
  }

  /// Columns by their widest cell, the first to the left and numbers to the right.
  static func aligned(_ rows: [[String]]) -> String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
    return rows.map { row in
      row.enumerated().map { column, cell in
        let blanks = String(repeating: " ", count: widths[column] - cell.count)
        let isNumber = cell.first?.isNumber == true || cell == "-"
        return isNumber && column > 0 ? blanks + cell : cell + blanks
      }.joined(separator: "  ").trimmingSuffix
    }.joined(separator: "\n") + "\n"
  }
}

extension Score {
  fileprivate var claim: String {
    guard violations.isEmpty, let bound = Self.bound(trials: trials) else { return "" }
    return "\(fault) (\(summary)): 0 in \(trials): below \(ScoreTable.percent(bound)) with 95% confidence\n"
  }
}

extension String {
  fileprivate var trimmingSuffix: String { String(self[..<(lastIndex { $0 != " " }.map(index(after:)) ?? startIndex)]) }
}
