import Faults

/// A defect to be seeded, and the worlds that must show it.
struct SeededDefect: Sendable {
  var name: String
  /// More than one where each alone is hidden by another line of defence.
  var defects: Set<Defect>
  var fault: any Fault
  /// Worlds of that fault, in this order, until one shows a violation. When all have passed, the harness is blind.
  var worlds: [Int]
  /// Whether a quick pass tries it too.
  var isQuick = false

  static let all: [SeededDefect] = [
    SeededDefect(
      name: "random-key", defects: [.randomKey], fault: AmbiguousNetwork(), worlds: Array(0..<5), isQuick: true),
    SeededDefect(name: "new-key-on-500", defects: [.newKeyOnRepeat], fault: AmbiguousNetwork(), worlds: Array(0..<5)),
    // Killed in the middle, then +72 h or +24 h 01. What no key protects is looked up before anything is repeated.
    SeededDefect(
      name: "re-post-after-key-life", defects: [.repostAfterKeyLife, .noLookUpFirst], fault: KeyLife(),
      worlds: [1, 12, 16, 21, 32],
      isQuick: true),
    // The store lost or restored, then +24 h 01 or +72 h.
    SeededDefect(
      name: "no-look-up-first", defects: [.noLookUpFirst], fault: KeyLife(), worlds: [8, 13, 28, 33], isQuick: true),
    // The key alone would protect while it lives, and the look-up after that.
    SeededDefect(
      name: "attempt-after-call", defects: [.attemptAfterCall, .noLookUpFirst], fault: KeyLife(),
      worlds: [1, 16, 21, 36]),
    // A payment whose attempt was given back by mistake is found in the newest page of the processor\'s list.
    SeededDefect(
      name: "no-fencing", defects: [.noFencing, .noLookUpFirst], fault: TwoRuns(), worlds: [2, 7, 12, 17], isQuick: true
    ),
    SeededDefect(name: "no-call-guard", defects: [.noCallGuard], fault: TwoRuns(), worlds: [3, 8, 13, 18, 23, 28]),
    // A declined attempt without a processor payment is looked up before the next.
    SeededDefect(
      name: "unknown-as-failed", defects: [.unknownAsFailed, .noLookUpFirst], fault: KeyLife(), worlds: [0, 5, 10, 15]),
    SeededDefect(
      name: "refund-random-key", defects: [.refundRandomKey], fault: Refunds(), worlds: [0, 1, 2], isQuick: true),
    // A run that was paused with stale figures in hand; fencing, the guard of calls, the check under the payment's lock
    // and an index (which these worlds are made without) would each stop it.
    SeededDefect(
      name: "refund-asked-twice", defects: [.refundRandomID, .refundUnchecked, .noFencing, .noCallGuard],
      fault: Refunds(), worlds: Array(0..<6)),
    // The processor's own figures would not bear out what the doubled rows say.
    SeededDefect(
      name: "dedupe-off", defects: [.dedupeOff, .figuresUnchecked], fault: Refunds(), worlds: [0, 1]),
  ]
}

/// How a seeded defect fared.
struct Catch: Sendable, Codable {
  var name: String
  var defects: [String]
  var fault: String
  /// How many trials it took, or how many passed without seeing it.
  var trials: Int
  /// What the judge saw; nil where it saw nothing.
  var seen: String?
  /// How long it took: a time, which no money is computed from.
  var seconds: Double
}
