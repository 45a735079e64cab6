import Foundation
import Postgres

/// Whether what is to be measured fits where it is to lie.
struct DiskRoom {
  let folder: String

  /// Files of an order and its answer, what a store keeps of them, what sorting them takes, and their reports of a date.
  private static let bytesPerOrder: Int64 = 2_500
  /// WAL between two checkpoints, and the server's own tables.
  private static let bytesOfAServer: Int64 = 3 << 30

  /// The most that is needed at once.
  ///
  /// - Parameter orders: of the largest world.
  static func needed(orders: Int) -> Int64 { bytesOfAServer + Int64(orders) * bytesPerOrder }

  func check(orders: Int) throws {
    let needed = Self.needed(orders: orders)
    guard let free = freeBytes else { throw BenchFailure("the free space of \(folder) cannot be told") }
    guard free >= needed else {
      throw BenchFailure(
        "\(Columns.count(orders)) orders need about \(Columns.gibibytes(needed)) GiB under \(folder), where"
          + " \(Columns.gibibytes(free)) GiB are free: name a folder on another disk with --folder, or take fewer --rows"
      )
    }
    let data = PrivateCluster(home: "\(folder)/store/home").dataFolder
    guard data.hasPrefix(folder + "/") else {
      throw BenchFailure(
        "PostgreSQL, which does not run as root, cannot reach \(folder) and would put its data into \(data):"
          + " name a folder with --folder that others may go through")
    }
  }

  /// Of the disk on which the folder lies or would lie.
  var freeBytes: Int64? {
    var path = folder
    var status = statvfs()
    while statvfs(path, &status) != 0 {
      guard errno == ENOENT, path != "/" else { return nil }
      path = URL(fileURLWithPath: path).deletingLastPathComponent().path
    }
    return Int64(status.f_bavail) * Int64(status.f_frsize)
  }
}
