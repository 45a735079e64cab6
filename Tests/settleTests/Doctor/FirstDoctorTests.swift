import Foundation
import Postgres
import SettleTesting
import Testing

@testable import settle

/// `settle doctor` as it is called, on a store that it makes itself.
@Suite struct FirstDoctorTests {
  /// The roles are made with the first migration: the first call must look at them as every later one does.
  @Test func theFirstCallFindsWhatTheSecondFinds() async throws {
    let folder = "/tmp/settle-doctor-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let home = folder + "/home"
    let cluster = PrivateCluster(home: home)
    try Watchdog.start(home: folder, data: cluster.dataFolder)
    let first = try await Binary.run("doctor", environment: ["SETTLE_HOME": home], in: folder)
    let second = try await Binary.run("doctor", environment: ["SETTLE_HOME": home], in: folder)
    try await cluster.stop()
    func database(_ ended: Binary) -> [Substring] {
      let subjects = ["runs write as", "settle_writer", "settle_reader", "schema", "commits", "identity"]
      return ended.output.split(separator: "\n").filter { line in
        subjects.contains { line.dropFirst(6).hasPrefix($0) }
      }
    }
    #expect(database(first).count == 5, "\(first.output)")
    #expect(database(first).allSatisfy { $0.hasPrefix("ok ") }, "\(first.output)")
    #expect(database(first) == database(second))
  }
}
