/// A mistake that the simulated run makes on purpose, to prove that the judge would see it.
package enum SeededDefect: String, Sendable, CaseIterable {
  /// The key is not derived from the payment but drawn anew for each request that leaves.
  case randomKey = "random-key"
  /// A request whose answer is not known is repeated under a new key.
  case newKeyOnUnknown = "new-key-on-unknown"
  /// An attempt whose answer is not known counts as failed, and the payment is due again.
  case unknownIsFailed = "unknown-is-failed"
  /// An attempt that the processor's list does not show counts as failed, and the payment is due again.
  case notFoundIsFailed = "not-found-is-failed"
  /// The same bytes are sent again when the processor may have forgotten their key.
  case repostAfterKeyLife = "repost-after-key-life"
  /// A run that has lost its lease goes on writing.
  case noFencing = "no-fencing"
  /// What a key no longer protects is charged without looking for it first.
  case noLookUpFirst = "no-look-up-first"
  /// The list is gone through from when the customer agreed to the latest terms, not from when the first were tried.
  case listFromLatestTerms = "list-from-latest-terms"
  /// Attempts are stored after they were sent, under a key of their number in that run.
  case storedAfterCall = "stored-after-call"
  /// What a charge still allows to be refunded is read without the payment's lock.
  case refundWithoutLock = "refund-without-lock"
  /// A refund whose answer is not known is asked for again, as another.
  case newRefundOnUnknown = "new-refund-on-unknown"
  /// The rows of overlapping files are taken twice, and refunded without asking the processor.
  case unprovenRefund = "unproven-refund"
}
