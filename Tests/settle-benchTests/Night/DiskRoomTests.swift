import Testing

@testable import settle_bench

@Suite("A bench's room on the disk")
struct DiskRoomTests {
  @Test("is refused before it begins where there is too little")
  func tooLittle() throws {
    let folder = "/tmp/settle-bench-tests/not/made/yet"
    try DiskRoom(folder: folder).check(orders: 0)
    let error = #expect(throws: BenchFailure.self) { try DiskRoom(folder: folder).check(orders: 1 << 40) }
    #expect(error?.description.contains("1,099,511,627,776 orders need about 2560003.0 GiB under \(folder)") == true)
    #expect(error?.description.contains("--folder") == true)
  }

  @Test("is known of a folder that is still to be made")
  func notMadeYet() throws {
    #expect(DiskRoom(folder: "/nowhere/at/all").freeBytes != nil)
    #expect(DiskRoom.needed(orders: 10_000_000) > DiskRoom.needed(orders: 1_000_000))
  }
}
