import Postgres

// Entries that read alike. Each is money of its own, and yet statements overlap, so that the same entry comes again in
// another file. Two entries that read alike are the same where the statements that hold them overlap, and twins where
// they stand in one statement or in statements that follow each other. Twins are numbered over the whole account.

extension Session {
  /// Gives each line of `incoming` its identity: `named` holds its `place`, its `line_id` and the `statement_id` that
  /// it stands in, if any.
  func nameLines() throws {
    try script(Self.placement)
    let contested: Int64 = try first("SELECT count(*) AS cores FROM contested")?.get("cores") ?? 0
    if contested > 0 {
      // Compiling a statement costs seconds, and there are some for each statement of the file.
      try script("SET LOCAL jit = off;" + Self.knownTwins + Self.statementsAround + Self.statementsApart)
      let last: Int64 = try first("SELECT max(round) AS last FROM rounds")?.get("last") ?? 0
      // One statement of each account after the other, since what the first one holds decides what the next one shares.
      if last > 0 { for round in 1...last { try assign(round) } }
      try script("DROP TABLE twins, held, near, apart, rounds")
    }
    _ = try execute(
      """
      CREATE TEMPORARY TABLE named ON COMMIT DROP AS
      SELECT p.place, p.statement_id, coalesce(a.line_id, \(sql: Self.twin("p.core", "p.nth"))) AS line_id
      FROM placed p LEFT JOIN assigned a ON a.place = p.place
      """)
    try script("DROP TABLE placed, contested, assigned; ANALYZE named")
  }

  /// The identity of an entry's n-th twin: the first one's is that of what it says.
  private static func twin(_ core: SQL, _ nth: SQL) -> SQL {
    "CASE WHEN \(sql: nth) = 1 THEN \(sql: core) ELSE md5(\(sql: core)::text || ':' || (\(sql: nth)))::uuid END"
  }

  /// `placed`: each line with its statement, which in the file follows its lines, and which of those alike in it the
  /// line is; `part` numbers the statements. `contested`: what is not in one statement alone.
  private static let placement = """
    CREATE TEMPORARY TABLE placed ON COMMIT DROP AS
    SELECT core, account, amount, place, part, statement_id,
      row_number() OVER (PARTITION BY core, part ORDER BY place) AS nth
    FROM (
      SELECT core, account, amount, place, min(place) OVER s AS part, (max(statement_id::text) OVER s)::uuid AS statement_id
      FROM (
        SELECT *, count(statement_id) OVER (PARTITION BY account, name, currency ORDER BY place DESC) AS after
        FROM incoming) counted
      WINDOW s AS (PARTITION BY account, name, currency, after)
    ) parted
    WHERE core IS NOT NULL;
    CREATE TEMPORARY TABLE contested ON COMMIT DROP AS
    SELECT core, min(account) AS account FROM placed GROUP BY core
    HAVING min(part) <> max(part) OR EXISTS (SELECT FROM bank_lines l WHERE l.line_id = core);
    CREATE TEMPORARY TABLE assigned (
      place bigint, core uuid, nth bigint, line_id uuid, statement_id uuid, round bigint) ON COMMIT DROP;
    ANALYZE placed, contested;

    """

  /// `twins`: the known lines of each contested entry. `held`: which statements hold them. `rounds`: the order in which
  /// the file's statements take theirs.
  private static let knownTwins = """
    CREATE TEMPORARY TABLE twins ON COMMIT DROP AS
    WITH RECURSIVE twin AS (
      SELECT c.core, 1::bigint AS nth, l.line_id FROM contested c JOIN bank_lines l ON l.line_id = c.core
      UNION ALL
      SELECT t.core, t.nth + 1, l.line_id
      FROM twin t JOIN bank_lines l ON l.line_id = md5(t.core::text || ':' || (t.nth + 1))::uuid
    )
    SELECT core, nth, line_id FROM twin;
    CREATE TEMPORARY TABLE held ON COMMIT DROP AS
    SELECT t.core, t.line_id, h.statement_id FROM twins t JOIN bank_statement_lines h ON h.line_id = t.line_id;
    CREATE TEMPORARY TABLE rounds ON COMMIT DROP AS
    SELECT part, statement_id, dense_rank() OVER (PARTITION BY account ORDER BY part) AS round
    FROM (SELECT DISTINCT p.part, p.statement_id, p.account FROM placed p JOIN contested c ON c.core = p.core) parts;
    CREATE INDEX ON placed (part);
    CREATE INDEX ON rounds (round);
    CREATE INDEX ON twins (core);
    CREATE INDEX ON held (line_id);
    ANALYZE rounds, twins, held;

    """

  /// `near`: the file's statements, those that its days touch, and those that hold known twins.
  private static let statementsAround = """
    CREATE TEMPORARY TABLE near ON COMMIT DROP AS
    WITH told AS (
      SELECT statement_id, account, currency, number, page, opening, closing, coalesce(opened_on, closed_on) AS first_on,
        closed_on
      FROM incoming WHERE statement_id IS NOT NULL AND account IN (SELECT account FROM contested)
    ), days AS (
      SELECT account, currency, min(first_on) AS first_on, max(closed_on) AS last_on FROM told GROUP BY account, currency
    )
    SELECT DISTINCT ON (statement_id) * FROM (
      SELECT * FROM told
      UNION ALL
      SELECT s.statement_id, s.account, s.currency, s.number, s.page, s.opening, s.closing,
        coalesce(s.opened_on, s.closed_on), s.closed_on
      FROM bank_statements s JOIN days d ON d.account = s.account AND d.currency = s.currency
      WHERE s.closed_on >= d.first_on AND coalesce(s.opened_on, s.closed_on) <= d.last_on
      UNION ALL
      SELECT s.statement_id, s.account, s.currency, s.number, s.page, s.opening, s.closing,
        coalesce(s.opened_on, s.closed_on), s.closed_on
      FROM bank_statements s WHERE s.statement_id IN (SELECT statement_id FROM held)
    ) known ORDER BY statement_id;
    CREATE UNIQUE INDEX ON near (statement_id);
    ANALYZE near;

    """

