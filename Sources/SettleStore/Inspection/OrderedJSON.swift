/// A JSON value whose objects keep the order in which their members were written, so that the same facts always give
/// the same bytes.
package indirect enum OrderedJSON: Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int64)
  case string(String)
  case array([OrderedJSON])
  case object([Member])

  package struct Member: Sendable, Equatable {
    package var name: String
    package var value: OrderedJSON

    package init(_ name: String, _ value: OrderedJSON) {
      self.name = name
      self.value = value
    }
  }

  /// The value as its description, or null where there is none.
  package static func text(_ value: (some CustomStringConvertible)?) -> OrderedJSON {
    value.map { .string($0.description) } ?? .null
  }

  package static func number(_ value: (some BinaryInteger)?) -> OrderedJSON {
    value.map { .integer(Int64($0)) } ?? .null
  }

  /// RFC 8259 text on one line, without blanks.
  package var compact: String {
    var text = ""
    write(into: &text, indentation: nil)
    return text
  }

  /// The same over several lines, for people.
  package var pretty: String {
    var text = ""
    write(into: &text, indentation: 0)
    return text
  }

  private func write(into text: inout String, indentation: Int?) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .string(let value): Self.quote(value, into: &text)
    case .array(let values):
      Self.enclose(values, in: ("[", "]"), into: &text, indentation) { $0.write(into: &$1, indentation: $2) }
    case .object(let members):
      Self.enclose(members, in: ("{", "}"), into: &text, indentation) { member, text, inner in
        Self.quote(member.name, into: &text)
        text += inner == nil ? ":" : ": "
        member.value.write(into: &text, indentation: inner)
      }
    }
  }

  private static func enclose<Element>(
    _ elements: [Element], in brackets: (open: String, close: String), into text: inout String, _ indentation: Int?,
    _ body: (Element, inout String, Int?) -> Void
  ) {
    text += brackets.open
    let inner = indentation.map { $0 + 2 }
    for (index, element) in elements.enumerated() {
      if index > 0 { text += "," }
      if let inner { text += "\n" + String(repeating: " ", count: inner) }
      body(element, &text, inner)
    }
    if let indentation, !elements.isEmpty { text += "\n" + String(repeating: " ", count: indentation) }
    text += brackets.close
  }

  private static func quote(_ value: String, into text: inout String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{0}"..<"\u{20}", "\u{7F}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
