import Foundation
import Postgres
import SettleStore
import SettleTesting
import Testing

@testable import settle_bench

/// Instructions are counted instead of seconds. The difference of two sizes is taken, so that neither the start of the
/// program nor the statements around the rows count.
@Suite("What a row costs settle")
struct RowCostsTests {
  /// The file of the kept figures: each kind of build, compiler and machine has other instructions.
  private static let kept: String = {
    #if DEBUG
      let build = "debug"
    #else
      let build = "release"
    #endif
    #if compiler(>=6.4)
      let compiler = "after-6.3"
    #elseif compiler(>=6.3)
      let compiler = "6.3"
    #else
      let compiler = "before-6.3"
    #endif
    #if arch(x86_64)
      let machine = "x86_64"
    #else
      let machine = "arm64"
    #endif
    return "instructions-\(build)-swift-\(compiler)-\(machine)"
  }()

  private static let sizes = (small: 100, large: 400)

  @Test(
    "is no more than was kept, in instructions from the file to the COPY",
    .enabled(if: Callgrind.isInstalled, "counting instructions needs valgrind and strip (binutils): install both"),
    .enabled(
      if: KeptFigures.areWritten || KeptFigures.areKept(kept),
      "no instructions are kept for this build, compiler and machine: scripts/figures keeps them"))
  func isKept() async throws {
    let folder = NSTemporaryDirectory() + "settle-instructions-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let inboxes = (small: "\(folder)/small", large: "\(folder)/large")
    let made = (
      small: try World(seed: 1, rows: Self.sizes.small, inbox: inboxes.small).make(),
      large: try World(seed: 1, rows: Self.sizes.large, inbox: inboxes.large).make()
    )
    let store = try await Store.test()
    await store.close()
    let callgrind = try await Callgrind("settle-rehearse")
    func counted(_ stage: String, _ rows: KeyPath<World.Summary, Int>) async throws -> Int {
      let small = try await callgrind.instructions([store.settings.conninfo, inboxes.small, stage])
      let large = try await callgrind.instructions([store.settings.conninfo, inboxes.large, stage])
      return (large - small) / (made.large[keyPath: rows] - made.small[keyPath: rows])
    }
    let found = [
      "authorization": try await counted("ingest", \.authorizations),
      "outcome": try await counted("import", \.outcomes),
    ]
    let kept = try KeptFigures.keptOrFound(Self.kept, found: found)
    for (row, instructions) in found {
      KeptFigures.expect(instructions, within: 15, of: try #require(kept[row]), "instructions of an \(row)")
    }
  }
}
