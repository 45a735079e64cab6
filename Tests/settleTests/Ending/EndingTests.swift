import Postgres
import ProcessorSandbox
import SettleFiles
import SettleModel
import SettlePipeline
import SettleProcessors
import SettleStore
import Testing

@testable import settle

@Suite struct EndingTests {
  static let account = ProcessorAccount(id: "acct_1", live: false)
  static let other = ProcessorAccount(id: "acct_2", live: true)

  /// Every kind of error with the status that the contract gives it and the words that say what to do.
  static let table: [(any Error, SettlePipeline.ExitStatus, String)] = [
    (Failure(status: .usage, message: "no such id"), .usage, "no such id"),
    (CancellationError(), .tryLater, "run it again"),
    (PostgresError(.connectionFailed, "refused"), .unavailable, "start it, or check DATABASE_URL"),
    (PostgresError(.connectionLost, "gone"), .unavailable, "the database cannot be reached: gone"),
    (PostgresError(.commitUnknown, "gone"), .unavailable, "it goes on from whatever is stored"),
    (PostgresError(.connectionLost, "bye", state: .adminShutdown), .unavailable, "start it"),
    (PostgresError(.connectionLost, "bye", state: .crashShutdown), .unavailable, "start it"),
    (PostgresError(.connectionFailed, "soon", state: .cannotConnectNow), .unavailable, "run this again"),
    (PostgresError(.server, "reset", state: SQLState(rawValue: "08006")), .unavailable, "cannot be reached"),
    (PostgresError(.connectionFailed, "full", state: .tooManyConnections), .unavailable, "raise max_connections"),
    (PostgresError(.server, "disk", state: .diskFull), .unavailable, "make room"),
    (PostgresError(.server, "memory", state: .outOfMemory), .unavailable, "give it more"),
    (PostgresError(.server, "files", state: SQLState(rawValue: "53400")), .unavailable, "raise its limit"),
    (PostgresError(.server, "I/O", state: .inputOutputError), .unavailable, "checked the server's log and disk"),
    (PostgresError(.server, "no file", state: .undefinedFile), .unavailable, "checked the server's log and disk"),
    (PostgresError(.server, "page", state: .dataCorrupted), .unavailable, "checked the server's log and disk"),
    (PostgresError(.server, "index", state: .indexCorrupted), .unavailable, "checked the server's log and disk"),
    (PostgresError(.connectionFailed, "no", state: .invalidPassword), .notPermitted, "check the user and its rights"),
    (PostgresError(.server, "no", state: .insufficientPrivilege), .notPermitted, "settle doctor"),
    (PostgresError(.connectionFailed, "none", state: .unknownDatabase), .configuration, "create the database"),
    (PostgresError(.server, "standby", state: .readOnlyTransaction), .unavailable, "name the new primary"),
    (StoreError.standby, .configuration, "name the primary"),
    (StoreError.readOnly, .unavailable, "make it writable"),
    (StoreError.leaseNotRenewed("refused"), .unavailable, "nothing more was sent"),
    (PostgresError(.configuration, "not a URI"), .configuration, "check DATABASE_URL"),
    (PostgresError(.cluster, "no space", state: .diskFull), .unavailable, "make room"),
    (PostgresError(.cluster, "install postgresql"), .configuration, "install postgresql"),
    (PostgresError(.server, "twice", state: .deadlockDetected), .tryLater, "run this again"),
    (PostgresError(.server, "race", state: .serializationFailure), .tryLater, "run this again"),
    (PostgresError(.server, "held", state: .lockNotAvailable), .tryLater, "run this again"),
    (PostgresError(.server, "slow", state: .queryCanceled), .tryLater, "raise statement_timeout"),
    (PostgresError(.server, "syntax", state: .syntaxError), .defect, "this is a defect of settle"),
    (PostgresError(.misuse, "begun twice"), .defect, "please report it"),
    (StoreError.leaseHeld(by: "nightly", until: Timestamp(seconds: 0)), .tryLater, "`settle status` shows it"),
    (StoreError.leaseLost("paused"), .tryLater, "it goes on where this ended"),
    (StoreError.notMigrated(missing: ["0001"]), .configuration, "run `settle db migrate`"),
    (StoreError.migratedByANewerVersion(unknown: ["9"]), .configuration, "run that version"),
    (StoreError.changedMigration("0001"), .configuration, "restore the version"),
    (
      StoreError.foreignAccount(kept: account, processor: "stripe", found: other, foundProcessor: "stripe"),
      .configuration, "use the other key"
    ),
    (StoreError.unknownCurrency("XXX"), .configuration, "run the version that wrote it"),
    (StoreError.unbalanced("USD"), .defect, "USD"),
    (StoreError.noAnswer("lease"), .defect, "lease"),
    (PipelineFileError(file: "n.yaml", line: 3, message: "charge: wrong"), .configuration, "n.yaml:3: charge: wrong"),
    (ProcessorSettingsError.missingKey(variable: "STRIPE_API_KEY"), .configuration, "set STRIPE_API_KEY"),
    (ProcessorRefusal.unreachable("refused"), .unavailable, "cannot be reached"),
    (ProcessorRefusal.notPermitted("401"), .notPermitted, "check STRIPE_API_KEY"),
    (ProcessorRefusal.later("429"), .tryLater, "come back later"),
    (StageStop.later("limited"), .tryLater, "run it again later"),
    (FileRefusal(path: "a.csv", line: 2, reason: .truncated, message: "cut off"), .inputRefused, "a.csv:2: cut off"),
    (SandboxError.portTaken(4242), .configuration, "give another --port"),
    (OutputFailed(reason: "No space left"), .unavailable, "make room"),
  ]

  @Test(arguments: table.indices)
  func everyErrorHasItsStatusAndSaysWhatToDo(index: Int) {
    let (error, status, words) = Self.table[index]
    let ending = Ending(error)
    #expect(ending.status == status)
    #expect(ending.message?.contains(words) == true, "\(ending.message ?? "nothing")")
    #expect(ending.message?.contains("\n") == false)
  }

  @Test func whatNobodyForesawIsADefectWithoutADump() {
    struct Unforeseen: Error { var secret = "sk_live_1" }
    let ending = Ending(Unforeseen())
    #expect(ending.status == .defect)
    #expect(
      ending.message
        == "this is a defect of settle: Unforeseen; please report it with what you did. Nothing is lost:"
        + " running it again goes on where this ended")
  }

  @Test func aSecretInAnUnforeseenErrorStaysSecret() {
    struct Wrapped: Error, CustomStringConvertible {
      let key = Secret("sk_live_1")
      var description: String { "refused \(key)" }
    }
    #expect(Ending(Wrapped()).message?.contains("sk_live_1") == false)
  }

  @Test func aReaderThatHasGoneIsNoFailure() {
    #expect(Ending(OutputClosed()).status == .done)
    #expect(Ending(OutputClosed()).message == nil)
  }

  @Test func aCommandThatHasSaidWhyIsSilent() {
    #expect(Ending(Ended(status: .exceeded)).status == .exceeded)
    #expect(Ending(Ended(status: .exceeded)).message == nil)
  }
}
