import Foundation
import SettleModel
import SettleStore

extension StatusReport {
  private typealias Member = OrderedJSON.Member

  var json: OrderedJSON {
    .object([
      Member("awaited", awaitedJSON), Member("backlog", backlogJSON), Member("breaks_by_age", ageingJSON),
      Member("lease", leaseJSON), Member("runs", .array(runs.map(describe))),
    ])
  }

  private func describe(_ run: RunSummary) -> OrderedJSON {
    .object([
      Member("arguments", .array(run.arguments.map { .string($0) })), Member("date", .text(run.date)),
      Member("exit_status", .number(run.exitStatus)), Member("finished_at", .text(run.finishedAt)),
      Member("pipeline", .string(run.pipeline)), Member("run_id", .string(run.id.uuidString.lowercased())),
      Member("stages", .array(run.stageRuns.map(describe))), Member("started_at", .text(run.startedAt)),
      Member("state", .string(state(of: run).rawValue)), Member("version", .string(run.version)),
    ])
  }

  private func describe(_ stage: StageSummary) -> OrderedJSON {
    .object([
      Member("counts", .object(stage.counts.map { Member($0.name, .integer($0.value)) })),
      Member("finished_at", .text(stage.finishedAt)), Member("message", .text(stage.message)),
      Member("name", .string(stage.stage)), Member("started_at", .text(stage.startedAt)),
      Member("status", .string(stage.status.rawValue)),
    ])
  }

  private var backlogJSON: OrderedJSON {
    .object([
      Member("attempts_left_to_person", .integer(backlog.givenUpAttempts)),
      Member("attempts_open", .integer(backlog.openAttempts)),
      Member("attempts_to_send", .integer(backlog.storedAttempts)),
      Member("attempts_unknown", .integer(backlog.unknownAttempts)),
      Member(
        "breaks_open", .object(backlog.openBreaks.map { Member($0.reason.rawValue, .integer($0.count)) })),
      Member("cancellations_open", .integer(backlog.cancellations)),
      Member(
        "payments_due",
        .array(
          backlog.due.map { due in
            .object([
              Member("amount", .string(due.amount.major)), Member("currency", .text(due.amount.currency)),
              Member("payments", .integer(due.payments)),
            ])
          })),
      Member("refunds_under_way", .integer(backlog.refundsUnderWay)),
      Member(
        "retries_planned",
        .array(
          backlog.retries.map { retry in
            .object([
              Member("amount", .string(retry.amount.major)), Member("currency", .text(retry.amount.currency)),
              Member("next", .text(retry.next)), Member("payments", .integer(retry.payments)),
            ])
          })),
    ])
  }

  private var leaseJSON: OrderedJSON {
    guard let lease else { return .null }
    return .object([
      Member("alive", .bool(lease.isAlive)), Member("expires_at", .text(lease.expiresAt)),
      Member("holder", .string(lease.holder)), Member("process", .string(lease.process.rawValue)),
      Member("run_id", .string(lease.run.uuidString.lowercased())), Member("since", .text(lease.since)),
    ])
  }
}
