import Postgres
import SettleModel

/// What the last look at open payouts and bank lines has found, for the breaks that follow from it.
struct BankVerdicts {
  var matched = 0
  var unexplained: [BankLineID] = []
  var ambiguous: [BankLineID] = []
  /// Payouts that ambiguous lines may be: nobody can say that the bank does not have them.
  var undecided: [PayoutID] = []
}

extension Session {
  /// Whether the store knows any statement: without one, no payout is awaited in a bank.
  func hasBankLines() throws -> Bool {
    try first("SELECT EXISTS (SELECT FROM bank_lines) OR EXISTS (SELECT FROM bank_statements) AS found")?.get("found")
      ?? false
  }

  /// Matches bank lines with payouts. A match that bridges a difference, whose payout has changed since, or that a name
  /// speaks against, is no end: it is made anew from all that is open, and stays as it is where nothing else comes out.
  func matchBank(_ terms: BankTerms, context: LoadContext) throws -> BankVerdicts {
    try script(
      """
      CREATE TEMPORARY TABLE reopened ON COMMIT DROP AS
      SELECT m.match_id FROM bank_matches m
      WHERE m.payout_currency = m.bank_currency AND m.payout_amount <> m.bank_amount OR EXISTS (
        SELECT FROM bank_match_payouts u JOIN payouts p ON p.payout_id = u.payout_id
        WHERE u.match_id = m.match_id AND p.amount IS DISTINCT FROM u.amount)
      """)
    let matcher = terms.matcher
    try reopenNamed(matcher, terms)
    let lines = try openLines(terms)
    let findings = matcher.match(lines, with: try payouts(around: lines, settled: false))
    let matched = try keep(findings.matches, context: context)
    try script("DROP TABLE reopened")

    let settled = Set(findings.matches.flatMap(\.lines)).union(findings.ambiguousLines)
    return BankVerdicts(
      matched: matched, unexplained: lines.filter { $0.isOfProcessor && !settled.contains($0.id) }.map(\.id),
      ambiguous: findings.ambiguousLines, undecided: findings.ambiguousPayouts)
  }

  /// Opens anew what open lines name, and the matches by amount whose lines name an open payout: a name proves what an
  /// amount only suggests, whichever file came first. What is opened may name more.
  private func reopenNamed(_ matcher: BankMatcher, _ terms: BankTerms) throws {
    while true {
      let open = try openLines(terms)
      let payouts = matcher.named(by: open, among: try payouts(around: open, settled: true))
      let weak = try lines(terms, among: Self.linesOfWeakMatches)
      let lines = matcher.lines(weak, naming: try self.payouts(around: weak, settled: false))
      guard try reopen(payouts, lines) > 0 else { return }
    }
  }

  private func openLines(_ terms: BankTerms) throws -> [OpenBankLine] {
    try lines(terms, among: "u.line_id IS NULL OR u.match_id IN (SELECT match_id FROM reopened)")
  }

  /// Lines that were matched by their amounts, from a month before the first open payout on.
  private static let linesOfWeakMatches: SQL = """
    u.match_id IN (SELECT match_id FROM bank_matches WHERE rule NOT IN ('reference', 'reference_converted'))
      AND u.match_id NOT IN (SELECT match_id FROM reopened)
      AND l.booked_on >= (
        SELECT min(p.sent_on) - 30 FROM payouts p LEFT JOIN bank_match_payouts o ON o.payout_id = p.payout_id
        WHERE p.amount IS NOT NULL AND (o.match_id IS NULL OR o.match_id IN (SELECT match_id FROM reopened)))
    """

  /// Lines for which a condition holds, with the line as `l` and its match, if any, as `u`.
  private func lines(_ terms: BankTerms, among condition: SQL) throws -> [OpenBankLine] {
    try query(
      """
      SELECT l.line_id, l.account, l.amount, l.currency, l.booked_on, l.end_to_end, l.reference, l.text
      FROM bank_lines l LEFT JOIN bank_match_lines u ON u.line_id = l.line_id
      WHERE \(sql: condition)
      ORDER BY l.line_id
      """
    ) { row in
      let words: [String?] = [try row.get("end_to_end"), try row.get("reference"), try row.get("text")]
      let texts = words.compactMap(\.self)
      return OpenBankLine(
        id: try row.get("line_id"), amount: try row.money("amount", "currency"), bookedOn: try row.get("booked_on"),
        texts: texts, isOfProcessor: terms.expectsPayout(account: try row.get("account"), texts: texts))
    }
  }

  /// Payouts that may be in the lines: sent and to arrive at most two months before or one after one of them.
  ///
  /// - Parameter settled: whether those of matches that stand, instead of all others.
  private func payouts(around lines: [OpenBankLine], settled: Bool) throws -> [AwaitedPayout] {
    guard let first = lines.map(\.bookedOn).min(), let last = lines.map(\.bookedOn).max() else { return [] }
    return try query(
      """
      SELECT p.payout_id, p.processor, p.names, p.amount, p.currency, p.sent_on, p.arrives_on
      FROM payouts p LEFT JOIN bank_match_payouts u ON u.payout_id = p.payout_id
      WHERE p.amount IS NOT NULL AND p.arrives_on >= \(first.adding(days: -60))
        AND p.sent_on <= \(last.adding(days: 30))
        AND \(settled) = (u.match_id IS NOT NULL AND u.match_id NOT IN (SELECT match_id FROM reopened))
      ORDER BY p.payout_id
      """
    ) { row in
      AwaitedPayout(
        id: try row.get("payout_id"), processor: try row.get("processor"), names: try row.get("names"),
        amount: try row.money("amount", "currency"), sentOn: try row.get("sent_on"),
        arrivesOn: try row.get("arrives_on"))
    }
  }

