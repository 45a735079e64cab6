import ArgumentParser
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// The other end of the bare client: what it is sent, it answers.
struct EchoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "echo", abstract: "Answers each request with its own body, until it is ended.",
    discussion: """
      What the bare client of 'settle-bench charges' talks to.

      EXAMPLE
        settle-bench echo --port 4243
      """)

  @Option(help: "The port on 127.0.0.1.")
  var port = 4243

  func run() async throws {
    let router = Router()
    router.get("/") { _, _ in HTTPResponse.Status.ok }
    router.post("/echo") { request, _ in
      Response(status: .ok, body: ResponseBody(byteBuffer: try await request.body.collect(upTo: 1 << 20)))
    }
    var logger = Logger(label: "settle-bench")
    logger.logLevel = .error
    let application = Application(
      router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)),
      logger: logger)
    try await application.runService()
  }
}
