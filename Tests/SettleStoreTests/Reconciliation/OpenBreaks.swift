import SettleModel
import SettleStore
import SettleTesting

extension Story {
  /// The open breaks of a reason: `A -3.00 USD`.
  func openBreaks(_ reason: BreakReason) async throws -> [String] {
    try await breakRows().filter { $0.reason == reason && $0.open }
      .map { "\($0.orderReference ?? "-") \($0.reported?.description ?? "-")" }
  }
}
