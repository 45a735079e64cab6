import Foundation
import SettleModel
import SettlePipeline
import SettleStore

/// What `settle status` tells.
struct StatusReport: Sendable {
  var runs: [RunSummary]
  var backlog: Backlog
  var lease: LeaseHolder?

  /// How a run stands: one without an end runs only while it holds the lease.
  enum State: String {
    case running, died, done, exceeded, failed

    var tint: Style.Tint {
      switch self {
      case .running: .yellow
      case .done: .green
      case .died, .failed, .exceeded: .red
      }
    }
  }

  func state(of run: RunSummary) -> State {
    switch run.exitStatus.map(ExitStatus.init(rawValue:)) {
    case nil: lease.map { $0.isAlive && $0.run == run.id } ?? false ? .running : .died
    case .done: .done
    case .exceeded: .exceeded
    default: .failed
    }
  }

  func text(_ style: Style) -> String {
    var lines: [String] = []
    for (index, run) in runs.enumerated() { lines += describe(run, isLatest: index == 0, style) + [""] }
    if runs.isEmpty { lines += ["no run yet: settle run", ""] }
    lines += ["waiting"] + waiting.lines(style, indentation: 2)
    lines += ["", "lease"] + ["  " + leaseSentence.printable]
    return lines.joined(separator: "\n") + "\n"
  }

  private func describe(_ run: RunSummary, isLatest: Bool, _ style: Style) -> [String] {
    let state = state(of: run)
    let status = run.exitStatus.map { " (\($0))" } ?? ""
    let time = run.finishedAt.map { ", \($0.since(run.startedAt).words)" } ?? ""
    let head =
      style("\(run.pipeline.printable) \(run.date)", .bold) + "  \(style(state.rawValue, state.tint))\(status)"
      + "  \(run.startedAt.toTheSecond)\(time)  \(run.id.uuidString.lowercased())"
    let why = "  it was killed, or lost its database or its lease"
    let next = run.isDeciding ? ": give the file to `settle decide` again" : ": `settle retry` goes on where it ended"
    let remark = state == .died ? [isLatest ? why + next : why] : []
    var table = Table([.left(""), .left(""), .right(""), .left("")])
    for stage in run.stageRuns {
      let counts = stage.counts.filter { $0.value != 0 }.map {
        "\($0.value.grouped) \($0.name.replacing("_", with: " "))"
      }
      let what = (counts + [stage.message].compactMap(\.self)).joined(separator: ", ")
      table.add(
        "\(stage.stage)", .init(stage.status.rawValue, stage.status.tint),
        .init(stage.finishedAt.map { $0.since(stage.startedAt).words } ?? ""), .init(what))
    }
    return [head] + remark + table.lines(style, indentation: 2)
  }

  private var waiting: Table {
    var table = Table([.right(""), .left(""), .left("")])
    for due in backlog.due { table.add("\(due.payments.grouped)", "payments due", "\(due.amount)") }
    if backlog.due.isEmpty { table.add("0", "payments due") }
    for retry in backlog.retries {
      table.add("\(retry.payments.grouped)", "payments to be tried again", "\(retry.amount), the next on \(retry.next)")
    }
    table.add("\(backlog.openAttempts.grouped)", "attempts without an answer", .init(unknownRemark))
    if backlog.cancellations > 0 {
      table.add("\(backlog.cancellations.grouped)", "processor payments to be cancelled")
    }
    table.add("\(backlog.refundsUnderWay.grouped)", "refunds under way")
    for breaks in backlog.openBreaks {
      table.add("\(breaks.count.grouped)", "breaks open: \(breaks.reason.rawValue)", .init(breaks.reason.title))
    }
    if backlog.openBreaks.isEmpty { table.add("0", "breaks open") }
    return table
  }

  private var unknownRemark: String {
    let asked = backlog.unknownAttempts - backlog.givenUpAttempts
    return [
      asked == 0 ? nil : "\(asked.grouped) unknown; the next run settles them",
      backlog.givenUpAttempts == 0 ? nil : "\(backlog.givenUpAttempts.grouped) left to a person (outcome_unknown)",
    ].compactMap(\.self).joined(separator: "; ")
  }

  private var leaseSentence: String {
    guard let lease else { return "free" }
    let since = lease.since.map(\.toTheSecond) ?? "an unknown time"
    let process =
      switch lease.process {
      case .running: "its process is running"
      case .stopped: "its process is stopped"
      case .gone: "its process is gone"
      case .elsewhere: "its process is not on this machine, so whether it lives cannot be told from here"
      }
    if lease.isAlive {
      return "held by \(lease.holder) since \(since), until \(lease.expiresAt) unless it renews; \(process)"
    }
    return "left by \(lease.holder), which had it from \(since); \(process): the next run takes it"
  }
}
