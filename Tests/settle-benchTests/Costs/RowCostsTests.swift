import Foundation
import Postgres
import SettleStore
import SettleTesting
import Testing

@testable import settle_bench

/// Instructions and allocations are counted instead of seconds. The difference of two sizes is taken, so that neither the
/// start of the program nor the statements around the rows count. The tests' own build is not optimised: it has many more
/// of both, but what is added shows.
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
    "is no more than was kept, in instructions and allocations from the file to the COPY",
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
    func counted(_ stage: String, _ rows: KeyPath<World.Summary, Int>) async throws -> Callgrind.Counts {
      let small = try await callgrind.count([store.settings.conninfo, inboxes.small, stage])
      let large = try await callgrind.count([store.settings.conninfo, inboxes.large, stage])
      let between = made.large[keyPath: rows] - made.small[keyPath: rows]
      return Callgrind.Counts(
        instructions: (large.instructions - small.instructions) * 100 / between,
        allocations: (large.allocations - small.allocations) * 100 / between)
    }
    let found = [
      "authorizations": try await counted("ingest", \.authorizations),
      "outcomes": try await counted("import", \.outcomes),
    ]
    let kept = try KeptFigures.keptOrFound(Self.kept, found: found)
    for (rows, found) in found {
      let kept = try #require(kept[rows])
      // What the C library and the hashes choose by the processor is a twentieth of it.
      KeptFigures.expect(
        found.instructions, within: 5, of: kept.instructions, "instructions of a hundred \(rows)")
      KeptFigures.expect(found.allocations, within: 2, of: kept.allocations, "allocations of a hundred \(rows)")
    }
  }
}
