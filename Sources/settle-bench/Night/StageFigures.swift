import Foundation
import SettleModel

/// What one stage of a run took. Times are in seconds, sizes in bytes. Floating numbers here are measured times alone; no
/// money is computed from them.
struct StageFigures: Codable {
  var stage: String
  var seconds: Double
  /// What it had to take in or to judge.
  var rows: Int
  var settleCpu: Double
  var serverCpu: Double
  var wal: Int64
  /// The most that settle was seen to hold.
  var settlePeak: Int
  /// The most that one of the server's processes held for itself.
  var largestBackend: Int

  var rowsPerSecond: Double { seconds > 0 ? Double(rows) / seconds : 0 }
}

/// What one run took, stage by stage. `start` is all before the first stage, `end` all after the last: the seal, the
/// editions, the exchange of folders. Its floating numbers are times, too.
struct RunFigures: Codable {
  var run: String
  var exitStatus: Int32
  var seconds: Double
  /// As the kernel tells it.
  var settlePeak: Int
  var stages: [StageFigures]
  /// Hash and name of each file of the report.
  var reports: [String]

  /// What the server wrote to be durable, in bytes.
  var wal: Int64 { stages.reduce(0) { $0 + $1.wal } }
  /// The most that one of the server's processes held for itself, in bytes.
  var serverPeak: Int { stages.map(\.largestBackend).max() ?? 0 }
}

/// What was seen at one moment of a run; a floating number is a time.
struct Sample {
  var at: Date
  var settleCpu: Double
  /// In KiB.
  var settleHeld: Int
  var server: ServerProbe.Reading
}

extension StageFigures {
  /// A stage's share of what was seen, from one moment to another.
  init(_ stage: String, rows: Int, from begin: Date, to end: Date, of samples: [Sample]) {
    func last(by moment: Date) -> Sample? { samples.last { $0.at <= moment } ?? samples.first }
    let (before, after) = (last(by: begin), last(by: end))
    func grown<Value: Numeric>(_ value: (Sample) -> Value) -> Value {
      guard let before, let after else { return 0 }
      return value(after) - value(before)
    }
    let within = samples.filter { $0.at >= begin && $0.at <= end }
    func most(_ kibibytes: (Sample) -> Int) -> Int { (within.map(kibibytes).max() ?? 0) * 1024 }
    self.init(
      stage: stage, seconds: end.timeIntervalSince(begin), rows: rows, settleCpu: grown(\.settleCpu),
      serverCpu: grown(\.server.cpu), wal: grown(\.server.wal), settlePeak: most(\.settleHeld),
      largestBackend: most(\.server.largestBackend))
  }
}

/// The part of `run_results.json` that is read here.
struct RunResults: Decodable {
  struct Stage: Decodable {
    var name: String
    var status: String
    var startedAt: String
    var finishedAt: String
    var counts: [String: Int]
    var message: String?

    var began: Date? { Self.date(startedAt) }
    var ended: Date? { Self.date(finishedAt) }

    private static func date(_ text: String) -> Date? {
      Timestamp(rfc3339: text).map { Date(timeIntervalSince1970: Double($0.microseconds) / 1e6) }
    }
  }

  var stages: [Stage]

  init(path: String) throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    guard let data = FileManager.default.contents(atPath: path) else {
      throw BenchFailure("the run left no \(path)")
    }
    self = try decoder.decode(RunResults.self, from: data)
  }
}