  /// `apart`: statements that share a day and yet no entry, since the one begins with the balance that the other ended
  /// with, or others lie between them that do so. Their numbers prove it. Where a bank gives none, so does money that
  /// would have moved the balance if the statements shared it; an account that is emptied again and again proves nothing.
  private static let statementsApart = """
    CREATE TEMPORARY TABLE apart ON COMMIT DROP AS
    WITH RECURSIVE counted AS (
      SELECT statement_id, core, max(amount) AS amount, max(entries) AS entries
      FROM (
        SELECT h.statement_id, h.core, l.amount, count(*) AS entries
        FROM held h JOIN bank_lines l ON l.line_id = h.line_id GROUP BY h.statement_id, h.core, l.amount
        UNION ALL
        SELECT p.statement_id, p.core, p.amount, count(*)
        FROM placed p JOIN contested c ON c.core = p.core
        WHERE p.statement_id IS NOT NULL GROUP BY p.part, p.statement_id, p.core, p.amount
      ) both_sides GROUP BY statement_id, core
    ), touching AS (
      SELECT a.statement_id AS before, b.statement_id AS after, b.opening,
        coalesce(b.number > a.number OR b.number = a.number AND b.page > a.page, false) AS is_numbered,
        a.opening = b.opening AND a.first_on = b.first_on OR a.closing = b.closing AND a.closed_on = b.closed_on AS is_part
      FROM near a
      JOIN near b ON b.account = a.account AND b.currency = a.currency AND b.opening = a.closing
      WHERE b.statement_id <> a.statement_id AND a.first_on <= b.first_on AND a.closed_on <= b.closed_on
        AND a.closed_on <= b.first_on
    ), linked AS (
      SELECT before, after FROM (
        SELECT t.*, (
            SELECT sum(x.amount * least(x.entries, y.entries)) FROM counted x JOIN counted y ON y.core = x.core
            WHERE x.statement_id = t.before AND y.statement_id = t.after) AS alike
        FROM touching t) t
      WHERE is_numbered OR NOT is_part AND (alike IS NULL OR opening <> 0 AND alike <> 0)
    ), reach AS (
      SELECT before, after FROM linked
      UNION
      SELECT r.before, l.after FROM reach r
      JOIN linked l ON l.before = r.after
      JOIN near a ON a.statement_id = r.before
      JOIN near b ON b.statement_id = l.after
      WHERE a.closed_on >= b.first_on
    )
    SELECT before AS one, after AS other FROM reach WHERE before <> after
    UNION
    SELECT after, before FROM reach WHERE before <> after;
    CREATE UNIQUE INDEX ON apart (one, other);
    ANALYZE apart
    """

  /// Lets one statement of each account take its lines: those known ones that no statement apart from it holds, first
  /// what it holds itself; then new ones.
  private func assign(_ round: Int64) throws {
    _ = try execute(
      """
      WITH taking AS (
        SELECT g.part, g.statement_id, s.number, s.page, s.first_on, s.closed_on
        FROM rounds g LEFT JOIN near s ON s.statement_id = g.statement_id WHERE g.round = \(round)
      ), wanted AS (
        SELECT p.* FROM taking g JOIN placed p ON p.part = g.part JOIN contested c ON c.core = p.core
      ), free AS (
        SELECT w.part, t.core, t.line_id, row_number() OVER (
          PARTITION BY w.part, t.core
          ORDER BY NOT EXISTS (
            SELECT FROM held h WHERE h.line_id = t.line_id AND h.statement_id = g.statement_id), t.nth) AS nth
        FROM (SELECT DISTINCT part, core FROM wanted) w
        JOIN taking g ON g.part = w.part
        JOIN twins t ON t.core = w.core
        WHERE NOT EXISTS (
          SELECT FROM held h JOIN near n ON n.statement_id = h.statement_id
          WHERE h.line_id = t.line_id AND (
            n.closed_on < g.first_on OR n.first_on > g.closed_on OR n.number = g.number AND n.page <> g.page
            OR EXISTS (SELECT FROM apart a WHERE a.one = n.statement_id AND a.other = g.statement_id)))
      ), spare AS (
        SELECT part, core, count(*) AS lines FROM free GROUP BY part, core
      ), known AS (
        SELECT core, count(*) AS lines FROM twins GROUP BY core
      )
      INSERT INTO assigned (place, core, nth, line_id, statement_id, round)
      SELECT place, core, CASE WHEN line_id IS NULL THEN nth END,
        coalesce(line_id, \(sql: Self.twin("core", "nth"))), statement_id, \(round)
      FROM (
        SELECT w.place, w.core, w.statement_id, f.line_id,
          coalesce(k.lines, 0) + w.nth - coalesce(s.lines, 0) AS nth
        FROM wanted w
        LEFT JOIN free f ON f.part = w.part AND f.core = w.core AND f.nth = w.nth
        LEFT JOIN spare s ON s.part = w.part AND s.core = w.core
        LEFT JOIN known k ON k.core = w.core
      ) taken
      """)
    _ = try execute(
      "INSERT INTO twins SELECT core, nth, line_id FROM assigned WHERE round = \(round) AND nth IS NOT NULL")
    _ = try execute(
      """
      INSERT INTO held SELECT core, line_id, statement_id FROM assigned
      WHERE round = \(round) AND statement_id IS NOT NULL
      """)
  }
}
