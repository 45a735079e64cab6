import ArgumentParser
import Glibc
import Logging
import ProcessorSandbox

struct SandboxCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sandbox", abstract: "Runs the stand-in processor: Stripe's API on this machine, with a ledger.",
    discussion: """
      Charges nothing real. Every movement of its money is in a ledger that survives kill -9: \
      GET /sandbox/ledger, /sandbox/reports/payout_reconciliation.csv and /sandbox/stats read it. It runs until it is \
      interrupted.

      Faults: lost-response, reset, server-error, rate-limited, slow. \
      Anomalies: duplicate, overcharge, missing, unexpected.

      EXAMPLE
        settle sandbox --faults lost-response=0.02 --anomalies duplicate=0.001 &
        STRIPE_API_BASE=http://127.0.0.1:4242 STRIPE_API_KEY=sk_test_any settle run
      """)

  @Option(help: "The port on 127.0.0.1; 0 takes a free one.")
  var port = 4242

  @Option(help: ArgumentHelp("The folder of the ledger.", valueName: "dir"))
  var data = "sandbox"

  @Option(help: "Decides ids, faults and anomalies.")
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("Requests a second, beyond which it answers 429.", valueName: "count"))
  var rateLimit: Int?

  @Option(help: ArgumentHelp("How long idempotency keys are remembered: 90s, 30m, 24h.", valueName: "duration"))
  var keyTtl = KeyLife(seconds: 86_400)

  @Option(
    help: ArgumentHelp("How often each fault happens: lost-response=0.02,slow=0.01.", valueName: "rates"),
    transform: { try FaultRates(parsing: $0) })
  var faults: FaultRates?

  @Option(
    help: ArgumentHelp("How often each mistake happens: duplicate=0.001,missing=0.001.", valueName: "rates"),
    transform: { try AnomalyRates(parsing: $0) })
  var anomalies: AnomalyRates?

  @Option(help: ArgumentHelp("Where events are posted.", valueName: "url"))
  var webhookUrl: String?

  @Option(help: ArgumentHelp("Signs events. (default: STRIPE_WEBHOOK_SECRET)", valueName: "secret"))
  var webhookSecret: String?

  func validate() throws {
    guard (0...65_535).contains(port) else { throw ValidationError("--port takes a number from 0 to 65535") }
    if let rateLimit, rateLimit < 1 { throw ValidationError("--rate-limit takes a number from 1") }
  }

  func run() async throws {
    let settings = try Settings()
    let configuration = SandboxConfiguration(
      port: port, dataDirectory: data, seed: seed, rateLimit: rateLimit, keyLife: keyTtl.seconds,
      faults: faults ?? .none,
      anomalies: anomalies ?? .none, webhookURL: webhookUrl,
      webhookSecret: webhookSecret ?? settings.environment[.webhookSecret])
    let logger = Logger(label: "sandbox") { label in
      var handler = StreamLogHandler.standardError(label: label)
      handler.logLevel = .warning
      return handler
    }
    try await Sandbox(configuration: configuration, logger: logger).run()
  }
}

/// How long a key is remembered, as `90s`, `30m` or `24h`.
struct KeyLife: ExpressibleByArgument, Equatable {
  var seconds: Int64

  init(seconds: Int64) { self.seconds = seconds }

  init?(argument: String) {
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600]
    guard let unit = argument.last.flatMap({ units[$0] }), let count = Int64(argument.dropLast()), count > 0 else {
      return nil
    }
    let (seconds, overflow) = count.multipliedReportingOverflow(by: unit)
    guard !overflow else { return nil }
    self.seconds = seconds
  }

  var defaultValueDescription: String { seconds % 3_600 == 0 ? "\(seconds / 3_600)h" : "\(seconds)s" }
}
