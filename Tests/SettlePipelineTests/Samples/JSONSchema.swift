import Foundation

/// As much of JSON Schema 2020-12 as `samples/run_results.schema.json` uses. A keyword that it does not know is a
/// finding: none is passed over.
struct JSONSchema {
  private let root: [String: Any]

  init(_ text: String) throws {
    root = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
  }

  /// What is wrong with a document, each finding with its place in it.
  func findings(in text: String) throws -> [String] {
    findings(try JSONSerialization.jsonObject(with: Data(text.utf8)), root, at: "")
  }

  private func findings(_ value: Any, _ schema: [String: Any], at place: String) -> [String] {
    schema.sorted { $0.key < $1.key }.flatMap { keyword, rule -> [String] in
      switch keyword {
      case "$schema", "$defs", "title", "description", "properties": return []
      case "$ref": return findings(value, definition(rule), at: place)
      case "type": return Self.type(of: value) == rule as? String ? [] : ["\(place): is no \(rule)"]
      case "enum":
        return (rule as? [NSObject])?.contains { $0 == value as? NSObject } == true ? [] : ["\(place): not listed"]
      case "pattern":
        guard let text = value as? String, let pattern = rule as? String else { return [] }
        return text.range(of: pattern, options: .regularExpression) == nil ? ["\(place): is not \(pattern)"] : []
      case "minLength":
        return (value as? String).map { $0.count < rule as? Int ?? .max } == true ? ["\(place): is too short"] : []
      case "minimum":
        return (value as? Int).map { $0 < rule as? Int ?? .max } == true ? ["\(place): is below \(rule)"] : []
      case "required":
        let names = (value as? [String: Any])?.keys.map(\.self) ?? []
        return (rule as? [String] ?? []).filter { !names.contains($0) }.map { "\(place): lacks \($0)" }
      case "items":
        return (value as? [Any] ?? []).enumerated().flatMap { index, item in
          findings(item, rule as? [String: Any] ?? [:], at: "\(place)/\(index)")
        }
      case "additionalProperties": return members(of: value, schema, others: rule, at: place)
      default: return ["\(place): the schema's \(keyword) is not known here"]
      }
    }
  }

  /// The members of an object by `properties`, and the others by `additionalProperties`.
  private func members(of value: Any, _ schema: [String: Any], others: Any, at place: String) -> [String] {
    let properties = schema["properties"] as? [String: [String: Any]] ?? [:]
    return (value as? [String: Any] ?? [:]).sorted { $0.key < $1.key }.flatMap { name, member in
      let rule = properties[name] ?? others as? [String: Any]
      return rule.map { findings(member, $0, at: "\(place)/\(name)") } ?? ["\(place)/\(name): is not known"]
    }
  }

  private func definition(_ reference: Any) -> [String: Any] {
    let name = (reference as? String ?? "").replacing("#/$defs/", with: "")
    return (root["$defs"] as? [String: [String: Any]])?[name] ?? ["$ref to \(name)": true]
  }

  private static func type(of value: Any) -> String {
    switch value {
    case is String: "string"
    case is [Any]: "array"
    case is [String: Any]: "object"
    case let number as NSNumber where isBoolean(number): "boolean"
    case is Int: "integer"
    case is NSNumber: "number"
    default: "null"
    }
  }
  /// Foundation gives a JSON `true` as a number too; only its encoding tells it from 1.
  private static func isBoolean(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }
}
