package import SettleModel

/// What finance writes beside a decision, as it is kept.
package enum NoteText {
  /// Characters.
  package static let longest = 500

  /// The note without blanks at its ends, in Unicode's form C, each line break one blank; nil where there is none.
  ///
  /// Throws ``DecisionRefusal`` for what may be a card number, for more than ``longest`` characters, and for signs that
  /// would hide or turn text in a terminal.
  package static func read(_ text: String) throws(DecisionRefusal) -> String? {
    let note = IdentityText.normalised(
      FormulaText.unmarked(text).split(whereSeparator: \.isWhitespace).joined(separator: " "))
    guard !note.isEmpty else { return nil }
    guard !CardNumber.mayBeHeld(in: text), !CardNumber.mayBeHeld(in: note) else {
      throw DecisionRefusal(.cardNumber, "the note may hold a card number: take it out, it must not be kept")
    }
    guard note.unicodeScalars.count <= longest else {
      throw DecisionRefusal(.tooLong, "the note is longer than \(longest) characters: shorten it")
    }
    guard !note.unicodeScalars.contains(where: isHidden) else {
      throw DecisionRefusal(.invalidText, "the note holds control characters: write it anew")
    }
    return note
  }

  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .privateUse, .surrogate, .unassigned: scalar != "\u{200D}" && scalar != "\u{FE0F}"
    default: false
    }
  }
}
