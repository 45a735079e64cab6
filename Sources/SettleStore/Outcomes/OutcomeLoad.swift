package import Postgres
package import SettleModel

extension Session {
  /// Loads one file of outcome records: new ones are linked to their payments and tell their states, known ones are
  /// ignored, and one that says something new under a known id becomes its next version.
  ///
  /// - Parameters:
  ///   - processor: whose file it is; where the layout does not say, the pipeline's processor.
  ///   - reported: whether the rows are reported money, or tell states only (`reconcile.settled_by`).
  ///   - idsRepeat: whether several rows of one file may have the same row id, as where several columns make it up.
  package func loadOutcomes(
    _ file: FileIdentity, processor: String, reported: Bool, idsRepeat: Bool = false, context: LoadContext,
    rows: RowReader<OutcomeRecord>
  ) throws -> FileCounts {
    try script(Self.outcomeStaging + StagedCounts.refusedTable)
    var staged = StagedCounts()
    let columns = Self.outcomeColumns
    _ = try copyIn("incoming", columns: columns + StagedCounts.refusalColumns) { copy in
      try rows { row in
        try staged.stage(row, width: columns.count, into: &copy) { record, copy in
          Self.write(record, processor: processor, merchant: context.merchant, into: &copy)
        }
      }
    }
    try setAsideRefused()
    try tellTwinsApart()
    try script("ANALYZE incoming")
    let repeated = try hasRepeatedIDs()
    if idsRepeat { try tellRepeatsApart() } else if repeated { try refuseContradictions() }
    let fileID = try reserveFileID()
    var accepted: Int64 = 0
    if !repeated, try takeAll() {
      accepted += try insertNew(fileID: fileID, processor: processor, reported: reported, context: context)
      try notePayouts(processor: processor)
    } else {
      while try takeNextVersions() {
        accepted += try insertNew(fileID: fileID, processor: processor, reported: reported, context: context)
        accepted += try revise(fileID: fileID, processor: processor, context: context)
      }
    }
    _ = try digest(.revisions, of: fileID, "SELECT id, place, hash FROM revisions")
    let counts = staged.counts(accepted: accepted, quarantined: try refusedRows())
    try publish(file, as: fileID, counts: counts, context: context)
    if reported { try noteArrival(of: processor, fileID: fileID, context: context) }
    // A dry run goes on in this transaction, with stages that have tables of the same names.
    try script("DROP TABLE refused, revisions, taken; DROP TABLE IF EXISTS incoming")
    return counts
  }

  private static func write(_ record: OutcomeRecord, processor: String, merchant: String, into copy: inout CopyWriter) {
    let content = record.content(of: processor)
    let references = record.references
    copy.append(Int64(record.line))
    copy.append(record.identity(processor: processor, content: content))
    copy.append(content)
    copy.append(record.kind)
    copy.append(record.rowID)
    copy.append(record.occurredAt)
    copy.append(record.availableOn)
    copy.append(record.gross.minor)
    copy.append(record.fee)
    copy.append(record.net)
    copy.append(record.gross.currency)
    copy.append(record.compared.minor)
    copy.append(record.compared.currency)
    copy.append(references.payment)
    copy.append(references.order.map { PaymentID(merchant: merchant, order: $0) })
    copy.append(references.order)
    copy.append(references.refund)
    copy.append(references.processorPayment)
    copy.append(references.processorCharge)
    copy.append(references.processorRefund)
    copy.append(references.processorDispute)
    copy.append(references.payout)
    copy.append(record.reason)
    copy.append(record.method)
    copy.append(record.exchangeRate?.text)
    copy.append(record.batch)
    copy.append(record.rest?.gross)
    copy.append(record.rest?.net)
  }

  private static let outcomeColumns = [
    "line", "outcome_id", "content", "kind", "row_id", "occurred_at", "available_on", "gross", "fee", "net", "currency",
    "compared_amount", "compared_currency", "claimed_payment", "claimed_order", "order_reference", "refund_id",
    "processor_payment", "processor_charge", "processor_refund", "processor_dispute", "payout", "reason", "method",
    "exchange_rate", "batch", "gross_rest", "net_rest",
  ]

  private static func columns(of row: SQL) -> SQL {
    outcomeColumns.map { "\(sql: row).\(identifier: $0)" as SQL }.joined(separator: ", ")
  }

  private static let outcomeStaging = """
    CREATE TEMPORARY TABLE incoming (
      line bigint NOT NULL, outcome_id uuid, content uuid, kind text, row_id text, occurred_at timestamptz,
      available_on timestamptz, gross bigint, fee bigint, net bigint, currency text, compared_amount bigint,
      compared_currency text, claimed_payment uuid, claimed_order uuid, order_reference text, refund_id uuid,
      processor_payment text, processor_charge text, processor_refund text, processor_dispute text, payout text,
      reason text, method text, exchange_rate text, batch text, gross_rest bigint, net_rest bigint, known_payment uuid,
      refusal int, refused_field text, refused_reason text, refused_detail text) ON COMMIT DROP;
    CREATE TEMPORARY TABLE revisions (id uuid, place int, hash bytea) ON COMMIT DROP;

    """

