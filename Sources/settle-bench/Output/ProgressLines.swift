import Foundation

/// Tells on stderr what is being measured, and how long all has taken so far.
struct ProgressLines: Sendable {
  let isQuiet: Bool
  private let begun = ContinuousClock.now

  init(isQuiet: Bool) { self.isQuiet = isQuiet }

  func tell(_ text: String) {
    guard !isQuiet else { return }
    FileHandle.standardError.write(Data("[\(Self.told(.now - begun))] \(text)\n".utf8))
  }

  /// `m:ss`, and `h:mm:ss` from an hour on.
  static func told(_ duration: Duration) -> String {
    let seconds = duration.components.seconds
    let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60)
    return hours > 0
      ? "\(hours):\(twoFigures(minutes)):\(twoFigures(seconds % 60))" : "\(minutes):\(twoFigures(seconds % 60))"
  }

  private static func twoFigures(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

/// Says now and then that a long run is still at work, and on what.
struct Heartbeat {
  let lines: ProgressLines
  let name: String
  private let begun = ContinuousClock.now
  private var next = ContinuousClock.now + Self.interval

  private static let interval = Duration.seconds(30)

  init(_ name: String, on lines: ProgressLines) {
    self.name = name
    self.lines = lines
  }

  /// - Parameter doing: asked for only where it is told.
  mutating func beat(_ doing: @autoclosure () -> String) {
    guard ContinuousClock.now >= next else { return }
    next += Self.interval
    lines.tell("\(name), \(ProgressLines.told(.now - begun)) so far: \(doing())")
  }
}
