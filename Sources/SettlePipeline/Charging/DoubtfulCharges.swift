import Faults
import Postgres
import SettleModel
import SettleStore

/// Looks for what the processor may have charged and this store does not know, before anything is asked for.
///
/// 1. The canary: the newest of the processor's charges. Where one of them is an attempt of this store's payments
///    that it never made, the store was restored from before it, whatever its database says of itself.
/// 2. One walk through the processor's list, over all that is due where the store is in doubt, else over what no
///    idempotency key protects any more. What is found is taken over.
struct DoubtfulCharges: Sendable {
  let context: RunContext
  let processor: any ProcessorAdapter
  /// For how long from its creation a key is relied on.
  let keyLife: Duration

  /// Returns what a person should know of it, sentence by sentence.
  ///
  /// - Parameter known: what the store's own identity says.
  func settle(_ known: StoreDoubt?) async throws -> [String] {
    if Defect.noLookUpFirst.isSeeded { return [] }
    let load = context.load
    var doubt = known
    var adoption = Adoption()
    let newest = try await processor.newestCharges()
    let unknown = try await context.store.pool.session { try $0.unknownAttempts(among: newest, context: load) }
    if unknown > 0 {
      let isNews = doubt == nil
      doubt = doubt ?? .olderThanProcessor
      // Taken over at once: a payment that is not due is not looked for below.
      adoption = try await context.write { db in
        if isNews { try db.doubt(.olderThanProcessor, at: load.now) }
        return try db.adopt(newest, context: load)
      }
    }
    var messages: [String] = []
    if let doubt, doubt != .newStore {
      messages.append("\(doubt.sentence): everything due is looked up before it is charged")
      context.progress.note(.charge, messages[0])
    }
    adoption = adoption + (try await sweep(doubt, isUsed: newest.contains { $0.payment != nil }))
    messages += sentences(adoption)
    return messages
  }

  /// One walk through the list, if anything is doubtful. The doubt ends with it, unless it has a time to last.
  ///
  /// - Parameter isUsed: whether settle has charged with this account before, as far as is known.
  private func sweep(_ doubt: StoreDoubt?, isUsed: Bool) async throws -> Adoption {
    let load = context.load
    let expired = load.now.adding(.zero - keyLife)
    let since = try await context.store.pool.session {
      try $0.doubtfulSince(everything: doubt != nil, keysExpiredBefore: expired, context: load)
    }
    guard let since else { return Adoption() }
    context.progress.note(.charge, "looking for earlier charges of what is due")
    let found = Adopted()
    try await processor.charges(since: since.adding(.zero - ChargeLookUp.clockSkew)) { page in
      await found.add(
        try await context.write { try $0.adopt(page, context: context.load) },
        isOurs: page.contains { $0.payment != nil })
    }
    if doubt != nil {
      try await countTries()
      let isAnyOurs = await found.isAnyOurs
      try await context.write { db in
        if isUsed || isAnyOurs { try db.prolongDoubt(at: load.now) }
        try db.endDoubt(at: load.now)
      }
    }
    return await found.sum
  }

  /// A confirmation leaves no number of its own at the processor, so they are counted: a number that is used twice is a
  /// key that is used twice.
  private func countTries() async throws {
    var last: PaymentID?
    while true {
      try Task.checkCancellation()
      let (load, after) = (context.load, last)
      let due = try await context.store.pool.session {
        try $0.dueConfirmations(after: after, limit: 500, context: load)
      }
      guard let final = due.last else { return }
      for (payment, reference) in due {
        let tries = try await processor.tries(of: reference)
        try await context.write { try $0.raiseAttempts(of: payment, to: tries, context: load) }
      }
      last = final.payment
    }
  }

  private func sentences(_ adoption: Adoption) -> [String] {
    var sentences: [String] = []
    if adoption.charged > 0 {
      let payments = adoption.charged.of("payment was", "payments were")
      sentences.append("\(payments) charged before, and \(adoption.charged == 1 ? "is" : "are") not charged again")
    }
    if adoption.contradicted > 0 {
      sentences.append(
        "\(adoption.contradicted.of("payment has", "payments have")) a charge of another amount or currency at the"
          + " processor: not charged here, a person decides (breaks of outcome_unknown)")
    }
    if adoption.undecided > 0 {
      sentences.append(
        "\(adoption.undecided.of("payment is", "payments are")) undecided at the processor, to be looked up again")
    }
    for sentence in sentences { context.progress.note(.charge, sentence) }
    return sentences
  }
}

/// Adds up across pages.
private actor Adopted {
  private(set) var sum = Adoption()
  /// Whether any charge names a payment of settle's, of this store or another.
  private(set) var isAnyOurs = false

  func add(_ more: Adoption, isOurs: Bool) {
    sum = sum + more
    isAnyOurs = isAnyOurs || isOurs
  }
}
