package import SettleModel

/// What a reconciliation with the bank needs to know beside the facts.
package struct BankTerms: Sendable, Equatable {
  /// Days of the calendar after its arrival on which a payout is still awaited in the bank rather than missing.
  package var waitingDays = 3
  /// Which days count as waiting days.
  package var calendar = BankingCalendar(.none)
  /// The accounts that processors pay into, as the bank names them; every account where there are none.
  package var accounts: [String] = []
  /// Texts of which a line must hold one for a payout to be expected to explain it; where there are none, every line of
  /// the accounts is expected to be explained.
  package var payoutsFrom: [String] = []

  package init() {}

  /// For a week after it was awaited a payout's amount alone is still evidence.
  var matcher: BankMatcher { BankMatcher(daysAfter: 7, waiting: waitingDays, calendar: calendar) }

  /// Whether a payout is expected to explain a line. Blanks and case say nothing: banks write both as they like.
  func expectsPayout(account: String, texts: [String]) -> Bool {
    (accounts.isEmpty || accounts.contains { Self.squeezed($0) == Self.squeezed(account) })
      && (payoutsFrom.isEmpty
        || payoutsFrom.contains { name in texts.contains { Self.holds($0, Self.squeezed(name)) } })
  }

  private static func holds(_ text: String, _ name: String) -> Bool { squeezed(text).contains(name) }

  private static func squeezed(_ text: String) -> String { text.uppercased().filter { !$0.isWhitespace } }
}
