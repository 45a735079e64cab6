/// What is written to standard error as a run goes on. Pure: each call says what to write at an instant.
struct ProgressScreen {
  enum Kind: Equatable {
    /// One line that is drawn over itself.
    case terminal(width: Int)
    /// Lines one after another, as in a log.
    case lines
  }

  private let kind: Kind
  private let style: Style
  private var current: ProgressLine?
  private var began: ContinuousClock.Instant?
  private var shownAt: ContinuousClock.Instant?
  private var isDrawn = false

  init(_ kind: Kind, style: Style = Style(isOn: false)) {
    self.kind = kind
    self.style = style
  }

  /// How often a bar is drawn again, and how often a log gets a line.
  private var pause: Duration { kind == .lines ? .seconds(5) : .milliseconds(100) }

  mutating func begin(_ stage: String, of total: Int64?, unit: String, at now: ContinuousClock.Instant) -> String {
    let text = erased()
    // A stage that begins again has learnt how much there is to do.
    if current?.stage == stage {
      if let total { current?.total = total }
      current?.unit = unit
      return text + drawn()
    }
    current = ProgressLine(stage: stage, unit: unit, total: total)
    began = now
    shownAt = now
    if kind == .lines { return text + "\(stage): started\n" }
    return text + drawn()
  }

  mutating func advance(to done: Int64, of total: Int64?, at now: ContinuousClock.Instant) -> String {
    guard let began, let shownAt else { return "" }
    current?.done = done
    if let total { current?.total = total }
    current?.elapsed = now - began
    guard now - shownAt >= pause else { return "" }
    self.shownAt = now
    if kind == .lines { return current.map { $0.plain + "\n" } ?? "" }
    return erased() + drawn()
  }

  /// A line that stays, above the bar.
  mutating func say(_ line: String) -> String { erased() + line.printable + "\n" + drawn() }

  mutating func note(_ stage: String, _ message: String) -> String {
    erased() + "\(style(stage + ":", .yellow)) \(message.printable)\n" + drawn()
  }

  mutating func finish(_ stage: String, summary: String, at now: ContinuousClock.Instant) -> String {
    let text = erased()
    let elapsed = began.map { " (\((now - $0).words))" } ?? ""
    current = nil
    began = nil
    return text + "\(style(stage + ":", .green)) \(summary.printable)\(elapsed)\n"
  }

  /// Takes away a bar whose stage did not finish.
  mutating func end() -> String {
    let text = erased()
    current = nil
    began = nil
    return text
  }

  private mutating func drawn() -> String {
    guard case .terminal(let width) = kind, let current else { return "" }
    isDrawn = true
    return current.bar(width: width)
  }

  private mutating func erased() -> String {
    guard isDrawn else { return "" }
    isDrawn = false
    return "\r\u{1B}[K"
  }
}
