import Postgres

// What a break's row says of the bank, with the break as `b` and its payout, if any, as `y`.

extension Session {
  /// The payout's id, the bank's reference of the line, or the account with the statement's number.
  static let bankReference: SQL = """
    CASE b.reason
      WHEN 'payout_mismatch' THEN y.reference
      WHEN 'payout_not_in_bank' THEN y.reference
      WHEN 'bank_unexplained' THEN \(sql: lineReference)
      WHEN 'ambiguous_match' THEN \(sql: lineReference)
      WHEN 'statement_gap' THEN (
        SELECT rtrim(s.account || ' ' || s.name) FROM bank_statements s WHERE s.statement_id = b.item_id) END
    """

  private static let lineReference: SQL =
    "(SELECT coalesce(l.reference, l.end_to_end) FROM bank_lines l WHERE l.line_id = b.item_id)"

  /// `file:line` of the bank lines or the statement that the break is about.
  static let bankEvidence: SQL = """
    CASE b.reason
      WHEN 'payout_mismatch' THEN ARRAY(
        SELECT f.name || ':' || l.line FROM bank_match_lines t
        JOIN bank_match_lines u ON u.match_id = t.match_id
        JOIN bank_lines l ON l.line_id = u.line_id
        JOIN input_files f ON f.file_id = l.file_id
        WHERE t.line_id = b.item_id ORDER BY f.file_id, l.line, l.line_id)
      WHEN 'statement_gap' THEN ARRAY(
        SELECT f.name || ':' || s.line FROM bank_statements s JOIN input_files f ON f.file_id = s.file_id
        WHERE s.statement_id = b.item_id)
      ELSE ARRAY(
        SELECT f.name || ':' || l.line FROM bank_lines l JOIN input_files f ON f.file_id = l.file_id
        WHERE b.reason IN ('bank_unexplained', 'ambiguous_match') AND l.line_id = b.item_id) END
    """
}
