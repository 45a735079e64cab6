import Logging
import Postgres
import SettleModel
import SettlePipeline
import SettleProcessors
import SettleStore

/// Whether the processor takes the key, and whether the store's money is that account's.
struct ProcessorChecks {
  let settings: Settings
  let pipeline: PipelineDefinition

  func findings() async -> [Finding] {
    do {
      let adapter = try adapter()
      let asked: Result<ProcessorAccount, any Error>
      do { asked = .success(try await adapter.account()) } catch { asked = .failure(error) }
      await adapter.close()
      let account = try asked.get()
      let accepted = Finding.ok(
        "processor", "\(pipeline.processor) account \(account.id), \(account.live ? "live: real money" : "test")")
      return [accepted] + (await ownership(of: account))
    } catch {
      return [.failure("processor", error)]
    }
  }

  /// One that gives up soon: somebody is waiting for the answer.
  private func adapter() throws -> any ConnectedProcessor {
    var processor = try settings.processor(for: pipeline)
    processor.concurrency = 1
    processor.timeouts = .init(connect: .seconds(5), request: .seconds(15), farewell: .seconds(1))
    processor.patience = Patience(limitedTries: 3, failedTries: 2, altogether: .seconds(10))
    let quiet = Logger(label: "doctor") { _ in SwiftLogNoOpLogHandler() }
    return try ProcessorCatalogue.adapter(named: pipeline.processor, settings: processor, logger: quiet)
  }

  private func ownership(of account: ProcessorAccount) async -> [Finding] {
    do {
      let kept = try await settings.withStore(connections: 1) { store in
        try await store.pool.session { try $0.storeIdentity() }
      }
      guard let kept else { return [.ok("store", "belongs to no account yet; the first charge decides")] }
      guard kept.processor == pipeline.processor, kept.account == account else {
        throw StoreError.foreignAccount(
          kept: kept.account, processor: kept.processor, found: account, foundProcessor: pipeline.processor)
      }
      return [.ok("store", "belongs to this account")]
    } catch let error as StoreError {
      guard case .foreignAccount = error else { return [] }
      return [.failure("store", error)]
    } catch {
      // What is wrong with the database is said where the database is looked at.
      return []
    }
  }
}
