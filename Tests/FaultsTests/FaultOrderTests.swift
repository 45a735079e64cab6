import Glibc
import Testing

@testable import Faults

@Suite struct FaultOrderTests {
  #if FAULTS
    @Test func anOrderNamesAPointAStageACountAndWhatHappens() throws {
      let order = try #require(FaultOrder("after-call@refund:2:kill"))
      #expect(order.point == .afterCall)
      #expect(order.stage == "refund")
      #expect(order.count == 2)
      #expect(order.signal == SIGKILL)
      #expect(FaultOrder("after-claim:1:stop")?.signal == SIGSTOP)
      #expect(FaultOrder("after-claim:1:stop")?.stage == nil)
    }

    @Test(arguments: [
      "", "after-claim", "after-claim:1", "after-claim:0:kill", "after-claim:x:kill", "after-claims:1:kill",
      "after-claim:1:exit", "after-claim:1:kill:2", "@charge:1:kill",
    ])
    func whatIsMisspeltIsNoOrder(_ text: String) {
      #expect(FaultOrder(text) == nil)
    }
  #endif
}
