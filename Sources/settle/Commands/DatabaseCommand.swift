import ArgumentParser
import Postgres
import SettleModel
import SettlePipeline
import SettleStore

struct DatabaseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "db", abstract: "Starts, stops, migrates and names the database.",
    discussion: """
      Where neither DATABASE_URL nor PG* is set, settle has a private PostgreSQL server under SETTLE_HOME. Any command \
      that needs it starts it and brings it to this version's schema; it goes on running until `settle db stop`. A \
      database of your own is migrated only by `settle db migrate`, as its owner.

      EXAMPLES
        psql "$(settle db url)"
        DATABASE_URL=postgresql://owner@db/settle settle db migrate
      """,
    subcommands: [Start.self, Stop.self, Migrate.self, Address.self])

  struct Start: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "start", abstract: "Starts the private server, making it where there is none.",
      discussion: "EXAMPLE\n  settle db start")

    func run() async throws {
      let database = try Settings().database
      let cluster = try database.ownCluster(to: "start")
      try await cluster.start()
      Console.say("settle: the private database runs; its log is \(cluster.logFile)")
    }
  }

  struct Stop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "stop", abstract: "Stops the private server. What was committed is kept.",
      discussion: "EXAMPLE\n  settle db stop")

    func run() async throws {
      try await Settings().database.ownCluster(to: "stop").stop()
      Console.say("settle: the private database is stopped")
    }
  }

  struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "migrate", abstract: "Brings the database to this version's schema, and prints what was applied.",
      discussion: "Needs the tables' owner.\n\nEXAMPLE\n  settle db migrate")

    func run() async throws {
      let applied = try await Settings().withStore(schema: .asItIs) { try await $0.migrate() }
      for name in applied { try Console.line(name) }
      Console.say(
        "settle: \(applied.isEmpty ? "nothing to apply" : applied.count.of("migration", "migrations") + " applied")")
    }
  }

  struct Address: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "url", abstract: "Prints the database's address, without any password.",
      discussion: "Starts nothing.\n\nEXAMPLE\n  psql \"$(settle db url)\"")

    func run() async throws { try Console.line(Settings().database.url()) }
  }
}
