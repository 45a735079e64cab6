import ArgumentParser
import Glibc
import SettlePipeline

/// The composition root: settings in, exit status out.
@main
struct Settle: AsyncParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "settle", abstract: "Batch payment settlement: charges, reconciles, refunds and reports.",
    discussion: """
      EXAMPLES
        settle run                                    the whole nightly pipeline
        settle run --stage import --date 2026-11-21   one stage again
        settle status                                 what ran, what waits
        settle explain ORDER                          everything about one payment

      SETTINGS come from a flag, else the environment, else the pipeline file, else a default.
        DATABASE_URL, PG*   the database; without them, a private one in SETTLE_HOME
        SETTLE_HOME         settle's own folder (default: .settle)
        SETTLE_PIPELINE, SETTLE_INBOX, SETTLE_OUT   as --pipeline, --inbox, --out
        SETTLE_USER         who decides, as settle decide --as
        STRIPE_API_KEY, STRIPE_API_BASE, STRIPE_WEBHOOK_SECRET
        NO_COLOR            no colours

      EXIT STATUS
        0 done · 1 done, but fail_on is exceeded, a proof of verify fails, or
        decide refused rows ·
        64 usage · 65 input refused · 69 unreachable · 70 a defect of settle ·
        75 try again later · 77 not permitted · 78 configuration

      SHELL COMPLETIONS (bash, zsh, fish)
        settle --generate-completion-script bash > /etc/bash_completion.d/settle
      """,
    version: version,
    subcommands: [
      RunCommand.self, RetryCommand.self, StatusCommand.self, ExplainCommand.self, BreaksCommand.self,
      DecideCommand.self, EventsCommand.self, VerifyCommand.self, LayoutCommand.self, DoctorCommand.self,
      DatabaseCommand.self,
      SandboxCommand.self,
    ])

  static func main() async { Glibc.exit(await status(of: Array(CommandLine.arguments.dropFirst())).rawValue) }

  /// Runs a command line to its end, and says on standard error what there is to say about a failure.
  private static func status(of arguments: [String]) async -> ExitStatus {
    if let unknown = UnknownCommand(in: arguments, of: Settle.self) {
      Console.say("\(unknown)")
      return .usage
    }
    do {
      var command = try await asyncParseAsRoot(arguments)
      do {
        if var command = command as? any AsyncParsableCommand {
          try await command.run()
        } else {
          try command.run()
        }
        return .done
      } catch  where !isOfParser(error) {
        let ending = Ending(error)
        if let message = ending.message { Console.say("settle: \(message.printable)") }
        return ending.status
      }
    } catch {
      return answer(error)
    }
  }

  /// Help and usage, which the parser itself words.
  private static func answer(_ error: any Error) -> ExitStatus {
    let text = fullMessage(for: error)
    guard exitCode(for: error).isSuccess else {
      Console.say(text)
      return .usage
    }
    do {
      try Console.line(text)
      return .done
    } catch {
      return Ending(error).status
    }
  }

  /// Asking for help ends its command with an error of the parser's, which does not say so by its type.
  private static func isOfParser(_ error: any Error) -> Bool {
    exitCode(for: error).isSuccess || exitCode(for: error) == .validationFailure
  }
}
