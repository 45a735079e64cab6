/// What one way took for a world's two files. Times are in seconds, sizes in bytes; floating numbers are times and their
/// ratios alone.
struct PeerFigures: Codable {
  /// One of each round, in their order.
  private(set) var seconds: [Double] = []
  /// The most that its own process held.
  private(set) var peak = 0
  /// The most that one of the server's processes held for itself; nil for what works without a server.
  private(set) var serverPeak: Int?
  /// What the server wrote to be durable, at most in a round; nil for what works without a server.
  private(set) var wal: Int64?

  /// What a way took in one round.
  struct Turn {
    var seconds: Double
    var peak: Int
    var serverPeak: Int?
    var wal: Int64?
  }

  mutating func add(_ turn: Turn) {
    seconds.append(turn.seconds)
    peak = max(peak, turn.peak)
    serverPeak = [serverPeak, turn.serverPeak].compactMap { $0 }.max()
    wal = [wal, turn.wal].compactMap { $0 }.max()
  }

  /// How many times as long as another way this one took: the middle one of the rounds' ratios.
  func ratio(to other: PeerFigures) -> Double { zip(seconds, other.seconds).map { $0 / $1 }.median }
}

extension [Double] {
  /// The middle one; of an even number, the lower of the two in the middle. 0 of none. Of times and ratios alone.
  var median: Double { isEmpty ? 0 : sorted()[(count - 1) / 2] }
}
