import CPostgres

/// A libpq result, cleared with its last row.
final class ResultSet {
  let handle: OpaquePointer
  private let known: Columns?
  private(set) lazy var columns = known ?? Columns(of: handle)

  /// - Parameter columns: those of an earlier row of the same statement.
  init(_ handle: OpaquePointer, columns: Columns? = nil) {
    self.handle = handle
    known = columns
  }

  deinit { PQclear(handle) }

  var count: Int { Int(PQntuples(handle)) }

  func value(row: Int32, column: Int32) -> SQLValue {
    let type = columns.types[Int(column)]
    guard PQgetisnull(handle, row, column) == 0, let start = PQgetvalue(handle, row, column) else {
      return SQLValue(type: type, bytes: nil)
    }
    let count = Int(PQgetlength(handle, row, column))
    return SQLValue(type: type, bytes: UnsafeRawBufferPointer(start: start, count: count))
  }

  /// Rows inserted, updated, deleted, copied or returned; 0 for statements that count none.
  var affected: Int { Int(String(cString: PQcmdTuples(handle))) ?? 0 }

  /// The command tag without its counts: `CREATE TABLE`, `INSERT`.
  var tag: Substring {
    let status = String(cString: PQcmdStatus(handle))
    let end = status.firstIndex(where: \.isNumber) ?? status.endIndex
    let words = status[..<end]
    return words.last == " " ? words.dropLast() : words
  }
}

/// Names and types of a result's columns, looked up once for all its rows.
final class Columns {
  let names: [String]
  let types: [SQLType]

  init(of result: OpaquePointer) {
    let indices = 0..<PQnfields(result)
    names = indices.map { String(cString: PQfname(result, $0)) }
    types = indices.map { SQLType(oid: PQftype(result, $0)) }
  }
}
