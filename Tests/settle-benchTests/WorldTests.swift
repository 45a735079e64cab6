import Foundation
import SettleFiles
import SettleModel
import Testing

@testable import settle_bench

@Suite("The bench's worlds")
struct WorldTests {
  private func withFolder<Value>(_ body: (String) throws -> Value) throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("settle-bench-\(UUID())").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
  }

  private func rows(_ path: String) throws -> (layout: String, rows: [FileRow]) {
    let file = try InputFile.examine(path: path, layout: nil, catalogue: LayoutCatalogue(folder: nil))
    var rows: [FileRow] = []
    try file.forEachRow { rows.append($0) }
    return (file.layout.name, rows)
  }

  @Test("are the same bytes for the same seed, and others for another")
  func areDecidedBySeed() throws {
    let files = try [3, 3, 4].map { (seed: UInt64) in
      try withFolder { folder in
        _ = try World(seed: seed, rows: 500, inbox: folder).make()
        return try ["authorizations", "outcomes"].map {
          try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)/\(World.firstDate).csv"))
        }
      }
    }
    #expect(files[0] == files[1])
    #expect(files[0][0] != files[2][0])
    #expect(files[0][1] != files[2][1])
  }

  @Test("are taken by settle's own readers to the last row")
  func areTaken() throws {
    try withFolder { folder in
      let made = try World(seed: 1, rows: 20_000, inbox: folder).make()
      let agreed = try rows("\(folder)/authorizations/\(World.firstDate).csv")
      let reported = try rows("\(folder)/outcomes/\(World.firstDate).csv")
      #expect(agreed.layout == "settle-authorizations")
      #expect(reported.layout == "stripe-payout-reconciliation")

      let orders = agreed.rows.compactMap { if case .authorization(let row) = $0 { row } else { nil } }
      let outcomes = reported.rows.compactMap { if case .outcome(let row) = $0 { row } else { nil } }
      #expect(orders.count == 20_000)
      #expect(Set(orders.map(\.orderReference)).count == 20_000)
      #expect(outcomes.count == made.outcomes)
      #expect(Set(outcomes.map(\.rowID)).count == made.outcomes)
    }
  }

  @Test("have the differences that they say")
  func haveDifferences() throws {
    try withFolder { folder in
      let made = try World(seed: 1, rows: 20_000, inbox: folder).make()
      var agreed: [String: Money] = [:]
      for case .authorization(let row) in try rows("\(folder)/authorizations/\(World.firstDate).csv").rows {
        agreed[row.orderReference] = row.amount
      }
      var charges: [String: [Money]] = [:]
      var refunds = 0
      var unpaid: [Currency: Int64] = [:]
      for case .outcome(let row) in try rows("\(folder)/outcomes/\(World.firstDate).csv").rows {
        unpaid[row.gross.currency, default: 0] += row.net
        if row.kind == .refund { refunds += 1 }
        if row.kind == .charge, let order = row.references.order { charges[order, default: []].append(row.gross) }
      }
      #expect(agreed.keys.count { charges[$0] == nil } == made.missing)
      #expect(charges.values.count { $0.count == 2 } == made.duplicates)
      #expect(charges.count { order, amounts in amounts[0] != agreed[order] } == made.otherAmount)
      #expect(refunds == made.refunds)
      #expect([made.missing, made.otherAmount, made.duplicates, made.refunds].allSatisfy { $0 > 0 })
      // Each payout pays what its lines came to.
      #expect(unpaid.values.allSatisfy { $0 == 0 })
    }
  }
}