  /// Opens the matches of payouts that a line names (the bank has returned one, or has booked more of it) and of lines
  /// that name another payout. Returns how many stood until now.
  private func reopen(_ payouts: [PayoutID], _ lines: [BankLineID]) throws -> Int {
    guard !payouts.isEmpty || !lines.isEmpty else { return 0 }
    return try execute(
      """
      INSERT INTO reopened
      SELECT match_id FROM bank_match_payouts WHERE payout_id = ANY(\(payouts))
      UNION
      SELECT match_id FROM bank_match_lines WHERE line_id = ANY(\(lines))
      EXCEPT
      SELECT match_id FROM reopened
      """)
  }

  /// Puts the matches in the place of those that were opened anew. What is the same stays untouched.
  private func keep(_ matches: [BankMatch], context: LoadContext) throws -> Int {
    try stage(matches)
    let matched = try execute(
      """
      INSERT INTO bank_matches (match_id, rule, payout_amount, payout_currency, bank_amount, bank_currency,
        business_date)
      SELECT match_id, rule, payout_amount, payout_currency, bank_amount, bank_currency, \(context.date)::date
      FROM found ORDER BY match_id
      ON CONFLICT (match_id) DO NOTHING
      """)
    _ = try execute(
      """
      UPDATE bank_matches m SET rule = f.rule, payout_amount = f.payout_amount, bank_amount = f.bank_amount
      FROM found f WHERE f.match_id = m.match_id
        AND (m.rule, m.payout_amount, m.bank_amount) IS DISTINCT FROM (f.rule, f.payout_amount, f.bank_amount)
      """)
    try script(
      """
      INSERT INTO bank_match_lines (line_id, match_id)
      SELECT f.line_id, f.match_id FROM found_lines f
      WHERE NOT EXISTS (SELECT FROM bank_match_lines u WHERE u.line_id = f.line_id AND u.match_id = f.match_id)
      ORDER BY 1;
      INSERT INTO bank_match_payouts (payout_id, match_id, amount)
      SELECT f.payout_id, f.match_id, p.amount FROM found_payouts f JOIN payouts p ON p.payout_id = f.payout_id
      WHERE NOT EXISTS (SELECT FROM bank_match_payouts u WHERE u.payout_id = f.payout_id AND u.match_id = f.match_id)
      ORDER BY 1;
      UPDATE bank_match_payouts u SET amount = p.amount FROM payouts p, found_payouts f
      WHERE f.payout_id = u.payout_id AND p.payout_id = u.payout_id AND u.amount <> p.amount;
      DROP TABLE found, found_lines, found_payouts
      """)
    return matched
  }

  /// Takes away the matches that were opened anew and not found again, and puts what was found, with its sums, into
  /// `found`, `found_lines` and `found_payouts`.
  private func stage(_ matches: [BankMatch]) throws {
    try script(
      """
      CREATE TEMPORARY TABLE found_lines (match_id uuid, rule text, line_id uuid) ON COMMIT DROP;
      CREATE TEMPORARY TABLE found_payouts (match_id uuid, payout_id uuid) ON COMMIT DROP
      """)
    let lines = matches.flatMap { match in match.lines.map { (match.id, match.rule, $0) } }
    _ = try execute(
      "INSERT INTO found_lines SELECT * FROM unnest(\(lines.map(\.0)), \(lines.map(\.1.rawValue)), \(lines.map(\.2)))")
    let payouts = matches.flatMap { match in match.payouts.map { (match.id, $0) } }
    _ = try execute(
      "INSERT INTO found_payouts SELECT * FROM unnest(\(payouts.map(\.0)), \(payouts.map(\.1)))")
    try script(
      """
      DELETE FROM bank_match_lines WHERE match_id IN (
        SELECT match_id FROM reopened EXCEPT SELECT match_id FROM found_lines);
      DELETE FROM bank_match_payouts WHERE match_id IN (
        SELECT match_id FROM reopened EXCEPT SELECT match_id FROM found_lines);
      DELETE FROM bank_matches WHERE match_id IN (
        SELECT match_id FROM reopened EXCEPT SELECT match_id FROM found_lines);
      CREATE TEMPORARY TABLE found ON COMMIT DROP AS
      SELECT l.match_id, l.rule, p.payout_amount, p.payout_currency, l.bank_amount, l.bank_currency
      FROM (
        SELECT f.match_id, f.rule, sum(b.amount)::bigint AS bank_amount, min(b.currency) AS bank_currency
        FROM found_lines f JOIN bank_lines b ON b.line_id = f.line_id GROUP BY f.match_id, f.rule
      ) l
      JOIN (
        SELECT f.match_id, sum(p.amount)::bigint AS payout_amount, min(p.currency) AS payout_currency
        FROM found_payouts f JOIN payouts p ON p.payout_id = f.payout_id GROUP BY f.match_id
      ) p ON p.match_id = l.match_id
      """)
  }
}
