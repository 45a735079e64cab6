package import Postgres
package import SettleModel

/// Takes the rows of one authorizations file into the staging table, in the order of the file.
package struct AuthorizationSink: ~Copyable {
  fileprivate var copy: CopyWriter
  private let merchant: String
  fileprivate var read: Int64 = 0
  fileprivate var ignored: Int64 = 0
  private var refusals: Int32 = 0

  fileprivate init(copy: CopyWriter, merchant: String) {
    self.copy = copy
    self.merchant = merchant
  }

  package mutating func accept(_ authorization: Authorization) throws {
    read += 1
    let order = authorization.orderReference
    let payment = PaymentID(merchant: merchant, authorizationID: authorization.authorizationID, orderReference: order)
    let instrument = authorization.instrument
    copy.beginRow()
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
    for _ in 0..<4 { copy.append(String?.none) }
    try copy.endRow()
  }

  /// Takes every refusal of one row.
  package mutating func refuse(_ refusals: [Quarantined]) throws {
    guard let first = refusals.first else { return }
    read += 1
    for refusal in refusals {
      self.refusals += 1
      copy.beginRow()
      copy.append(Int64(first.line))
      for _ in 0..<13 { copy.append(String?.none) }
      copy.append(self.refusals)
      copy.append(refusal.field)
      copy.append(refusal.reason)
      copy.append(refusal.detail)
      try copy.endRow()
    }
  }

  package mutating func ignore() {
    read += 1
    ignored += 1
  }
}

extension Session {
  /// Loads one authorizations file: new authorizations become payments, known ones are answered by the table in the
  /// contract (§ Identity), the rest is quarantined. Publishes everything with the transaction that it runs in.
  package func loadAuthorizations(
    _ file: FileIdentity, context: LoadContext, rows: (inout AuthorizationSink) throws -> Void
  ) throws -> FileCounts {
    try script(Self.authorizationStaging)
    var read: Int64 = 0
    var ignored: Int64 = 0
    _ = try copyIn("incoming", columns: Self.incomingColumns) { copy in
      var sink = AuthorizationSink(copy: copy, merchant: context.merchant)
      try rows(&sink)
      (read, ignored) = (sink.read, sink.ignored)
      copy = sink.copy
    }
    try script("ANALYZE incoming")
    let fileID = try reserveFileID()
    try setAsideRefused()
    try refuseMixedIdentities(context)
    try refuseHoldsInUse(context)
    try noteHolds()
    let created = try createPayments(fileID: fileID, context: context)
    let changed = try answerKnown(created: created, fileID: fileID, context: context)
    try registerHolds(context)
    let quarantined = try refusedRows()
    let counts = FileCounts(
      read: read, accepted: created + changed, quarantined: quarantined,
      ignored: read - created - changed - quarantined)
    try publish(file, as: fileID, counts: counts, context: context)
    try script("DROP TABLE incoming, refused")
    return counts
  }

  private static let incomingColumns = [
    "line", "payment_id", "order_payment_id", "authorization_id", "order_reference", "order_id", "customer_reference",
    "amount", "currency", "payment_method", "processor_customer", "hold", "capture_before", "authorized_at",
    "refusal", "refused_field", "refused_reason", "refused_detail",
  ]

  private static let authorizationStaging = """
    CREATE TEMPORARY TABLE incoming (
      line bigint NOT NULL, payment_id uuid, order_payment_id uuid, authorization_id text, order_reference text,
      order_id uuid, customer_reference text, amount bigint, currency text, payment_method text,
      processor_customer text, hold text, capture_before timestamptz, authorized_at timestamptz,
      refusal int, refused_field text, refused_reason text, refused_detail text) ON COMMIT DROP;
    CREATE TEMPORARY TABLE refused (
      line bigint NOT NULL, ordinal int NOT NULL, field text, reason text NOT NULL, detail text NOT NULL)
      ON COMMIT DROP;
    """

  /// Rows that the layout refused never meet the store.
  private func setAsideRefused() throws {
    let moved = try execute(
      """
      INSERT INTO refused (line, ordinal, field, reason, detail)
      SELECT line, refusal, refused_field, refused_reason, refused_detail FROM incoming WHERE refusal IS NOT NULL
      """)
    if moved > 0 { _ = try execute("DELETE FROM incoming WHERE refusal IS NOT NULL") }
  }
}
