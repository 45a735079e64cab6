import Faults
import Testing

@testable import settle_chaos

@Suite struct FaultCatalogueTests {
  @Test func namesAreTheirOwn() {
    let names = FaultCatalogue.faults.map(\.name)
    #expect(Set(names).count == names.count)
    for name in names { #expect(FaultCatalogue.fault(name)?.name == name) }
    let defects = SeededDefect.all.map(\.name)
    #expect(Set(defects).count == defects.count)
  }

  @Test func eachDefectOfSettleIsSeededBySomeTrial() {
    #expect(SeededDefect.all.reduce(into: Set()) { $0.formUnion($1.defects) } == Set(Defect.allCases))
  }

  #if FAULTS
    @Test func eachPlaceToDieIsAnOrderThatSettleUnderstands() {
      for place in PointKills.places { #expect(FaultOrder(place.order) != nil, "\(place.order)") }
      #expect(Set(PointKills.places.map { $0.stage + $0.order }).count == PointKills.places.count)
      #expect(Set(PointKills.places.map(\.point)) == Set(FaultPoint.allCases))
    }
  #endif
}
