package import Postgres
package import SettleStore

extension Store {
  /// What `settle verify` finds wrong with the store: `chains: 3 of 40 (…)`. Nothing where all holds.
  package func faults() async throws -> [String] {
    try await pool.rolledBack { db in
      try db.lookOnly()
      return try StoreCheck.all.map { try db.verify($0) }.filter { !$0.holds }.map(\.fault)
    }
  }
}

extension Session {
  /// The first check that fails, in the transaction as it stands.
  package func firstFault(kept seals: [AuditSeal] = []) throws -> String? {
    for check in StoreCheck.all {
      let result = try verify(check)
      if !result.holds { return result.fault }
    }
    let kept = try verify(kept: seals.map { (source: "kept", seal: $0) })
    return kept.holds ? nil : kept.fault
  }
}

extension CheckResult {
  fileprivate var fault: String { "\(name): \(wrong) of \(counted) (\(examples.joined(separator: ", ")))" }
}
