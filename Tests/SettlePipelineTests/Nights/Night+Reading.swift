import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Postgres
import SettleModel
import SettleStore
import Testing

@testable import SettlePipeline

// What became of a night's payments, in words that a test can compare.

extension Night {
  /// `A SUCCEEDED`, `B REQUESTED 2026-11-23`, by order.
  func states() async throws -> [String] {
    try await store.pool.session { db in
      try db.query(
        "SELECT concat_ws(' ', order_reference, state, charge_due_on) AS words FROM payments ORDER BY order_reference"
      ) { try $0.get("words") }
    }
  }

  func processorPayment(_ order: String) async throws -> String? {
    try await store.pool.session { db in
      try db.first("SELECT processor_payment FROM payments WHERE order_reference = \(order)")?
        .get("processor_payment")
    }
  }

  /// Every request that was made to charge an order, with its key.
  func keys(_ order: String) async throws -> [(path: String, key: String)] {
    try await store.pool.session { db in
      try db.query(
        """
        SELECT a.request_path, a.idempotency_key FROM charge_attempts a JOIN payments p ON p.payment_id = a.payment_id
        WHERE p.order_reference = \(order) ORDER BY a.attempt
        """
      ) { (path: try $0.get("request_path"), key: try $0.get("idempotency_key")) }
    }
  }

  /// `A canceled`, by order.
  func cancellations() async throws -> [String] {
    try await store.pool.session { db in
      try db.query(
        """
        SELECT concat_ws(' ', p.order_reference, c.state) AS words
        FROM cancellations c JOIN payments p ON p.payment_id = c.payment_id ORDER BY p.order_reference, c.created_at
        """
      ) { try $0.get("words") }
    }
  }

  /// How many rows there are of something.
  func count(_ what: String) async throws -> Int64 {
    try await store.pool.session { db in
      try db.script("CREATE OR REPLACE TEMPORARY VIEW counted AS SELECT count(*) AS rows FROM \(what)")
      return try db.first("SELECT rows FROM counted")?.get("rows") ?? -1
    }
  }

  /// How often an event of a type has been told.
  func events(_ type: String) async throws -> Int {
    try await store.pool.transaction { db in
      _ = try db.numberEvents()
      var count = 0
      try db.forEachEvent(after: 0) { if $0.type.rawValue == type { count += 1 } }
      return count
    }
  }

  /// Count and amount of a bucket of the expected side.
  func bucket(_ name: String) throws -> String? {
    try rows("totals.csv").first { $0["side"] == "expected" && $0["bucket"] == name }
      .map { "\($0["count"] ?? "") \($0["amount"] ?? "")" }
  }

  /// The reasons of the breaks that are open at the end of the last report's date.
  func openBreaks() throws -> [String] {
    try rows("breaks.csv").filter { $0["status"] == "open" }.compactMap { $0["reason"] }
  }

  /// A second run of a date changes no row and no byte.
  func expectFixpoint(date: BusinessDate = Night.date) async throws {
    let (rows, files) = (try await store.fingerprint(), try bytes())
    #expect(try await run(date: date).exitStatus == .done)
    #expect(try await store.fingerprint() == rows)
    #expect(try bytes() == files)
  }

  /// Whatever happened since each date's report was written: as it would be told again, and derived anew, it is the same.
  /// And it is the same where nothing was ever swept, so that everything is looked at, as is what reconciling would do.
  func expectReportsStand() async throws {
    let dates: [BusinessDate] = try await store.pool.session { db in
      try db.query("SELECT business_date FROM published_reports ORDER BY 1") { try $0.get("business_date") }
    }
    for date in dates {
      let told = try await run(.report, date: date, out: "told-\(date)")
      let anew = try await run(.report, date: date, out: "anew-\(date)", anew: true)
      #expect(anew.totals == told.totals)
      #expect(try bytes(out: "anew-\(date)") == (try bytes(out: "told-\(date)")))
    }
    guard let date = dates.last else { return }
    let rehearsed = try await run(.reconcile, date: date, dryRun: true)
    _ = try await store.pool.transaction { try $0.execute("DELETE FROM sweeps") }
    for date in dates {
      try await run(.report, date: date, out: "whole-\(date)", anew: true)
      #expect(try bytes(out: "whole-\(date)") == (try bytes(out: "anew-\(date)")))
    }
    let whole = try await run(.reconcile, date: date, dryRun: true)
    #expect(whole.stages.map { "\($0.counts)" } == rehearsed.stages.map { "\($0.counts)" })
  }

  /// Moves the sandbox's clock, so that it forgets its idempotency keys.
  func advance(days: Int) async throws {
    var request = HTTPClientRequest(url: sandbox + "/sandbox/clock")
    request.method = .POST
    request.body = .bytes(Array("{\"advance_seconds\":\(days * 86_400)}".utf8))
    let answer = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
    #expect(answer.status == .ok)
  }
}
