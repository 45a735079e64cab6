package import Postgres
package import SettleModel

extension Session {
  /// Loads one authorizations file: new authorizations become payments, known ones are answered by the table in the
  /// contract (§ Identity), the rest is quarantined. Everything appears with the transaction that it runs in.
  ///
  /// - Parameter processor: who charges those whose row names nobody; nil for the pipeline's processor. What another one
  ///   charges settle only reconciles: it is awaited from its recorded date on.
  package func loadAuthorizations(
    _ file: FileIdentity, chargedBy processor: String? = nil, context: LoadContext, rows: RowReader<Authorization>
  ) throws -> FileCounts {
    try script(Self.authorizationStaging + StagedCounts.refusedTable)
    var staged = StagedCounts()
    let columns = Self.authorizationColumns
    _ = try copyIn("incoming", columns: columns + StagedCounts.refusalColumns) { copy in
      try rows { row in
        try staged.stage(row, width: columns.count, into: &copy) { authorization, copy in
          Self.write(authorization, processor: processor ?? context.processor, merchant: context.merchant, into: &copy)
        }
      }
    }
    try script("ANALYZE incoming")
    let fileID = try reserveFileID()
    try setAsideRefused()
    try refuseMixedIdentities(context)
    try refuseHoldsInUse(context)
    try noteHolds()
    let created = try createPayments(fileID: fileID, context: context)
    try carryLate(on: context.date, "SELECT payment_id FROM incoming")
    let changed = try answerKnown(created: created, fileID: fileID, context: context)
    try registerHolds(context)
    let counts = staged.counts(accepted: created + changed, quarantined: try refusedRows())
    try publish(file, as: fileID, counts: counts, context: context)
    try script("DROP TABLE incoming, refused")
    return counts
  }

  private static func write(
    _ authorization: Authorization, processor: String, merchant: String, into copy: inout CopyWriter
  ) {
    let order = authorization.orderReference
    let payment = PaymentID(merchant: merchant, authorizationID: authorization.authorizationID, orderReference: order)
    let instrument = authorization.instrument
    copy.append(Int64(authorization.line))
    copy.append(payment)
    copy.append(authorization.authorizationID == nil ? payment : PaymentID(merchant: merchant, order: order))
    copy.append(authorization.authorizationID)
    copy.append(order)
    copy.append(OrderID(reference: order))
    copy.append(authorization.customerReference)
    copy.append(authorization.amount.minor)
    copy.append(authorization.amount.currency)
    copy.append(instrument.paymentMethod)
    copy.append(instrument.processorCustomer)
    copy.append(instrument.hold)
    copy.append(instrument.captureBefore)
    copy.append(authorization.authorizedAt)
    copy.append(authorization.processor ?? processor)
  }

  private static let authorizationColumns = [
    "line", "payment_id", "order_payment_id", "authorization_id", "order_reference", "order_id", "customer_reference",
    "amount", "currency", "payment_method", "processor_customer", "hold", "capture_before", "authorized_at",
    "processor",
  ]

  private static let authorizationStaging = """
    CREATE TEMPORARY TABLE incoming (
      line bigint NOT NULL, payment_id uuid, order_payment_id uuid, authorization_id text, order_reference text,
      order_id uuid, customer_reference text, amount bigint, currency text, payment_method text,
      processor_customer text, hold text, capture_before timestamptz, authorized_at timestamptz,
      processor text, refusal int, refused_field text, refused_reason text, refused_detail text) ON COMMIT DROP;

    """
}
