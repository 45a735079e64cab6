import Postgres

// What finance decided, and what it did to the breaks.

extension Tampering {
  static let decisions: [Tampering] = [
    changed("decisions", "another action", "action = 'write_off'", where: "action = 'accept'"),
    changed("decisions", "another break", "break_id = md5(break_id::text)::uuid"),
    changed("decisions", "another number", "number = number + 5"),
    changed("decisions", "another note", "note = coalesce(note, '') || 'x'"),
    changed("decisions", "another person", "decided_by = 'mallory'"),
    changed("decisions", "another name to compare", "decided_as = 'mallory'"),
    changed("decisions", "of another seal", "seal = seal + 1"),
    changed("decisions", "another login", "login = 'mallory'"),
    changed("decisions", "another amount", "amount = amount + 1", where: "action = 'refund'"),
    changed("decisions", "no second person needed", "needs_approval = false", where: "needs_approval"),
    changed("decisions", "a longer wait", "wait_until = wait_until + 1", where: "action = 'wait'"),
    changed("decisions", "other figures", "reported_amount = reported_amount + 1"),
    changed("decisions", "another date", "decided_on = decided_on - 1"),
    changed("decisions", "another file", "file_sha256 = repeat('0', 64)"),
    changed("decisions", "of another run", "token = token + 1"),
    deleted("decisions"),
    Tampering("decisions: an approval deleted") { _ in "DELETE FROM decisions WHERE action = 'approve'" },
    Tampering("decisions: an approval put in") { salt in
      """
      INSERT INTO decisions (break_id, number, payment_id, action, approves, amount, currency, decided_by, decided_as,
        login, decided_at, decided_on, file_sha256, file_name, line, token, seal)
      SELECT break_id, number + 7, payment_id, 'approve', number, amount, currency, 'mallory', 'mallory', login,
        decided_at, decided_on, file_sha256, file_name, line, token, seal
      FROM decisions WHERE \(sql: row("decisions", salt, where: "action = 'refund'"))
      """
    },
    changed(
      "breaks", "open again", "status = 'open', resolved_on = NULL, resolution = NULL",
      where: "resolution = 'accepted'"),
    changed("breaks", "written off instead", "resolution = 'written_off'", where: "resolution = 'accepted'"),
    changed("breaks", "accepted on another date", "resolved_on = resolved_on + 1", where: "resolution = 'accepted'"),
    changed(
      "breaks", "a duplicate, it says", "status = 'resolved', resolved_on = first_seen, resolution = 'duplicate'",
      where: "status = 'open'"),
    changed("refunds", "decided, it says", "rule = 'decision'"),
  ]
}
