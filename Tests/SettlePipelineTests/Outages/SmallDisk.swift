import Foundation
import Glibc
import Testing

/// A file system in memory that can be filled. Only who may mount can have one.
struct SmallDisk {
  let path: String

  static let isPossible: Bool = {
    guard let disk = try? SmallDisk(megabytes: 1) else { return false }
    disk.remove()
    return true
  }()

  static func with(megabytes: Int, _ body: (SmallDisk) async throws -> Void) async throws {
    let disk = try SmallDisk(megabytes: megabytes)
    let result: Result<Void, any Error>
    do { result = .success(try await body(disk)) } catch { result = .failure(error) }
    disk.remove()
    try result.get()
  }

  private init(megabytes: Int) throws {
    path = "/tmp/settle-disk-\(UInt32.random(in: 0 ... .max))"
    guard mkdir(path, 0o755) == 0 else { throw CocoaError(.fileWriteNoPermission) }
    guard mount("settle-test", path, "tmpfs", 0, "size=\(megabytes)m,mode=0755") == 0 else {
      rmdir(path)
      throw CocoaError(.fileWriteNoPermission)
    }
  }

  /// Leaves so many megabytes free.
  func fill(leaving megabytes: Int) throws {
    var status = statvfs()
    try #require(statvfs(path, &status) == 0)
    let free = Int(status.f_bavail) * Int(status.f_frsize)
    let file = try #require(fopen(filler, "w"))
    defer { fclose(file) }
    try #require(posix_fallocate(fileno(file), 0, free - megabytes << 20) == 0)
  }

  func empty() throws { try FileManager.default.removeItem(atPath: filler) }

  private var filler: String { path + "/filler" }

  private func remove() {
    // Lazily: the watchdog of a server may still be about to look into it.
    umount2(path, Int32(MNT_DETACH))
    rmdir(path)
  }
}
