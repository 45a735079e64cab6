import Foundation

/// The name that somebody claims who decides. Whether two names are two people is told by what a reader of them sees.
package enum PersonName {
  /// Whether nothing in a name is invisible, so that no two names look the same and are not.
  package static func isPlain(_ name: String) -> Bool { !name.unicodeScalars.contains(where: isInvisible) }

  /// A name as names are compared: letters in every case, width and compatibility form are the same, and what nobody sees
  /// is nothing.
  package static func folded(_ name: String) -> String {
    var seen = String.UnicodeScalarView()
    seen.append(contentsOf: name.unicodeScalars.filter { !isInvisible($0) })
    // Upper case first: it has one form for letters that have several in lower case.
    let text = String(seen).precomposedStringWithCompatibilityMapping.uppercased().lowercased()
    return text.precomposedStringWithCompatibilityMapping.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.properties.isDefaultIgnorableCodePoint || scalar.properties.isVariationSelector { return true }
    // The blank pattern of Braille is a sign that shows nothing.
    if scalar == "\u{2800}" { return true }
    switch scalar.properties.generalCategory {
    case .control, .format, .privateUse, .surrogate, .unassigned, .lineSeparator, .paragraphSeparator: return true
    default: return false
    }
  }
}
