import Foundation

/// How outside identifiers are spelled before an identity is derived from them.
package enum IdentityText {
  /// Trimmed of white space; UUIDs in lower case, other text in Unicode's normalisation form C.
  package static func normalised(_ text: String) -> String {
    let trimmed = text.trimmingWhitespace()
    if let uuid = UUID(canonical: trimmed) { return uuid.canonical }
    return trimmed.utf8.allSatisfy { $0 < 0x80 } ? trimmed : trimmed.precomposedStringWithCanonicalMapping
  }
}

extension String {
  fileprivate func trimmingWhitespace() -> String {
    guard let first = first, let last = last, first.isWhitespace || last.isWhitespace else { return self }
    let start = firstIndex { !$0.isWhitespace } ?? endIndex
    let end = lastIndex { !$0.isWhitespace }.map(index(after:)) ?? start
    return String(self[start..<end])
  }
}
