/// The order's agreement to be charged, as a file or the Payment API brings it.
package struct Authorization: Sendable, Equatable {
  /// The merchant's own reference of the order, trimmed and NFC-normalised; UUIDs in lower case.
  package var orderReference: String
  /// The authorization's own identity, where the order has one or several.
  package var authorizationID: String?
  /// The merchant's reference of the customer; a UUID where the contract's messages are to carry it.
  package var customerReference: String?
  package var amount: Money
  package var instrument: Instrument
  package var authorizedAt: Timestamp?
  /// Who charges it, where the row names somebody: settle itself only where that is the pipeline's processor.
  package var processor: String?
  /// The physical line where the row starts.
  package var line: Int

  package init(
    orderReference: String, authorizationID: String? = nil, customerReference: String? = nil, amount: Money,
    instrument: Instrument = Instrument(), authorizedAt: Timestamp? = nil, processor: String? = nil, line: Int = 0
  ) {
    self.orderReference = orderReference
    self.authorizationID = authorizationID
    self.customerReference = customerReference
    self.amount = amount
    self.instrument = instrument
    self.authorizedAt = authorizedAt
    self.processor = processor
    self.line = line
  }
}

/// What is charged: a payment method at the processor, or a hold that exists there already.
package struct Instrument: Sendable, Equatable {
  package var paymentMethod: String?
  /// The processor's customer, which a saved payment method needs.
  package var processorCustomer: String?
  /// The processor's reference of a hold; charging captures it instead of creating a charge.
  package var hold: String?
  /// When the hold lapses.
  package var captureBefore: Timestamp?

  package init(
    paymentMethod: String? = nil, processorCustomer: String? = nil, hold: String? = nil, captureBefore: Timestamp? = nil
  ) {
    self.paymentMethod = paymentMethod
    self.processorCustomer = processorCustomer
    self.hold = hold
    self.captureBefore = captureBefore
  }
}