  /// Rows without an id of their own that say the same are twins, not duplicates (two equal partial refunds): the
  /// second of a file is another record, and stays the second in every file that overlaps. A charge that names its
  /// processor's id can happen once only, so its repeat is the same event delivered again.
  private func tellTwinsApart() throws {
    _ = try execute(
      """
      UPDATE incoming i SET outcome_id = md5(i.content::text || ':' || t.occurrence)::uuid
      FROM (
        SELECT line, row_number() OVER (PARTITION BY content ORDER BY line) AS occurrence
        FROM incoming
        WHERE row_id IS NULL AND NOT (
            kind IN ('charge', 'charge_failed') AND coalesce(processor_payment, processor_charge) IS NOT NULL)
          AND content IN (
          SELECT content FROM incoming WHERE row_id IS NULL GROUP BY content HAVING count(*) > 1)) t
      WHERE t.line = i.line AND t.occurrence > 1
      """)
  }

  /// Whether an identity stands in the file several times.
  private func hasRepeatedIDs() throws -> Bool {
    try first(
      """
      SELECT EXISTS (SELECT FROM incoming GROUP BY outcome_id HAVING count(*) > 1) AS repeated
      """)?.get("repeated") ?? false
  }

  /// Takes all rows at once, as `taken`, where no record of them is known, as in most files. Returns whether that was so.
  private func takeAll() throws -> Bool {
    let known: Int64? = try first(
      "SELECT count(*) AS rows FROM incoming i JOIN outcome_keys k ON k.outcome_id = i.outcome_id")?.get("rows")
    guard known == 0 else { return false }
    try script("ALTER TABLE incoming RENAME TO taken")
    return true
  }

  /// Drops what is known word for word and sets aside, as `taken`, the first row of each identity that is left.
  /// Returns whether there was any. A second round happens only where a file tells one record twice.
  private func takeNextVersions() throws -> Bool {
    _ = try execute(
      """
      DELETE FROM incoming i USING outcome_keys k WHERE k.outcome_id = i.outcome_id AND k.content = i.content
      """)
    try script("DROP TABLE IF EXISTS taken")
    let taken = try execute(
      """
      CREATE TEMPORARY TABLE taken ON COMMIT DROP AS
      SELECT DISTINCT ON (i.outcome_id) \(sql: Self.columns(of: "i")), k.payment_id AS known_payment
      FROM incoming i LEFT JOIN outcome_keys k ON k.outcome_id = i.outcome_id
      ORDER BY i.outcome_id, i.line
      """)
    guard taken > 0 else { return false }
    // Where all that is left was taken, as of most files, there is no need to look for each row.
    let left: Int64 = try first("SELECT count(*) AS rows FROM incoming")?.get("rows") ?? 0
    if left == Int64(taken) {
      try script("TRUNCATE incoming")
    } else {
      _ = try execute("DELETE FROM incoming i USING taken t WHERE t.line = i.line")
    }
    try script("ANALYZE taken")
    return true
  }

  /// Links new records and keeps them. Returns how many there were.
  private func insertNew(fileID: Int64, processor: String, reported: Bool, context: LoadContext) throws -> Int64 {
    try link("SELECT *, \(processor)::text AS processor FROM taken WHERE known_payment IS NULL", context)
    _ = try execute(
      """
      INSERT INTO outcome_keys (outcome_id, content, payment_id)
      SELECT t.outcome_id, t.content, coalesce(l.payment_id, t.outcome_id)
      FROM taken t LEFT JOIN links l ON l.outcome_id = t.outcome_id
      WHERE t.known_payment IS NULL ORDER BY t.outcome_id
      """)
    let inserted = try digest(
      .outcomes, of: fileID,
      """
      INSERT INTO outcome_records AS o (payment_id, outcome_id, kind, linked_by, reported, processor, row_id, occurred_at,
        available_on, gross, fee, net, currency, compared_amount, compared_currency, claimed_payment, claimed_order,
        order_reference, refund_id, processor_payment, processor_charge, processor_refund, processor_dispute, payout,
        reason, method, exchange_rate, batch, business_date, file_id, line, gross_rest, net_rest)
      SELECT coalesce(l.payment_id, t.outcome_id) AS payment_id, t.outcome_id, kind, l.linked_by, \(reported),
        \(processor), row_id, occurred_at, available_on, gross, fee, net, currency, compared_amount, compared_currency,
        claimed_payment, claimed_order, order_reference, refund_id, processor_payment, processor_charge,
        processor_refund, processor_dispute, payout, reason, method, exchange_rate::numeric, batch, \(context.date),
        \(fileID), line, gross_rest, net_rest
      FROM taken t LEFT JOIN links l ON l.outcome_id = t.outcome_id
      WHERE t.known_payment IS NULL ORDER BY 1
      RETURNING o.outcome_id AS id, o.version AS place, \(sql: AuditHash.outcome) AS hash
      """)
    try carryLate(
      on: context.date,
      """
      SELECT coalesce(l.payment_id, t.outcome_id) AS payment_id
      FROM taken t LEFT JOIN links l ON l.outcome_id = t.outcome_id WHERE t.known_payment IS NULL
      """)
    try tellStates(context: context)
    if reported { try noteBatches(of: processor, fileID: fileID, context: context) }
    try script("DROP TABLE links")
    return inserted
  }

