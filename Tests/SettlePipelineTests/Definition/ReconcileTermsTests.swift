import SettleModel
import SettleStore
import Testing

@testable import SettlePipeline

struct ReconcileTermsTests {
  /// Payments and payouts wait by the same calendar.
  @Test func oneCalendarCountsAllWaitingDays() throws {
    let pipeline = try PipelineDefinition(
      yaml: """
        pipeline: n
        processor: stripe
        timezone: Europe/Berlin
        reconcile: { waiting_days: 1, bank_waiting_days: 4, calendar: target2 }
        """, file: "n.yaml")
    let terms = pipeline.reconcileTerms
    #expect(terms.waitingDays == 1)
    #expect(terms.bank.waitingDays == 4)
    #expect(terms.calendar == BankingCalendar(.target2))
    #expect(terms.bank.calendar == terms.calendar)
    #expect(terms.zone == "Europe/Berlin")
  }
}
