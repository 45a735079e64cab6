import HTTPTypes
import Synchronization

/// Whose request it is, by the API key alone, as Stripe does.
final class Authentication: Sendable {
  private struct Known: Sendable {
    var field: String
    var account: String
  }

  /// The last one that was taken: nearly all requests come with the same key.
  private let last = Mutex<Known?>(nil)

  /// A digest of the API key; any key is taken but for three kinds that Stripe would refuse.
  ///
  /// `sk_live_…` and `rk_live_…` are refused because no real key belongs here, `sk_test_invalid…` stands for one that
  /// is not known (401), and `rk_test_restricted…` for one without the permission (403).
  func account(of fields: HTTPFields) throws(StripeError) -> String {
    let field = fields[.authorization]
    if let known = last.withLock({ $0 }), known.field == field { return known.account }
    guard let field, let key = Self.bearer(field) else {
      throw .invalid(nil, "You did not provide an API key in the Authorization header.", status: 401)
    }
    guard !["sk_live_", "rk_live_", "sk_test_invalid"].contains(where: key.hasPrefix) else {
      throw .invalid(nil, "Invalid API Key provided.", status: 401)
    }
    guard !key.hasPrefix("rk_test_restricted") else {
      throw .invalid(nil, "The provided key does not have the permission required for this request.", status: 403)
    }
    let account = digest(key)
    last.withLock { $0 = Known(field: field, account: account) }
    return account
  }

  private static func bearer(_ field: String) -> String? {
    let parts = field.split(separator: " ", omittingEmptySubsequences: true)
    guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
    return String(parts[1])
  }
}
