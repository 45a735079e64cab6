import Foundation

/// How long settle takes to say something, in seconds: times, and no money.
struct StartTable: BenchTable {
  /// Of the server.
  var settings: [String: String] = [:]
  var help: [Double] = []
  /// With a running database.
  var status: [Double] = []

  static func measured(in place: Workplace, times: Int = 20) async throws -> StartTable {
    try await place.withStore("start") { night in
      place.progress.tell("settle --help and settle status, \(times) times each")
      var table = StartTable()
      table.settings = try await night.probed { try await $0.settings() }
      for _ in 0..<times {
        table.help.append(try night.seconds("--help"))
        table.status.append(try night.seconds("status"))
      }
      return table
    }
  }

  var text: String {
    let rows = [("--help", help), ("status", status)].map { name, seconds in
      ["settle \(name)"] + [seconds.min() ?? 0, seconds.median, seconds.max() ?? 0].map { "\(Int($0 * 1_000))" }
    }
    return Columns.aligned([["milliseconds", "least", "middle", "most"]] + rows, left: 1) + "\n"
  }
}

extension Night {
  fileprivate func seconds(_ argument: String) throws -> Double {
    let begun = Date.now
    try settle(argument)
    return Date.now.timeIntervalSince(begun)
  }
}
