import Foundation

/// How outside identifiers are spelled before an identity is derived from them.
package enum IdentityText {
  /// UUIDs in lower case; other text trimmed of white space and in Unicode's normalisation form C.
  package static func normalised(_ text: String) -> String {
    if let uuid = UUID(uuidString: text) { return uuid.uuidString.lowercased() }
    let trimmed = text.trimmingWhitespace()
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
