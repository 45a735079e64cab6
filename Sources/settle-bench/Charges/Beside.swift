import AsyncHTTPClient
import Foundation
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// A server that runs beside the measured process, on a free port of this machine.
struct Beside {
  let base: String
  private let process: Process

  /// Starts it with `--port`, and waits until it answers under the path.
  init(_ program: String, _ arguments: [String], answersAt path: String) async throws {
    let port = try Self.freePort()
    base = "http://127.0.0.1:\(port)"
    process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments + ["--port", "\(port)"]
    process.environment = ["PATH": "/usr/local/bin:/usr/bin:/bin"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    do {
      while try await !answers(at: path) {
        guard process.isRunning else { throw BenchFailure("\(program) \(arguments.first ?? "") ended at once") }
        try await Task.sleep(for: .milliseconds(20))
      }
    } catch {
      stop()
      throw error
    }
  }

  /// The most memory that it held so far, in bytes.
  var peak: Int { ProcFiles.kibibytes("VmHWM", of: process.processIdentifier) * 1024 }

  func stop() {
    process.terminate()
    process.waitUntilExit()
  }

  /// False while nothing listens yet.
  private func answers(at path: String) async throws -> Bool {
    do {
      return try await HTTPClient.shared.get(url: base + path).get().status == .ok
    } catch is HTTPClientError, is ChannelError, is NIOConnectionError {
      return false
    }
  }

  private static func freePort() throws -> UInt16 {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { throw BenchFailure("no socket can be made: \(String(cString: strerror(errno)))") }
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(socket, address, length) == 0 ? getsockname(socket, address, &length) : -1
      }
    }
    guard status == 0 else { throw BenchFailure("no port is free: \(String(cString: strerror(errno)))") }
    return UInt16(bigEndian: address.sin_port)
  }
}