  /// A known id with new content (a payout id that was filled in later) is the record's next version. What it said
  /// before is kept. Where its money changed, its match goes, so that it is matched anew; where its kind did, it tells
  /// a state again.
  private func revise(fileID: Int64, processor: String, context: LoadContext) throws -> Int64 {
    // An export made earlier and loaded later must not put an older version back. A record that was an orphan has kept
    // its versions under its own id.
    _ = try execute(
      """
      DELETE FROM taken t USING outcome_versions v
      WHERE v.payment_id IN (t.known_payment, t.outcome_id) AND v.outcome_id = t.outcome_id
        AND t.known_payment IS NOT NULL AND v.record ->> 'content' = t.content::text
      """)
    // All that is left in `taken` is news, and the records still say what they said before.
    try notePayouts(processor: processor)
    let kept = try execute(
      """
      INSERT INTO outcome_versions (payment_id, outcome_id, version, record, replaced_on)
      SELECT r.payment_id, r.outcome_id, r.version, to_jsonb(r) || jsonb_build_object('content', k.content),
        \(context.date)
      FROM taken t
      JOIN outcome_records r ON r.payment_id = t.known_payment AND r.outcome_id = t.outcome_id
      JOIN outcome_keys k ON k.outcome_id = t.outcome_id
      """)
    guard kept > 0 else { return 0 }
    try script(
      """
      CREATE TEMPORARY TABLE links ON COMMIT DROP AS
      SELECT r.outcome_id, r.payment_id, r.linked_by
      FROM taken t JOIN outcome_records r ON r.payment_id = t.known_payment AND r.outcome_id = t.outcome_id
      WHERE r.linked_by IS NOT NULL AND r.kind <> t.kind
      """)
    try unmatch(
      """
      USING taken t, outcome_records r
      WHERE m.payment_id = t.known_payment AND m.outcome_id = t.outcome_id
        AND r.payment_id = t.known_payment AND r.outcome_id = t.outcome_id
        AND (r.kind, r.compared_amount, r.compared_currency)
          IS DISTINCT FROM (t.kind, t.compared_amount, t.compared_currency)
      """, on: context.date)
    _ = try execute(
      """
      WITH revised AS (
      UPDATE outcome_records r
      SET version = r.version + 1, kind = t.kind, occurred_at = t.occurred_at,
        available_on = coalesce(t.available_on, r.available_on), gross = t.gross, fee = t.fee, net = t.net,
        gross_rest = t.gross_rest, net_rest = t.net_rest, currency = t.currency, compared_amount = t.compared_amount,
        compared_currency = t.compared_currency, claimed_payment = coalesce(t.claimed_payment, r.claimed_payment),
        claimed_order = coalesce(t.claimed_order, r.claimed_order),
        order_reference = coalesce(t.order_reference, r.order_reference),
        refund_id = coalesce(t.refund_id, r.refund_id),
        processor_payment = coalesce(t.processor_payment, r.processor_payment),
        processor_charge = coalesce(t.processor_charge, r.processor_charge),
        processor_refund = coalesce(t.processor_refund, r.processor_refund),
        processor_dispute = coalesce(t.processor_dispute, r.processor_dispute),
        payout = coalesce(t.payout, r.payout), reason = coalesce(t.reason, r.reason),
        method = coalesce(t.method, r.method), exchange_rate = coalesce(t.exchange_rate::numeric, r.exchange_rate),
        batch = coalesce(t.batch, r.batch), file_id = \(fileID), line = t.line
      FROM taken t WHERE r.payment_id = t.known_payment AND r.outcome_id = t.outcome_id
      RETURNING r.*
      )
      INSERT INTO revisions (id, place, hash) SELECT o.outcome_id, o.version, \(sql: AuditHash.outcome) FROM revised o
      """)
    _ = try execute(
      "UPDATE outcome_keys k SET content = t.content FROM taken t WHERE k.outcome_id = t.outcome_id")
    try carry("SELECT known_payment AS payment_id FROM taken WHERE known_payment IS NOT NULL")
    try tellStates(context: context)
    try script("DROP TABLE links")
    return Int64(kept)
  }
}
