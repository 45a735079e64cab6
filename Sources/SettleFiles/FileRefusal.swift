/// A file that is refused as a whole: nothing of it is kept.
package struct FileRefusal: Error, Sendable, Equatable, CustomStringConvertible {
  /// Why a whole file is refused. Stored spellings are never reused.
  package enum Reason: String, Sendable, CaseIterable {
    case unreadable
    case empty
    case notUTF8 = "not_utf8"
    case utf16
    case nulByte = "nul_byte"
    case bareCarriageReturn = "bare_carriage_return"
    /// The file ends inside a quoted field or in the middle of a record.
    case truncated
    case strayQuote = "stray_quote"
    case headerTooLong = "header_too_long"
    case missingColumn = "missing_column"
    case unknownColumn = "unknown_column"
    case duplicateColumn = "duplicate_column"
    case cardNumber = "card_number"
    case unknownLayout = "unknown_layout"
    case severalLayouts = "several_layouts"
    /// Times without an offset, and nobody said which zone they are in.
    case zoneNotNamed = "zone_not_named"
    /// A category that the layout says must stop the file.
    case unknownCategory = "unknown_category"
    /// A record of a type that the layout does not know.
    case unknownRecord = "unknown_record"
    /// The file breaks its format's own rules: XML that is none, a record where it may not stand, a missing part.
    case malformed
    /// A document type definition, through which XML reads other files or grows without bound.
    case documentType = "document_type"
    /// A statement's entry or balance that cannot be read: without it, the statement does not add up.
    case invalidEntry = "invalid_entry"
    /// It looks like a statement and is none: of what is not booked yet, withdrawn, or sent for a test.
    case notBooked = "not_booked"
    /// What the file states about its rows is not what they come to.
    case controlTotals = "control_totals"
    /// The file is not what it was when it was examined.
    case changed
  }

  package var path: String
  /// The physical line, where one can be named.
  package var line: Int?
  package var reason: Reason
  /// What is wrong and what to do about it, in one sentence; it never quotes what the file holds.
  package var message: String
  /// SHA-256 of the refused bytes, where they could be read.
  package var sha256: String?
  /// What the file is, where its layout was recognised before it was refused, or was named by whoever gives it.
  package var kind: Layout.Kind?

  package init(
    path: String, line: Int? = nil, reason: Reason, message: String, sha256: String? = nil, kind: Layout.Kind? = nil
  ) {
    self.kind = kind
    self.path = path
    self.line = line
    self.reason = reason
    self.message = message
    self.sha256 = sha256
  }

  package var description: String { "\(path)\(line.map { ":\($0)" } ?? ""): \(message)" }
}

/// What is wrong with a file, found by a reader that does not know the file's path.
struct FileDamage: Error, Equatable {
  var line: Int?
  var reason: FileRefusal.Reason
  var message: String
  /// What the file is, as far as that was known by then.
  var kind: Layout.Kind?

  init(_ reason: FileRefusal.Reason, line: Int? = nil, _ message: String) {
    self.line = line
    self.reason = reason
    self.message = message
  }
}
