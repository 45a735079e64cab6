import Foundation
import SettleModel
import SettlePipeline
import SettleStore

/// A run's result as a person reads it.
struct RunSummaryText {
  private let result: RunResult

  init(_ result: RunResult) { self.result = result }

  func text(_ style: Style) -> String {
    var lines = [
      style("\(result.request.pipeline.name) \(result.date)", .bold)
        + (result.request.dryRun ? " (dry run)" : "") + "  run \(result.runID.uuidString.lowercased())"
    ]
    lines += stages.lines(style, indentation: 2)
    let files = files
    if !files.rows.isEmpty { lines += [""] + files.lines(style, indentation: 2) }
    let balances = balances
    if !balances.rows.isEmpty { lines += [""] + balances.lines(style, indentation: 2) }
    if let flips = result.flips, !flips.isEmpty { lines += [""] + table(of: flips).lines(style, indentation: 2) }
    if let folder = result.outFolder { lines += ["", "reports: \(folder)"] }
    return lines.joined(separator: "\n") + "\n"
  }

  private var stages: Table {
    var table = Table([.left("stage"), .left("status"), .right("time"), .left("what")])
    for stage in result.stages {
      let counts = stage.counts.filter { $0.value != 0 }
        .map { $0.value.of(countNamed: $0.name) }.joined(separator: ", ")
      // A run has said of each refused file why, when it met it.
      let isSaid = stage.hasRefusedFiles && !result.request.dryRun
      let what = [counts, isSaid ? "" : stage.message ?? ""].filter { !$0.isEmpty }.joined(separator: "; ")
      table.add(
        "\(stage.stage.rawValue)", .init(stage.status.rawValue, stage.status.tint),
        "\(stage.finishedAt.since(stage.startedAt).words)", .init(what))
    }
    return table
  }

  /// Files that need a person: what was loaded whole is counted above.
  private var files: Table {
    var table = Table([
      .left("file"), .left("layout"), .left("status"), .right("read"), .right("accepted"), .right("quarantined"),
      .right("ignored"),
    ])
    for file in result.files where file.status == .refused || file.counts.quarantined > 0 {
      table.add(
        .init(file.path), .init(file.layout ?? ""), .init(file.status.rawValue, file.status == .refused ? .red : nil),
        "\(file.counts.read.grouped)", "\(file.counts.accepted.grouped)",
        .init(file.counts.quarantined.grouped, file.counts.quarantined > 0 ? .yellow : nil),
        "\(file.counts.ignored.grouped)")
    }
    return table
  }

  private func table(of flips: [MatchFlip]) -> Table {
    var table = Table([
      .left("date"), .left("what"), .left("order"), .left("processor reference"), .right("amount"), .left(""),
      .left("now"), .left("by these rules"),
    ])
    for flip in flips {
      table.add(
        "\(flip.date)", "\(flip.subject.rawValue)", .init(flip.orderReference ?? ""), .init(flip.item ?? ""),
        "\(flip.amount.major)", "\(flip.amount.currency)", .init(flip.from), .init(flip.to))
    }
    return table
  }

  private var balances: Table {
    var table = Table([.left("side"), .left("bucket"), .right("items"), .right("amount"), .left("")])
    for total in result.totals {
      table.add(
        "\(total.side)", .init(total.bucket, total.bucket == "all" ? .bold : nil), "\(total.count.grouped)",
        "\(Money(minor: total.amount, currency: total.currency).major)", "\(total.currency)")
    }
    return table
  }
}

extension StageStatus {
  var tint: Style.Tint? {
    switch self {
    case .done: .green
    case .failed: .red
    case .running, .skipped: .yellow
    }
  }
}
