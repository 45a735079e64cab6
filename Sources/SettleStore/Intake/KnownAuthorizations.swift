import Postgres
import SettleModel

// What happens to an authorization whose order, hold or identity the store has met before. The whole table of the
// contract's § Identity is here; each statement works on a set, and none on a row at a time.

extension Session {
  /// An order is known either by authorizations of its own or without: meeting the other form is a conflict, since the
  /// two would be two payments for what may be one sale.
  func refuseMixedIdentities(_ context: LoadContext) throws {
    let refused = try execute(
      """
      INSERT INTO refused (line, ordinal, field, reason, detail)
      SELECT i.line, 0, 'authorization_id', 'conflict',
        'this order is known without an authorization_id: load it again as it was, or correct the first file'
      FROM incoming i
      JOIN payments p ON p.payment_id = i.order_payment_id
      WHERE i.authorization_id IS NOT NULL
      UNION ALL
      SELECT i.line, 0, 'authorization_id', 'conflict',
        'this order is known with an authorization_id: name it, so that it cannot become a second payment'
      FROM incoming i
      WHERE i.authorization_id IS NULL AND EXISTS (
        SELECT FROM payments p
        WHERE p.merchant = \(context.merchant) AND p.order_reference = i.order_reference
          AND p.authorization_id IS NOT NULL)
      """)
    let mixed = try execute(
      """
      INSERT INTO refused (line, ordinal, field, reason, detail)
      SELECT line, 0, 'authorization_id', 'conflict',
        'this file names the order both with and without an authorization_id: the first form counts'
      FROM (
        SELECT line, authorization_id IS NULL AS plain,
          first_value(authorization_id IS NULL) OVER (PARTITION BY order_reference ORDER BY line) AS first_plain
        FROM incoming i
        WHERE order_reference IN (SELECT order_reference FROM incoming WHERE authorization_id IS NOT NULL)
          AND order_reference IN (SELECT order_reference FROM incoming WHERE authorization_id IS NULL)
          AND NOT EXISTS (SELECT FROM refused r WHERE r.line = i.line)) forms
      WHERE plain <> first_plain
      """)
    if refused + mixed > 0 { try dropRefused() }
  }

  /// One hold, one payment: in the store and within the file, where the first row that names it counts.
  func refuseHoldsInUse(_ context: LoadContext) throws {
    let refused = try execute(
      """
      INSERT INTO refused (line, ordinal, field, reason, detail)
      SELECT line, 0, 'processor_reference', 'hold_in_use', 'this hold already belongs to another payment'
      FROM (
        SELECT i.line, coalesce(r.payment_id <> i.payment_id, false) AS taken,
          i.payment_id <> first_value(i.payment_id) OVER (PARTITION BY i.processor, i.hold ORDER BY i.line) AS later
        FROM incoming i
        LEFT JOIN payment_references r
          ON r.merchant = \(context.merchant) AND r.processor = i.processor AND r.value = i.hold
        WHERE i.hold IS NOT NULL) holds
      WHERE taken OR later
      """)
    if refused > 0 { try dropRefused() }
  }

  /// The first row of each payment that the store does not know becomes one. Sorted by the key, so that the index
  /// grows in order. Returns how many were made.
  ///
  /// What another processor charges has been sent there, as far as settle can know, on the date that it is recorded: it
  /// is never due here, so nothing that charges can take it.
  func createPayments(fileID: Int64, context: LoadContext) throws -> Int64 {
    try digest(
      .payments, of: fileID,
      """
      INSERT INTO payments AS p (payment_id, merchant, processor, authorization_id, order_reference, order_id,
        customer_reference, amount, currency, payment_method, processor_customer, hold, capture_before,
        authorized_at, charge_due_on, charged_on, recorded_on, recorded_at, file_id, line)
      SELECT DISTINCT ON (payment_id) payment_id, \(context.merchant), processor, authorization_id,
        order_reference, order_id, customer_reference, amount, currency, payment_method, processor_customer, hold,
        capture_before, authorized_at,
        CASE WHEN processor = \(context.processor) THEN \(context.date)::date END,
        CASE WHEN processor <> \(context.processor) THEN \(context.date)::date END,
        \(context.date), \(context.now), \(fileID), line
      FROM incoming ORDER BY payment_id, line
      ON CONFLICT (payment_id) DO NOTHING
      RETURNING p.payment_id AS id, 1 AS place, \(sql: AuditHash.payment) AS hash
      """)
  }

