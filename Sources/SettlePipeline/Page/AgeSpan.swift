/// The spans of whole days into which breaks are counted by age. Every age lies in just one.
enum AgeSpan {
  static let all: [(label: String, days: ClosedRange<Int>)] = [
    ("New", 0...0), ("1 day", 1...1), ("2–3 days", 2...3), ("4–7 days", 4...7), ("8–14 days", 8...14),
    ("15–30 days", 15...30),
    ("Over 30", 31...Int.max),
  ]

  static let none = [Int](repeating: 0, count: all.count)

  /// An age before the date that found it counts as new.
  static func index(of days: Int) -> Int { all.firstIndex { $0.days.contains(max(0, days)) } ?? all.count - 1 }
}
