/// Defects that can be seeded into the production paths, to prove that the fault harness would see them.
///
/// A build without the condition FAULTS has none: each question is answered `false` there.
package enum Defect: String, CaseIterable, Sendable {
  /// Each sending of a charge draws a fresh idempotency key.
  case randomKey = "random-key"
  /// After a 500, or no answer, the request is repeated under a new key.
  case newKeyOnRepeat = "new-key-on-500"
  /// The same bytes are sent again though the processor has forgotten the key.
  case repostAfterKeyLife = "re-post-after-key-life"
  /// Attempts are stored only with their answers.
  case attemptAfterCall = "attempt-after-call"
  /// Nothing is looked up before it is charged, however doubtful.
  case noLookUpFirst = "no-look-up-first"
  /// Writes do not prove that the lease is still held.
  case noFencing = "no-fencing"
  /// Calls leave without asking whether they still may.
  case noCallGuard = "no-call-guard"
  /// An answer that is not known counts as a decline.
  case unknownAsFailed = "unknown-as-failed"
  /// Each sending of a refund draws a fresh idempotency key.
  case refundRandomKey = "refund-random-key"
  /// A refund's id is drawn, so that two requests for one break are two refunds.
  case refundRandomID = "refund-random-id"
  /// A refund is stored without a look at those that were asked for before.
  case refundUnchecked = "refund-unchecked"
  /// A repeated row counts as another movement.
  case dedupeOff = "dedupe-off"
  /// The processor's own figures are not asked before money goes back.
  case figuresUnchecked = "figures-unchecked"
}

#if FAULTS
  extension Defect {
    /// Whether SETTLE_DEFECT, a list with commas, names this defect.
    package var isSeeded: Bool { Self.seeded.contains(self) }

    private static let seeded: Set<Defect> = {
      let names = (FaultEnvironment[FaultEnvironment.defect] ?? "").split(separator: ",").map(String.init)
      return Set(
        names.map { name in
          guard let defect = Defect(rawValue: name) else { preconditionFailure("SETTLE_DEFECT: no defect \(name)") }
          return defect
        })
    }()
  }
#else
  extension Defect {
    package var isSeeded: Bool { false }
  }
#endif
