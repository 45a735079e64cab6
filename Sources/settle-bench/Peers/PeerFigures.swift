/// What one way took for a world's two files. Times are in seconds, sizes in bytes; floating numbers are times and their
/// ratios alone.
struct PeerFigures: Codable {
  /// One of each round, in their order.
  private(set) var seconds: [Double] = []
  /// The most that its own process held; of psql, what the largest process of the server held for itself.
  private(set) var peak = 0

  mutating func add(_ seconds: Double, peak: Int) {
    self.seconds.append(seconds)
    self.peak = max(self.peak, peak)
  }

  /// How many times as long as another way this one took: the middle one of the rounds' ratios.
  func ratio(to other: PeerFigures) -> Double { zip(seconds, other.seconds).map { $0 / $1 }.median }
}

extension [Double] {
  /// The middle one; of an even number, the lower of the two in the middle. 0 of none. Of times and ratios alone.
  var median: Double { isEmpty ? 0 : sorted()[(count - 1) / 2] }
}
