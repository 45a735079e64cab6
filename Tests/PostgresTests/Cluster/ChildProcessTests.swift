import Glibc
import Testing

@testable import Postgres

@Suite struct ChildProcessTests {
  @Test func statusInputAndOutput() throws {
    let outcome = try ChildProcess("/bin/sh", ["-c", "cat; echo oops >&2; pwd; exit 3"]).run(input: "hello\n")
    #expect(outcome.status == 3)
    #expect(outcome.output == "hello\noops\n/\n")
    #expect(outcome.lastWords == "hello; oops; /")
    #expect(try ChildProcess("/bin/sh", ["-c", "kill -9 $$"]).run().status == 137)
    #expect(try ChildProcess("/nonexistent", []).run().status == 127)
  }

  @Test func nothingOfOursIsInherited() throws {
    setenv("PGPASSWORD_OF_TEST", "secret", 1)
    let opened = open("/dev/zero", O_RDONLY)
    defer { close(opened) }
    let outcome = try ChildProcess("/bin/sh", ["-c", "ls -l /proc/$$/fd; env"]).run()
    #expect(!outcome.output.contains("/dev/zero"))
    #expect(!outcome.output.contains("secret"))
  }

  @Test(.enabled(if: geteuid() == 0)) func privilegesAreDropped() throws {
    let user = try #require(ServerUser.unprivileged)
    let outcome = try ChildProcess("/bin/sh", ["-c", "id -u; id -g; cat /etc/shadow"], as: user).run()
    #expect(outcome.output.hasPrefix("\(user.uid)\n\(user.gid)\n"))
    #expect(outcome.status != 0)
  }
}
