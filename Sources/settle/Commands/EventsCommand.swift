import ArgumentParser
import Postgres
import SettleModel
import SettlePipeline
import SettleStore

struct EventsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "events", abstract: "Prints the messages of the payment system, in the order of their numbers.",
    discussion: """
      A message gets its number after what it tells was committed, from one publisher at a time, and keeps it for ever. \
      Whoever remembers the last number and asks for what came since misses nothing and gets nothing twice.

      Types: AuthorizePayment, PaymentRequested, PaymentSucceeded, PaymentFailed, RefundRequested, RefundProcessed.

      EXAMPLES
        settle events --jsonl --since 1200 >> events.jsonl
        settle events --type PaymentFailed
      """)

  @Option(help: ArgumentHelp("Only messages of this type.", valueName: "type"))
  var type: MessageType?

  @Option(help: ArgumentHelp("Only messages after this number.", valueName: "sequence"))
  var since: Int64 = 0

  @Flag(help: "Print one JSON object a line.")
  var jsonl = false

  func run() async throws {
    let (type, since, jsonl) = (type, since, jsonl)
    try await Settings().withFoundStore { store in
      _ = try await store.pool.transaction { try $0.numberEvents() }
      try await store.pool.session { db in
        let output = BufferedOutput()
        try db.forEachEvent(after: since, type: type) { event in
          try output.line(jsonl ? EventLine.json(event) : EventLine.text(event))
        }
        try output.flush()
      }
    }
  }
}

/// One message, as a line.
enum EventLine {
  static func json(_ event: Event) -> String {
    "{\"sequence\":\(event.sequence),\"type\":\"\(event.type.rawValue)\",\"occurredAt\":\"\(event.occurredAt)\","
      + "\"payload\":\(event.payload)}"
  }

  /// Columns of fixed width, since nobody knows what is still to come.
  static func text(_ event: Event) -> String {
    let sequence = String(event.sequence)
    return String(repeating: " ", count: max(0, 8 - sequence.count)) + sequence + "  "
      + padded(event.occurredAt.description, 27) + "  " + padded(event.type.rawValue, 16) + "  "
      + event.payload.printable
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
