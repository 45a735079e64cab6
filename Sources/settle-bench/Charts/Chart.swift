/// Bars that lie under one another, in panels. Its floating numbers are measured times, rates and sizes, never money.
struct Chart {
  struct Segment {
    var value: Double
    var series: Series
    /// Written into the segment where it is wide enough.
    var text = ""
  }

  struct Bar {
    var label: String
    /// In small letters under the label.
    var note = ""
    var segments: [Segment]
    /// The figure with its unit, behind the bar.
    var told: String

    init(_ label: String, note: String = "", _ segments: [Segment], told: String) {
      (self.label, self.note, self.segments, self.told) = (label, note, segments, told)
    }

    init(_ label: String, note: String = "", _ value: Double, _ series: Series, told: String) {
      self.init(label, note: note, [Segment(value: value, series: series)], told: told)
    }

    var total: Double { segments.reduce(0) { $0 + $1.value.drawn } }
  }

  /// A line across the bars of a panel.
  struct Mark {
    var value: Double
    var label: String
  }

  struct Panel {
    var heading = ""
    var bars: [Bar]
    var marks: [Mark] = []
    /// Panels of the same number share a scale.
    var scale = 0

    var most: Double { (bars.map(\.total) + marks.map(\.value.drawn)).max() ?? 0 }
  }

  var title: String
  var subtitle: String
  var panels: [Panel]
  /// What the colours mean where labels and headings do not tell.
  var legend: [Series] = []
  /// In small letters under all: on what and with what it was measured.
  var foot: [String] = []

  /// The largest value that a panel's scale must show.
  func most(on scale: Int) -> Double { panels.filter { $0.scale == scale }.map(\.most).max() ?? 0 }
}

/// The page that a chart is to be read on.
enum Theme: CaseIterable {
  case light, dark

  /// Behind a file's name.
  var suffix: String { self == .light ? "" : "-dark" }
  var paper: String { self == .light ? "#ffffff" : "#0d1117" }
  var ink: String { self == .light ? "#1f2328" : "#e6edf3" }
  /// Of small letters.
  var note: String { self == .light ? "#59636e" : "#9198a1" }
  var axis: String { self == .light ? "#848d97" : "#656c76" }
  /// Of bounds.
  var bound: String { self == .light ? "#b3261e" : "#ff8f87" }
}

/// What a colour stands for. Each has one for light and one for dark pages.
enum Series: String, CaseIterable {
  case ingest, importing, reconcile, report, around, settle, peer, server

  /// Of the stages in their order, and what is around them.
  static let stages: [Series] = [.ingest, .importing, .reconcile, .report, .around]

  var name: String {
    switch self {
    case .importing: "import"
    case .around: "start and end"
    default: rawValue
    }
  }

  func colour(on theme: Theme) -> String { theme == .light ? light : dark }

  private var light: String {
    switch self {
    case .ingest: "#2f6db5"
    case .importing: "#b4530f"
    case .reconcile: "#1a7f64"
    case .report: "#8250b4"
    case .around: "#a3abb5"
    case .peer: "#6e7781"
    case .settle: "#2f6db5"
    case .server: "#5b7f9e"
    }
  }

  private var dark: String {
    switch self {
    case .ingest, .settle: "#4184d6"
    case .importing: "#c9681f"
    case .reconcile: "#2a9377"
    case .report: "#9a6cc9"
    case .around: "#9ca4ae"
    case .peer: "#7d8590"
    case .server: "#6c93b4"
    }
  }

  /// Of a stage, by its name in the figures.
  init(stage: String) {
    self =
      switch stage {
      case "ingest": .ingest
      case "import": .importing
      case "reconcile": .reconcile
      case "report": .report
      default: .around
      }
  }
}

extension Double {
  /// What can be drawn: a ratio of nothing by nothing has no length.
  var drawn: Double { isFinite && self > 0 ? self : 0 }
}
