package import Postgres
package import SettleModel

/// Bank lines that what somebody has before their eyes may be.
package struct FoundBankLines: Sendable {
  package struct Line: Sendable {
    package var id: BankLineID
    package var amount: Money
    package var bookedOn: BusinessDate
    /// What the bank says of it: its reference, the end-to-end reference, the remittance text.
    package var words: [String]
    package var source: String
  }

  /// The latest first, and no more than were asked for.
  package var lines: [Line] = []
  /// How many there are.
  package var count: Int64 = 0
  /// Whether a reference or the text of each is just what was asked for, rather than holds it.
  package var isWhole = false

  package init() {}
}

extension Session {
  /// Bank lines with a text: those whose references or remittance text are it, else those that hold it. Case and blanks
  /// say nothing: banks and their portals break lines as they like.
  ///
  /// A person asks for one text at a time, so all lines are read through.
  package func bankLines(holding text: String, limit: Int = 10) throws -> FoundBankLines {
    let wanted = IdentityText.normalised(text).filter { !$0.isWhitespace }
    // Less than four letters are in everything.
    guard wanted.count >= 4 else { return FoundBankLines() }
    let plain: (SQL) -> SQL = { "lower(regexp_replace(\(sql: $0), '\\s', '', 'g') COLLATE \"C\")" }
    var found = FoundBankLines()
    try forEach(
      """
      WITH asked AS (SELECT lower(\(wanted)::text COLLATE "C") AS words), hits AS (
        SELECT l.*, words IN (\(sql: plain("coalesce(reference, '')")), \(sql: plain("coalesce(end_to_end, '')")),
            \(sql: plain("coalesce(text, '')"))) AS is_whole
        FROM bank_lines l CROSS JOIN asked
        -- What parts two texts is in none.
        WHERE position(words in \(sql: plain("concat_ws(chr(1), reference, end_to_end, text)"))) > 0
      )
      SELECT h.line_id, h.amount, h.currency, h.booked_on, h.is_whole, f.name || ':' || h.line AS source,
        array_remove(ARRAY[h.reference, h.end_to_end, h.text], NULL) AS words, count(*) OVER () AS lines
      FROM hits h JOIN input_files f ON f.file_id = h.file_id
      WHERE h.is_whole = (SELECT bool_or(is_whole) FROM hits)
      ORDER BY h.booked_on DESC, h.file_id DESC, h.line, h.line_id LIMIT \(limit)
      """
    ) { row in
      found.count = try row.get("lines")
      found.isWhole = try row.get("is_whole")
      found.lines.append(
        FoundBankLines.Line(
          id: try row.get("line_id"), amount: try row.money("amount", "currency"), bookedOn: try row.get("booked_on"),
          words: try row.get("words"), source: try row.get("source")))
    }
    return found
  }
}
