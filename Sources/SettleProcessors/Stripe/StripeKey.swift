/// A secret key of the kind that Stripe hands out, checked by its form alone.
struct StripeKey: Sendable {
  let secret: Secret
  /// Whether it moves real money: `sk_live_…` and `rk_live_…` do.
  let isLive: Bool

  /// Refuses keys that could not work or must not go where they would be sent.
  init(_ secret: Secret, base: BaseAddress, variable: String) throws(ProcessorSettingsError) {
    func refusal(_ why: String) -> ProcessorSettingsError { .unusableKey(variable: variable, why: why) }
    let key = secret.revealed()
    guard !key.isEmpty else { throw .missingKey(variable: variable) }
    guard key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw refusal("it holds blanks, line breaks or letters that no key has; was it pasted whole?")
    }
    guard !key.hasPrefix("pk_") else {
      throw refusal("it is a publishable key; charging takes a secret or restricted one (sk_…, rk_…)")
    }
    isLive = key.hasPrefix("sk_live_") || key.hasPrefix("rk_live_")
    guard !(isLive && !base.isEncrypted) else {
      throw refusal("it is a live key, and live keys are never sent over plain http, to a stand-in processor above all")
    }
    // A store belongs to one account in one mode, so the mode must be known where real money may be.
    guard isLive || base.isLoopback || key.hasPrefix("sk_test_") || key.hasPrefix("rk_test_") else {
      throw refusal("it says neither live nor test; give a key that begins with sk_ or rk_, then live_ or test_")
    }
    self.secret = secret
  }
}
