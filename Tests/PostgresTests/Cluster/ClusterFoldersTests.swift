import FoundationEssentials
import Glibc
import Testing

@testable import Postgres

@Suite struct ClusterFoldersTests {
  @Test func everyWayToWriteAHomeIsTheSame() throws {
    let folder = try TemporaryFolder()
    symlink(folder.path, "\(folder.path)/link")
    let folders = ClusterFolders(home: "\(folder.path)/.settle", isRoot: false)
    for home in ["\(folder.path)/.settle/", "\(folder.path)/./.settle", "\(folder.path)/link/.settle"] {
      #expect(ClusterFolders(home: home, isRoot: false) == folders)
    }
    #expect(folders.data == "\(folder.path)/.settle/postgres/data")
    #expect(folders.socket == "\(folder.path)/.settle/postgres/socket")
    #expect(
      ClusterFolders(home: ".settle", isRoot: false).home == FileManager.default.currentDirectoryPath + "/.settle")
  }

  @Test func theURLIsEscaped() throws {
    let folders = ClusterFolders(home: "/no such/größe&?", isRoot: false)
    #expect(
      folders.url.hasPrefix("postgresql:///settle?host=%2Fno%20such%2Fgr%C3%B6%C3%9Fe%26%3F%2Fpostgres%2Fsocket&"))
    #expect(try Conninfo(folders.url).options["host"] == "/no such/größe&?/postgres/socket")
  }

  @Test func aSocketThatWouldNotFitMoves() throws {
    let long = "/no/" + String(repeating: "x", count: 100)
    let folders = ClusterFolders(home: long, isRoot: false)
    #expect(folders.socket.hasPrefix("/tmp/settle-"))
    #expect(folders.socket != ClusterFolders(home: long + "y", isRoot: false).socket)
    let exact = "/no/" + String(repeating: "x", count: 107 - 14 - "/no//postgres/socket".count)
    #expect(ClusterFolders(home: exact, isRoot: false).socket.utf8.count == 93)
    #expect(ClusterFolders(home: exact + "x", isRoot: false).socket.hasPrefix("/tmp/"))
  }

  @Test(.enabled(if: geteuid() == 0)) func somebodyElsesFolderIsNotTrusted() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/socket"
    mkdir(path, 0o755)
    chown(path, 4242, 4242)
    let user = try #require(ServerUser.unprivileged)
    #expect(throws: PostgresError.self) { try OwnedFolder(path, user: user).make() }
    rmdir(path)
    symlink("/tmp", path)
    #expect(throws: PostgresError.self) { try OwnedFolder(path, user: user).make() }
    unlink(path)
    mkdir(path, 0o777)
    try OwnedFolder(path, user: user).make()
    var status = stat()
    #expect(stat(path, &status) == 0)
    #expect(status.st_uid == user.uid)
    #expect(status.st_mode & 0o777 == 0o700)
  }

  @Test func reachIsJudgedByEveryFolderAbove() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: "\(folder.path)/a/b", withIntermediateDirectories: true)
    for part in ["a", "a/b"] { chmod("\(folder.path)/\(part)", 0o755) }
    let stranger = ServerUser(name: "stranger", uid: 4242, gid: 4242)
    #expect(stranger.canReach("\(folder.path)/a/b/not/yet/there"))
    chmod("\(folder.path)/a", 0o700)
    #expect(!stranger.canReach("\(folder.path)/a/b"))
    let owner = ServerUser(name: "owner", uid: geteuid(), gid: 4242)
    #expect(owner.canReach("\(folder.path)/a/b"))
  }
}
