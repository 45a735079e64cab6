/// The promises of settle, as ARCHITECTURE.md and the table name them.
enum Invariant: String, CaseIterable, Sendable {
  /// At most one successful charge per authorization at the processor.
  case once = "I1"
  /// Every movement in the processor's ledger is known to settle, or is an open break.
  case known = "I2"
  /// Refunds never exceed what was captured, and only what deserves one has one.
  case refunds = "I3"
  /// No payment is lost: what was ordered is charged in the end.
  case complete = "I4"
  /// Rows read = accepted + quarantined + ignored, for every file.
  case rows = "I5"
  /// Expected = matched + broken, reported = matched + broken, per currency.
  case totals = "I6"
  /// One active run per store; a paused and revived run can write nothing.
  case fenced = "I7"
  /// The same inputs give the same bytes out.
  case bytes = "I8"
  /// No card number at rest, in logs, or in output.
  case cards = "I9"
  /// What was charged is what was ordered: no more, no less, nothing else.
  case agreed = "as ordered"
}

/// One promise that one world has shown broken.
struct Violation: Sendable, Equatable {
  var invariant: Invariant
  /// Names orders, charges and amounts; never a secret.
  var what: String

  init(_ invariant: Invariant, _ what: String) {
    self.invariant = invariant
    self.what = what
  }
}