  /// Answers every row whose payment was known, in the file or before it. Returns how many changed their payment.
  ///
  /// A change of instrument alters what later rows of the same payment are compared with, so rows are answered in
  /// rounds: everything up to the first change of each payment, then that change.
  func answerKnown(created: Int64, fileID: Int64, context: LoadContext) throws -> Int64 {
    let left: Int64 = try first("SELECT count(*) AS rows FROM incoming")?.get("rows") ?? 0
    guard left > created else { return 0 }
    _ = try execute(
      """
      DELETE FROM incoming i USING payments p
      WHERE p.payment_id = i.payment_id AND p.file_id = \(fileID) AND p.line = i.line
      """)
    var changed: Int64 = 0
    while try answerOneRound(context) {
      changed += Int64(
        try execute(
          """
          UPDATE payments p
          SET payment_method = v.payment_method, processor_customer = v.processor_customer, hold = v.hold,
            capture_before = v.capture_before, authorized_at = v.authorized_at,
            -- A retry that is planned for another card waits for this one no longer; for the same card it waits on.
            charge_due_on = CASE WHEN v.same_instrument OR p.charged_on IS NULL
              THEN coalesce(p.charge_due_on, \(context.date))
              ELSE least(coalesce(p.charge_due_on, \(context.date)), \(context.date)) END
          FROM verdicts v WHERE v.payment_id = p.payment_id AND v.turn AND v.reason IS NULL
          """))
      try noteInstruments(fileID: fileID, context)
      _ = try execute(
        """
        INSERT INTO refused (line, ordinal, field, reason, detail)
        SELECT line, 0, field, reason, CASE reason
          WHEN 'conflict' THEN 'known with another ' || field || ': one authorization has one set of terms'
          WHEN 'already_charged' THEN 'this payment was charged already; its payment method cannot change'
          ELSE 'an attempt is open; give this row again, in a new file, when its outcome is known' END
        FROM verdicts WHERE reason IS NOT NULL AND before_turn
        """)
      _ = try execute(
        "DELETE FROM incoming i USING verdicts v WHERE v.line = i.line AND (v.before_turn OR v.turn)")
    }
    if changed > 0 { try digestInstruments(of: fileID) }
    return changed
  }

  /// Judges all rows that are left against the payments as they are now. Returns whether there were any.
  ///
  /// By which means another processor charges is no concern of settle's: such a row says nothing new.
  private func answerOneRound(_ context: LoadContext) throws -> Bool {
    try script("DROP TABLE IF EXISTS verdicts")
    let judged = try execute(
      """
      CREATE TEMPORARY TABLE verdicts ON COMMIT DROP AS
      WITH compared AS (
        SELECT i.*, p.state, coalesce(a.open, false) AS attempt_open,
          CASE
            WHEN p.amount <> i.amount THEN 'amount'
            WHEN p.currency <> i.currency THEN 'currency'
            WHEN p.customer_reference IS DISTINCT FROM i.customer_reference THEN 'customer_id'
            WHEN p.order_reference <> i.order_reference THEN 'order_id'
            WHEN p.processor <> i.processor THEN 'processor'
          END AS differs,
          -- A hold that may be captured until another time is another hold. Else instants change what is still to be
          -- sent, no more: an export that dates the same agreement anew must not charge a declined card again.
          (p.payment_method, p.processor_customer, p.hold, CASE WHEN p.hold IS NOT NULL THEN p.capture_before END)
            IS NOT DISTINCT FROM (i.payment_method, i.processor_customer, i.hold,
              CASE WHEN i.hold IS NOT NULL THEN i.capture_before END) AS same_instrument,
          p.processor <> \(context.processor) AS charged_elsewhere,
          (p.capture_before, p.authorized_at) IS NOT DISTINCT FROM (i.capture_before, i.authorized_at) AS same_instants
        FROM incoming i
        JOIN payments p ON p.payment_id = i.payment_id
        LEFT JOIN LATERAL (
          SELECT true AS open FROM charge_attempts c WHERE c.payment_id = p.payment_id AND c.state = 'open'
        ) a ON true
      ), judged AS (
        SELECT *, CASE
          WHEN differs IS NOT NULL THEN 'conflict'
          WHEN charged_elsewhere OR same_instrument AND (same_instants OR state <> 'REQUESTED' OR attempt_open) THEN 'same'
          WHEN state = 'SUCCEEDED' THEN 'already_charged'
          WHEN attempt_open THEN 'attempt_open'
          ELSE 'change' END AS verdict
        FROM compared
      ), placed AS (
        SELECT *, min(line) FILTER (WHERE verdict = 'change') OVER (PARTITION BY payment_id) AS first_change
        FROM judged
      )
      SELECT line, payment_id, payment_method, processor_customer, hold, capture_before, authorized_at, same_instrument,
        CASE WHEN verdict = 'conflict' THEN differs ELSE 'payment_method' END AS field,
        CASE WHEN verdict NOT IN ('same', 'change') THEN verdict END AS reason,
        first_change IS NULL OR line < first_change AS before_turn,
        coalesce(line = first_change, false) AS turn
      FROM placed
      """)
    return judged > 0
  }

  /// Notes which rows name a hold, before they are taken from the staging table.
  func noteHolds() throws {
    try script(
      """
      CREATE TEMPORARY TABLE holds ON COMMIT DROP AS
      SELECT DISTINCT payment_id, hold FROM incoming WHERE hold IS NOT NULL
      """)
  }

  /// Writes down which payment each hold belongs to; `refuseHoldsInUse` has made sure that it is one.
  func registerHolds(_ context: LoadContext) throws {
    _ = try execute(
      """
      INSERT INTO payment_references (merchant, processor, value, kind, payment_id)
      SELECT p.merchant, p.processor, p.hold, 'hold', p.payment_id
      FROM holds h JOIN payments p ON p.payment_id = h.payment_id AND p.hold = h.hold
      ON CONFLICT (merchant, processor, value) DO NOTHING
      """)
    try script("DROP TABLE holds")
  }

  private func dropRefused() throws {
    _ = try execute("DELETE FROM incoming i USING refused r WHERE r.line = i.line")
  }
}
