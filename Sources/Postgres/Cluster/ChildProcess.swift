import FoundationEssentials
import Glibc

/// Runs one of the server's programs to its end.
///
/// The child gets nothing of ours but what it needs: a short environment, default signals, a process group of its own
/// (so that a terminal's Ctrl-C stays with us), no open file but its standard ones. A server that kept our standard
/// output open would make whoever reads it wait for ever.
struct ChildProcess {
  let program: String
  let arguments: [String]
  let user: ServerUser?

  init(_ program: String, _ arguments: [String], as user: ServerUser? = nil) {
    self.program = program
    self.arguments = arguments
    self.user = user
  }

  struct Outcome {
    /// Exit status, or 128 + signal.
    let status: Int32
    /// Both streams; empty where they went to a file.
    let output: String

    /// The end of the output, on one line, for an error message.
    var lastWords: String { lastLines(of: output) }
  }

  /// - Parameters:
  ///   - input: at most a few KiB: it is written before the child runs.
  ///   - log: an open file for both output streams, instead of capturing them.
  func run(input: String = "", log: Int32? = nil) throws -> Outcome {
    let stdin = try Pipe()
    // The pipe holds this much by itself, and we keep the reading end, so that this cannot block or raise SIGPIPE.
    Array(input.utf8.prefix(32_768)).withUnsafeBytes { _ = write(stdin.writer, $0.baseAddress, $0.count) }
    stdin.closeWriter()
    defer { stdin.closeReader() }
    let output = log == nil ? try Pipe() : nil
    defer { output?.closeReader() }
    let child = try spawn(stdin: stdin.reader, output: log ?? output?.writer ?? 1)
    output?.closeWriter()
    let text = output.map { readAll($0.reader) } ?? ""
    var status: Int32 = 0
    while waitpid(child, &status, 0) == -1, errno == EINTR {}
    return Outcome(status: status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F), output: text)
  }

  /// Starts the child and leaves it.
  func start(stdin: Int32) throws {
    let null = open("/dev/null", O_RDWR | O_CLOEXEC)
    defer { close(null) }
    _ = try spawn(stdin: stdin, output: null)
  }

  private func spawn(stdin: Int32, output: Int32) throws -> pid_t {
    // Through a shell for its `cd /`: our own folder may be closed to the server's user.
    let words = (user?.dropping ?? []) + [program] + arguments
    let shell = ["/bin/sh", "-c", "cd / && exec \"$0\" \"$@\""] + words
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, stdin, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, output, 2)
    for descriptor in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap({ Int32($0) })
    where descriptor > 2 {
      posix_spawn_file_actions_addclose(&actions, descriptor)
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETPGROUP))
    var child: pid_t = 0
    let argv = shell.map { strdup($0) } + [nil]
    let environment = Self.environment.map { strdup($0) } + [nil]
    defer { for word in argv + environment { free(word) } }
    let code = posix_spawn(&child, "/bin/sh", &actions, &attributes, argv, environment)
    guard code == 0 else {
      throw PostgresError(.cluster, "\(program) could not be started: \(String(cString: strerror(code)))")
    }
    return child
  }

  /// No PG* variable gets through, and messages come in English.
  private static var environment: [String] {
    let libraries = getenv("LD_LIBRARY_PATH").map { ["LD_LIBRARY_PATH=\(String(cString: $0))"] } ?? []
    return libraries + ["LC_ALL=C", "PATH=\(SearchPath.folders.joined(separator: ":"))"]
  }

  private func readAll(_ descriptor: Int32) -> String {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count > 0 { bytes += chunk.prefix(count) } else if count == 0 || errno != EINTR { break }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// The last few lines of a program's output, joined to one.
func lastLines(of text: some StringProtocol) -> String {
  text.split(whereSeparator: \.isNewline).suffix(3).map { $0.trimmingSpaces }.joined(separator: "; ")
}

private final class Pipe {
  private(set) var reader: Int32
  private(set) var writer: Int32

  init() throws {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else {
      throw PostgresError(.cluster, "no pipe could be made: \(String(cString: strerror(errno)))")
    }
    (reader, writer) = (ends[0], ends[1])
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
  }

  deinit {
    closeReader()
    closeWriter()
  }

  func closeReader() {
    if reader >= 0 { close(reader) }
    reader = -1
  }

  func closeWriter() {
    if writer >= 0 { close(writer) }
    writer = -1
  }
}
