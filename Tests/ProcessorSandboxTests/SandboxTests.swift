import Testing

@testable import ProcessorSandbox

@Suite struct SandboxTests {
  @Test func aTakenPortSaysWhatToDo() async throws {
    try await withSandbox { client in
      let port = try #require(client.base.split(separator: ":").last.flatMap { Int($0) })
      try await withFolder { folder in
        let second = SandboxConfiguration(port: port, dataDirectory: folder)
        await #expect {
          try await withSandbox(second) { _ in }
        } throws: {
          "\($0)" == "port \(port) is in use: stop what listens there, or give another --port"
        }
      }
    }
  }

  @Test func aFolderThatCannotBeMadeIsNamed() {
    let configuration = SandboxConfiguration(dataDirectory: "/dev/null/sandbox")
    #expect {
      try Sandbox(configuration: configuration, logger: .quiet)
    } throws: {
      "\($0)".contains("/dev/null/sandbox")
    }
  }

  @Test func whatTheServedClosureThrowsComesOut() async throws {
    struct Stop: Error {}
    await #expect(throws: Stop.self) {
      try await withSandbox { (_: SandboxClient) -> Void in throw Stop() }
    }
  }
}
