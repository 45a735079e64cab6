import Foundation
import SettleModel

// A calendar is one of the binary's rules, or a YAML file with closed days of one's own:
//
//   based_on: target2
//   closed: [2026-12-24, 2026-12-31]

extension YAMLPlace {
  /// A rule's name, or a file beside the pipeline file.
  func bankingCalendar() throws -> BankingCalendar {
    let text = try text()
    if let rule = BankingCalendar.Rule(rawValue: text) { return BankingCalendar(rule) }
    let rules = BankingCalendar.Rule.allCases.map(\.rawValue)
    guard text.hasSuffix(".yaml") || text.hasSuffix(".yml") else {
      throw refusal(
        "\"\(text)\" is no calendar; "
          + (NearestName.suggestion(for: text, among: rules).map { "did you mean \($0)?" }
            ?? "write \(rules.joined(separator: ", ")) or a file such as closed-days.yaml"))
    }
    let path = PipelineDefinition.resolve(text, besideFile: file)
    guard let data = FileManager.default.contents(atPath: path), let yaml = String(validating: data, as: UTF8.self)
    else { throw refusal("there is no text file \(path)") }
    return try BankingCalendar(yaml: yaml, file: path)
  }

  fileprivate func date() throws -> BusinessDate {
    let text = try text()
    guard let date = BusinessDate(text) else { throw refusal("\"\(text)\" is no date; write one such as 2026-12-24") }
    return date
  }
}

extension BankingCalendar {
  /// Reads a calendar file. Throws ``PipelineFileError``.
  init(yaml: String, file: String) throws {
    let root = try YAMLPlace(yaml: yaml, file: file)
    let keys = try root.mapping(of: ["based_on", "closed"])
    let rule = try root.required("based_on", in: keys, such: "target2")
      .choice(of: Rule.allCases.map { ($0.rawValue, $0) })
    let closed = try root.required("closed", in: keys, such: "[2026-12-24, 2026-12-31]")
    var days: Set<BusinessDate> = []
    for place in try closed.sequence() {
      guard days.insert(try place.date()).inserted else { throw place.refusal("is given twice; keep one") }
    }
    self.init(rule, closed: days)
    if let first = endlessClosure {
      throw closed.refusal(
        "closes more than \(Self.mostClosedInARow) days in a row from \(first); nothing would be due for so long")
    }
  }
}
