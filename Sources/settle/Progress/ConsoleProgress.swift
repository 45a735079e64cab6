import Glibc
import Logging
import SettlePipeline
import Synchronization

/// Shows a run on standard error. Calls come from several tasks at once.
final class ConsoleProgress: ProgressSink {
  private let screen: Mutex<ProgressScreen>

  init() {
    let isTerminal = Console.isTerminal(STDERR_FILENO)
    let kind: ProgressScreen.Kind = isTerminal ? .terminal(width: Console.width) : .lines
    screen = Mutex(ProgressScreen(kind, style: Style(for: STDERR_FILENO)))
  }

  func begin(_ stage: StageName, of total: Int64?, unit: String) {
    show { $0.begin(stage.rawValue, of: total, unit: unit, at: .now) }
  }

  func advance(_ stage: StageName, to done: Int64, of total: Int64?) {
    show { $0.advance(to: done, of: total, at: .now) }
  }

  func note(_ stage: StageName, _ message: String) { show { $0.note(stage.rawValue, message) } }

  func finish(_ stage: StageName, summary: String) { show { $0.finish(stage.rawValue, summary: summary, at: .now) } }

  func say(_ line: String) { show { $0.say(line) } }

  func end() { show { $0.end() } }

  /// Written under the lock, so that what is drawn is what the screen believes.
  private func show(_ change: (inout sending ProgressScreen) -> String) {
    screen.withLock { screen in
      let text = change(&screen)
      if !text.isEmpty { Console.raw(text) }
    }
  }
}

/// Log lines, above the bar.
struct ConsoleLog: LogHandler {
  var logLevel: Logger.Level
  var metadata: Logger.Metadata = [:]
  private let progress: ConsoleProgress

  init(_ progress: ConsoleProgress, level: Logger.Level) {
    self.progress = progress
    logLevel = level
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let all = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
    let words = all.map { " \($0.key)=\($0.value)" }.joined()
    progress.say("\(event.level): \(event.message)\(words)")
  }
}
