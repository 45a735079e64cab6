import Testing

@testable import settle

@Suite struct ProgressScreenTests {
  private static let start = ContinuousClock.now
  private static func after(_ milliseconds: Int64) -> ContinuousClock.Instant { start + .milliseconds(milliseconds) }
  private static let erase = "\r\u{1B}[K"

  @Test func aLogGetsALineEveryFewSeconds() {
    var screen = ProgressScreen(.lines)
    #expect(screen.begin("charge", of: nil, unit: "payments", at: Self.start) == "charge: started\n")
    #expect(screen.begin("charge", of: 100, unit: "payments", at: Self.after(1_000)) == "", "it began before")
    #expect(screen.advance(to: 10, of: nil, at: Self.after(4_900)) == "")
    #expect(screen.advance(to: 20, of: 100, at: Self.after(5_000)) == "charge: 20 of 100 payments, 4.0/s, 20 s left\n")
    #expect(screen.advance(to: 30, of: 100, at: Self.after(6_000)) == "")
    #expect(screen.note("charge", "slow\u{1B}[2J down") == "charge: slow\u{FFFD}[2J down\n")
    #expect(screen.finish("charge", summary: "100 charged", at: Self.after(12_300)) == "charge: 100 charged (12 s)\n")
    #expect(screen.advance(to: 100, of: 100, at: Self.after(60_000)) == "", "a late call after the end says nothing")
  }

  @Test func aTerminalGetsOneLineDrawnOverItself() {
    var screen = ProgressScreen(.terminal(width: 50))
    let empty = screen.begin("charge", of: 4, unit: "rows", at: Self.start)
    #expect(empty.hasPrefix("charge     [>"))
    #expect(screen.advance(to: 1, of: 4, at: Self.after(99)) == "", "drawn ten times a second at most")
    let drawn = screen.advance(to: 2, of: 4, at: Self.after(100))
    #expect(drawn.hasPrefix(Self.erase + "charge     [=="))
    #expect(!drawn.contains("\n"))
    let noted = screen.note("charge", "limited")
    #expect(noted.hasPrefix(Self.erase + "charge: limited\ncharge     ["), "the bar comes back below the note")
    #expect(
      screen.finish("charge", summary: "4 charged", at: Self.after(400)) == Self.erase + "charge: 4 charged (0.4 s)\n")
    #expect(screen.end() == "")
  }

  @Test func aStageThatFailsLeavesNoBarBehind() {
    var screen = ProgressScreen(.terminal(width: 50))
    _ = screen.begin("charge", of: nil, unit: "payments", at: Self.start)
    #expect(screen.begin("import", of: nil, unit: "files", at: Self.start).hasPrefix(Self.erase + "import"))
    #expect(screen.end() == Self.erase)
    #expect(screen.end() == "")
  }

  @Test func coloursComeOnlyWhereTheyAreWanted() {
    var screen = ProgressScreen(.lines, style: Style(isOn: true))
    #expect(screen.note("charge", "limited").contains("\u{1B}[33m"))
    #expect(!Style(isTerminal: true, Environment(["NO_COLOR": "1"])).isOn)
    #expect(!Style(isTerminal: true, Environment(["TERM": "dumb"])).isOn)
    #expect(!Style(isTerminal: false, Environment([:])).isOn)
    #expect(Style(isTerminal: true, Environment(["NO_COLOR": ""])).isOn)
  }
}
