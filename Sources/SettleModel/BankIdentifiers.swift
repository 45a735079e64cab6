package import Foundation

/// One booked entry of a bank statement, however many statements hold it.
package struct BankLineID: Identifier {
  package let rawValue: UUID
  package init(rawValue: UUID) { self.rawValue = rawValue }
}

/// One statement, by what it says of itself.
package struct StatementID: Identifier {
  package let rawValue: UUID
  package init(rawValue: UUID) { self.rawValue = rawValue }
}

/// One payout of a processor in one currency.
package struct PayoutID: Identifier {
  package let rawValue: UUID
  package init(rawValue: UUID) { self.rawValue = rawValue }
}

/// The link between payouts and bank lines, named after its members.
package struct BankMatchID: Identifier {
  package let rawValue: UUID
  package init(rawValue: UUID) { self.rawValue = rawValue }
}
