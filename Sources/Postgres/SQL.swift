/// SQL text with bound values.
///
/// Interpolation can only bind: `"SELECT … WHERE id = \(id)"` becomes `$1` and a value that travels beside the text.
/// `\(sql: other)` nests SQL with its own values, `\(identifier: name)` quotes a name. No way leads from a run-time
/// `String` into the text.
///
/// An `Int` binds as `bigint`. Where PostgreSQL has the function or operator for `integer` only (`date + 1`,
/// `make_interval`), bind an `Int32`.
package struct SQL: ExpressibleByStringInterpolation, Sendable {
  enum Piece: Sendable {
    case text(String)
    case value(any SQLEncodable)
  }

  private(set) var pieces: [Piece]

  package init(stringLiteral value: String) { pieces = [.text(value)] }

  package init(stringInterpolation: StringInterpolation) { pieces = stringInterpolation.pieces }

  private init(pieces: [Piece]) { self.pieces = pieces }

  package mutating func append(_ other: SQL) { pieces += other.pieces }

  package static func + (left: SQL, right: SQL) -> SQL { SQL(pieces: left.pieces + right.pieces) }

  package static func += (left: inout SQL, right: SQL) { left.append(right) }

  package struct StringInterpolation: StringInterpolationProtocol {
    fileprivate(set) var pieces: [Piece] = []

    package init(literalCapacity: Int, interpolationCount: Int) { pieces.reserveCapacity(2 * interpolationCount + 1) }

    package mutating func appendLiteral(_ literal: String) {
      if !literal.isEmpty { pieces.append(.text(literal)) }
    }

    package mutating func appendInterpolation(_ value: some SQLEncodable) { pieces.append(.value(value)) }

    // The same for optionals, of which the compiler would otherwise warn that they are described, not bound.
    package mutating func appendInterpolation<T: SQLEncodable>(_ value: T?) { pieces.append(.value(value)) }

    package mutating func appendInterpolation(sql: SQL) { pieces += sql.pieces }

    package mutating func appendInterpolation(identifier: String) {
      pieces.append(.text(SQL.quoted(identifier: identifier)))
    }
  }

  static func quoted(identifier: String) -> String {
    var quoted = "\""
    for character in identifier.unicodeScalars {
      if character == "\"" { quoted.unicodeScalars.append(character) }
      quoted.unicodeScalars.append(character)
    }
    return quoted + "\""
  }
}

extension SQL {
  /// The text as the server gets it, with `$1`, `$2`, … in place of values.
  package var text: String {
    var text = ""
    var count = 0
    for piece in pieces {
      switch piece {
      case .text(let literal): text += literal
      case .value:
        count += 1
        text += "$\(count)"
      }
    }
    return text
  }

  var values: [any SQLEncodable] {
    pieces.compactMap { piece in
      if case .value(let value) = piece { value } else { nil }
    }
  }

  var hasValues: Bool {
    pieces.contains { piece in
      if case .value = piece { true } else { false }
    }
  }
}

extension SQL: CustomStringConvertible {
  /// The text alone: values never reach a log by way of a description.
  package var description: String { text }
}

extension Sequence<SQL> {
  package func joined(separator: SQL = ", ") -> SQL {
    var joined: SQL = ""
    for (index, element) in enumerated() {
      if index > 0 { joined.append(separator) }
      joined.append(element)
    }
    return joined
  }
}
