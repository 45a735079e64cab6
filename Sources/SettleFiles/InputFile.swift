import Crypto
import SettleModel

/// A file that was read once from end to end and can be read: known by its hash, its layout recognised.
package struct InputFile: Sendable {
  package let path: String
  /// The last part of the path.
  package let name: String
  package let bytes: Int
  /// Lower-case hexadecimal SHA-256 of the whole file: its identity, under whatever name it comes.
  package let sha256: String
  package let layout: Layout
  /// Whether the last line has a line end. A file that was cut inside the last field of its last row cannot be told
  /// from one that simply lacks it: see ``LastField``.
  package let endsWithNewline: Bool
  /// What the file states about its own rows, each beside what they come to.
  package let controlTotals: [ControlTotal]
  let plan: ColumnPlan
  /// The processors that authorizations may name: those of which some file can tell what they charged. Nil for any.
  package var processors: [String]?

  /// Reads a file once, in constant memory, and recognises its layout.
  ///
  /// `layout` names one, or is nil or `auto`; `zone` (UTC or an IANA name) is the one that the report was made in,
  /// for layouts whose times carry none. Throws ``FileRefusal`` for the file, also where its control totals are wrong,
  /// ``ConfigurationError`` for an unknown layout, and for an unknown zone where the file needs one.
  package static func examine(
    path: String, layout: String? = nil, catalogue: LayoutCatalogue, zone: String? = nil
  ) throws -> InputFile {
    let file = try inspect(path: path, layout: layout, catalogue: catalogue, zone: zone)
    if let refusal = file.refusalOfTotals { throw refusal }
    return file
  }

  /// As ``examine(path:layout:catalogue:zone:)``, but a file whose control totals are wrong is shown, too.
  package static func inspect(
    path: String, layout: String? = nil, catalogue: LayoutCatalogue, zone: String? = nil
  ) throws -> InputFile {
    let chosen = try layout.flatMap { $0 == "auto" ? nil : try catalogue.known($0) }
    do {
      return try FirstPass(
        path: path, layouts: chosen.map { [$0] } ?? catalogue.layouts, isNamed: chosen != nil, zone: zone
      ).read()
    } catch let damage as FileDamage {
      throw FileRefusal(
        path: path, line: damage.line, reason: damage.reason, message: damage.message,
        sha256: try? FileBytes.sha256(path), kind: damage.kind)
    }
  }

  /// Why the file is refused for what it states about its rows; nil where all of that is right.
  package var refusalOfTotals: FileRefusal? {
    let wrong = controlTotals.filter { !$0.isRight }
    guard let first = wrong.first else { return nil }
    let shown = wrong.prefix(8).map(\.description).joined(separator: "; ")
    let more = wrong.count > 8 ? "; and \(wrong.count - 8) more" : ""
    return FileRefusal(
      path: path, line: first.line, reason: .controlTotals,
      message: "the file's control totals are not what its rows come to (\(shown)\(more));"
        + " fetch it again, and ask whoever made it where they are still wrong",
      sha256: sha256, kind: layout.kind)
  }

  /// The hash of a file alone, which tells whether its bytes are known already. Throws ``FileRefusal``.
  package static func sha256(of path: String) throws -> String {
    do {
      return try FileBytes.sha256(path)
    } catch let damage as FileDamage {
      throw FileRefusal(path: path, reason: damage.reason, message: damage.message)
    }
  }

  /// Reads the file again and gives out every record as a row, in order, in constant memory.
  ///
  /// The bytes are hashed once more on the way: after the last row it throws ``FileRefusal`` where they are not those
  /// that were examined, so that whoever keeps the rows must do so in a transaction.
  package func forEachRow(_ body: (FileRow) throws -> Void) throws {
    var hash = SHA256()
    do {
      if var statement = try StatementStream(plan) {
        try FileBytes.read(path) { chunk in
          hash.update(bufferPointer: UnsafeRawBufferPointer(chunk))
          try statement.feed(chunk, body: body)
        }
        try statement.finish(body: body)
      } else {
        try forEachRecord(&hash, body)
      }
    } catch let damage as FileDamage {
      // What was whole when it was examined can only be damaged now because it is another file.
      guard damage.reason == .unknownCategory || damage.reason == .unreadable else { throw changed }
      throw FileRefusal(
        path: path, line: damage.line, reason: damage.reason, message: damage.message, sha256: sha256, kind: layout.kind
      )
    }
    guard hash.finalize().hexadecimal == sha256 else { throw changed }
  }

  private func forEachRecord(_ hash: inout SHA256, _ body: (FileRow) throws -> Void) throws {
    let reader = RowReader(plan, processors: processors)
    let records = RecordStream(plan.layout, columns: plan.columns)
    let types = plan.layout.records
    var header = plan.layout.format == .csv && types == nil
    func isRow(_ record: RecordBuffer) -> Bool { types == nil || types?.role(of: record) == .row }
    func each(_ record: RecordBuffer) throws {
      if header { header = false } else if isRow(record) { try body(try reader.row(record)) }
    }
    try FileBytes.read(path) { chunk in
      hash.update(bufferPointer: UnsafeRawBufferPointer(chunk))
      try records.feed(chunk, body: each)
    }
    // What comes now has no line end of its own.
    try records.finish { record in
      if header { try each(record) } else if isRow(record) { try body(try reader.rowAtEnd(record)) }
    }
  }

  private var changed: FileRefusal {
    FileRefusal(
      path: path, reason: .changed,
      message: "the file changed while it was being loaded; let whoever writes it finish, then run again",
      kind: layout.kind)
  }
}

/// Records out of a file's chunks, whatever its format.
final class RecordStream {
  private let csv: CSVParser?
  private let json: JSONLinesParser?
  /// Whether each record says something of its own about the file.
  private let readsAll: Bool
  private var atStart = true

  init(_ layout: Layout, columns: [String]) {
    readsAll = layout.records != nil
    csv = layout.format == .csv ? CSVParser(separator: layout.separator) : nil
    json = layout.format == .jsonLines ? JSONLinesParser(names: columns, unguarded: layout.processorIDs) : nil
  }

  var endedWithoutNewline: Bool { csv?.endedWithoutNewline ?? json?.endedWithoutNewline ?? false }

  func feed(_ chunk: Bytes, body: (RecordBuffer) throws -> Void) throws {
    let text = atStart ? ByteOrderMark.skipped(chunk) : chunk
    atStart = false
    try csv?.feed(text, body: body)
    try json?.feed(text, body: body)
  }

  /// Reads on only to prove that it can be done; not every record is given out.
  func skim(_ chunk: Bytes, body: (RecordBuffer) throws -> Void) throws {
    let text = atStart ? ByteOrderMark.skipped(chunk) : chunk
    atStart = false
    if readsAll { try csv?.feed(text, body: body) } else { try csv?.skim(text, body: body) }
    try json?.feed(text, body: body)
  }

  func finish(body: (RecordBuffer) throws -> Void) throws {
    try csv?.finish(body: body)
    try json?.finish(body: body)
  }
}

/// The mark that some programs put before UTF-8 text.
enum ByteOrderMark {
  static func skipped(_ chunk: Bytes) -> Bytes {
    chunk.starts(with: [0xEF, 0xBB, 0xBF]) ? Bytes(rebasing: chunk.dropFirst(3)) : chunk
  }

  /// Whether the text is UTF-16 (or UTF-32, which begins alike).
  static func isUTF16(_ chunk: Bytes) -> Bool {
    chunk.starts(with: [0xFF, 0xFE]) || chunk.starts(with: [0xFE, 0xFF])
  }
}
