import Crypto
import SettleModel

/// The first reading of a file: proves that the second can be done.
struct FirstPass {
  let path: String
  let layouts: [Layout]
  /// Whether the one layout was named by whoever gives the file.
  let isNamed: Bool
  let zone: String?

  /// Throws ``FileDamage``. Control totals are compared and kept with the file; whether wrong ones refuse it is for
  /// the caller to say.
  func read() throws -> InputFile {
    var plan: ColumnPlan?
    do {
      return try read(&plan)
    } catch var damage as FileDamage {
      damage.kind = plan?.layout.kind
      throw damage
    }
  }

  /// - Parameter plan: what the file was recognised as, also where it throws later.
  private func read(_ plan: inout ColumnPlan?) throws -> InputFile {
    var hash = SHA256()
    var check = TextCheck()
    var bytes = 0
    var records: RecordStream?
    var statement: StatementStream?
    var last: (line: Int, fields: Int)?
    var totals: ControlTotals?
    let note = { (record: RecordBuffer) in
      try totals?.take(record)
      last = (record.line, record.count)
    }
    do {
      try FileBytes.read(path) { chunk in
        bytes += chunk.count
        hash.update(bufferPointer: UnsafeRawBufferPointer(chunk))
        if plan == nil, ByteOrderMark.isUTF16(chunk) { throw utf16 }
        try check.check(chunk)
        if plan == nil {
          let head = FileHead(ByteOrderMark.skipped(chunk), isWhole: chunk.count < FileBytes.chunk)
          let found = try Recognition(layouts: layouts, isNamed: isNamed, zone: zone).plan(for: head)
          plan = found
          statement = try StatementStream(found)
          if statement == nil { records = RecordStream(found.layout, columns: found.columns) }
          totals = found.layout.records.map { ControlTotals(found, $0) }
        }
        try statement?.feed(chunk) { _ in }
        try records?.skim(chunk, body: note)
      }
      try check.finish()
    } catch let damage as TextCheck.Damage {
      throw text(damage)
    }
    guard let plan else { throw FileHead.empty }
    try statement?.finish { _ in }
    try records?.finish(body: note)
    totals?.finish()
    let endedWithoutNewline = statement?.endedWithoutNewline ?? records?.endedWithoutNewline ?? false
    if plan.layout.format == .csv, plan.layout.records == nil, endedWithoutNewline, let last,
      last.fields < plan.columns.count
    {
      throw FileDamage(
        .truncated, line: last.line, "the file ends in the middle of this record; it was cut off, so fetch it again")
    }
    return InputFile(
      path: path, name: path.split(separator: "/").last.map(String.init) ?? path, bytes: bytes,
      sha256: hash.finalize().hexadecimal, layout: plan.layout,
      endsWithNewline: !endedWithoutNewline, controlTotals: totals?.results ?? statement?.controlTotals ?? [],
      plan: plan)
  }

  private var utf16: FileDamage {
    FileDamage(.utf16, line: 1, "the file is UTF-16 text; save it as UTF-8 (in a spreadsheet: CSV UTF-8)")
  }

  private func text(_ damage: TextCheck.Damage) -> FileDamage {
    let line = FileBytes.line(at: damage.offset, of: path)
    return damage.reason == .nulByte
      ? FileDamage(.nulByte, line: line, "the file holds a NUL byte here, so it is no text; fetch or export it again")
      : FileDamage(
        .notUTF8, line: line, "the text here is not UTF-8; save the file as UTF-8 (in a spreadsheet: CSV UTF-8)")
  }
}

/// The beginning of a file, from which its layout is recognised.
struct FileHead {
  let bytes: Bytes
  private let isWhole: Bool

  static let empty = FileDamage(
    .empty, "the file is empty, without even a header; put it there again once it is complete")

  init(_ bytes: Bytes, isWhole: Bool) {
    self.bytes = bytes
    self.isWhole = isWhole
  }

  /// Whether the first thing in the file is a JSON object.
  var isJSON: Bool { bytes.first { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: "{") }

  /// The fields of the record that names the columns, and its line: the first one, or where a file has records of
  /// several types, the first of that type. Nil where there is none such. Throws ``FileDamage``.
  func header(of layout: Layout) throws -> (columns: [String], line: Int)? {
    guard let records = layout.records else { return try header(separator: layout.separator) { _ in true } }
    return try header(separator: layout.separator) { record in
      switch records.role(of: record) {
      case nil: nil
      case .columnNames: true
      default: false
      }
    }
  }

  /// `isHeader` is nil for a record after which there can be none.
  private func header(
    separator: UInt8, _ isHeader: (RecordBuffer) -> Bool?
  ) throws -> (columns: [String], line: Int)? {
    let parser = CSVParser(separator: separator)
    var found: (columns: [String], line: Int, count: Int, tooLong: Bool)?
    struct Enough: Error {}
    var isOther = false
    do {
      let take = { (record: RecordBuffer) in
        guard let isHeader = isHeader(record) else {
          isOther = true
          throw Enough()
        }
        guard isHeader else {
          isOther = true
          return
        }
        found = (record.texts, record.line, record.count, record.tooLong != nil)
        throw Enough()
      }
      try parser.feed(bytes, body: take)
      if isWhole { try parser.finish(body: take) }
    } catch is Enough {}
    if found == nil, isOther { return nil }
    guard let found else { throw isWhole ? Self.empty : Self.headerTooLong }
    guard !found.tooLong, found.count <= RowLimits.columns else { throw Self.headerTooLong }
    return (found.columns, found.line)
  }

  private static let headerTooLong = FileDamage(
    .headerTooLong, line: 1,
    "the header is longer than settle reads (256 KiB, 4096 columns of 64 KiB); is the first line really a header?")

  /// The names of the first JSON objects, as far as they can be read.
  var names: [String] { JSONLinesParser.names(in: bytes) }
}
