import Foundation
import Postgres
import SettleModel
import SettleStore
import SettleTesting
import Testing

@testable import SettlePipeline

/// Files of several processors in one inbox, taken by a run.
@Suite(.serialized) struct ProcessorFilesTests {
  private static let samples = [
    "adyen-settlement-details/plain.csv", "adyen-settlement-details/digits.csv",
    "checkout-settlement-breakdown/plain.csv", "checkout-settlement-breakdown/digits.csv",
    "paypal-settlement/several-sections.csv", "paypal-settlement/digits.csv",
  ]

  @Test func everyProcessorsFileIsTaken() async throws {
    try await Night.with { night in
      for sample in Self.samples {
        try night.put(SampleFolder.text(sample), "outcomes/\(sample.replacing("/", with: "-"))")
      }
      let result = try await night.run(.importing, .reconcile, .report)
      let refused = result.stages.flatMap(\.files).filter { $0.status == .refused }
      #expect(refused.isEmpty, "\(refused)")
      #expect(
        try await night.store.rows(
          "SELECT sum(rows_read)::text, sum(rows_accepted)::text, sum(rows_quarantined)::text FROM input_files")
          == ["33 32 1"])
      #expect(
        try await night.store.rows(
          """
          SELECT processor, currency, count(*)::text, sum(gross)::text, sum(fee)::text, sum(net)::text
          FROM outcome_records GROUP BY 1, 2 ORDER BY 1, 2
          """) == [
            "adyen EUR 6 3846 202 3644", "adyen JPY 1 1500 45 1455", "adyen KWD 1 12345 145 12200",
            "adyen USD 1 -1005 10 -1015", "checkout EUR 10 3529 1755 1774", "checkout JPY 1 1500 45 1455",
            "checkout KWD 1 12345 145 12200", "paypal EUR 2 50 50 0", "paypal JPY 2 1000 45 955",
            "paypal USD 7 -1401 266 -1667",
          ])
      #expect(
        try await night.store.rows(
          "SELECT DISTINCT processor, method, exchange_rate::text, batch FROM outcome_records WHERE kind = 'charge' AND currency = 'EUR' ORDER BY 1, 2, 3, 4"
        ) == [
          "adyen mc 1 41", "adyen visa 1 41", "adyen visa 3.0121 41", "checkout visa 0.918 -", "checkout visa 1 -",
          "checkout visa 2.99616476 -", "paypal - - -",
        ])
      let before = try await night.store.rows("SELECT outcome_id::text, version::text FROM outcome_records ORDER BY 1")
      try await night.run(.importing, .reconcile, .report)
      #expect(
        try await night.store.rows("SELECT outcome_id::text, version::text FROM outcome_records ORDER BY 1") == before)
    }
  }

  /// The file is refused with the record and the figure, and taken once that is put right.
  @Test func wrongControlTotalsRefuseTheFile() async throws {
    try await Night.with { night in
      let text = try SampleFolder.text("paypal-settlement/refused-control-totals.csv")
      try night.put(text, "outcomes/stl.csv")
      let refused = try await night.run(.importing)
      #expect(refused.exitStatus == .inputRefused)
      let file = try #require(refused.stages.flatMap(\.files).first)
      #expect(file.status == .refused)
      #expect(
        file.message?.contains("line 8: RF USD gross credits are stated as 66.00 and come to 65.99, 0.01 less") == true)
      #expect(
        file.message?.contains("line 8: RF USD fee debits are stated as 2.80 and come to 2.86, 0.06 more") == true)
      #expect(try await night.count("outcome_records") == 0)
      try night.put(
        text.replacing("\"RF\",\"USD\",6600,6000,20,280", with: "\"RF\",\"USD\",6599,6000,20,286"), "outcomes/stl.csv")
      let mended = try await night.run(.importing)
      #expect(mended.stages.flatMap(\.files).allSatisfy { $0.status != .refused })
      #expect(try await night.count("outcome_records") == 4)
    }
  }
}
