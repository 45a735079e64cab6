import Foundation
import SettleModel
import SettlePipeline
import SettleStore

/// What `settle status` tells.
struct StatusReport: Sendable {
  var runs: [RunSummary]
  var backlog: Backlog
  var lease: LeaseHolder?
  var ageing = BreakAgeing()
  /// Nil where no pipeline says how long anything is awaited.
  var awaited: [AwaitedOutcomes]?

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
    lines += ageingLines(style) + awaitedLines(style)
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
      let counts = stage.counts.filter { $0.value != 0 }.map { $0.value.of(countNamed: $0.name) }
      let what = (counts + [stage.message].compactMap(\.self)).joined(separator: ", ")
      table.add(
        "\(stage.stage)", .init(stage.status.rawValue, stage.status.tint),
        .init(stage.finishedAt.map { $0.since(stage.startedAt).words } ?? ""), .init(what))
    }
    return [head] + remark + table.lines(style, indentation: 2)
  }

  private var waiting: Table {
    var table = Table([.right(""), .left(""), .left("")])
    func add(_ count: Int64, _ one: String, _ many: String, _ remark: String = "") {
      table.add(.init(count.grouped), .init(count == 1 ? one : many), .init(remark))
    }
    for due in backlog.due { add(due.payments, "payment due", "payments due", "\(due.amount)") }
    if backlog.due.isEmpty { add(0, "payment due", "payments due") }
    for retry in backlog.retries {
      add(retry.payments, "planned retry", "planned retries", "\(retry.amount), the next on \(retry.next)")
    }
    add(backlog.storedAttempts, "attempt to be sent", "attempts to be sent", storedRemark)
    add(backlog.unknownAttempts, "attempt without an answer", "attempts without an answer", unknownRemark)
    if backlog.cancellations > 0 {
      add(backlog.cancellations, "processor payment to be cancelled", "processor payments to be cancelled")
    }
    add(backlog.refundsUnderWay, "refund under way", "refunds under way")
    for breaks in backlog.openBreaks {
      let reason = breaks.reason.rawValue
      add(breaks.count, "break open: \(reason)", "breaks open: \(reason)", breaks.reason.title)
    }
    if backlog.openBreaks.isEmpty { add(0, "break open", "breaks open") }
    return table
  }

  /// Whether a request had left when its run died nobody can tell; it goes out again as it was.
  private var storedRemark: String {
    guard backlog.storedAttempts > 0 else { return "" }
    return lease.map(\.isAlive) ?? false
      ? "the run that holds the lease sends them" : "the next run sends them, or repeats what had left with its own key"
  }

  private var unknownRemark: String {
    let asked = backlog.unknownAttempts - backlog.givenUpAttempts
    return [
      asked == 0 ? nil : "\(asked.grouped) for the next run to settle",
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
