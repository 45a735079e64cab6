package import Foundation

/// What a person may decide about a break, as `breaks.csv` and `settle decide` spell it.
package enum BreakDecision: Sendable, Hashable, CustomStringConvertible {
  /// The difference is taken as it is.
  case accept
  /// The difference is carried as a loss or a gain.
  case writeOff
  /// What was taken too much goes back at the next run.
  case refund
  /// Nobody is asked before this date.
  case wait(until: BusinessDate)
  /// The same matter as another break, or as a payment's breaks.
  case duplicate(of: UUID)

  /// The words that finance may write, in the order in which they are told.
  package static let words = ["accept", "write_off", "refund", "wait", "duplicate_of:ID"]

  /// For how long `wait` without a date waits.
  package static let usualWait = 7
  /// A wait that is longer is rather a slip of the pen.
  package static let longestWait = 366

  /// The word under which it is stored. Never reused.
  package var action: String {
    switch self {
    case .accept: "accept"
    case .writeOff: "write_off"
    case .refund: "refund"
    case .wait: "wait"
    case .duplicate: "duplicate_of"
    }
  }

  /// Every way in which a decision ends a break.
  package static let resolutions = ["accepted", "written_off", "duplicate"]

  /// How a break ends by it, or nil where it stays open. Stored spellings are never reused.
  package var resolution: String? {
    switch self {
    case .accept: "accepted"
    case .writeOff: "written_off"
    case .duplicate: "duplicate"
    case .refund, .wait: nil
    }
  }

  package var description: String {
    switch self {
    case .wait(let date): "wait:\(date)"
    case .duplicate(let id): "duplicate_of:\(id.canonical)"
    default: action
    }
  }

  /// Reads what a person wrote: in any case, with blanks or hyphens for the underscore, as spreadsheets autocorrect.
  ///
  /// - Parameter today: the business date of the decision, from which `wait` counts.
  /// - Throws: ``DecisionRefusal``, whose detail never quotes the text.
  package init(_ text: String, on today: BusinessDate) throws(DecisionRefusal) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      .map { $0.filter { !$0.isWhitespace || $0 == " " }.trimmed }
    let word = (parts.first ?? "").lowercased().map { $0 == " " || $0 == "-" ? "_" : $0 }
    let rest = parts.count > 1 ? parts[1] : nil
    switch (String(word), rest) {
    case ("accept", nil): self = .accept
    case ("write_off", nil): self = .writeOff
    case ("refund", nil): self = .refund
    case ("wait", nil): self = .wait(until: today.adding(days: Self.usualWait))
    case ("wait", let rest?): self = .wait(until: try Self.end(of: rest, from: today))
    case ("duplicate_of", let rest?):
      guard let id = UUID(canonical: rest) else {
        throw DecisionRefusal(
          .invalidID, "duplicate_of names no break_id or payment_id: copy the whole id, as duplicate_of:ID")
      }
      self = .duplicate(of: id)
    default:
      throw DecisionRefusal(
        .unknownDecision,
        "the decision is none of \(Self.words.joined(separator: ", "))\(Self.hint(for: String(word), saysMore: rest != nil))"
      )
    }
  }

  /// What was probably meant: `; write the date behind a colon, as wait:2026-12-01`, `; did you mean "accept"?`.
  private static func hint(for word: String, saysMore: Bool) -> String {
    let known = ["accept", "write_off", "refund", "wait", "duplicate_of"]
    let begun = known.first { word == $0 || word.hasPrefix("\($0)_") || word.hasPrefix("\($0),") }
    switch begun {
    case "wait": return "; write the date behind a colon, as wait:2026-12-01, or wait alone for \(usualWait) days"
    case "duplicate_of": return "; write the other's whole id behind a colon, as duplicate_of:ID"
    case let begun? where saysMore || word != begun:
      return "; did you mean \"\(begun)\"? What else there is to say belongs in the note"
    default: break
    }
    // Of several words, the first ones may be the decision: `writeoff please`.
    let parts = word.split(separator: "_")
    let heads = [word, parts.prefix(2).joined(separator: "_"), parts.first.map(String.init) ?? ""]
    return heads.lazy.map { NearestName.hint(for: $0, among: known) }.first { !$0.isEmpty } ?? ""
  }

  private static func end(of text: String, from today: BusinessDate) throws(DecisionRefusal) -> BusinessDate {
    guard let date = BusinessDate(text) ?? BusinessDate(dayFirst: text) else {
      throw DecisionRefusal(.invalidDate, "wait names no date: write it as wait:2026-12-01")
    }
    guard date > today else { throw DecisionRefusal(.invalidDate, "the date that wait names is not after \(today)") }
    guard date.days(since: today) <= longestWait else {
      throw DecisionRefusal(.invalidDate, "the date that wait names is more than a year away")
    }
    return date
  }
}

extension BusinessDate {
  /// Reads `1.12.2026`: where points stand between the parts, the day is always first.
  fileprivate init?(dayFirst text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[2].count == 4, (1...2).contains(parts[0].count), (1...2).contains(parts[1].count)
    else { return nil }
    let padded = parts.map { $0.count == 1 ? "0\($0)" : String($0) }
    self.init("\(padded[2])-\(padded[1])-\(padded[0])")
  }
}

extension String {
  fileprivate var trimmed: String {
    var text = self[...]
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}

extension RefundID {
  /// The refund of a charge that a person's decision about a break asked for, by that decision's number: one that
  /// failed may be decided anew, and is then another one.
  package init(charge: String, reason: BreakReason, askedFor: BreakID, decision: Int32) {
    self.init(naming: "refund", charge, reason.rawValue, askedFor.description, "decision \(decision)")
  }
}
