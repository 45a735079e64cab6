/// A payout as the bank should show it.
package struct AwaitedPayout: Sendable, Equatable {
  package var id: PayoutID
  package var processor: String
  /// Everything that a bank line may call it: the payout's id, and what its row in the processor's file names besides.
  package var names: [String]
  /// Positive where the bank receives it. Zero where it was taken back: then only its name finds its lines.
  package var amount: Money
  package var sentOn: BusinessDate
  /// When the processor says that it arrives; never before ``sentOn``.
  package var arrivesOn: BusinessDate

  package init(
    id: PayoutID, processor: String, names: [String], amount: Money, sentOn: BusinessDate, arrivesOn: BusinessDate
  ) {
    self.id = id
    self.processor = processor
    self.names = names
    self.amount = amount
    self.sentOn = sentOn
    self.arrivesOn = arrivesOn
  }
}

/// A bank line that no payout explains yet.
package struct OpenBankLine: Sendable, Equatable {
  package var id: BankLineID
  package var amount: Money
  package var bookedOn: BusinessDate
  /// What the payer gave along, the bank's reference, the remittance text: whatever may name a payout.
  package var texts: [String]
  /// Whether the pipeline expects a payout to explain it. Others are found by name alone, never by amount.
  package var isOfProcessor: Bool

  package init(id: BankLineID, amount: Money, bookedOn: BusinessDate, texts: [String], isOfProcessor: Bool = true) {
    self.id = id
    self.amount = amount
    self.bookedOn = bookedOn
    self.texts = texts
    self.isOfProcessor = isOfProcessor
  }
}

/// Payouts and the bank lines that they are: many lines of one payout, or one line of several.
package struct BankMatch: Sendable, Equatable {
  /// What proved it. Stored spellings are never reused.
  package enum Rule: String, Sendable, CaseIterable {
    /// The lines name the payout.
    case reference
    /// The same, where the bank has converted the payout into the account's currency.
    case referenceConverted = "reference_converted"
    /// Nothing else of its window has this amount; or a name that proves nothing by itself says which of those it is.
    case amountAndDate = "amount_and_date"
    /// Of a few payouts, just these add up to the line.
    case sumOfPayouts = "sum_of_payouts"
    /// Of a few lines, just these add up to the payout.
    case sumOfLines = "sum_of_lines"
  }

  package var rule: Rule
  /// In order of their ids, as the payouts are.
  package var lines: [BankLineID]
  package var payouts: [PayoutID]

  package init(_ rule: Rule, lines: [BankLineID], payouts: [PayoutID]) {
    self.rule = rule
    self.lines = lines.sorted()
    self.payouts = payouts.sorted()
  }

  /// The same members are the same match, from night to night.
  package var id: BankMatchID {
    BankMatchID(
      naming: "bank-match", lines.map(\.description).joined(separator: ","),
      payouts.map(\.description).joined(separator: ","))
  }
}

/// What matching has found. A line or payout is in one of these at most.
package struct BankFindings: Sendable, Equatable {
  package var matches: [BankMatch] = []
  /// Lines that several payouts may explain, or that may explain one payout with others: for a person.
  package var ambiguousLines: [BankLineID] = []
  package var ambiguousPayouts: [PayoutID] = []

  package init() {}
}
