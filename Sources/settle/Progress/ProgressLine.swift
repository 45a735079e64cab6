import SettleModel

/// How far a stage is, as text. Pure: time comes from outside.
struct ProgressLine: Equatable {
  var stage: String
  var unit: String
  var done: Int64 = 0
  /// Nil while nobody knows.
  var total: Int64?
  var elapsed: Duration = .zero

  /// `charge  [=======>        ]  1,234 of 5,000 payments  24/s  2m 36s left`, cut to the width.
  func bar(width: Int) -> String {
    let name = stage + String(repeating: " ", count: max(0, 9 - stage.count))
    let rest = figures.joined(separator: "  ")
    let room = width - name.count - rest.count - 7
    guard let total, total > 0, room >= 10 else { return String("\(name)  \(rest)".prefix(max(0, width - 1))) }
    let cells = min(40, room)
    let filled = Int(min(done, total) * Int64(cells) / total)
    let tip = filled < cells ? ">" : ""
    let bar = String(repeating: "=", count: filled) + tip + String(repeating: " ", count: max(0, cells - filled - 1))
    return "\(name)  [\(bar)]  \(rest)"
  }

  /// `charge: 1,234 of 5,000 payments, 24/s, 2m 36s left`.
  var plain: String { "\(stage): \(figures.joined(separator: ", "))" }

  private var figures: [String] {
    let amount = total.map { "\(done.grouped) of \($0.grouped) \(unit)" } ?? done.of(countNamed: unit)
    return [amount, rate, timeLeft].compactMap(\.self)
  }

  /// Per second, on the average since the stage began; nil in its first second, which tells nothing.
  private var rate: String? {
    guard done > 0, elapsed >= .seconds(1) else { return nil }
    let tenths = done * 10_000 / elapsed.milliseconds
    return tenths >= 100 ? "\((tenths / 10).grouped)/s" : "\(tenths / 10).\(tenths % 10)/s"
  }

  private var timeLeft: String? {
    guard let total, done > 0, done < total, elapsed >= .seconds(1) else { return nil }
    let (left, overflow) = elapsed.milliseconds.multipliedReportingOverflow(by: total - done)
    return overflow ? nil : "\(Duration.milliseconds(left / done).words) left"
  }
}

extension Duration {
  var milliseconds: Int64 { components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000 }

  /// `0.4 s`, `12 s`, `2m 36s`, `1h 05m`.
  var words: String {
    let seconds = components.seconds
    switch seconds {
    case ..<10: return "\(milliseconds / 1_000).\(milliseconds / 100 % 10) s"
    case ..<60: return "\(seconds) s"
    case ..<3_600: return "\(seconds / 60)m \(Self.padded(seconds % 60))s"
    default: return "\(seconds / 3_600)h \(Self.padded(seconds / 60 % 60))m"
    }
  }

  private static func padded(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
