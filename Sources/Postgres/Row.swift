/// One row of a result. It keeps the whole result in memory (a streamed row only itself).
package struct Row {
  let result: ResultSet
  let index: Int32

  /// The value of a column; an `Optional` type takes NULL as `nil`, any other refuses it.
  ///
  /// - Throws: a `decoding` error with the column, the type wanted and the type found, never the value.
  package func get<T: SQLDecodable>(_ column: String, as type: T.Type = T.self) throws -> T {
    // Few columns, short names: a scan is faster than a dictionary.
    guard let position = result.columns.names.firstIndex(of: column) else {
      throw PostgresError(
        .decoding, "the result has no column \"\(column)\", only \(result.columns.names.joined(separator: ", "))")
    }
    return try get(position, as: type)
  }

  /// The value of the column at a position, counted from 0.
  package func get<T: SQLDecodable>(_ position: Int, as type: T.Type = T.self) throws -> T {
    let columns = result.columns
    guard columns.names.indices.contains(position) else {
      throw PostgresError(.decoding, "the result has \(columns.names.count) columns, none at position \(position)")
    }
    let value = result.value(row: index, column: Int32(position))
    do {
      return try T(sql: value)
    } catch {
      // Any other error comes from a type's own initialiser, and might repeat the value.
      let found = (error as? SQLMismatch)?.found ?? "\(value.type) with a value that it refuses"
      var wrapped = PostgresError(
        .decoding, "column \"\(columns.names[position])\" was read as \(T.self), but holds \(found)")
      wrapped.column = columns.names[position]
      throw wrapped
    }
  }

  package var columns: [String] { result.columns.names }
}
