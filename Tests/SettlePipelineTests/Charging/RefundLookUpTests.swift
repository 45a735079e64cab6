import SettleModel
import Testing

@testable import SettlePipeline
@testable import SettleStore

/// What is news of refunds that the processor has taken on.
@Suite struct RefundLookUpTests {
  struct Case: Sendable {
    var state: ProcessorRefundState?
    var doubted = false
    var found: ProcessorRefundState?
    var news: RefundResult?
  }

  private static let vanished = RefundResult.unknown(why: "the processor does not know its own refund any more")

  static let cases: [Case] = [
    Case(state: .pending, found: .pending, news: nil),
    Case(state: .pending, found: .succeeded, news: .processed(reference: "re_1")),
    Case(state: .pending, found: .requiresAction, news: .requiresAction(reference: "re_1")),
    Case(state: .pending, found: nil, news: vanished),
    // Where it was not known the last time, that it is there again is news, though it is where it was.
    Case(state: .pending, doubted: true, found: .pending, news: .pending(reference: "re_1")),
    Case(state: .succeeded, found: .succeeded, news: nil),
    Case(state: .succeeded, found: nil, news: nil),
    Case(state: .succeeded, found: .failed, news: .failed(reference: "re_1", why: "failed")),
    Case(state: .succeeded, found: .canceled, news: .canceled(reference: "re_1")),
  ]

  @Test(arguments: cases, [true, false])
  func onlyNewsIsTold(_ case: Case, listed: Bool) async throws {
    // One that is only watched is not asked for one by one.
    guard listed || `case`.state != .succeeded else { return }
    let amount = Money(minor: 100, currency: try #require(Currency("USD")))
    let order = RefundOrder(
      refund: RefundID(charge: "ch_1", reason: .duplicateCharge, askedFor: BreakID(naming: "test")),
      payment: PaymentID(merchant: "m", order: "A"), processorCharge: "ch_1", amount: amount,
      reason: .duplicateCharge)
    let known = KnownRefund(
      order: order, reference: "re_1", state: `case`.state, requestedAt: Timestamp(seconds: 0),
      isDoubted: `case`.doubted)
    let found = `case`.found.map {
      ProcessorRefund(reference: "re_1", processorCharge: "ch_1", state: $0, amount: amount, refund: order.refund)
    }
    let lookUp = RefundLookUp(processor: LookedUpProcessor(refund: found, isListed: listed))
    let news = try await lookUp.news(of: [known], at: Timestamp(seconds: 1))
    #expect(news.map(\.result) == [`case`.news].compactMap(\.self))
  }
}
